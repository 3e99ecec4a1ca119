/** The rules for events that come seldom beside those of the scheduler: statuses, steals, collector, annotations, coroutines. See order.ts. */
import { GO_STATUS, KIND, kindName, PROC_STATE, PROC_STATUS } from './events.ts';
import type { IdMap } from './generation.ts';
import { needs, notIn } from './needs.ts';
import type { Goroutines, Procs, Threads } from './state.ts';
import { NONE_64 } from './wire.ts';

const GC = { undetermined: 0, idle: 1, running: 2 } as const;
/** Tasks that never end are forgotten beyond this, oldest first: their end is then without a name. */
const MOST_TASKS = 1_000_000;

export class RareEvents {
  /** Where the event happens: what the columns say of it. */
  thread = -1;
  proc = -1;
  goroutine = -1;
  subject = -1;
  stack = 0;
  text = 0;
  a = 0;
  b = 0;
  /** false: its turn has not come. */
  ok = true;
  /** GoDestroySyscall: the P it leaves behind; -1 none. */
  stolen = -1;
  /** Regions that ended though another one was innermost: the program misuses them. */
  regionMisuse = 0;

  readonly #goroutines: Goroutines;
  readonly #procs: Procs;
  readonly #threads: Threads;
  readonly #tasks = new Map<number, { readonly text: number; readonly parent: number }>();
  #gcSeq = 0;
  #gc: number = GC.undetermined;
  #type = 0;
  #generation = 1;
  #texts: IdMap | null = null;
  #stacks: IdMap | null = null;

  constructor(goroutines: Goroutines, procs: Procs, threads: Threads) {
    this.#goroutines = goroutines;
    this.#procs = procs;
    this.#threads = threads;
  }

  /** The event that is tried next. */
  at(type: number, thread: number, proc: number, goroutine: number, generation: number, texts: IdMap, stacks: IdMap): void {
    this.#type = type;
    this.thread = thread;
    this.proc = proc;
    this.goroutine = goroutine;
    this.subject = -1;
    this.stack = 0;
    this.text = 0;
    this.a = 0;
    this.b = 0;
    this.ok = true;
    this.stolen = -1;
    this.#generation = generation;
    this.#texts = texts;
    this.#stacks = stacks;
  }

  /** What is wrong, or null; `ok` says whether its turn has come. */
  advance(x0: number, x1: number, x2: number, x3: number): string | null {
    switch (this.#type) {
      case KIND.ProcSteal:
        return this.#procSteal(x0, x1, x2);
      case KIND.ProcStatus:
        return this.#procStatus(x0, x1);
      case KIND.GoStatus:
        return this.#goStatus(x0, x1, x2, 0);
      case KIND.GoStatusStack:
        return this.#goStatus(x0, x1, x2, x3);
      case KIND.GoSwitch:
      case KIND.GoSwitchDestroy:
        return this.#goSwitch(x0, x1);
      case KIND.GoCreateSyscall:
        return this.#goCreateSyscall(x0);
      case KIND.GoDestroySyscall:
        return this.#goDestroySyscall();
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

  #text(id: number): number {
    return (this.#texts as IdMap).get(id);
  }

  #stack(id: number): number {
    return (this.#stacks as IdMap).get(id);
  }

  #procSteal(p: number, seq: number, from: number): string | null {
    const procs = this.#procs;
    const before = p < procs.status.length ? procs.status[p] : 0;
    if ((before !== PROC_STATUS.syscall && before !== PROC_STATUS.abandoned) || procs.seqGeneration[p] !== this.#generation || seq !== (procs.seq[p] as number) + 1) {
      this.ok = false;
      return null;
    }
    if (this.thread < 0) return needs(this.thread, this.proc, this.goroutine, 0, 0);
    const thread = from >= NONE_64 / 2 ? -1 : this.#threads.find(from);
    this.subject = p;
    this.a = thread;
    this.b = before;
    if (before === PROC_STATUS.syscall) {
      if (thread < 0 || this.#threads.seen[thread] === 0) return `P ${p} is stolen from a thread that was never seen`;
      if (this.#threads.proc[thread] !== p) return `P ${p} is stolen from a thread that has ${this.#threads.proc[thread]}`;
      // a thread that steals from itself just stops its P; another one may go on now that it knows to have none
      this.#threads.proc[thread] = -1;
    }
    procs.status[p] = PROC_STATUS.idle;
    procs.seq[p] = seq;
    return null;
  }

  #procStatus(p: number, told: number): string | null {
    const procs = this.#procs;
    if (told < 1 || told > 4) return `P ${p} has status ${told}, which there is not`;
    if (!procs.reach(p)) return `a P with number ${p}`;
    let status = told;
    const known = procs.status[p] as number;
    this.b = status === PROC_STATUS.running || status === PROC_STATUS.syscall ? PROC_STATE.running : PROC_STATE.idle;
    if (known === 0) {
      procs.status[p] = status;
      this.b = this.#generation === 1 ? PROC_STATE.undetermined : PROC_STATE.gone;
    } else if (status === PROC_STATUS.abandoned && known === PROC_STATUS.syscall) {
      // nothing was lost after all: it is about to be stolen, and the thread that has it is known
      status = PROC_STATUS.syscall;
      this.b = PROC_STATE.running;
      const owner = this.#ownerOf(p);
      if (owner < 0) return `P ${p} is about to be stolen, but no thread has it`;
      this.thread = owner;
      this.goroutine = this.#threads.goroutine[owner] as number;
      this.proc = p;
    } else if (known !== status) return `P ${p} has status ${status}, but it had ${known}`;
    procs.seq[p] = 0;
    procs.seqGeneration[p] = this.#generation;
    if (this.thread >= 0 && (told === PROC_STATUS.running || told === PROC_STATUS.syscall)) this.#threads.proc[this.thread] = p;
    this.subject = p;
    this.a = status;
    return null;
  }

  #ownerOf(p: number): number {
    const { proc } = this.#threads;
    for (let t = 0; t < proc.length; t++) if (proc[t] === p) return t;
    return -1;
  }

  #goStatus(id: number, threadId: number, status: number, stack: number): string | null {
    const all = this.#goroutines;
    if (status < 1 || status > 4) return `goroutine ${id} has status ${status}, which there is not`;
    let slot = all.ids.get(id);
    const first = this.#generation === 1;
    if (slot >= 0) {
      if (all.status[slot] !== status) return `goroutine ${id} has status ${status}, but it had ${all.status[slot]}`;
      all.seq[slot] = 0;
      all.seqGeneration[slot] = this.#generation;
      this.b = status;
    } else if (first) {
      slot = all.begin(id, status, this.#generation);
      this.b = GO_STATUS.undetermined;
    } else return `goroutine ${id} is first heard of by its status after the first generation`;
    this.subject = slot;
    this.a = status;
    this.stack = this.#stack(stack);
    const here = this.thread;
    if (status === GO_STATUS.running) return here < 0 ? null : this.#bind(slot, here);
    if (status !== GO_STATUS.syscall) return null;
    if (threadId >= NONE_64 / 2) return `goroutine ${id} is in a system call, but on no thread`;
    const thread = this.#threads.number(threadId);
    if (thread === here) {
      if (!first && this.goroutine !== slot) return `goroutine ${id} is in a system call on a thread that has another one`;
      return this.#bind(slot, here);
    }
    // it sat in that call all the time, on a thread that did nothing else, and has no P
    if (this.#threads.seen[thread] === 1) {
      if (this.#threads.goroutine[thread] !== slot) return `goroutine ${id} is in a system call on a thread that has another one`;
      this.goroutine = slot;
    } else {
      this.#threads.seen[thread] = 1;
      this.#threads.proc[thread] = -1;
      const fault = this.#bind(slot, thread);
      if (fault !== null) return fault;
    }
    this.thread = thread;
    return null;
  }

  #bind(slot: number, thread: number): string | null {
    const all = this.#goroutines;
    const on = all.thread[slot] as number;
    if (on >= 0 && on !== thread && this.#threads.goroutine[on] === slot) return `goroutine ${all.id[slot]} is on two threads`;
    const other = this.#threads.goroutine[thread] as number;
    if (other >= 0 && other !== slot) all.thread[other] = -1;
    all.thread[slot] = thread;
    this.#threads.goroutine[thread] = slot;
    return null;
  }

  /** The next one is unblocked and runs; the current one blocks, or ends. */
  #goSwitch(id: number, seq: number): string | null {
    const all = this.#goroutines;
    const { goroutine, thread } = this;
    if (this.proc < 0 || goroutine < 0) return needs(thread, this.proc, goroutine, 1, 1);
    if (all.status[goroutine] !== GO_STATUS.running) return notIn(this.#type, 'running');
    const slot = all.ids.get(id);
    if (slot < 0 || all.status[slot] !== GO_STATUS.waiting || all.seqGeneration[slot] !== this.#generation || seq !== (all.seq[slot] as number) + 1) {
      this.ok = false;
      return null;
    }
    if (this.#type === KIND.GoSwitch) {
      all.status[goroutine] = GO_STATUS.waiting;
      all.thread[goroutine] = -1;
    } else all.end(goroutine);
    all.status[slot] = GO_STATUS.running;
    all.seq[slot] = seq;
    all.thread[slot] = thread;
    this.#threads.goroutine[thread] = slot;
    this.subject = slot;
    return null;
  }

  /** A thread of C calls into Go. */
  #goCreateSyscall(id: number): string | null {
    if (this.thread < 0 || this.goroutine >= 0) return needs(this.thread, this.proc, this.goroutine, 0, -1);
    if (this.#goroutines.ids.get(id) >= 0) return `goroutine ${id} is created, but it is there already`;
    this.subject = this.#goroutines.begin(id, GO_STATUS.syscall, this.#generation);
    return this.#bind(this.subject, this.thread);
  }

  /** That call is over, or the thread of C is. Its P may be left behind, and the thread's id given to another thread. */
  #goDestroySyscall(): string | null {
    const { goroutine, thread, proc } = this;
    if (thread < 0 || goroutine < 0) return needs(thread, proc, goroutine, 0, 1);
    if (this.#goroutines.status[goroutine] !== GO_STATUS.syscall) return notIn(this.#type, 'in a system call');
    if (proc >= 0) {
      if (this.#procs.status[proc] !== PROC_STATUS.syscall) return `P ${proc} is not in a system call`;
      this.#procs.status[proc] = PROC_STATUS.abandoned;
      this.#threads.proc[thread] = -1;
      this.stolen = proc;
    }
    this.#goroutines.end(goroutine);
    this.#threads.goroutine[thread] = -1;
    this.subject = goroutine;
    return null;
  }

  #sweep(x0: number, x1: number): string | null {
    const p = this.proc;
    if (p < 0) return needs(this.thread, p, this.goroutine, 1, 0);
    const begins = this.#type === KIND.GCSweepBegin;
    if ((this.#procs.sweep[p] === 1) === begins) return begins ? `P ${p} sweeps already` : `P ${p} does not sweep`;
    this.#procs.sweep[p] = begins ? 1 : 0;
    this.subject = p;
    if (begins) this.stack = this.#stack(x0);
    else {
      this.a = x0;
      this.b = x1;
    }
    return null;
  }

  #sweepActive(p: number): string | null {
    if (p >= this.#procs.status.length || this.#procs.status[p] === 0) return `P ${p} sweeps, but it was never heard of`;
    if ((this.#procs.sweep[p] === 1) === (this.#generation === 1)) return this.#generation === 1 ? `P ${p} sweeps already` : `P ${p} did not sweep before`;
    this.#procs.sweep[p] = 1;
    this.subject = p;
    return null;
  }

  #range(x0: number, x1: number): string | null {
    const g = this.goroutine;
    if (this.proc < 0 || g < 0) return needs(this.thread, this.proc, g, 1, 1);
    const all = this.#goroutines;
    this.subject = g;
    switch (this.#type) {
      case KIND.GCMarkAssistBegin:
        if (all.assist[g] === 1) return 'a goroutine that helps the collector begins to';
        all.assist[g] = 1;
        this.stack = this.#stack(x0);
        return null;
      case KIND.GCMarkAssistEnd:
        if (all.assist[g] === 0) return 'a goroutine stops helping the collector, but it did not';
        all.assist[g] = 0;
        return null;
      case KIND.STWBegin:
        if ((all.stops[g] as number) >= 0) return 'a goroutine that has stopped the world stops it';
        this.text = this.#text(x0);
        all.stops[g] = Math.max(0, this.text);
        this.stack = this.#stack(x1);
        return null;
      default:
        if ((all.stops[g] as number) < 0) return 'a goroutine starts the world, but it had not stopped it';
        this.text = all.stops[g] as number;
        all.stops[g] = -1;
        return null;
    }
  }

  #assistActive(id: number): string | null {
    const all = this.#goroutines;
    const slot = all.ids.get(id);
    if (slot < 0) return `goroutine ${id} helps the collector, but it was never heard of`;
    if ((all.assist[slot] === 1) === (this.#generation === 1))
      return this.#generation === 1 ? `goroutine ${id} helps the collector already` : `goroutine ${id} did not help the collector before`;
    all.assist[slot] = 1;
    this.subject = slot;
    return null;
  }

  /** Begin and end carry numbers, for they may happen on different threads. */
  #cycle(seq: number, x1: number): string | null {
    const type = this.#type;
    this.a = seq;
    if (type === KIND.GCBegin) this.stack = this.#stack(x1);
    if (type === KIND.GCActive && this.#generation === 1) {
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
    if (this.#type === KIND.UserTaskBegin) {
      if (this.#tasks.has(id)) return `task ${id} begins, but it is there already`;
      this.b = x1;
      this.text = this.#text(x2);
      this.stack = this.#stack(x3);
      if (this.#tasks.size >= MOST_TASKS) for (const oldest of this.#tasks.keys()) if (this.#tasks.delete(oldest)) break;
      this.#tasks.set(id, { text: Math.max(0, this.text), parent: x1 });
      return null;
    }
    const begun = this.#tasks.get(id);
    this.stack = this.#stack(x1);
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
    this.text = this.#text(x1);
    this.stack = this.#stack(x2);
    this.subject = g;
    const { regions } = this.#goroutines;
    const open = regions.get(g);
    if (this.#type === KIND.UserRegionBegin) {
      if (open === undefined) regions.set(g, [{ task, text: this.text }]);
      else open.push({ task, text: this.text });
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
    if (this.#type === KIND.Span || this.#type === KIND.SpanAlloc) this.subject = x2 | 0;
    return null;
  }
}
