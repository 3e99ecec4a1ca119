/**
 * Hits of many tasks in the order of their times: each task's are put in order by themselves, where they are, and all are merged. Times
 * are compared as halves of 64 bits, so that millions cost neither a copy nor a number on the heap each.
 */
import { HIGH, LOW, putInOrder } from './in-order.ts';
import { NO_TIME, sharedTimes, type TaskHits } from './tasks.ts';

export interface HeldHits {
  readonly hits: TaskHits;
  readonly file: number;
}

/** One task's hits in the order of their times, walked along. */
class Stream {
  readonly held: HeldHits;
  readonly number: number;
  readonly times: BigInt64Array;
  readonly #signed: Int32Array;
  readonly #unsigned: Uint32Array;
  #at = 0;
  /** Halves of the time of the hit that is next. */
  high = 0;
  low = 0;

  /** `times`: with one for every hit. */
  constructor(held: HeldHits, number: number, times: BigInt64Array) {
    this.held = held;
    this.number = number;
    this.times = times;
    this.#signed = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
    this.#unsigned = new Uint32Array(times.buffer, times.byteOffset, times.length * 2);
    this.#show();
  }

  /** Place of the next hit among the task's. */
  get place(): number {
    return this.#at;
  }

  #show(): void {
    const at = this.#at * 2;
    this.high = this.#signed[at + HIGH] as number;
    this.low = this.#unsigned[at + LOW] as number;
  }

  /** false at the end. */
  advance(): boolean {
    this.#at++;
    if (this.#at >= this.held.hits.count) return false;
    this.#show();
    return true;
  }

  /** Of two with one time the earlier task's. */
  before(o: Stream): boolean {
    return this.high !== o.high ? this.high < o.high : this.low !== o.low ? this.low < o.low : this.number < o.number;
  }
}

/**
 * The hits of each task, which are put in order where they are. Hits without a time stand where their file has them, behind the hit before; at a file's
 * beginning they come first. Tasks of one file follow one another.
 */
export function streamsOf(held: readonly HeldHits[]): Stream[] {
  const out: Stream[] = [];
  let last = NO_TIME;
  for (const [h, { hits, file }] of held.entries()) {
    if (h > 0 && held[h - 1]!.file !== file) last = NO_TIME;
    if (hits.count === 0) continue;
    const times = hits.ordered === null && hits.times.includes(NO_TIME) ? sharedTimes(hits.times) : hits.times;
    if (times !== hits.times) {
      for (let i = 0; i < times.length; i++) {
        if (times[i] === NO_TIME) times[i] = last;
        else last = times[i] as bigint;
      }
    }
    last = hits.ordered ?? (times[times.length - 1] as bigint);
    if (hits.ordered === null) putInOrder(hits, times);
    out.push(new Stream({ hits, file }, h, times));
  }
  return out;
}

/** At most `most` hits, earliest first. `place`: among those of the task as they are then: in order. */
export function visitByTime(held: readonly HeldHits[], most: number, visit: (held: HeldHits, place: number) => void): void {
  const heap: Stream[] = [];
  const sink = (from: number): void => {
    const s = heap[from] as Stream;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.before(heap[child] as Stream)) child++;
      if (!heap[child]!.before(s)) break;
      heap[at] = heap[child] as Stream;
      at = child;
    }
    heap[at] = s;
  };
  heap.push(...streamsOf(held));
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(i);
  for (let left = most; left > 0 && heap.length > 0; left--) {
    const first = heap[0] as Stream;
    visit(first.held, first.place);
    if (!first.advance()) {
      const last = heap.pop() as Stream;
      if (heap.length === 0) break;
      heap[0] = last;
    }
    sink(0);
  }
}
