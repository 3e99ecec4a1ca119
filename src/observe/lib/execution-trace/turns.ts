/**
 * When the turn began that ends when somebody is let go on. Of a lock: when it was last given back to somebody who waited at the same place, for
 * nobody can have held it from before that. Of a channel: when the same goroutine last received from somebody there; what other receivers do
 * meanwhile is theirs. Never before the wait itself. Only wakes at the same place count: who holds a lock and calls a server wakes others on the way.
 *
 * A place is the innermost frame outside sync and the runtime, with the reason. A lock that is taken at several places has several: its turns
 * then seem longer than they are, and what is said of their share is too little rather than too much.
 */
import type { TraceTables } from '../../../read/execution-trace/index.ts';
import { wider } from './grow.ts';
import type { Sums } from './sums.ts';
import { SPENT } from './waits.ts';

const OF_RUNTIME = /^(?:(?:internal\/)?sync|runtime)\./;

export class Turns {
  readonly #tables: TraceTables;
  readonly #waits: Sums;
  /** Index of a wait → place; -1 not asked yet. */
  #placeOf = new Int32Array(64).fill(-1);
  readonly #places = new Map<string, number>();
  #lastAt = new Float64Array(64);
  /** Slot of the goroutine that did it. */
  #lastBy = new Int32Array(64).fill(-1);

  constructor(tables: TraceTables, waits: Sums) {
    this.#tables = tables;
    this.#waits = waits;
  }

  /** Who let whom go on last is not known any more. */
  forget(): void {
    this.#lastAt.fill(0);
    this.#lastBy.fill(-1);
  }

  /** Slot `by` ends at `to` a wait that began at `from`. */
  begin(wait: number, kind: number, by: number, from: number, to: number): number {
    const place = this.#place(wait);
    const at = this.#lastAt[place] as number;
    const known = kind === SPENT.lock || this.#lastBy[place] === by;
    this.#lastAt[place] = to;
    this.#lastBy[place] = by;
    return known && at > from ? at : from;
  }

  #place(wait: number): number {
    if (wait >= this.#placeOf.length) this.#placeOf = wider(this.#placeOf, Math.max(wait + 1, this.#placeOf.length * 2), -1);
    const known = this.#placeOf[wait] as number;
    if (known >= 0) return known;
    const { stacks } = this.#tables;
    const stack = this.#waits.b[wait] as number;
    let frame = -1;
    for (let i = stacks.start[stack] as number; stack > 0 && i < (stacks.start[stack + 1] as number); i++) {
      frame = stacks.frame[i] as number;
      if (!OF_RUNTIME.test(this.#tables.frame(frame).function)) break;
    }
    const f = frame < 0 ? null : this.#tables.frame(frame);
    const key = `${this.#waits.a[wait]} ${f === null ? '' : `${f.function} ${f.file}:${f.line}`}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(key, place);
      if (place >= this.#lastAt.length) {
        this.#lastAt = wider(this.#lastAt, this.#lastAt.length * 2);
        this.#lastBy = wider(this.#lastBy, this.#lastBy.length * 2, -1);
      }
    }
    this.#placeOf[wait] = place;
    return place;
  }
}
