/**
 * The next event of each thread: batches read piece by piece into one buffer, and a heap by time over them. Arguments are read only when an
 * event's turn comes; until then its type and time are all that is known.
 */
import { type ByteSource, readFully } from '../../model/index.ts';
import { ARGUMENTS, LONGEST_EVENT } from './events.ts';
import type { GenerationFrame } from './framing.ts';
import { Cursor, MAX_BATCH } from './wire.ts';

/** Room behind a window, so that reading a few bytes too far stays inside. */
const SLACK = 64;
/** With very many threads each has a smaller window: together they never take more than this. */
const MOST_BUFFER = 64 * 1024 * 1024;
const LEAST_WINDOW = 1024;
const RUN = 16;

export class Frontier {
  bytes = new Uint8Array(0);
  /** By cursor: where the arguments of its next event begin, and where its type byte stands. */
  at = new Int32Array(0);
  start = new Int32Array(0);
  /** Beyond this an event may leave the window: `more` decides. */
  limit = new Int32Array(0);
  /** Offset in the file minus place in the buffer. */
  shift = new Float64Array(0);
  type = new Uint8Array(0);
  /** Time of its next event, ns since the origin. */
  time = new Float64Array(0);
  /** Thread number; -1 for "no thread". */
  thread = new Int32Array(0);
  /** The heap: cursors, and their times beside them. */
  heap = new Int32Array(0);
  key = new Float64Array(0);
  size = 0;
  /** What stopped reading, and where; set when `next` says false with something left. */
  fault: string | null = null;
  faultOffset = 0;

  readonly #source: ByteSource;
  #frame: GenerationFrame | null = null;
  /** Each cursor's window: where it begins in the buffer, and how much it holds. */
  #begin = new Int32Array(0);
  #room = new Int32Array(0);
  #end = new Int32Array(0);
  #left = new Int32Array(0);
  #batch = new Int32Array(0);
  #sortedKeys = new Float64Array(0);
  #sorted = new Int32Array(0);
  #nsPerTick = 1;
  #originNs = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** A cursor for each thread, in the order of their first batches; they enter the heap in that order. */
  open(frame: GenerationFrame, nsPerTick: number, originNs: number, threadOf: (id: number) => number): void {
    const n = frame.batches.threads.length;
    this.#frame = frame;
    this.#nsPerTick = nsPerTick;
    this.#originNs = originNs;
    const window = Math.max(LEAST_WINDOW, Math.min(MAX_BATCH, Math.floor(MOST_BUFFER / Math.max(1, n))));
    this.fault = null;
    this.size = 0;
    if (this.at.length < n) {
      const m = n + 16;
      for (const name of ['at', 'start', 'limit', 'thread', 'heap'] as const) this[name] = new Int32Array(m);
      this.#end = new Int32Array(m);
      this.#begin = new Int32Array(m);
      this.#room = new Int32Array(m);
      this.#left = new Int32Array(m);
      this.#batch = new Int32Array(m);
      this.shift = new Float64Array(m);
      this.time = new Float64Array(m);
      this.key = new Float64Array(m);
      this.type = new Uint8Array(m);
    }
    let room = 0;
    for (let c = 0; c < n; c++) {
      this.#begin[c] = room;
      this.#room[c] = Math.min(window, frame.batches.largest[c] as number);
      room += (this.#room[c] as number) + SLACK;
    }
    if (this.bytes.length < room || this.bytes.length > room * 4 + MAX_BATCH) this.bytes = new Uint8Array(room);
    for (let c = 0; c < n; c++) {
      const id = frame.batches.threads[c] as number;
      this.thread[c] = id < 0 ? -1 : threadOf(id);
      this.#openBatch(c, frame.batches.first[c] as number);
      if (!this.next(c)) {
        if (this.fault !== null) return;
        continue;
      }
      this.#insert(c);
    }
  }

  /** Reads type and time of the event after the one at `at[c]`; false at the end of the thread's batches, or with a fault. */
  next(c: number): boolean {
    if ((this.at[c] as number) > (this.limit[c] as number) && !this.#more(c)) return false;
    const { bytes } = this;
    let at = this.at[c] as number;
    this.start[c] = at;
    const type = bytes[at++] as number;
    if ((ARGUMENTS[type] as number) < 0) return this.#stop(c, `event type ${type} may not stand here`);
    let dt = bytes[at++] as number;
    if (dt >= 0x80) {
      const w = bytes[at++] as number;
      dt = (dt & 0x7f) | (w << 7);
      if (w < 0x80) return this.#timed(c, type, at, dt);
      at--;
      const cursor = new Cursor(bytes, at - 1, this.#end[c] as number);
      dt = cursor.uvarint();
      if (cursor.bad) return this.#stop(c, 'the time of an event is not whole');
      at = cursor.at;
    }
    return this.#timed(c, type, at, dt);
  }

  #timed(c: number, type: number, at: number, dt: number): boolean {
    this.at[c] = at;
    this.type[c] = type;
    this.time[c] = (this.time[c] as number) + Math.floor(dt * this.#nsPerTick);
    return true;
  }

  /** Where the cursor's event begins in the file. */
  offsetOf(c: number): number {
    return (this.start[c] as number) + (this.shift[c] as number);
  }

  /** The end of the bytes the cursor may use. */
  endOf(c: number): number {
    return this.#end[c] as number;
  }

  #stop(c: number, what: string): boolean {
    this.fault = what;
    this.faultOffset = this.offsetOf(c);
    return false;
  }

  #openBatch(c: number, batch: number): void {
    const { batches } = this.#frame as GenerationFrame;
    this.#batch[c] = batch;
    this.time[c] = Math.floor((batches.base[batch] as number) * this.#nsPerTick) - this.#originNs;
    this.#left[c] = batches.size[batch] as number;
    this.at[c] = 0;
    this.#end[c] = 0;
    this.shift[c] = batches.offset[batch] as number;
    this.#fill(c, batches.offset[batch] as number);
  }

  /** What is left of the window moves to its begin, and more of the batch follows. */
  #fill(c: number, offset: number): void {
    const begin = this.#begin[c] as number;
    const rest = (this.#end[c] as number) - (this.at[c] as number);
    if (rest > 0) this.bytes.copyWithin(begin, this.at[c] as number, this.#end[c] as number);
    const wanted = Math.min((this.#room[c] as number) - Math.max(0, rest), this.#left[c] as number);
    const n = readFully(this.#source, offset, this.bytes.subarray(begin + Math.max(0, rest), begin + Math.max(0, rest) + wanted));
    const left = n < wanted ? 0 : (this.#left[c] as number) - n;
    this.at[c] = begin;
    const end = begin + Math.max(0, rest) + n;
    this.#end[c] = end;
    this.#left[c] = left;
    this.shift[c] = offset - (begin + Math.max(0, rest));
    this.limit[c] = left > 0 ? end - LONGEST_EVENT : end - 1;
  }

  /** The cursor stands beyond its limit: more of this batch, the next batch, or the end. */
  #more(c: number): boolean {
    const { batches } = this.#frame as GenerationFrame;
    if ((this.at[c] as number) > (this.#end[c] as number)) return this.#stop(c, 'an event runs over the end of its batch');
    if ((this.#left[c] as number) > 0) {
      this.#fill(c, (this.#end[c] as number) + (this.shift[c] as number));
      return true;
    }
    while ((this.at[c] as number) === (this.#end[c] as number)) {
      const following = batches.next[this.#batch[c] as number] as number;
      if (following < 0) return false;
      this.#openBatch(c, following);
    }
    return true;
  }

  #insert(c: number): void {
    this.#up(this.size++, c);
  }

  /** The cursor at heap place `i` has a new time. */
  update(i: number): void {
    if (this.#up(i, this.heap[i] as number) === i) this.#down(i);
  }

  /** Cursor `c` from place `from` towards the root, as far as its time takes it: where it stands then. */
  #up(from: number, c: number): number {
    const { heap, key } = this;
    const t = this.time[c] as number;
    let at = from;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!((key[up] as number) > t)) break;
      heap[at] = heap[up] as number;
      key[at] = key[up] as number;
      at = up;
    }
    heap[at] = c;
    key[at] = t;
    return at;
  }

  remove(i: number): void {
    const { heap, key } = this;
    let at = i;
    // to the root whatever its time, as Go's reader does: which of two equal times comes first depends on it
    while (at > 0) {
      const up = (at - 1) >> 1;
      heap[at] = heap[up] as number;
      key[at] = key[up] as number;
      at = up;
    }
    const last = --this.size;
    heap[0] = heap[last] as number;
    key[0] = key[last] as number;
    if (last > 0) this.#down(0);
  }

  #down(from: number): void {
    const { heap, key, size } = this;
    const c = heap[from] as number;
    const t = key[from] as number;
    let i = from;
    for (;;) {
      let least = 2 * i + 1;
      if (least >= size) break;
      let leastKey = key[least] as number;
      let here = t;
      let chosen = -1;
      if (leastKey < here) {
        here = leastKey;
        chosen = least;
      }
      least++;
      if (least < size) {
        leastKey = key[least] as number;
        if (leastKey < here) chosen = least;
      }
      if (chosen < 0) break;
      heap[i] = heap[chosen] as number;
      key[i] = key[chosen] as number;
      i = chosen;
    }
    heap[i] = c;
    key[i] = t;
  }

  /** By time, equal times as they stand; still a heap. Runs of sixteen by insertion, then merged: mostly it is sorted nearly. */
  sort(): void {
    const { heap, key, size } = this;
    for (let from = 0; from < size; from += RUN) {
      const to = Math.min(size, from + RUN);
      for (let i = from + 1; i < to; i++) {
        const c = heap[i] as number;
        const t = key[i] as number;
        let j = i - 1;
        while (j >= from && (key[j] as number) > t) {
          heap[j + 1] = heap[j] as number;
          key[j + 1] = key[j] as number;
          j--;
        }
        heap[j + 1] = c;
        key[j + 1] = t;
      }
    }
    for (let run = RUN; run < size; run *= 2) for (let from = 0; from + run < size; from += 2 * run) this.#merge(from, from + run, Math.min(size, from + 2 * run));
  }

  #merge(from: number, middle: number, to: number): void {
    const { heap, key } = this;
    if ((key[middle - 1] as number) <= (key[middle] as number)) return;
    if (this.#sortedKeys.length < heap.length) {
      this.#sortedKeys = new Float64Array(heap.length);
      this.#sorted = new Int32Array(heap.length);
    }
    const keys = this.#sortedKeys;
    const cursors = this.#sorted;
    const left = middle - from;
    for (let k = 0; k < left; k++) {
      keys[k] = key[from + k] as number;
      cursors[k] = heap[from + k] as number;
    }
    let i = 0;
    let j = middle;
    let at = from;
    while (i < left) {
      if (j < to && (key[j] as number) < (keys[i] as number)) {
        key[at] = key[j] as number;
        heap[at++] = heap[j++] as number;
      } else {
        key[at] = keys[i] as number;
        heap[at++] = cursors[i++] as number;
      }
    }
  }
}
