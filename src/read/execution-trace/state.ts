/** What the ordering knows of goroutines, processors and threads at a point of the trace: columns by slot, so that the loop touches no object. */
import { moved } from './moved.ts';
import type { TraceTables } from './tables.ts';

/** Goroutine id → slot; open addressing, deletions close their gap. */
export class IdTable {
  #keys = new Float64Array(1024).fill(-1);
  #slots = new Int32Array(1024);
  #mask = 1023;
  #count = 0;

  /** -1 when there is none. */
  get(id: number): number {
    const keys = this.#keys;
    const mask = this.#mask;
    let at = home(id) & mask;
    for (;;) {
      const key = keys[at] as number;
      if (key === id) return this.#slots[at] as number;
      if (key < 0) return -1;
      at = (at + 1) & mask;
    }
  }

  set(id: number, slot: number): void {
    if ((this.#count + 1) * 2 > this.#mask) this.#grow();
    this.#place(id, slot);
    this.#count++;
  }

  delete(id: number): void {
    const keys = this.#keys;
    const mask = this.#mask;
    let at = home(id) & mask;
    while (keys[at] !== id) {
      if ((keys[at] as number) < 0) return;
      at = (at + 1) & mask;
    }
    this.#count--;
    let hole = at;
    for (;;) {
      at = (at + 1) & mask;
      const key = keys[at] as number;
      if (key < 0) break;
      const wanted = home(key) & mask;
      // it may move into the hole when its own place does not lie between the hole and where it stands
      if (((at - wanted) & mask) >= ((at - hole) & mask)) {
        keys[hole] = key;
        this.#slots[hole] = this.#slots[at] as number;
        hole = at;
      }
    }
    keys[hole] = -1;
  }

  #place(id: number, slot: number): void {
    let at = home(id) & this.#mask;
    while ((this.#keys[at] as number) >= 0) at = (at + 1) & this.#mask;
    this.#keys[at] = id;
    this.#slots[at] = slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const slots = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#keys = new Float64Array(this.#mask + 1).fill(-1);
    this.#slots = new Int32Array(this.#mask + 1);
    for (let i = 0; i < keys.length; i++) if ((keys[i] as number) >= 0) this.#place(keys[i] as number, slots[i] as number);
  }
}

const home = (id: number): number => {
  const h = Math.imul(id | 0, 0x9e3779b1);
  return h ^ (h >>> 15);
};

interface Region {
  readonly task: number;
  readonly text: number;
}

export class Goroutines {
  readonly ids = new IdTable();
  status = new Uint8Array(1024);
  /** Sequence number, and the generation (by place, from 1) that counts it. */
  seq = new Float64Array(1024);
  seqGeneration = new Int32Array(1024);
  /** 1: helps the collector. */
  assist = new Uint8Array(1024);
  /** Text of the reason for which it stops the world; -1: it does not. */
  stops = new Int32Array(1024);
  /** Thread it runs on; -1 none. */
  thread = new Int32Array(1024);
  id = new Float64Array(1024);
  /** Open regions, innermost last. */
  readonly regions = new Map<number, Region[]>();
  readonly #tables: TraceTables;
  #capacity = 1024;
  #used = 0;
  /** Slots that may be given away, and those that become so after the block. */
  readonly #free: number[] = [];
  readonly #leaving: number[] = [];

  constructor(tables: TraceTables) {
    this.#tables = tables;
    tables.goroutineIds = this.id;
  }

  /** Room for so many more, so that no column moves while a block is filled; slots given up in the last block are free from now on. */
  settle(more: number): void {
    for (const slot of this.#leaving) this.#free.push(slot);
    this.#leaving.length = 0;
    if (this.#used + more <= this.#capacity) return;
    this.#capacity = Math.max(this.#capacity * 2, this.#used + more);
    const n = this.#capacity;
    this.status = moved(new Uint8Array(n), this.status);
    this.seq = moved(new Float64Array(n), this.seq);
    this.seqGeneration = moved(new Int32Array(n), this.seqGeneration);
    this.assist = moved(new Uint8Array(n), this.assist);
    this.stops = moved(new Int32Array(n), this.stops);
    this.thread = moved(new Int32Array(n), this.thread);
    this.id = moved(new Float64Array(n), this.id);
    this.#tables.goroutineIds = this.id;
  }

  /** false: there are as many as can be. */
  room(): boolean {
    return this.#free.length > 0 || this.#used < MOST_GOROUTINES;
  }

  begin(id: number, status: number, generation: number): number {
    const slot = this.#free.length > 0 ? (this.#free.pop() as number) : this.#used++;
    this.status[slot] = status;
    this.seq[slot] = 0;
    this.seqGeneration[slot] = generation;
    this.assist[slot] = 0;
    this.stops[slot] = -1;
    this.thread[slot] = -1;
    this.id[slot] = id;
    this.ids.set(id, slot);
    return slot;
  }

  end(slot: number): void {
    this.ids.delete(this.id[slot] as number);
    if (this.regions.size > 0) this.regions.delete(slot);
    this.#leaving.push(slot);
  }
}

/** A service with more at once does not fit into any machine's memory. */
const MOST_GOROUTINES = 4_000_000;
const MOST_THREADS = 1_000_000;

/** GOMAXPROCS is an int32 for the runtime; beyond this no machine goes. */
const MOST_PROCS = 1 << 20;

export class Procs {
  /** 0: never heard of. */
  status = new Uint8Array(64);
  seq = new Float64Array(64);
  seqGeneration = new Int32Array(64);
  /** 1: sweeps. */
  sweep = new Uint8Array(64);

  /** false: no such P can be. */
  reach(p: number): boolean {
    if (p < this.status.length) return true;
    if (p >= MOST_PROCS) return false;
    const n = Math.max(p + 1, this.status.length * 2);
    this.status = moved(new Uint8Array(n), this.status);
    this.seq = moved(new Float64Array(n), this.seq);
    this.seqGeneration = moved(new Int32Array(n), this.seqGeneration);
    this.sweep = moved(new Uint8Array(n), this.sweep);
    return true;
  }
}

export class Threads {
  readonly #tables: TraceTables;
  readonly #numbers = new Map<number, number>();
  /** Slot of the goroutine and number of the P it has; -1 none. */
  goroutine = new Int32Array(64).fill(-1);
  proc = new Int32Array(64).fill(-1);
  /** 1: an event happened on it, or a status named it; before that nothing is known of it. */
  seen = new Uint8Array(64);

  constructor(tables: TraceTables) {
    this.#tables = tables;
  }

  settle(more: number): void {
    const { length } = this.goroutine;
    const needed = this.#tables.threadCount + more;
    if (needed <= length) return;
    const n = Math.max(needed, length * 2);
    this.goroutine = moved(new Int32Array(n).fill(-1), this.goroutine);
    this.proc = moved(new Int32Array(n).fill(-1), this.proc);
    this.seen = moved(new Uint8Array(n), this.seen);
  }

  /** -1: there are as many as can be. */
  number(id: number): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    if (this.#tables.threadCount >= MOST_THREADS) return -1;
    const number = this.#tables.addThread(id);
    this.#numbers.set(id, number);
    return number;
  }

  /** -1 when there is none. */
  find(id: number): number {
    return this.#numbers.get(id) ?? -1;
  }
}
