/** The rules for all events but the four most frequent, which order.ts holds: creation and end, system calls, P, collector, annotations, coroutines. */
import { KIND, kindName } from './events.ts';
import { needs } from './needs.ts';
import { SchedulerEvents } from './scheduler-events.ts';

const GC = { undetermined: 0, idle: 1, running: 2 } as const;
/** Tasks that never end are forgotten beyond this, oldest first: their end is then without a name. */
const MOST_TASKS = 1_000_000;
/** Regions within regions of one goroutine. */
const DEEPEST = 1000;

export class OtherEvents extends SchedulerEvents {
  /** Regions that ended though another one was innermost: the program misuses them. */
  regionMisuse = 0;
  readonly #tasks = new Map<number, { readonly text: number; readonly parent: number }>();
  #gcSeq = 0;
  #gc: number = GC.undetermined;

  /** What is wrong, or null; `ok` says whether its turn has come. */
  advance(x0: number, x1: number, x2: number, x3: number): string | null {
    switch (this.kind) {
      case KIND.GoCreate:
      case KIND.GoCreateBlocked:
        return this.goCreate(x0, x1, x2);
      case KIND.GoDestroy:
        return this.goDestroy();
      case KIND.GoStart:
      case KIND.GoUnblock:
        return this.onNoThread(x0, x1, x2);
      case KIND.GoStop:
      case KIND.GoBlock:
        return needs(this.thread, this.proc, this.goroutine, 1, 1);
      case KIND.GoSyscallBegin:
        return this.goSyscallBegin(x0, x1);
      case KIND.GoSyscallEnd:
        return this.goSyscallEnd();
      case KIND.GoSyscallEndBlocked:
        return this.goSyscallEndBlocked();
      case KIND.HeapAlloc:
      case KIND.HeapGoal:
        this.a = x0;
        return this.proc < 0 ? needs(this.thread, this.proc, this.goroutine, 1, 0) : null;
      case KIND.ProcStart:
        return this.procStart(x0, x1);
      case KIND.ProcStop:
        return this.procStop();
      case KIND.ProcsChange:
      case KIND.GoLabel:
      case KIND.UserLog:
        return this.#annotation(x0, x1, x2, x3);
      case KIND.ProcSteal:
        return this.procSteal(x0, x1, x2);
      case KIND.ProcStatus:
        return this.procStatus(x0, x1);
      case KIND.GoStatus:
        return this.goStatus(x0, x1, x2, 0);
      case KIND.GoStatusStack:
        return this.goStatus(x0, x1, x2, x3);
      case KIND.GoSwitch:
      case KIND.GoSwitchDestroy:
        return this.goSwitch(x0, x1);
      case KIND.GoCreateSyscall:
        return this.goCreateSyscall(x0);
      case KIND.GoDestroySyscall:
        return this.goDestroySyscall();
      case KIND.GCSweepBegin:
      case KIND.GCSweepEnd:
        return this.#sweep(x0, x1);
      case KIND.GCSweepActive:
        return this.#sweepActive(x0);
      case KIND.GCMarkAssistBegin:
      case KIND.GCMarkAssistEnd:
      case KIND.STWBegin:
      case KIND.STWEnd:
        return this.#range(x0, x1);
      case KIND.GCMarkAssistActive:
        return this.#assistActive(x0);
      case KIND.GCActive:
      case KIND.GCBegin:
      case KIND.GCEnd:
        return this.#cycle(x0, x1);
      case KIND.UserTaskBegin:
      case KIND.UserTaskEnd:
        return this.#task(x0, x1, x2, x3);
      case KIND.UserRegionBegin:
      case KIND.UserRegionEnd:
        return this.#region(x0, x1, x2);
      default:
        return this.#experimental(x0, x1, x2);
    }
  }

  #annotation(x0: number, x1: number, x2: number, x3: number): string | null {
    if (this.proc < 0 || this.goroutine < 0) return needs(this.thread, this.proc, this.goroutine, 1, 1);
    if (this.kind === KIND.GoLabel) {
      this.text = this.textOf(x0);
      this.subject = this.goroutine;
      return null;
    }
    this.a = x0;
    if (this.kind === KIND.ProcsChange) this.stack = this.stackOf(x1);
    else {
      this.b = Math.max(0, this.textOf(x1));
      this.text = this.textOf(x2);
      this.stack = this.stackOf(x3);
    }
    return null;
  }

  #sweep(x0: number, x1: number): string | null {
    const p = this.proc;
    if (p < 0) return needs(this.thread, p, this.goroutine, 1, 0);
    const begins = this.kind === KIND.GCSweepBegin;
    if ((this.procs.sweep[p] === 1) === begins) return begins ? `P ${p} sweeps already` : `P ${p} does not sweep`;
    this.procs.sweep[p] = begins ? 1 : 0;
    this.subject = p;
    if (begins) this.stack = this.stackOf(x0);
    else {
      this.a = x0;
      this.b = x1;
    }
    return null;
  }

  #sweepActive(p: number): string | null {
    if (p >= this.procs.status.length || this.procs.status[p] === 0) return `P ${p} sweeps, but it was never heard of`;
    if ((this.procs.sweep[p] === 1) === (this.generation === 1)) return this.generation === 1 ? `P ${p} sweeps already` : `P ${p} did not sweep before`;
    this.procs.sweep[p] = 1;
    this.subject = p;
    return null;
  }

  #range(x0: number, x1: number): string | null {
    const g = this.goroutine;
    if (this.proc < 0 || g < 0) return needs(this.thread, this.proc, g, 1, 1);
    const all = this.goroutines;
    this.subject = g;
    switch (this.kind) {
      case KIND.GCMarkAssistBegin:
        if (all.assist[g] === 1) return 'a goroutine that helps the collector begins to';
        all.assist[g] = 1;
        this.stack = this.stackOf(x0);
        return null;
      case KIND.GCMarkAssistEnd:
        if (all.assist[g] === 0) return 'a goroutine stops helping the collector, but it did not';
        all.assist[g] = 0;
        return null;
      case KIND.STWBegin:
        if ((all.stops[g] as number) >= 0) return 'a goroutine that has stopped the world stops it';
        this.text = this.textOf(x0);
        all.stops[g] = Math.max(0, this.text);
        this.stack = this.stackOf(x1);
        return null;
      default:
        if ((all.stops[g] as number) < 0) return 'a goroutine starts the world, but it had not stopped it';
        this.text = all.stops[g] as number;
        all.stops[g] = -1;
        return null;
    }
  }

  #assistActive(id: number): string | null {
    const all = this.goroutines;
    const slot = all.ids.get(id);
    if (slot < 0) return `goroutine ${id} helps the collector, but it was never heard of`;
    if ((all.assist[slot] === 1) === (this.generation === 1))
      return this.generation === 1 ? `goroutine ${id} helps the collector already` : `goroutine ${id} did not help the collector before`;
    all.assist[slot] = 1;
    this.subject = slot;
    return null;
  }

  /** Begin and end carry numbers, for they may happen on different threads. */
  #cycle(seq: number, x1: number): string | null {
    const type = this.kind;
    this.a = seq;
    if (type === KIND.GCBegin) this.stack = this.stackOf(x1);
    if (type === KIND.GCActive && this.generation === 1) {
      if (this.#gc !== GC.undetermined) return 'a collection is said to go on after one was seen';
    } else if (type !== KIND.GCBegin || this.#gc !== GC.undetermined) {
      if (seq !== this.#gcSeq + 1) {
        this.ok = false;
        return null;
      }
      if ((this.#gc === GC.running) === (type === KIND.GCBegin)) return `${kindName(type)}, but a collection ${type === KIND.GCBegin ? 'goes on' : 'does not go on'}`;
      if (this.proc < 0 || this.goroutine < 0) return needs(this.thread, this.proc, this.goroutine, 1, 1);
    }
    this.#gcSeq = seq;
    this.#gc = type === KIND.GCEnd ? GC.idle : GC.running;
    return null;
  }

  #task(id: number, x1: number, x2: number, x3: number): string | null {
    if (this.proc < 0 || this.goroutine < 0) return needs(this.thread, this.proc, this.goroutine, 1, 1);
    this.a = id;
    if (this.kind === KIND.UserTaskBegin) {
      if (this.#tasks.has(id)) return `task ${id} begins, but it is there already`;
      this.b = x1;
      this.text = this.textOf(x2);
      this.stack = this.stackOf(x3);
      if (this.#tasks.size >= MOST_TASKS) for (const oldest of this.#tasks.keys()) if (this.#tasks.delete(oldest)) break;
      this.#tasks.set(id, { text: Math.max(0, this.text), parent: x1 });
      return null;
    }
    const begun = this.#tasks.get(id);
    this.stack = this.stackOf(x1);
    if (begun !== undefined) {
      this.text = begun.text;
      this.b = begun.parent;
      this.#tasks.delete(id);
    }
    return null;
  }

  #region(task: number, x1: number, x2: number): string | null {
    const g = this.goroutine;
    if (this.proc < 0 || g < 0) return needs(this.thread, this.proc, g, 1, 1);
    this.a = task;
    this.text = this.textOf(x1);
    this.stack = this.stackOf(x2);
    this.subject = g;
    const { regions } = this.goroutines;
    const open = regions.get(g);
    if (this.kind === KIND.UserRegionBegin) {
      if (open === undefined) regions.set(g, [{ task, text: this.text }]);
      else if (open.length < DEEPEST) open.push({ task, text: this.text });
      return null;
    }
    // regions that began before the trace are not known; one that is not innermost is a mistake of the program, not of the trace
    if (open === undefined) return null;
    const at = open.findLastIndex((r) => r.task === task && r.text === this.text);
    if (at !== open.length - 1) this.regionMisuse++;
    if (at >= 0) open.length = at;
    if (open.length === 0) regions.delete(g);
    return null;
  }

  #experimental(x0: number, x1: number, x2: number): string | null {
    if (this.thread < 0) return needs(this.thread, this.proc, this.goroutine, 0, 0);
    this.a = x0;
    this.b = x1;
    if (this.kind === KIND.Span || this.kind === KIND.SpanAlloc) this.subject = x2 | 0;
    return null;
  }
}
