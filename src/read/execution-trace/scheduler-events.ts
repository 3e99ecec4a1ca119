/** The rules of the scheduler: how goroutines, P and threads come, go and change hands. What is tried stands in the fields; see order.ts. */
import { GO_STATUS, KIND, PROC_STATE, PROC_STATUS } from './events.ts';
import type { IdMap } from './generation.ts';
import { needs, notIn } from './needs.ts';
import type { Goroutines, Procs, Threads } from './state.ts';
import { NONE_64 } from './wire.ts';

const TOO_MANY = 'more goroutines at once than fit into any machine';

export class SchedulerEvents {
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
  /** References to stacks that the generation does not have. */
  missing = 0;

  protected readonly goroutines: Goroutines;
  protected readonly procs: Procs;
  protected readonly threads: Threads;
  protected kind = 0;
  protected generation = 1;
  protected texts: IdMap | null = null;
  protected stackIds: IdMap | null = null;

  constructor(goroutines: Goroutines, procs: Procs, threads: Threads) {
    this.goroutines = goroutines;
    this.procs = procs;
    this.threads = threads;
  }

  /** The event that is tried next. */
  at(type: number, thread: number, proc: number, goroutine: number, generation: number, texts: IdMap, stacks: IdMap): void {
    this.kind = type;
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
    this.generation = generation;
    this.texts = texts;
    this.stackIds = stacks;
  }

  protected textOf(id: number): number {
    return (this.texts as IdMap).get(id);
  }

  protected stackOf(id: number): number {
    return (this.stackIds as IdMap).get(id);
  }

  /** On a P, by a running goroutine or by the runtime. */
  protected goCreate(id: number, starts: number, stack: number): string | null {
    const all = this.goroutines;
    const { goroutine } = this;
    if (this.proc < 0) return needs(this.thread, this.proc, goroutine, 1, 0);
    if (goroutine >= 0 && all.status[goroutine] !== GO_STATUS.running) return notIn(this.kind, 'running');
    if (all.ids.get(id) >= 0) return `goroutine ${id} is created, but it is there already`;
    if (!all.room()) return TOO_MANY;
    this.subject = all.begin(id, this.kind === KIND.GoCreate ? GO_STATUS.runnable : GO_STATUS.waiting, this.generation);
    this.a = this.stackOf(starts);
    this.stack = this.stackOf(stack);
    if (this.a < 0) {
      this.a = 0;
      this.missing++;
    }
    return null;
  }

  /** The most frequent events are order.ts's business, unless they stand in a batch of no thread, where only unblocking makes sense. */
  protected onNoThread(id: number, seq: number, stack: number): string | null {
    const all = this.goroutines;
    const starts = this.kind === KIND.GoStart;
    const slot = all.ids.get(id);
    if (
      slot < 0 ||
      all.status[slot] !== (starts ? GO_STATUS.runnable : GO_STATUS.waiting) ||
      all.seqGeneration[slot] !== this.generation ||
      seq !== (all.seq[slot] as number) + 1
    ) {
      this.ok = false;
      return null;
    }
    if (starts) return needs(this.thread, this.proc, this.goroutine, 1, -1);
    all.status[slot] = GO_STATUS.runnable;
    all.seq[slot] = seq;
    this.subject = slot;
    this.stack = this.stackOf(stack);
    return null;
  }

  protected goDestroy(): string | null {
    const g = this.goroutine;
    if (this.proc < 0 || g < 0) return needs(this.thread, this.proc, g, 1, 1);
    if (this.goroutines.status[g] !== GO_STATUS.running) return notIn(this.kind, 'running');
    this.goroutines.end(g);
    this.threads.goroutine[this.thread] = -1;
    this.subject = g;
    return null;
  }

  /** Still on its P, whose number it carries so that it is clear from which call a P is stolen. */
  protected goSyscallBegin(seq: number, stack: number): string | null {
    const { goroutine: g, proc: p } = this;
    if (p < 0 || g < 0) return needs(this.thread, p, g, 1, 1);
    if (this.goroutines.status[g] !== GO_STATUS.running) return notIn(this.kind, 'running');
    const procs = this.procs;
    if (procs.seqGeneration[p] !== this.generation || seq !== (procs.seq[p] as number) + 1)
      return `a system call carries number ${seq} of P ${p}, but ${(procs.seq[p] as number) + 1} is due`;
    this.goroutines.status[g] = GO_STATUS.syscall;
    procs.status[p] = PROC_STATUS.syscall;
    procs.seq[p] = seq;
    this.subject = g;
    this.stack = this.stackOf(stack);
    return null;
  }

  protected goSyscallEnd(): string | null {
    const { goroutine: g, proc: p } = this;
    if (p < 0 || g < 0) return needs(this.thread, p, g, 1, 1);
    if (this.goroutines.status[g] !== GO_STATUS.syscall) return notIn(this.kind, 'in a system call');
    if (this.procs.status[p] !== PROC_STATUS.syscall) return `a system call ends on P ${p}, which is in none`;
    this.goroutines.status[g] = GO_STATUS.running;
    this.procs.status[p] = PROC_STATUS.running;
    this.subject = g;
    return null;
  }

  /** It will have lost its P by then, so it waits for that. */
  protected goSyscallEndBlocked(): string | null {
    const { goroutine: g, proc: p, thread } = this;
    if (p >= 0 && this.procs.status[p] === PROC_STATUS.syscall) {
      this.ok = false;
      return null;
    }
    if (thread < 0 || g < 0) return needs(thread, p, g, 0, 1);
    if (this.goroutines.status[g] !== GO_STATUS.syscall) return notIn(this.kind, 'in a system call');
    this.goroutines.status[g] = GO_STATUS.runnable;
    this.goroutines.thread[g] = -1;
    this.threads.goroutine[thread] = -1;
    this.subject = g;
    return null;
  }

  /** Idle, next in its sequence, and the thread has given up its last one. */
  protected procStart(p: number, seq: number): string | null {
    const procs = this.procs;
    if (p >= procs.status.length || procs.status[p] !== PROC_STATUS.idle || procs.seqGeneration[p] !== this.generation || seq !== (procs.seq[p] as number) + 1 || this.proc >= 0) {
      this.ok = false;
      return null;
    }
    if (this.thread < 0) return needs(this.thread, this.proc, this.goroutine, -1, 0);
    procs.status[p] = PROC_STATUS.running;
    procs.seq[p] = seq;
    this.threads.proc[this.thread] = p;
    this.subject = p;
    return null;
  }

  protected procStop(): string | null {
    const p = this.proc;
    if (p < 0) return needs(this.thread, p, this.goroutine, 1, 0);
    if (this.procs.status[p] !== PROC_STATUS.running && this.procs.status[p] !== PROC_STATUS.syscall) return `P ${p} stops, but it does not run`;
    this.procs.status[p] = PROC_STATUS.idle;
    this.threads.proc[this.thread] = -1;
    this.subject = p;
    return null;
  }

  protected procSteal(p: number, seq: number, from: number): string | null {
    const procs = this.procs;
    const before = p < procs.status.length ? procs.status[p] : 0;
    if ((before !== PROC_STATUS.syscall && before !== PROC_STATUS.abandoned) || procs.seqGeneration[p] !== this.generation || seq !== (procs.seq[p] as number) + 1) {
      this.ok = false;
      return null;
    }
    if (this.thread < 0) return needs(this.thread, this.proc, this.goroutine, 0, 0);
    const thread = from >= NONE_64 / 2 ? -1 : this.threads.find(from);
    this.subject = p;
    this.a = thread;
    this.b = before;
    if (before === PROC_STATUS.syscall) {
      if (thread < 0 || this.threads.seen[thread] === 0) return `P ${p} is stolen from a thread that was never seen`;
      if (this.threads.proc[thread] !== p) return `P ${p} is stolen from a thread that has ${this.threads.proc[thread]}`;
      // a thread that steals from itself just stops its P; another one may go on now that it knows to have none
      this.threads.proc[thread] = -1;
    }
    procs.status[p] = PROC_STATUS.idle;
    procs.seq[p] = seq;
    return null;
  }

  protected procStatus(p: number, told: number): string | null {
    const procs = this.procs;
    if (told < 1 || told > 4) return `P ${p} has status ${told}, which there is not`;
    if (!procs.reach(p)) return `a P with number ${p}`;
    let status = told;
    const known = procs.status[p] as number;
    this.b = status === PROC_STATUS.running || status === PROC_STATUS.syscall ? PROC_STATE.running : PROC_STATE.idle;
    if (known === 0) {
      procs.status[p] = status;
      this.b = this.generation === 1 ? PROC_STATE.undetermined : PROC_STATE.gone;
    } else if (status === PROC_STATUS.abandoned && known === PROC_STATUS.syscall) {
      // nothing was lost after all: it is about to be stolen, and the thread that has it is known
      status = PROC_STATUS.syscall;
      this.b = PROC_STATE.running;
      const owner = this.ownerOf(p);
      if (owner < 0) return `P ${p} is about to be stolen, but no thread has it`;
      this.thread = owner;
      this.goroutine = this.threads.goroutine[owner] as number;
      this.proc = p;
    } else if (known !== status) return `P ${p} has status ${status}, but it had ${known}`;
    procs.seq[p] = 0;
    procs.seqGeneration[p] = this.generation;
    if (this.thread >= 0 && (told === PROC_STATUS.running || told === PROC_STATUS.syscall)) this.threads.proc[this.thread] = p;
    this.subject = p;
    this.a = status;
    return null;
  }

  protected ownerOf(p: number): number {
    const { proc } = this.threads;
    for (let t = 0; t < proc.length; t++) if (proc[t] === p) return t;
    return -1;
  }

  protected goStatus(id: number, threadId: number, status: number, stack: number): string | null {
    const all = this.goroutines;
    if (status < 1 || status > 4) return `goroutine ${id} has status ${status}, which there is not`;
    let slot = all.ids.get(id);
    const first = this.generation === 1;
    if (slot >= 0) {
      if (all.status[slot] !== status) return `goroutine ${id} has status ${status}, but it had ${all.status[slot]}`;
      all.seq[slot] = 0;
      all.seqGeneration[slot] = this.generation;
      this.b = status;
    } else if (first) {
      if (!all.room()) return TOO_MANY;
      slot = all.begin(id, status, this.generation);
      this.b = GO_STATUS.undetermined;
    } else return `goroutine ${id} is first heard of by its status after the first generation`;
    this.subject = slot;
    this.a = status;
    this.stack = this.stackOf(stack);
    const here = this.thread;
    if (status === GO_STATUS.running) return here < 0 ? null : this.bind(slot, here);
    if (status !== GO_STATUS.syscall) return null;
    if (threadId >= NONE_64 / 2) return `goroutine ${id} is in a system call, but on no thread`;
    const thread = this.threads.number(threadId);
    if (thread < 0) return 'more threads than there can be';
    if (thread === here) {
      if (!first && this.goroutine !== slot) return `goroutine ${id} is in a system call on a thread that has another one`;
      return this.bind(slot, here);
    }
    // it sat in that call all the time, on a thread that did nothing else, and has no P
    if (this.threads.seen[thread] === 1) {
      if (this.threads.goroutine[thread] !== slot) return `goroutine ${id} is in a system call on a thread that has another one`;
      this.goroutine = slot;
    } else {
      this.threads.seen[thread] = 1;
      this.threads.proc[thread] = -1;
      const fault = this.bind(slot, thread);
      if (fault !== null) return fault;
    }
    this.thread = thread;
    return null;
  }

  protected bind(slot: number, thread: number): string | null {
    const all = this.goroutines;
    const on = all.thread[slot] as number;
    if (on >= 0 && on !== thread && this.threads.goroutine[on] === slot) return `goroutine ${all.id[slot]} is on two threads`;
    const other = this.threads.goroutine[thread] as number;
    if (other >= 0 && other !== slot) all.thread[other] = -1;
    all.thread[slot] = thread;
    this.threads.goroutine[thread] = slot;
    return null;
  }

  /** The next one is unblocked and runs; the current one blocks, or ends. */
  protected goSwitch(id: number, seq: number): string | null {
    const all = this.goroutines;
    const { goroutine, thread } = this;
    if (this.proc < 0 || goroutine < 0) return needs(thread, this.proc, goroutine, 1, 1);
    if (all.status[goroutine] !== GO_STATUS.running) return notIn(this.kind, 'running');
    const slot = all.ids.get(id);
    if (slot < 0 || all.status[slot] !== GO_STATUS.waiting || all.seqGeneration[slot] !== this.generation || seq !== (all.seq[slot] as number) + 1) {
      this.ok = false;
      return null;
    }
    if (this.kind === KIND.GoSwitch) {
      all.status[goroutine] = GO_STATUS.waiting;
      all.thread[goroutine] = -1;
    } else all.end(goroutine);
    all.status[slot] = GO_STATUS.running;
    all.seq[slot] = seq;
    all.thread[slot] = thread;
    this.threads.goroutine[thread] = slot;
    this.subject = slot;
    return null;
  }

  /** A thread of C calls into Go. */
  protected goCreateSyscall(id: number): string | null {
    if (this.thread < 0 || this.goroutine >= 0) return needs(this.thread, this.proc, this.goroutine, 0, -1);
    if (this.goroutines.ids.get(id) >= 0) return `goroutine ${id} is created, but it is there already`;
    if (!this.goroutines.room()) return TOO_MANY;
    this.subject = this.goroutines.begin(id, GO_STATUS.syscall, this.generation);
    return this.bind(this.subject, this.thread);
  }

  /** That call is over, or the thread of C is. Its P may be left behind, and the thread's id given to another thread. */
  protected goDestroySyscall(): string | null {
    const { goroutine, thread, proc } = this;
    if (thread < 0 || goroutine < 0) return needs(thread, proc, goroutine, 0, 1);
    if (this.goroutines.status[goroutine] !== GO_STATUS.syscall) return notIn(this.kind, 'in a system call');
    if (proc >= 0) {
      if (this.procs.status[proc] !== PROC_STATUS.syscall) return `P ${proc} is not in a system call`;
      this.procs.status[proc] = PROC_STATUS.abandoned;
      this.threads.proc[thread] = -1;
      this.stolen = proc;
    }
    this.goroutines.end(goroutine);
    this.threads.goroutine[thread] = -1;
    this.subject = goroutine;
    return null;
  }
}
