/** Goroutines that ended or are left over, added up by the function they start in. */
import type { Goroutines } from './goroutines.ts';
import { SPENT_KINDS } from './waits.ts';

export interface Entry {
  /** Text id of the function; 0 not known. */
  readonly entry: number;
  created: number;
  ended: number;
  alive: number;
  /** Nanoseconds by SPENT, of all of them. */
  readonly spent: Float64Array;
  /** Of those whose begin and end were seen: nanoseconds from one to the other. */
  lived: number;
  livedMost: number;
  livedCount: number;
  /** One of them that created them: the stack of the last one's creation; 0 not seen. */
  bornStack: number;
  /** Slots of those that are left, at most 8, of the longest-waiting kind first seen. */
  readonly left: number[];
}

const LEFT_KEPT = 8;

export class Entries {
  readonly #byEntry = new Map<number, Entry>();

  all(): Entry[] {
    return [...this.#byEntry.values()];
  }

  end(gs: Goroutines, g: number, entry: number, time: number): void {
    const e = this.#fold(gs, g, entry);
    e.ended++;
    const born = gs.born[g] as number;
    if (born < 0) return;
    const lived = time - born;
    e.lived += lived;
    e.livedCount++;
    if (lived > e.livedMost) e.livedMost = lived;
  }

  /** What became of it is not in the trace. */
  lost(gs: Goroutines, g: number, entry: number): void {
    this.#fold(gs, g, entry);
  }

  alive(gs: Goroutines, g: number, entry: number): void {
    const e = this.#fold(gs, g, entry);
    e.alive++;
    if (e.left.length < LEFT_KEPT) e.left.push(g);
  }

  #fold(gs: Goroutines, g: number, entry: number): Entry {
    let e = this.#byEntry.get(entry);
    if (e === undefined) {
      e = { entry, created: 0, ended: 0, alive: 0, spent: new Float64Array(SPENT_KINDS), lived: 0, livedMost: 0, livedCount: 0, bornStack: 0, left: [] };
      this.#byEntry.set(entry, e);
    }
    const at = g * SPENT_KINDS;
    for (let i = 0; i < SPENT_KINDS; i++) (e.spent[i] as number) += gs.spent[at + i] as number;
    if ((gs.born[g] as number) >= 0) {
      e.created++;
      e.bornStack = gs.bornStack[g] as number;
    }
    return e;
  }
}
