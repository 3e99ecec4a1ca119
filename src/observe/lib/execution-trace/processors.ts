/**
 * Where every nanosecond of every processor (P) went. A processor is in exactly one row at any time, and is charged when that changes, so the
 * rows of all add up to the time that processors existed. That time is also counted a second way, as GOMAXPROCS times wall time: both totals
 * are given, and a test holds that they are equal.
 *
 * Running the program's own code is charged to its goroutine (`plain`) and sorted by the function it starts in at its end: only then is that
 * surely known.
 */
import { type EventColumns, PROC_STATUS } from '../../../read/execution-trace/index.ts';
import { wider } from './grow.ts';
import type { Occupants } from './occupants.ts';
import { UtilizationSteps } from './utilization.ts';

/** Rows that are the same in every trace; pauses get numbers from FIRST_PAUSE on, by their kind. */
export const ROW = {
  undetermined: 0,
  idle: 1,
  scheduler: 2,
  syscall: 3,
  assist: 4,
  sweep: 5,
  dedicated: 6,
  fractional: 7,
  idleWorker: 8,
  otherLabel: 9,
} as const;
/** No row: the time is its goroutine's. */
const PLAIN = 10;
const FIRST_PAUSE = 11;
const MOST_ROWS = 64;

/** Undetermined: no status of it was seen yet. */
const STATE = { undetermined: 0, idle: 1, running: 2 } as const;

export class Processors {
  /** Highest number seen, plus one. */
  count = 0;
  readonly rows = new Float64Array(MOST_ROWS);
  /** Text ids of the kinds of pauses, by row - FIRST_PAUSE. */
  readonly pauseKinds: number[] = [];
  /** GOMAXPROCS over time, in nanoseconds; and as it is now. */
  capacity = 0;
  procs = 0;
  /** How many exist, and how many of these are idle. */
  existing = 0;
  idle = 0;
  /** How many run the program's own code. */
  plain = 0;
  readonly utilization = new UtilizationSteps();
  /** Time before the first status, by what that status then was: undetermined all the same. */
  undeterminedIdle = 0;
  undeterminedRunning = 0;
  /** Nanoseconds running inside each assist (index into the table of assists). */
  assistRunning = new Float64Array(64);
  /** Goroutine slot that runs on a thread, by thread; -1. */
  threadGoroutine = new Int32Array(64).fill(-1);

  readonly #occupants: Occupants;
  #state = new Uint8Array(16);
  #exists = new Uint8Array(16);
  #thread = new Int32Array(16).fill(-1);
  #sweeping = new Uint8Array(16);
  #undetermined = new Float64Array(16);
  #since = new Float64Array(16);
  #row = new Uint8Array(16);
  /** Goroutine that PLAIN and assists are charged to. */
  #charged = new Int32Array(16).fill(-1);
  #collecting = 0;
  #first = 0;
  #capacitySince = -1;
  #pause = 0;
  #pauser = -1;

  constructor(occupants: Occupants) {
    this.#occupants = occupants;
  }

  begin(time: number): void {
    this.#first = time;
    this.utilization.begin(time);
  }

  /** Slot of the goroutine on a processor; -1. */
  on(p: number): number {
    const thread = this.#thread[p] as number;
    return thread < 0 ? -1 : (this.threadGoroutine[thread] as number);
  }

  ensureThread(thread: number): void {
    if (thread >= this.threadGoroutine.length) this.threadGoroutine = wider(this.threadGoroutine, Math.max(thread + 1, this.threadGoroutine.length * 2), -1);
  }

  setProcs(n: number, time: number): void {
    const since = this.#capacitySince;
    this.capacity += since < 0 ? n * (time - this.#first) : this.procs * (time - since);
    this.#capacitySince = time;
    this.procs = n;
    if (n > 0) this.#ensure(n - 1);
    for (let p = 0; p < this.count; p++) {
      const exists = p < n ? 1 : 0;
      if (exists === this.#exists[p]) continue;
      if (exists === 0) {
        this.#charge(p, time);
        this.#leaveCounts(p);
      }
      this.#exists[p] = exists;
      this.#since[p] = since < 0 ? this.#first : time;
      if (exists === 1) this.#enterCounts(p);
    }
    this.#step(time);
  }

  start(p: number, thread: number, time: number): void {
    this.#ensure(p);
    this.ensureThread(thread);
    this.#charge(p, time);
    if (this.#state[p] === STATE.undetermined) this.undeterminedRunning += this.#determined(p);
    this.#state[p] = STATE.running;
    this.#thread[p] = thread;
    this.#settle(p, time);
  }

  stop(p: number, time: number): void {
    if (p < 0) return;
    this.#ensure(p);
    this.#charge(p, time);
    if (this.#state[p] === STATE.undetermined) this.undeterminedIdle += this.#determined(p);
    this.#state[p] = STATE.idle;
    this.#thread[p] = -1;
    this.#settle(p, time);
  }

  /** A status of a processor whose state before may have been unknown. */
  status(p: number, status: number, thread: number, time: number): void {
    this.#ensure(p);
    if (status === PROC_STATUS.running || status === PROC_STATUS.syscall) {
      if (this.#state[p] !== STATE.running) this.start(p, thread, time);
    } else if (this.#state[p] !== STATE.idle) this.stop(p, time);
  }

  /** Before anything changes about what runs on this processor. */
  charge(p: number, time: number): void {
    if (p >= 0 && p < this.count) this.#charge(p, time);
  }

  /** After it has changed. */
  settle(p: number, time: number): void {
    if (p >= 0 && p < this.count) this.#settle(p, time);
  }

  /** Event `i`: goroutine `g` begins to run. Numbers that are no integers are boxed on the way into a function: the time is read here. */
  occupied(e: EventColumns, i: number, g: number): void {
    const p = e.proc[i] as number;
    if (p < 0 || p >= this.count) return;
    const t = e.time[i] as number;
    const os = this.#occupants;
    // between goroutines until now, and nothing out of the common
    if (this.#row[p] === ROW.scheduler && this.#exists[p] === 1 && this.#pause === 0 && this.#sweeping[p] === 0 && os.assist[g] === -1 && os.label[g] === 0) {
      (this.rows[ROW.scheduler] as number) += t - (this.#since[p] as number);
      this.#since[p] = t;
      this.#charged[p] = g;
      this.#row[p] = PLAIN;
      this.plain++;
      return;
    }
    this.#charge(p, t);
    this.#settle(p, t);
  }

  /** Event `i`: the goroutine that ran there does so no more. */
  left(e: EventColumns, i: number): void {
    const p = e.proc[i] as number;
    if (p < 0 || p >= this.count) return;
    const t = e.time[i] as number;
    if (this.#row[p] === PLAIN && this.#exists[p] === 1 && this.#pause === 0) {
      (this.#occupants.plain[this.#charged[p] as number] as number) += t - (this.#since[p] as number);
      this.#since[p] = t;
      this.#charged[p] = -1;
      this.#row[p] = ROW.scheduler;
      this.plain--;
      return;
    }
    this.#charge(p, t);
    this.#settle(p, t);
  }

  sweep(p: number, on: boolean, time: number): void {
    if (p < 0) return;
    this.#ensure(p);
    this.#charge(p, time);
    this.#sweeping[p] = on ? 1 : 0;
    this.#settle(p, time);
  }

  pause(kind: number, pauser: number, time: number): void {
    let at = this.pauseKinds.indexOf(kind);
    if (at < 0) {
      at = Math.min(this.pauseKinds.length, MOST_ROWS - FIRST_PAUSE - 1);
      this.pauseKinds[at] = kind;
    }
    this.#everything(time, () => {
      this.#pause = FIRST_PAUSE + at;
      this.#pauser = pauser;
    });
  }

  resume(time: number): void {
    this.#everything(time, () => {
      this.#pause = 0;
      this.#pauser = -1;
    });
  }

  finish(time: number): void {
    if (this.#capacitySince >= 0) this.capacity += this.procs * (time - this.#capacitySince);
    this.#capacitySince = time;
    for (let p = 0; p < this.count; p++) this.#charge(p, time);
  }

  /** After `finish`: nothing is known any more of who runs where. */
  forget(): void {
    this.count = 0;
    this.existing = 0;
    this.idle = 0;
    this.plain = 0;
    this.#collecting = 0;
    this.#capacitySince = -1;
    this.#pause = 0;
    this.#pauser = -1;
    this.#state.fill(STATE.undetermined);
    this.#exists.fill(0);
    this.#thread.fill(-1);
    this.#sweeping.fill(0);
    this.#undetermined.fill(0);
    this.#row.fill(ROW.undetermined);
    this.#charged.fill(-1);
    this.threadGoroutine.fill(-1);
    this.utilization.forget();
  }

  pauseRow(kindIndex: number): number {
    return this.rows[FIRST_PAUSE + kindIndex] as number;
  }

  #everything(time: number, change: () => void): void {
    for (let p = 0; p < this.count; p++) this.#charge(p, time);
    change();
    for (let p = 0; p < this.count; p++) this.#settle(p, time, false);
    this.#step(time);
  }

  #ensure(p: number): void {
    if (p < this.count) return;
    if (p >= this.#state.length) {
      const room = Math.max(p + 1, this.#state.length * 2);
      this.#state = wider(this.#state, room);
      this.#exists = wider(this.#exists, room);
      this.#thread = wider(this.#thread, room, -1);
      this.#sweeping = wider(this.#sweeping, room);
      this.#undetermined = wider(this.#undetermined, room);
      this.#since = wider(this.#since, room);
      this.#row = wider(this.#row, room);
      this.#charged = wider(this.#charged, room, -1);
    }
    this.#since.fill(this.#first, this.count, p + 1);
    this.count = p + 1;
  }

  #charge(p: number, time: number): void {
    const ns = time - (this.#since[p] as number);
    this.#since[p] = time;
    if (ns === 0 || this.#exists[p] === 0) return;
    const row = this.#row[p] as number;
    const g = this.#charged[p] as number;
    if (row === PLAIN) {
      (this.#occupants.plain[g] as number) += ns;
      return;
    }
    (this.rows[row] as number) += ns;
    if (row === ROW.undetermined) (this.#undetermined[p] as number) += ns;
    if (row === ROW.assist) {
      const assist = this.#occupants.assist[g] as number;
      if (assist >= this.assistRunning.length) this.assistRunning = wider(this.assistRunning, (assist + 1) * 2);
      (this.assistRunning[assist] as number) += ns;
    }
  }

  /** The undetermined time of one processor, which leaves the row of those without any status. */
  #determined(p: number): number {
    const ns = this.#undetermined[p] as number;
    this.#undetermined[p] = 0;
    (this.rows[ROW.undetermined] as number) -= ns;
    return ns;
  }

  #rowOf(p: number): number {
    const state = this.#state[p];
    if (state === STATE.undetermined) return ROW.undetermined;
    if (state === STATE.idle) return this.#pause !== 0 ? this.#pause : ROW.idle;
    const thread = this.#thread[p] as number;
    const g = thread < 0 ? -1 : (this.threadGoroutine[thread] as number);
    this.#charged[p] = g;
    if (g < 0) return ROW.scheduler;
    if (this.#pause !== 0 && g === this.#pauser) return this.#pause;
    const gs = this.#occupants;
    if (gs.calling[g] === 1) return ROW.syscall;
    if ((gs.assist[g] as number) >= 0) return ROW.assist;
    if (this.#sweeping[p] === 1) return ROW.sweep;
    const label = gs.label[g] as number;
    return label !== 0 ? label : PLAIN;
  }

  #settle(p: number, time: number, steps = true): void {
    const before = this.#row[p] as number;
    const row = this.#rowOf(p);
    if (row === before) return;
    // a goroutine begins or stops to run: no other count changes
    if (this.#exists[p] === 1 && ((before === ROW.scheduler && row === PLAIN) || (before === PLAIN && row === ROW.scheduler))) {
      this.plain += row === PLAIN ? 1 : -1;
      this.#row[p] = row;
      return;
    }
    if (this.#exists[p] === 0) {
      this.#row[p] = row;
      return;
    }
    this.#leaveCounts(p);
    this.#row[p] = row;
    this.#enterCounts(p);
    if (steps && COLLECTS[before] !== COLLECTS[row]) this.#step(time);
  }

  #leaveCounts(p: number): void {
    this.existing--;
    const row = this.#row[p] as number;
    if (row === ROW.idle) this.idle--;
    else if (row === PLAIN) this.plain--;
    if (COLLECTS[row] === 1) this.#collecting--;
  }

  #enterCounts(p: number): void {
    this.existing++;
    const row = this.#row[p] as number;
    if (row === ROW.idle) this.idle++;
    else if (row === PLAIN) this.plain++;
    if (COLLECTS[row] === 1) this.#collecting++;
  }

  #step(time: number): void {
    if (this.existing > 0) this.utilization.step(time, this.#pause !== 0 ? 1 : this.#collecting / this.existing);
  }
}

/** Rows that are taken from the program. */
const COLLECTS: Uint8Array = (() => {
  const of = new Uint8Array(MOST_ROWS);
  for (const row of [ROW.assist, ROW.sweep, ROW.dedicated, ROW.fractional]) of[row] = 1;
  return of;
})();

/** The row of a goroutine with this label; 0: it has none that says what it does. */
export function rowOfLabel(label: string): number {
  switch (label) {
    case 'GC (dedicated)':
      return ROW.dedicated;
    case 'GC (fractional)':
      return ROW.fractional;
    case 'GC (idle)':
      return ROW.idleWorker;
    case '':
    case 'Not worker':
      return 0;
  }
  return ROW.otherLabel;
}
