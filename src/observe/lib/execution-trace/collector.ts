/** What the garbage collector and whoever stops the world do: pauses by kind and stack, assists by stack, cycles, and the heap against its goal. */
import { Series } from './series.ts';
import { Sums } from './sums.ts';

export interface Cycle {
  readonly from: number;
  readonly to: number;
  /** null: not said before, as of a cycle that runs when the trace begins. */
  readonly heapBefore: number | null;
  readonly heapAfter: number | null;
  readonly goal: number | null;
  /** Nanoseconds that goroutines spent in assists that ended in it. */
  readonly assist: number;
  readonly assists: number;
}

const CYCLES_KEPT = 512;

export class Collector {
  /** By (kind text, stack). */
  readonly pauses = new Sums();
  /** By (0, stack): from begin to end of each assist, whatever it did in between. */
  readonly assists: Sums;
  /** By (0, 0). */
  readonly marks = new Sums();
  readonly cycles: Cycle[] = [];
  readonly allocated = new Series();
  readonly goals = new Series();
  /** Nanoseconds during which the heap was above its goal, and the greatest share of it. */
  overGoal = 0;
  mostOfGoal = 0;
  /** null: not said yet. */
  #alloc: number | null = null;
  #goal = 0;
  #allocAt = -1;
  #pauseKind = -1;
  #pauseStack = 0;
  #pauseSince = 0;
  #cycleSince = -1;
  #heapBefore: number | null = null;
  #assistBefore = 0;
  #assistsBefore = 0;

  constructor(assists: Sums) {
    this.assists = assists;
  }

  pauseBegins(kind: number, stack: number, time: number): void {
    this.#pauseKind = kind;
    this.#pauseStack = stack;
    this.#pauseSince = time;
  }

  pauseEnds(time: number, offset: number): void {
    if (this.#pauseKind < 0) return;
    this.pauses.add(this.pauses.index(this.#pauseKind, this.#pauseStack), time - this.#pauseSince, time, offset);
    this.#pauseKind = -1;
  }

  cycleBegins(from: number): void {
    if (this.#cycleSince >= 0) return;
    this.#cycleSince = from;
    this.#heapBefore = this.#alloc;
    this.#assistBefore = this.#assistTotal();
    this.#assistsBefore = this.#assistCount();
  }

  cycleEnds(time: number, offset: number): void {
    if (this.#cycleSince < 0) return;
    this.marks.add(this.marks.index(0, 0), time - this.#cycleSince, time, offset);
    if (this.cycles.length < CYCLES_KEPT)
      this.cycles.push({
        from: this.#cycleSince,
        to: time,
        heapBefore: this.#heapBefore,
        heapAfter: this.#alloc,
        goal: this.#goal > 0 ? this.#goal : null,
        assist: this.#assistTotal() - this.#assistBefore,
        assists: this.#assistCount() - this.#assistsBefore,
      });
    this.#cycleSince = -1;
  }

  alloc(bytes: number, time: number): void {
    this.#settle(time);
    this.#alloc = bytes;
    this.allocated.add(time, bytes);
    if (this.#goal > 0) this.mostOfGoal = Math.max(this.mostOfGoal, bytes / this.#goal);
  }

  goal(bytes: number, time: number): void {
    this.#settle(time);
    this.#goal = bytes;
    this.goals.add(time, bytes);
  }

  /** After `finish`: of what follows nothing is known. */
  forget(): void {
    this.#alloc = null;
    this.#goal = 0;
    this.#allocAt = -1;
  }

  finish(time: number): void {
    this.#settle(time);
    this.pauseEnds(time, -1);
    this.cycleEnds(time, -1);
  }

  #settle(time: number): void {
    if (this.#allocAt >= 0 && this.#goal > 0 && this.#alloc !== null && this.#alloc > this.#goal) this.overGoal += time - this.#allocAt;
    this.#allocAt = time;
  }

  #assistTotal(): number {
    let n = 0;
    for (let i = 0; i < this.assists.count; i++) n += this.assists.total[i] as number;
    return n;
  }

  #assistCount(): number {
    let n = 0;
    for (let i = 0; i < this.assists.count; i++) n += this.assists.times[i] as number;
    return n;
  }
}
