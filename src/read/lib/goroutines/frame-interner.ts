/**
 * Frames and stacks by number. A dump of 100 000 goroutines has a few hundred different frames: each is kept once, as bytes,
 * found again by hash, and becomes a string only when somebody asks for it.
 */
import { decodeText } from '../../../model/index.ts';

/** Index into the frame table. */
export type FrameIndex = number;
/** Index into the stack table. */
export type StackIndex = number;

export class FrameInterner {
  /** function bytes then path bytes, frame by frame. */
  #arena = new Uint8Array(16 * 1024);
  #arenaSize = 0;
  #start = new Float64Array(256);
  #functionLength = new Int32Array(256);
  #pathLength = new Int32Array(256);
  #line = new Int32Array(256);
  #hash = new Int32Array(256);
  #slots = new Int32Array(1024).fill(-1);
  count = 0;

  /** `name[0, nameLength)` without arguments, `bytes[ps, pe)` the path without line number. */
  intern(name: Uint8Array, nameLength: number, bytes: Uint8Array, ps: number, pe: number, line: number): FrameIndex {
    let h = 0x811c9dc5 ^ line;
    for (let i = 0; i < nameLength; i++) h = Math.imul(h ^ name[i]!, 0x01000193);
    for (let i = ps; i < pe; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
    h ^= h >>> 15;
    const mask = this.#slots.length - 1;
    let slot = h & mask;
    for (;;) {
      const at = this.#slots[slot]!;
      if (at < 0) break;
      if (this.#hash[at] === h && this.#line[at] === line && this.#equals(at, name, nameLength, bytes, ps, pe)) return at;
      slot = (slot + 1) & mask;
    }
    const at = this.count++;
    if (at === this.#line.length) this.#grow();
    const need = this.#arenaSize + nameLength + (pe - ps);
    if (need > this.#arena.length) {
      const larger = new Uint8Array(Math.max(need, this.#arena.length * 2));
      larger.set(this.#arena.subarray(0, this.#arenaSize));
      this.#arena = larger;
    }
    this.#start[at] = this.#arenaSize;
    this.#functionLength[at] = nameLength;
    this.#pathLength[at] = pe - ps;
    this.#line[at] = line;
    this.#hash[at] = h;
    this.#arena.set(name.subarray(0, nameLength), this.#arenaSize);
    this.#arena.set(bytes.subarray(ps, pe), this.#arenaSize + nameLength);
    this.#arenaSize = need;
    this.#slots[slot] = at;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return at;
  }

  symbol(frame: FrameIndex): string {
    const start = this.#start[frame]!;
    return decodeText(this.#arena.subarray(start, start + this.#functionLength[frame]!));
  }

  finish(): { symbols: string[]; files: string[]; line: Int32Array } {
    const symbols: string[] = [];
    const files: string[] = [];
    const paths = new Map<string, string>();
    for (let i = 0; i < this.count; i++) {
      const start = this.#start[i]!;
      const middle = start + this.#functionLength[i]!;
      symbols.push(decodeText(this.#arena.subarray(start, middle)));
      const file = decodeText(this.#arena.subarray(middle, middle + this.#pathLength[i]!));
      const known = paths.get(file);
      if (known === undefined) paths.set(file, file);
      files.push(known ?? file);
    }
    return { symbols, files, line: this.#line.slice(0, this.count) };
  }

  #equals(at: number, name: Uint8Array, nameLength: number, bytes: Uint8Array, ps: number, pe: number): boolean {
    if (this.#functionLength[at] !== nameLength || this.#pathLength[at] !== pe - ps) return false;
    const arena = this.#arena;
    let a = this.#start[at]!;
    for (let i = 0; i < nameLength; i++) if (arena[a++] !== name[i]) return false;
    for (let i = ps; i < pe; i++) if (arena[a++] !== bytes[i]) return false;
    return true;
  }

  #grow(): void {
    const size = this.#line.length * 2;
    this.#start = grown(this.#start, new Float64Array(size));
    this.#functionLength = grown(this.#functionLength, new Int32Array(size));
    this.#pathLength = grown(this.#pathLength, new Int32Array(size));
    this.#line = grown(this.#line, new Int32Array(size));
    this.#hash = grown(this.#hash, new Int32Array(size));
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let i = 0; i < this.count; i++) {
      let slot = this.#hash[i]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = i;
    }
    this.#slots = slots;
  }
}

/** Sequences of numbers by number: stacks of frames. */
export class SequenceInterner {
  #values = new Int32Array(4096);
  #size = 0;
  #start = new Int32Array(257);
  #hash = new Int32Array(256);
  #slots = new Int32Array(1024).fill(-1);
  count = 0;

  intern(sequence: Int32Array, length: number): number {
    let h = 0x811c9dc5 ^ length;
    for (let i = 0; i < length; i++) {
      h = Math.imul(h ^ sequence[i]!, 0x01000193);
      h ^= h >>> 13;
    }
    const mask = this.#slots.length - 1;
    let slot = h & mask;
    for (;;) {
      const at = this.#slots[slot]!;
      if (at < 0) break;
      if (this.#hash[at] === h && this.#equals(at, sequence, length)) return at;
      slot = (slot + 1) & mask;
    }
    const at = this.count++;
    if (at === this.#hash.length) {
      this.#start = grown(this.#start, new Int32Array(this.#hash.length * 2 + 1));
      this.#hash = grown(this.#hash, new Int32Array(this.#hash.length * 2));
    }
    if (this.#size + length > this.#values.length) this.#values = grown(this.#values, new Int32Array(Math.max(this.#size + length, this.#values.length * 2)));
    this.#values.set(sequence.subarray(0, length), this.#size);
    this.#start[at] = this.#size;
    this.#size += length;
    this.#start[at + 1] = this.#size;
    this.#hash[at] = h;
    this.#slots[slot] = at;
    if (this.count * 2 > this.#slots.length) {
      const slots = new Int32Array(this.#slots.length * 2).fill(-1);
      for (let i = 0; i < this.count; i++) {
        let s = this.#hash[i]! & (slots.length - 1);
        while (slots[s]! >= 0) s = (s + 1) & (slots.length - 1);
        slots[s] = i;
      }
      this.#slots = slots;
    }
    return at;
  }

  at(sequence: number): Int32Array {
    return this.#values.subarray(this.#start[sequence], this.#start[sequence + 1]);
  }

  finish(): { start: Int32Array; values: Int32Array } {
    return { start: this.#start.slice(0, this.count + 1), values: this.#values.slice(0, this.#size) };
  }

  #equals(at: number, sequence: Int32Array, length: number): boolean {
    const start = this.#start[at]!;
    if (this.#start[at + 1]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#values[start + i] !== sequence[i]) return false;
    return true;
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
