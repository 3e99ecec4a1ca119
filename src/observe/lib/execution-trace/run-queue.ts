/**
 * Goroutines that could run and do not: how many, how long, whether a processor stood idle meanwhile, the worst of them, and stretches in
 * which nothing of the process ran at all.
 */
import type { TraceTables } from '../../../read/execution-trace/index.ts';
import type { Goroutines } from './goroutines.ts';
import type { ProcessorTime } from './processor-time.ts';

/**
 * The runtime asks every goroutine that ran for 10 ms to give way, whether others wait or not (forcePreemptNS and retake in runtime/proc.go; the
 * thread that does so looks at least every 10 ms while a goroutine runs), and that is an event. A goroutine of the program runs, and for longer than
 * this no thread wrote one event: then no thread ran. Under GODEBUG=asyncpreemptoff=1 a loop without calls looks the same.
 */
export const STANDSTILL_NS = 40_000_000;
const WORST_KEPT = 10;
const STANDSTILLS_KEPT = 256;

export interface WorstLatency {
  readonly goroutine: number;
  /** Text id of the function it starts in. */
  readonly entry: number;
  readonly runnableBy: number;
  /** Stack of whoever unblocked or created it; 0 the scheduler. */
  readonly byStack: number;
  readonly ns: number;
  readonly at: number;
  readonly offset: number;
  /** Text ids of the entries of what ran on the other processors when it got to run. */
  readonly running: readonly number[];
}

export interface Standstill {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

export class RunQueue {
  readonly #tables: TraceTables;
  readonly #goroutines: Goroutines;
  readonly #ledger: ProcessorTime;
  most = 0;
  /** Nanoseconds in which at least one waited while a processor was idle, and while none was. */
  whileIdle = 0;
  whileBusy = 0;
  /** Nanoseconds in which every processor was busy. */
  allBusy = 0;
  leastWorst = 0;
  standstills: Standstill[] = [];
  standstillCount = 0;
  standstillNs = 0;
  #waiting = 0;
  #idle = 0;
  #existing = 0;
  #since = 0;
  #worst: WorstLatency[] = [];

  constructor(tables: TraceTables, goroutines: Goroutines, ledger: ProcessorTime) {
    this.#tables = tables;
    this.#goroutines = goroutines;
    this.#ledger = ledger;
  }

  begin(time: number): void {
    this.#since = time;
  }

  /** The longest waits for a processor, longest first. */
  longest(): readonly WorstLatency[] {
    return this.#worst;
  }

  enters(time: number): void {
    // only whether anybody waits makes a difference
    if (this.#waiting === 0) this.#settle(time);
    if (++this.#waiting > this.most) this.most = this.#waiting;
  }

  leaves(time: number): void {
    if (this.#waiting === 1) this.#settle(time);
    this.#waiting--;
  }

  idleNow(idle: number, existing: number, time: number): void {
    this.#settle(time);
    this.#idle = idle;
    this.#existing = existing;
  }

  /** No event of any thread between these two. */
  gap(time: number, before: number, offset: number): void {
    if (this.#ledger.processors.plain === 0) return;
    this.standstillCount++;
    this.standstillNs += time - before;
    if (this.standstills.length < STANDSTILLS_KEPT) this.standstills.push({ from: before, to: time, offset });
  }

  finish(time: number): void {
    this.#settle(time);
  }

  /** After `finish`: nobody is known to wait any more. */
  forget(): void {
    this.#waiting = 0;
    this.#idle = 0;
    this.#existing = 0;
  }

  worst(g: number, ns: number, time: number, proc: number, offset: number): void {
    const goroutines = this.#goroutines;
    const { processors, occupants } = this.#ledger;
    const running: number[] = [];
    for (let p = 0; p < processors.count && running.length < 8; p++) {
      const other = p === proc ? -1 : processors.on(p);
      if (other >= 0) running.push(occupants.entry[other] as number);
    }
    this.#worst.push({
      goroutine: this.#tables.goroutineId(g),
      entry: occupants.entry[g] as number,
      runnableBy: goroutines.runnableBy[g] as number,
      byStack: goroutines.wokenByStack[g] as number,
      ns,
      at: time,
      offset,
      running,
    });
    this.#worst.sort((x, y) => y.ns - x.ns || x.at - y.at);
    if (this.#worst.length > WORST_KEPT) this.#worst.pop();
    if (this.#worst.length === WORST_KEPT) this.leastWorst = (this.#worst[WORST_KEPT - 1] as WorstLatency).ns;
  }

  #settle(time: number): void {
    const ns = time - this.#since;
    this.#since = time;
    if (ns <= 0) return;
    if (this.#idle === 0 && this.#existing > 0) this.allBusy += ns;
    if (this.#waiting === 0) return;
    if (this.#idle > 0) this.whileIdle += ns;
    else this.whileBusy += ns;
  }
}
