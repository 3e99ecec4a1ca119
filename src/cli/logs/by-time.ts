/**
 * Hits of many tasks in the order of their times: each task's are put in order by themselves, which most are, and all are merged. Times stay
 * where they are and are compared as halves of 64 bits, so that millions cost neither a copy nor a number on the heap each.
 */
import { NO_TIME, type TaskHits } from './tasks.ts';

export interface HeldHits {
  readonly hits: TaskHits;
  readonly file: number;
}

const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

/** One task's hits, walked along. */
class Stream {
  readonly held: HeldHits;
  readonly number: number;
  readonly #signed: Int32Array;
  readonly #unsigned: Uint32Array;
  readonly #order: Uint32Array | null;
  #at = 0;
  /** Halves of the time of the hit that is next. */
  high = 0;
  low = 0;

  /** `times`: with one for every hit. */
  constructor(held: HeldHits, number: number, times: BigInt64Array) {
    this.held = held;
    this.number = number;
    this.#signed = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
    this.#unsigned = new Uint32Array(times.buffer, times.byteOffset, times.length * 2);
    this.#order = this.#orderOf(held.hits.count);
    this.#show();
  }

  #orderOf(count: number): Uint32Array | null {
    const signed = this.#signed;
    const unsigned = this.#unsigned;
    const compare = (a: number, b: number): number => signed[a * 2 + HIGH]! - signed[b * 2 + HIGH]! || unsigned[a * 2 + LOW]! - unsigned[b * 2 + LOW]!;
    let sorted = true;
    for (let i = 1; i < count && sorted; i++) sorted = compare(i - 1, i) <= 0;
    return sorted ? null : new Uint32Array(count).map((_none, i) => i).sort((a, b) => compare(a, b) || a - b);
  }

  /** Place of the next hit among the task's. */
  get place(): number {
    return this.#order === null ? this.#at : (this.#order[this.#at] as number);
  }

  #show(): void {
    const at = this.place * 2;
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

/** Hits without a time stand where their file has them, behind the hit before; at a file's beginning they come first. Tasks of one file follow one another. */
function streamsOf(held: readonly HeldHits[]): Stream[] {
  const out: Stream[] = [];
  let last = NO_TIME;
  for (const [h, { hits, file }] of held.entries()) {
    if (h > 0 && held[h - 1]!.file !== file) last = NO_TIME;
    if (hits.count === 0) continue;
    const times = hits.times.includes(NO_TIME) ? hits.times.slice() : hits.times;
    if (times !== hits.times) {
      for (let i = 0; i < times.length; i++) {
        if (times[i] === NO_TIME) times[i] = last;
        else last = times[i] as bigint;
      }
    }
    last = times[times.length - 1] as bigint;
    out.push(new Stream({ hits, file }, h, times));
  }
  return out;
}

/** At most `most` hits, earliest first. `place`: among those of the task. */
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
