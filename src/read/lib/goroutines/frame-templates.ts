/**
 * What most likely comes next in a traceback. Stacks repeat: behind a frame stands nearly always one of a few others, and its two lines differ
 * in arguments and offsets only. The lines are held against those few byte by byte, four at a time; nothing is taken apart or hashed.
 *
 *   main.handle(0xc000…, 0x2)          name as it was, "(", arguments without parentheses, ")"
 *   ⇥/src/orders/main.go:32 +0x29      path and line as they were, then anything
 *   created by main.crowd in goroutine 1
 *   ⇥/src/orders/main.go:40 +0x6b      the same, behind the words of a creator
 */
const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const COLON = 0x3a;
const NINE = 0x39;
const ZERO = 0x30;

/** Guesses kept behind a frame, the last right one first. */
const GUESSES = 4;
/** Frames and bytes beyond this are read the long way: a dump has hundreds of frames, and a hostile one must not be kept twice. */
const TEMPLATES_CAP = 1 << 16;
const BYTES_CAP = 16 * 1024 * 1024;
const CREATED = [...'created by '].map((c) => c.charCodeAt(0));
const IN_GOROUTINE = [...' in goroutine '].map((c) => c.charCodeAt(0));

export class FrameTemplates {
  /** Guesses behind frame f stand from (f + 1) * GUESSES on: 2 * frame + (creator ? 1 : 0), or -1. Frame -1 is the header. */
  #next = new Int32Array(1024 * GUESSES).fill(-1);
  /** First lines, then "⇥path:line", of each frame. */
  #bytes = new Uint8Array(64 * 1024);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;
  /** By 2 * frame + creator; -1: no template. */
  #start = new Int32Array(2048).fill(-1);
  #nameLength = new Int32Array(2048);
  #pathLength = new Int32Array(2048);

  /** Behind the last match: its end in the buffer (behind the line end), and where its last line ended. */
  after = 0;
  lineEnd = 0;
  /** Where its arguments begin. */
  args = 0;
  /** Id of the goroutine that started it, behind a creator; -1: not printed. */
  creator = -1;

  /** Frame `frame` came behind `before` (-1: the header): its lines are a guess from now on. */
  learn(before: number, frame: number, isCreator: boolean, name: Uint8Array, nameLength: number, bytes: Uint8Array, pathStart: number, lineEnd: number): void {
    const key = 2 * frame + (isCreator ? 1 : 0);
    if (frame >= TEMPLATES_CAP || before >= TEMPLATES_CAP || this.#size >= BYTES_CAP) return;
    if (key >= this.#start.length) {
      const size = Math.max(this.#start.length * 2, key + 2);
      this.#start = extended(this.#start, size, -1);
      this.#nameLength = extended(this.#nameLength, size, 0);
      this.#pathLength = extended(this.#pathLength, size, 0);
    }
    if (this.#start[key]! < 0) this.#keep(key, isCreator, name, nameLength, bytes, pathStart, lineEnd);
    const at = (before + 1) * GUESSES;
    if (at + GUESSES > this.#next.length) this.#next = extended(this.#next, Math.max(this.#next.length * 2, at + GUESSES), -1);
    for (let k = 0; k < GUESSES; k++) if (this.#next[at + k] === key) return;
    for (let k = GUESSES - 1; k > 0; k--) this.#next[at + k] = this.#next[at + k - 1]!;
    this.#next[at] = key;
  }

  /** The frame whose two lines stand whole at `bytes[at, end)`, as 2 * frame + creator; -1: none of the guesses fits. */
  match(before: number, bytes: Uint8Array, view: DataView, at: number, end: number): number {
    const from = (before + 1) * GUESSES;
    if (from >= this.#next.length) return -1;
    for (let k = 0; k < GUESSES; k++) {
      const key = this.#next[from + k]!;
      if (key < 0) return -1;
      if (!this.#fits(key, bytes, view, at, end)) continue;
      if (k > 0) {
        this.#next[from + k] = this.#next[from + k - 1]!;
        this.#next[from + k - 1] = key;
      }
      return key;
    }
    return -1;
  }

  #fits(key: number, bytes: Uint8Array, view: DataView, at: number, end: number): boolean {
    const start = this.#start[key]!;
    const nameLength = this.#nameLength[key]!;
    if (at + nameLength >= end || !this.#same(start, nameLength, view, at)) return false;
    let p = at + nameLength;
    this.args = p;
    if ((key & 1) === 0) {
      let c = bytes[p]!;
      while (c !== LF) {
        // one more parenthesis: which of them opens the arguments is for the long way to say
        if (c === OPEN || ++p === end) return false;
        c = bytes[p]!;
      }
      if (bytes[p - 1] !== CLOSE) return false;
      p++;
    } else {
      this.creator = -1;
      if (bytes[p] !== LF) {
        for (let i = 0; i < IN_GOROUTINE.length; i++) if (bytes[p++] !== IN_GOROUTINE[i]) return false;
        let id = 0;
        const digits = p;
        while (p < end && bytes[p]! >= ZERO && bytes[p]! <= NINE && p - digits < 16) id = id * 10 + (bytes[p++]! - ZERO);
        if (p === digits || p >= end || bytes[p] !== LF) return false;
        this.creator = id;
      }
      p++;
    }
    const pathLength = this.#pathLength[key]!;
    if (p + pathLength >= end || !this.#same(start + nameLength, pathLength, view, p)) return false;
    p += pathLength;
    // " +0x29", " +0x29 fp=…", or the end of the line: another digit would be another line
    if (bytes[p] !== SPACE && bytes[p] !== LF) return false;
    for (let c = bytes[p]!; c !== LF; c = bytes[p]!) if (c === COLON || ++p === end) return false;
    if (bytes[p - 1] === CR) return false;
    this.lineEnd = p;
    this.after = p + 1;
    return true;
  }

  #same(start: number, length: number, view: DataView, at: number): boolean {
    const own = this.#view;
    let i = 0;
    for (const last = length - 4; i <= last; i += 4) if (own.getInt32(start + i) !== view.getInt32(at + i)) return false;
    for (; i < length; i++) if (own.getUint8(start + i) !== view.getUint8(at + i)) return false;
    return true;
  }

  #keep(key: number, isCreator: boolean, name: Uint8Array, nameLength: number, bytes: Uint8Array, pathStart: number, lineEnd: number): void {
    const need = this.#size + CREATED.length + nameLength + 2 + (lineEnd - pathStart);
    if (need > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(need, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#start[key] = this.#size;
    if (isCreator) {
      this.#bytes.set(CREATED, this.#size);
      this.#size += CREATED.length;
    }
    this.#bytes.set(name.subarray(0, nameLength), this.#size);
    this.#size += nameLength;
    if (!isCreator) this.#bytes[this.#size++] = OPEN;
    this.#nameLength[key] = this.#size - this.#start[key]!;
    const path = this.#size;
    this.#bytes[this.#size++] = TAB;
    this.#bytes.set(bytes.subarray(pathStart, lineEnd), this.#size);
    this.#size += lineEnd - pathStart;
    this.#pathLength[key] = this.#size - path;
  }
}

/** States of headers by the bytes behind the id: `[chan send, 5 minutes]:` is taken apart once. */
export class HeaderTails<T> {
  readonly #slots: ({ readonly bytes: Uint8Array; readonly value: T } | null)[] = Array.from({ length: 4096 }, () => null);
  #kept = 0;

  find(bytes: Uint8Array, start: number, end: number): T | null {
    const known = this.#slots[this.#slot(bytes, start, end)];
    return known?.value ?? null;
  }

  keep(bytes: Uint8Array, start: number, end: number, value: T): void {
    if (this.#kept * 2 >= this.#slots.length) return;
    const slot = this.#slot(bytes, start, end);
    if (this.#slots[slot] !== null) return;
    this.#slots[slot] = { bytes: bytes.slice(start, end), value };
    this.#kept++;
  }

  #slot(bytes: Uint8Array, start: number, end: number): number {
    let h = 0x811c9dc5;
    for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
    h ^= h >>> 15;
    const mask = this.#slots.length - 1;
    for (let slot = h & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot];
      if (known === null || known === undefined) return slot;
      if (known.bytes.length !== end - start) continue;
      let i = 0;
      while (i < known.bytes.length && known.bytes[i] === bytes[start + i]) i++;
      if (i === known.bytes.length) return slot;
    }
  }
}

function extended(from: Int32Array<ArrayBuffer>, size: number, fill: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(size).fill(fill, from.length);
  to.set(from);
  return to;
}
