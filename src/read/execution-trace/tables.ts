/** Strings and stacks of the whole trace. A generation numbers its own; here equal ones of all generations become one. */
import { decodeText, type GoSymbol, parseGoSymbol } from '../../model/index.ts';
import { moved } from './moved.ts';

export interface TraceFrame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  /** Of the call, or of the point where the stack was taken; as a double, so addresses of the kernel's half are rounded. */
  readonly pc: number;
}

/** Bytes of text and frames that are kept. What comes after that is told apart no more: `full` says so. */
const MOST_TEXT = 48 * 1024 * 1024;
const MOST_FRAMES = 12_000_000;
/** Texts, stacks and places in code, each. */
const MOST_ENTRIES = 1_000_000;
/** Texts that stay decoded once they were asked for; programs that log into their trace write hundreds of thousands that nobody asks for. */
const MOST_DECODED = 65_536;

export class Texts {
  /** true: there were more; what came later reads as ''. */
  full = false;
  count = 1;
  #pool = new Uint8Array(64 * 1024);
  /** Text t: pool[start[t]] up to pool[start[t + 1]]. */
  #start = new Int32Array(2048);
  #hash = new Int32Array(2048);
  /** Open addressing by the hash of the bytes; 0 = free. */
  #slots = new Int32Array(4096);
  readonly #decoded = new Map<number, string>();

  get(id: number): string {
    if (id <= 0 || id >= this.count) return '';
    const known = this.#decoded.get(id);
    if (known !== undefined) return known;
    const text = decodeText(this.#pool.subarray(this.#start[id], this.#start[id + 1]));
    if (this.#decoded.size < MOST_DECODED) this.#decoded.set(id, text);
    return text;
  }

  add(bytes: Uint8Array, from: number, end: number): number {
    const length = end - from;
    if (length === 0) return 0;
    let hash = length;
    for (let i = from; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === 0) break;
      if (this.#hash[id] === hash && this.#same(id, bytes, from, length)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.count;
    const at = this.#start[id] as number;
    if (at + length > MOST_TEXT || id >= MOST_ENTRIES) {
      this.full = true;
      return 0;
    }
    this.count++;
    if (id + 2 >= this.#start.length) {
      this.#start = doubled(this.#start);
      this.#hash = doubled(this.#hash);
    }
    if (at + length > this.#pool.length) {
      this.#pool = moved(new Uint8Array(Math.min(MOST_TEXT, this.#pool.length * 2)), this.#pool);
    }
    this.#pool.set(bytes.subarray(from, end), at);
    this.#start[id + 1] = at + length;
    this.#hash[id] = hash;
    this.#slots[slot] = id;
    if (id * 2 > mask) this.#slots = rehashed(this.#slots.length * 2, this.#hash, this.count);
    return id;
  }

  #same(id: number, bytes: Uint8Array, from: number, length: number): boolean {
    const start = this.#start[id] as number;
    if ((this.#start[id + 1] as number) - start !== length) return false;
    const pool = this.#pool;
    for (let i = 0; i < length; i++) if (pool[start + i] !== bytes[from + i]) return false;
    return true;
  }
}

/** Slots of open addressing for the ids from 1 on. */
function rehashed(room: number, hashes: Int32Array, count: number): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(room);
  const mask = room - 1;
  for (let id = 1; id < count; id++) {
    const hash = hashes[id] as number;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = id;
  }
  return slots;
}

/** Frames by index: the same place in the code is one frame. Frame 0 stands for those beyond what is kept. */
export class Frames {
  count = 1;
  pc = new Float64Array(1024);
  /** Text ids. */
  function = new Int32Array(1024);
  file = new Int32Array(1024);
  line = new Int32Array(1024);
  readonly #byPc = new Map<number, number>();
  #next = new Int32Array(1024).fill(-1);

  add(pc: number, fn: number, file: number, line: number): number {
    const head = this.#byPc.get(pc);
    for (let f = head ?? -1; f >= 0; f = this.#next[f] as number) if (this.function[f] === fn && this.file[f] === file && this.line[f] === line) return f;
    if (this.count >= MOST_ENTRIES) return 0;
    if (this.count === this.pc.length) this.#grow();
    const f = this.count++;
    this.pc[f] = pc;
    this.function[f] = fn;
    this.file[f] = file;
    this.line[f] = line;
    this.#next[f] = head ?? -1;
    this.#byPc.set(pc, f);
    return f;
  }

  #grow(): void {
    this.pc = moved(new Float64Array(this.pc.length * 2), this.pc);
    this.function = doubled(this.function);
    this.file = doubled(this.file);
    this.line = doubled(this.line);
    this.#next = doubled(this.#next);
  }
}

/** Stacks by id, innermost frame first; id 0 is the empty stack. */
export class Stacks {
  full = false;
  readonly frames = new Frames();
  count = 1;
  /** Frames of stack s: `frame[start[s]]` up to `frame[start[s + 1]]`. */
  start = new Int32Array(1024);
  frame = new Int32Array(16 * 1024);
  #hash = new Int32Array(1024);
  #slots = new Int32Array(4096);
  #used = 0;

  add(frames: Int32Array, length: number): number {
    if (length === 0) return 0;
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (frames[i] as number), 0x9e3779b1) ^ (hash >>> 13);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === 0) break;
      if (this.#hash[id] === hash && this.#equal(id, frames, length)) return id;
      slot = (slot + 1) & mask;
    }
    if (this.#used + length > MOST_FRAMES || this.count >= MOST_ENTRIES) {
      this.full = true;
      return 0;
    }
    const id = this.count++;
    if (id + 1 >= this.start.length) {
      this.start = doubled(this.start);
      this.#hash = doubled(this.#hash);
    }
    while (this.#used + length > this.frame.length) this.frame = doubled(this.frame);
    this.frame.set(frames.subarray(0, length), this.#used);
    this.#used += length;
    this.start[id + 1] = this.#used;
    this.#hash[id] = hash;
    this.#slots[slot] = id;
    if (id * 2 > mask) this.#slots = rehashed(this.#slots.length * 2, this.#hash, this.count);
    return id;
  }

  lengthOf(stack: number): number {
    return stack <= 0 || stack >= this.count ? 0 : (this.start[stack + 1] as number) - (this.start[stack] as number);
  }

  #equal(id: number, frames: Int32Array, length: number): boolean {
    const from = this.start[id] as number;
    if ((this.start[id + 1] as number) - from !== length) return false;
    for (let i = 0; i < length; i++) if (this.frame[from + i] !== frames[i]) return false;
    return true;
  }
}

const doubled = (from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => moved(new Int32Array(from.length * 2), from);

/** Everything an event's numbers stand for. One object for the whole stream; it grows while the stream goes on. */
export class TraceTables {
  readonly texts: Texts;
  readonly stacks: Stacks;
  /** Id of a thread (the operating system's, on Linux), by number. */
  readonly #threads: number[] = [];
  /** Ids of goroutines by slot; set by the ordering. */
  goroutineIds = new Float64Array(0);

  constructor(texts: Texts = new Texts(), stacks: Stacks = new Stacks()) {
    this.texts = texts;
    this.stacks = stacks;
  }

  text(id: number): string {
    return this.texts.get(id);
  }

  goroutineId(slot: number): number {
    return slot < 0 ? -1 : (this.goroutineIds[slot] as number);
  }

  threadId(thread: number): number {
    return thread < 0 ? -1 : (this.#threads[thread] as number);
  }

  get threadCount(): number {
    return this.#threads.length;
  }

  addThread(id: number): number {
    this.#threads.push(id);
    return this.#threads.length - 1;
  }

  /** Innermost first. */
  stackFrames(stack: number): TraceFrame[] {
    const { stacks } = this;
    if (stack <= 0 || stack >= stacks.count) return [];
    return Array.from(stacks.frame.subarray(stacks.start[stack], stacks.start[stack + 1]), (f) => this.frame(f));
  }

  frame(index: number): TraceFrame {
    const { frames } = this.stacks;
    return {
      function: this.text(frames.function[index] as number),
      file: this.text(frames.file[index] as number),
      line: frames.line[index] as number,
      pc: frames.pc[index] as number,
    };
  }

  /** The one identity of a frame's function that dumps, profiles and logs use too. */
  symbol(frame: number): GoSymbol {
    return parseGoSymbol(this.text(this.stacks.frames.function[frame] as number));
  }
}
