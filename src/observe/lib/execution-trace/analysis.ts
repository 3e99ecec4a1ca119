/**
 * Everything that `gorca trace` and the observer know of an execution trace, gathered in one pass over its ordered events. No object is made
 * for an event, and what is kept grows with goroutines that live at once, with stacks and with processors, never with events.
 *
 * Before the first status of a goroutine or processor its state is *undetermined*: that time is counted as such, never as waiting or idle.
 * What is still going on when the trace ends is counted up to there.
 *
 * Of a damaged trace every whole stretch is counted, and what lies between is not: at a gap all ends as at the end of a trace, and begins anew as
 * at its begin. So nothing lasts over a gap, and each sum is that of the stretches.
 */
import { type EventColumns, GO_STATUS, KIND, type TraceTables } from '../../../read/execution-trace/index.ts';
import { Collector } from './collector.ts';
import { Durations } from './durations.ts';
import { Entries } from './entries.ts';
import { Goroutines, REMEMBERED, RUNNABLE_BY, RUNNABLE_BY_NAMES, SHORT_CALL_NS } from './goroutines.ts';
import { wider } from './grow.ts';
import { ProcessorTime } from './processor-time.ts';
import type { Processors } from './processors.ts';
import { RunQueue, STANDSTILL_NS } from './run-queue.ts';
import { Sums } from './sums.ts';
import { Tasks } from './tasks.ts';
import { Turns } from './turns.ts';
import type { Utilization } from './utilization.ts';
import { SPENT, SPENT_KINDS, SYSCALL_KEY, spentOfReason } from './waits.ts';

/** No goroutine, or several. */
export const NOBODY = -1;
export const SEVERAL = -2;

export class TraceAnalysis {
  readonly tables: TraceTables;
  /** Nanoseconds since the begin of the first generation; NaN before the first event. */
  first = Number.NaN;
  last = Number.NaN;
  /** Stretches without a gap, the last one without its end until `finish`. */
  readonly stretches: { from: number; to: number }[] = [];
  events = 0;
  created = 0;
  ended = 0;
  readonly goroutines = new Goroutines();
  readonly ledger: ProcessorTime;
  readonly processors: Processors;
  readonly collector: Collector;
  readonly tasks = new Tasks();
  readonly queue: RunQueue;
  readonly turnsAt: Turns;
  readonly entries = new Entries();
  /** Waits and system calls by (reason text or SYSCALL_KEY, stack). */
  readonly waits = new Sums();
  /** Waits that were ended by somebody, by (stack of the unblocker, index of the wait). */
  readonly wakes = new Sums();
  /** Goroutine id that ended them all, or NOBODY (scheduler, poller, timer) or SEVERAL, by wake. */
  wakers = new Float64Array(64);
  /** Nanoseconds that the waker was *busy with it*, by wake: turns.ts says since when. Of a queue that is what one turn takes. */
  turns = new Float64Array(64);
  longestTurns = new Float64Array(64);
  /** What the waker waited for in these turns, by (index of the wake, index of the waker's own wait). */
  readonly meanwhile = new Sums();
  /** From runnable to running, by RUNNABLE_BY. */
  readonly latencies = RUNNABLE_BY_NAMES.map(() => new Durations());
  utilization: readonly Utilization[] = [];
  /** Begin of the present stretch. */
  #begin = Number.NaN;
  /** Text id → SPENT, -1 not asked yet. */
  #spentOfText = new Int8Array(64).fill(-1);

  constructor(tables: TraceTables) {
    this.tables = tables;
    this.ledger = new ProcessorTime(tables);
    this.processors = this.ledger.processors;
    this.collector = new Collector(this.ledger.assists);
    this.queue = new RunQueue(tables, this.goroutines, this.ledger);
    this.turnsAt = new Turns(tables, this.waits);
  }

  add(e: EventColumns): void {
    const { kind, time, subject, offset } = e;
    const ps = this.processors;
    const { queue } = this;
    let { last } = this;
    let counted = 0;
    let { idle, existing } = ps;
    for (let i = 0; i < e.length; i++) {
      const k = kind[i] as number;
      if (k === KIND.Sync || k === KIND.CPUSample) continue;
      const t = time[i] as number;
      counted++;
      // NaN before the first event, which makes the comparison false
      if (!(t - last < STANDSTILL_NS)) this.#pause(t, last, offset[i] as number);
      last = t;
      const g = subject[i] as number;
      // the most frequent ones first, each in a function of its own: one that holds everything is too large to be compiled well, and numbers that
      // are no integers are boxed on the way into a function, so each reads its own
      if (k === KIND.GoStart) this.#start(e, i, g);
      else if (k === KIND.GoBlock || k === KIND.GoStop) this.#stop(e, i, g);
      else if (k === KIND.GoUnblock) this.#unblock(e, i, g);
      else if (k >= KIND.GoSyscallBegin && k <= KIND.GoSyscallEndBlocked) this.#call(e, i, g);
      else this.#other(e, i, k, g);
      if (ps.idle !== idle || ps.existing !== existing) {
        idle = ps.idle;
        existing = ps.existing;
        queue.idleNow(idle, existing, t);
      }
    }
    this.events += counted;
    this.last = last;
  }

  /** From runnable to running. */
  #start(e: EventColumns, i: number, g: number): void {
    const gs = this.goroutines;
    const t = e.time[i] as number;
    if (gs.spends[g] === SPENT.runnable) {
      const ns = t - (gs.since[g] as number);
      (this.latencies[gs.runnableBy[g] as number] as Durations).add(ns);
      if (ns > this.queue.leastWorst) this.queue.worst(g, ns, t, e.proc[i] as number, e.offset[i] as number);
      (gs.spent[g * SPENT_KINDS + SPENT.runnable] as number) += ns;
      this.queue.leaves(t);
    } else this.#leave(g, t, e.offset[i] as number);
    this.#enter(g, GO_STATUS.running, SPENT.running, t);
    this.ledger.start(e, i, g);
  }

  /** From running to waiting or runnable. */
  #stop(e: EventColumns, i: number, g: number): void {
    const gs = this.goroutines;
    const t = e.time[i] as number;
    const stack = e.stack[i] as number;
    const text = e.text[i] as number;
    if (gs.spends[g] === SPENT.running) (gs.spent[g * SPENT_KINDS + SPENT.running] as number) += t - (gs.since[g] as number);
    else this.#leave(g, t, e.offset[i] as number);
    if (e.kind[i] === KIND.GoBlock) {
      gs.wait[g] = this.#waitOf(g, text, stack);
      this.#enter(g, GO_STATUS.waiting, this.#spentOf(text), t);
    } else {
      gs.runnableBy[g] = RUNNABLE_BY.stopped;
      gs.wokenByStack[g] = stack;
      this.#enter(g, GO_STATUS.runnable, SPENT.runnable, t);
    }
    this.ledger.stop(e, i, g);
  }

  /** Into a system call and out of it. */
  #call(e: EventColumns, i: number, g: number): void {
    const gs = this.goroutines;
    const k = e.kind[i] as number;
    const t = e.time[i] as number;
    const stack = e.stack[i] as number;
    this.#leave(g, t, e.offset[i] as number);
    if (k === KIND.GoSyscallBegin) {
      gs.wait[g] = this.#waitOf(g, SYSCALL_KEY, stack);
      this.#enter(g, GO_STATUS.syscall, SPENT.syscall, t);
    } else if (k === KIND.GoSyscallEnd) this.#enter(g, GO_STATUS.running, SPENT.running, t);
    else {
      gs.runnableBy[g] = RUNNABLE_BY.syscall;
      gs.wokenByStack[g] = 0;
      this.#enter(g, GO_STATUS.runnable, SPENT.runnable, t);
    }
    this.ledger.call(e, i, k, g);
  }

  #other(e: EventColumns, i: number, k: number, g: number): void {
    const { goroutine, stack, text, a, b, offset } = e;
    const t = e.time[i] as number;
    const gs = this.goroutines;
    this.ledger.other(e, i, k, g);
    switch (k) {
      case KIND.GoSwitch:
      case KIND.GoSwitchDestroy:
        this.#unblock(e, i, g);
        break;
      case KIND.GoCreate:
      case KIND.GoCreateBlocked:
      case KIND.GoCreateSyscall: {
        this.created++;
        gs.begin(g, t, t);
        gs.bornStack[g] = stack[i] as number;
        gs.wokenByStack[g] = stack[i] as number;
        gs.runnableBy[g] = RUNNABLE_BY.created;
        if (k === KIND.GoCreate) this.#enter(g, GO_STATUS.runnable, SPENT.runnable, t);
        else if (k === KIND.GoCreateBlocked) {
          gs.wait[g] = this.waits.index(0, 0);
          this.#enter(g, GO_STATUS.waiting, SPENT.other, t);
        } else {
          gs.wait[g] = this.waits.index(SYSCALL_KEY, 0);
          this.#enter(g, GO_STATUS.syscall, SPENT.syscall, t);
        }
        break;
      }
      case KIND.GoDestroy:
      case KIND.GoDestroySyscall:
        this.ended++;
        this.#leave(g, t, offset[i] as number);
        this.entries.end(gs, g, this.ledger.occupants.entry[g] as number, t);
        gs.status[g] = GO_STATUS.undetermined;
        gs.spends[g] = SPENT.undetermined;
        break;
      case KIND.GoStatus:
      case KIND.GoStatusStack:
        this.#status(e, i, g, t);
        break;
      case KIND.STWBegin:
        this.collector.pauseBegins(text[i] as number, stack[i] as number, t);
        break;
      case KIND.STWEnd:
        this.collector.pauseEnds(t, offset[i] as number);
        break;
      case KIND.GCActive:
        this.collector.cycleBegins(this.#begin);
        break;
      case KIND.GCBegin:
        this.collector.cycleBegins(t);
        break;
      case KIND.GCEnd:
        this.collector.cycleEnds(t, offset[i] as number);
        break;
      case KIND.HeapAlloc:
        this.collector.alloc(a[i] as number, t);
        break;
      case KIND.HeapGoal:
        this.collector.goal(a[i] as number, t);
        break;
      case KIND.UserTaskBegin:
        this.tasks.begin(a[i] as number, b[i] as number, text[i] as number, this.tables.goroutineId(goroutine[i] as number), t, offset[i] as number);
        break;
      case KIND.UserTaskEnd:
        this.tasks.end(a[i] as number, text[i] as number, b[i] as number, this.tables.goroutineId(goroutine[i] as number), t, offset[i] as number);
        break;
      case KIND.UserRegionBegin:
        this.tasks.regionBegins(goroutine[i] as number, text[i] as number, t);
        break;
      case KIND.UserRegionEnd:
        this.tasks.regionEnds(goroutine[i] as number, text[i] as number, this.#begin, t, offset[i] as number);
        break;
      case KIND.UserLog:
        this.tasks.log(b[i] as number);
        break;
    }
  }

  /** The first event, or one that comes long after the one before. */
  #pause(t: number, last: number, offset: number): void {
    if (Number.isNaN(last)) {
      if (Number.isNaN(this.first)) this.first = t;
      this.#begin = t;
      this.stretches.push({ from: t, to: t });
      this.ledger.begin(t);
      this.queue.begin(t);
    } else this.queue.gap(t, last, offset);
  }

  /** What follows the events so far is not in the trace: what goes on ends here, and of what follows nothing is known. */
  gap(): void {
    if (Number.isNaN(this.last)) return;
    this.#end(false);
    this.queue.forget();
    this.collector.forget();
    this.tasks.forget();
    this.turnsAt.forget();
    this.goroutines.forget();
    this.last = Number.NaN;
  }

  finish(): void {
    if (!Number.isNaN(this.last)) this.#end(true);
    this.last = this.stretches.at(-1)?.to ?? Number.NaN;
  }

  #end(whole: boolean): void {
    const t = this.last;
    const gs = this.goroutines;
    (this.stretches.at(-1) as { to: number }).to = t;
    this.queue.finish(t);
    this.collector.finish(t);
    this.utilization = this.processors.utilization.finish(t);
    if (whole) this.ledger.finish(t);
    else this.ledger.gap(t);
    for (let g = 0; g < gs.used; g++) {
      if (gs.status[g] === GO_STATUS.undetermined) continue;
      gs.lastWait[g] = gs.wait[g] as number;
      this.#leave(g, t, -1);
      const entry = this.ledger.occupants.entry[g] as number;
      if (whole) this.entries.alive(gs, g, entry);
      else this.entries.lost(gs, g, entry);
    }
    this.tasks.finish(t);
  }

  /** Index of a wait → SPENT. */
  spentOfWait(wait: number): number {
    const key = this.waits.a[wait] as number;
    return key === SYSCALL_KEY ? SPENT.syscall : this.#spentOf(key);
  }

  #status(e: EventColumns, i: number, g: number, t: number): void {
    const gs = this.goroutines;
    if (e.b[i] !== 0) return;
    const status = e.a[i] as number;
    const stack = e.stack[i] as number;
    gs.begin(g, this.#begin, -1);
    (gs.spent[g * SPENT_KINDS + SPENT.undetermined] as number) += t - this.#begin;
    if (status === GO_STATUS.running) this.#enter(g, status, SPENT.running, t);
    else if (status === GO_STATUS.syscall) {
      gs.wait[g] = this.waits.index(SYSCALL_KEY, stack);
      this.#enter(g, status, SPENT.syscall, t);
    } else if (status === GO_STATUS.waiting) {
      gs.wait[g] = this.waits.index(0, stack);
      this.#enter(g, status, SPENT.other, t);
    } else this.#enter(g, status, SPENT.runnable, t);
  }

  #unblock(e: EventColumns, i: number, g: number): void {
    const gs = this.goroutines;
    const by = e.goroutine[i] as number;
    const byStack = e.stack[i] as number;
    const t = e.time[i] as number;
    const offset = e.offset[i] as number;
    const wait = gs.wait[g] as number;
    const from = gs.since[g] as number;
    const kind = gs.spends[g] as number;
    this.#leave(g, t, offset);
    if (wait >= 0) {
      const { wakes } = this;
      const fresh = wakes.count;
      let wake = gs.usualWake[g] as number;
      if (wake < 0 || wakes.b[wake] !== wait || wakes.a[wake] !== byStack) {
        wake = wakes.index(byStack, wait);
        gs.usualWake[g] = wake;
      }
      wakes.add(wake, t - from, t, offset);
      const id = by < 0 ? NOBODY : this.tables.goroutineId(by);
      if (wake === fresh) {
        if (wake >= this.wakers.length) {
          this.wakers = wider(this.wakers, this.wakers.length * 2);
          this.turns = wider(this.turns, this.turns.length * 2);
          this.longestTurns = wider(this.longestTurns, this.longestTurns.length * 2);
        }
        this.wakers[wake] = id;
      } else if (this.wakers[wake] !== id) this.wakers[wake] = SEVERAL;
      if (by >= 0) this.#turn(wake, wait, kind, by, from, t, offset);
    }
    gs.runnableBy[g] = RUNNABLE_BY.unblocked;
    gs.wokenByStack[g] = byStack;
    this.#enter(g, GO_STATUS.runnable, SPENT.runnable, t);
  }

  #waitOf(g: number, reason: number, stack: number): number {
    const { goroutines, waits } = this;
    const usual = goroutines.usualWait[g] as number;
    if (usual >= 0 && waits.a[usual] === reason && waits.b[usual] === stack) return usual;
    const wait = waits.index(reason, stack);
    goroutines.usualWait[g] = wait;
    return wait;
  }

  /** What the waker did since its turn began: the last waits of it are remembered. */
  #turn(wake: number, wait: number, kind: number, by: number, from: number, to: number, offset: number): void {
    const gs = this.goroutines;
    const begin = this.turnsAt.begin(wait, kind, by, from, to);
    (this.turns[wake] as number) += to - begin;
    if (to - begin > (this.longestTurns[wake] as number)) this.longestTurns[wake] = to - begin;
    if ((gs.pastLast[by] as number) <= begin) return;
    for (let i = by * REMEMBERED; i < (by + 1) * REMEMBERED; i++) {
      const past = gs.past[i] as number;
      if (past < 0) continue;
      const ns = (gs.pastTo[i] as number) - Math.max(begin, gs.pastFrom[i] as number);
      if (ns > 0) this.meanwhile.add(this.meanwhile.index(wake, past), ns, to, offset);
    }
  }

  /** Charges the status that ends now. */
  #leave(g: number, t: number, offset: number): void {
    const gs = this.goroutines;
    const since = gs.since[g] as number;
    const spends = gs.spends[g] as number;
    (gs.spent[g * SPENT_KINDS + spends] as number) += t - since;
    if (spends === SPENT.runnable) this.queue.leaves(t);
    else if (spends >= SPENT.syscall) {
      const wait = gs.wait[g] as number;
      this.waits.add(wait, t - since, t, offset);
      if (spends !== SPENT.syscall || t - since >= SHORT_CALL_NS) gs.remember(g, wait, since, t);
      gs.wait[g] = -1;
    }
  }

  #enter(g: number, status: number, spends: number, t: number): void {
    const gs = this.goroutines;
    gs.status[g] = status;
    gs.spends[g] = spends;
    gs.since[g] = t;
    if (spends === SPENT.runnable) this.queue.enters(t);
  }

  #spentOf(text: number): number {
    if (text >= this.#spentOfText.length) this.#spentOfText = wider(this.#spentOfText, Math.max(text + 1, this.#spentOfText.length * 2), -1);
    const known = this.#spentOfText[text] as number;
    if (known >= 0) return known;
    const spent = spentOfReason(this.tables.text(text));
    this.#spentOfText[text] = spent;
    return spent;
  }
}
