/**
 * The ledger of processor time, out of the events themselves: what each processor is busy with from one event to the next (processors.ts), whose
 * goroutines those are by the function they start in, and which call pays for assists. It can be had alone (`ledgerOfTrace`), for a third more
 * than the reading; the analysis of everything else gives it its events one by one.
 */
import { type EventColumns, GO_STATUS, KIND, type TraceTables } from '../../../read/execution-trace/index.ts';
import { wider } from './grow.ts';
import { Occupants } from './occupants.ts';
import { Processors, rowOfLabel } from './processors.ts';
import { Sums } from './sums.ts';

export class ProcessorTime {
  readonly tables: TraceTables;
  readonly occupants = new Occupants();
  readonly processors = new Processors(this.occupants);
  /** By (0, stack): from begin to end of each assist, whatever it did in between. */
  readonly assists = new Sums();
  /** Nanoseconds since the begin of the first generation; NaN before the first event, also of a new stretch. */
  first = Number.NaN;
  last = Number.NaN;
  /** Nanoseconds of plain running of goroutines that ended, by the text id of the function they start in. */
  #plainOf = new Float64Array(64);
  /** Stack id → text id of its outermost function. */
  readonly #entryOfStack = new Map<number, number>();

  constructor(tables: TraceTables) {
    this.tables = tables;
  }

  /** A whole block, where nothing but the ledger is asked for. */
  add(e: EventColumns): void {
    const { kind, subject } = e;
    for (let i = 0; i < e.length; i++) {
      const k = kind[i] as number;
      if (k === KIND.GoUnblock) continue;
      if (k === KIND.GoStart) this.start(e, i, subject[i] as number);
      else if (k === KIND.GoBlock || k === KIND.GoStop) this.stop(e, i, subject[i] as number);
      else if (k === KIND.Sync || k === KIND.CPUSample) continue;
      else {
        if (Number.isNaN(this.first)) this.begin(e.time[i] as number);
        if (k >= KIND.GoSyscallBegin && k <= KIND.GoSyscallEndBlocked) this.call(e, i, k, subject[i] as number);
        else this.other(e, i, k, subject[i] as number);
      }
    }
    for (let i = e.length - 1; i >= 0; i--) {
      if (kind[i] === KIND.Sync || kind[i] === KIND.CPUSample) continue;
      this.last = e.time[i] as number;
      break;
    }
  }

  /** The first event. */
  begin(time: number): void {
    this.first = time;
    this.processors.begin(time);
  }

  /** From runnable to running. */
  start(e: EventColumns, i: number, g: number): void {
    this.#bind(g, e.thread[i] as number);
    this.processors.occupied(e, i, g);
  }

  /** From running to waiting or runnable. */
  stop(e: EventColumns, i: number, g: number): void {
    this.#own(g, e.stack[i] as number);
    this.#unbind(g);
    this.processors.left(e, i);
    this.occupants.label[g] = 0;
  }

  /** Into a system call and out of it. */
  call(e: EventColumns, i: number, k: number, g: number): void {
    const { occupants, processors } = this;
    const t = e.time[i] as number;
    const p = e.proc[i] as number;
    processors.charge(p, t);
    if (k === KIND.GoSyscallBegin) {
      this.#own(g, e.stack[i] as number);
      occupants.calling[g] = 1;
    } else {
      occupants.calling[g] = 0;
      if (k === KIND.GoSyscallEndBlocked) this.#unbind(g);
    }
    processors.settle(p, t);
  }

  other(e: EventColumns, i: number, k: number, g: number): void {
    const { thread, proc, goroutine, stack, text, a } = e;
    const t = e.time[i] as number;
    const { occupants, processors } = this;
    switch (k) {
      case KIND.ProcStart:
        processors.start(g, thread[i] as number, t);
        break;
      case KIND.ProcStop:
      case KIND.ProcSteal:
        processors.stop(g, t);
        break;
      case KIND.GoCreate:
      case KIND.GoCreateBlocked:
        occupants.begin(g);
        occupants.entry[g] = this.#entry(a[i] as number);
        break;
      case KIND.GoCreateSyscall:
        occupants.begin(g);
        processors.charge(proc[i] as number, t);
        occupants.calling[g] = 1;
        this.#bind(g, thread[i] as number);
        processors.settle(proc[i] as number, t);
        break;
      case KIND.GoDestroy:
      case KIND.GoDestroySyscall: {
        const p = proc[i] as number;
        processors.charge(p, t);
        this.#unbind(g);
        occupants.assist[g] = -1;
        occupants.label[g] = 0;
        occupants.calling[g] = 0;
        this.#fold(g);
        processors.settle(p, t);
        break;
      }
      case KIND.GoStatus:
      case KIND.GoStatusStack:
        this.#status(e, i, g, t);
        break;
      case KIND.ProcStatus:
        processors.status(g, a[i] as number, thread[i] as number, t);
        break;
      case KIND.ProcsChange:
        processors.setProcs(a[i] as number, t);
        break;
      case KIND.GoLabel: {
        const at = goroutine[i] as number;
        const p = proc[i] as number;
        if (at < 0) break;
        processors.charge(p, t);
        occupants.ensure(at);
        occupants.label[at] = rowOfLabel(this.tables.text(text[i] as number));
        processors.settle(p, t);
        break;
      }
      case KIND.STWBegin:
        processors.pause(text[i] as number, g, t);
        break;
      case KIND.STWEnd:
        processors.resume(t);
        break;
      case KIND.GCSweepActive:
      case KIND.GCSweepBegin:
        processors.sweep(g >= 0 ? g : (proc[i] as number), true, t);
        break;
      case KIND.GCSweepEnd:
        processors.sweep(g >= 0 ? g : (proc[i] as number), false, t);
        break;
      case KIND.GCMarkAssistActive:
      case KIND.GCMarkAssistBegin: {
        const at = g >= 0 ? g : (goroutine[i] as number);
        if (at < 0 || (occupants.assist[at] as number) >= 0) break;
        const p = at === (goroutine[i] as number) ? (proc[i] as number) : -1;
        processors.charge(p, t);
        occupants.ensure(at);
        occupants.assist[at] = this.assists.index(0, k === KIND.GCMarkAssistBegin ? (stack[i] as number) : 0);
        occupants.assistSince[at] = k === KIND.GCMarkAssistBegin ? t : this.first;
        processors.settle(p, t);
        break;
      }
      case KIND.GCMarkAssistEnd: {
        const at = g >= 0 ? g : (goroutine[i] as number);
        const assist = at < 0 ? -1 : (occupants.assist[at] as number);
        if (assist < 0) break;
        const p = proc[i] as number;
        processors.charge(p, t);
        this.assists.add(assist, t - (occupants.assistSince[at] as number), t, e.offset[i] as number);
        occupants.assist[at] = -1;
        processors.settle(p, t);
        break;
      }
    }
  }

  /** What comes next is not in the trace: what goes on is counted up to here, and of what follows nothing is known. */
  gap(time: number): void {
    this.finish(time);
    this.processors.forget();
    this.occupants.used = 0;
    this.first = Number.NaN;
  }

  /** Nothing is known beyond `time`: what goes on is counted up to there. */
  finish(time: number): void {
    const { occupants } = this;
    this.processors.finish(time);
    for (let g = 0; g < occupants.used; g++) {
      const assist = occupants.assist[g] as number;
      if (assist >= 0) this.assists.add(assist, time - (occupants.assistSince[g] as number), time, -1);
      occupants.assist[g] = -1;
      this.#fold(g);
    }
  }

  /** Nanoseconds of plain running by the function that goroutines start in ('' not known); whole after `finish`. */
  *plain(): Generator<{ entry: string; ns: number }> {
    for (let text = 0; text < this.#plainOf.length; text++) {
      const ns = this.#plainOf[text] as number;
      if (ns > 0) yield { entry: this.tables.text(text), ns };
    }
  }

  #status(e: EventColumns, i: number, g: number, t: number): void {
    if (e.b[i] !== 0) return;
    const { occupants, processors } = this;
    const status = e.a[i] as number;
    occupants.begin(g);
    this.#own(g, e.stack[i] as number);
    if (status !== GO_STATUS.running && status !== GO_STATUS.syscall) return;
    // of a goroutine in a system call on another thread this is not the processor; then there is none
    const p = e.proc[i] as number;
    processors.charge(p, t);
    if (status === GO_STATUS.syscall) occupants.calling[g] = 1;
    this.#bind(g, e.thread[i] as number);
    processors.settle(p, t);
  }

  #bind(g: number, thread: number): void {
    if (thread < 0) return;
    this.processors.ensureThread(thread);
    this.processors.threadGoroutine[thread] = g;
    this.occupants.thread[g] = thread;
  }

  #unbind(g: number): void {
    const { thread } = this.occupants;
    const at = thread[g] as number;
    if (at >= 0 && this.processors.threadGoroutine[at] === g) this.processors.threadGoroutine[at] = -1;
    thread[g] = -1;
  }

  /** A goroutine is over: what it ran is that of its function, which is surely known only now. */
  #fold(g: number): void {
    const { plain, entry } = this.occupants;
    const ns = plain[g] as number;
    if (ns === 0) return;
    const text = entry[g] as number;
    if (text >= this.#plainOf.length) this.#plainOf = wider(this.#plainOf, Math.max(text + 1, this.#plainOf.length * 2));
    (this.#plainOf[text] as number) += ns;
    plain[g] = 0;
  }

  /** A stack of the goroutine itself says where it starts. */
  #own(g: number, stack: number): void {
    if (stack !== 0 && this.occupants.entry[g] === 0) this.occupants.entry[g] = this.#entry(stack);
  }

  #entry(stack: number): number {
    let entry = this.#entryOfStack.get(stack);
    if (entry === undefined) {
      const { stacks } = this.tables;
      const n = stacks.lengthOf(stack);
      entry = n === 0 ? 0 : (stacks.frames.function[stacks.frame[(stacks.start[stack + 1] as number) - 1] as number] as number);
      this.#entryOfStack.set(stack, entry);
    }
    return entry;
  }
}
