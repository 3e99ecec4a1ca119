/**
 * The trace as Trace Event JSON, which Perfetto (ui.perfetto.dev, offline too) and chrome://tracing open.
 * Format: Trace Event Format of Chromium: complete events X, flows s/f, counters C, async b/e, instants i, metadata M; times in µs.
 *
 * process 1: one thread a processor, a slice for each goroutine that runs there; flows lead from who unblocks to who then runs.
 * process 2: one thread a goroutine, a slice for each thing it does. process 3: cycles and pauses; counters of the heap; tasks.
 * Written as the trace is read: memory does not grow with it.
 */
import { type EventColumns, GO_STATUS, KIND, type TraceGap, type TraceTables } from '../../../read/execution-trace/index.ts';
import { wider } from './grow.ts';

const PROCESSORS = 1;
const GOROUTINES = 2;
const RUNTIME = 3;

export class ChromeWriter {
  readonly #write: (text: string) => void;
  readonly #tables: TraceTables;
  #first = Number.NaN;
  /** Begin of the present stretch. */
  #begun = Number.NaN;
  #last = 0;
  #empty = true;
  #flow = 0;
  /** By slot. */
  #since = new Float64Array(64);
  #status = new Uint8Array(64);
  #name: string[] = [];
  #entry: string[] = [];
  #flowOf = new Float64Array(64);
  readonly #named = new Set<number>();
  readonly #procs = new Map<number, { slot: number; since: number }>();
  #cycle = -1;
  readonly #pauses: { name: string; since: number }[] = [];

  constructor(tables: TraceTables, write: (text: string) => void) {
    this.#tables = tables;
    this.#write = write;
    write('{"displayTimeUnit":"ns","traceEvents":[\n');
    for (const [pid, name] of [
      [PROCESSORS, 'processors'],
      [GOROUTINES, 'goroutines'],
      [RUNTIME, 'runtime and tasks'],
    ] as const)
      this.#put(`"ph":"M","pid":${pid},"tid":0,"name":"process_name","args":{"name":"${name}"}`);
    this.#put(`"ph":"M","pid":${RUNTIME},"tid":1,"name":"thread_name","args":{"name":"GC cycles"}`);
    this.#put(`"ph":"M","pid":${RUNTIME},"tid":2,"name":"thread_name","args":{"name":"world stopped"}`);
  }

  add(e: EventColumns): void {
    for (let i = 0; i < e.length; i++) {
      const k = e.kind[i] as number;
      if (k === KIND.Sync || k === KIND.CPUSample) continue;
      const t = e.time[i] as number;
      if (Number.isNaN(this.#first)) this.#first = t;
      if (Number.isNaN(this.#begun)) this.#begun = t;
      this.#last = t;
      this.#event(e, i, k, t);
    }
  }

  /** What follows is not in the trace: everything that goes on ends here, and a slice says what is missing. */
  gap(gap: TraceGap): void {
    const { fromNs, toNs } = gap;
    this.#endAll();
    this.#status.fill(0);
    this.#flowOf.fill(0);
    this.#procs.clear();
    this.#begun = Number.NaN;
    if (fromNs === null || toNs === null || Number.isNaN(this.#first)) return;
    this.#put(`"ph":"M","pid":${RUNTIME},"tid":3,"name":"thread_name","args":{"name":"damage"}`);
    this.#slice(RUNTIME, 3, `not in the trace: ${gap.bytes} bytes`, fromNs, Math.max(fromNs, toNs));
  }

  finish(): void {
    this.#endAll();
    this.#write('\n]}\n');
  }

  #endAll(): void {
    for (let slot = 0; slot < this.#status.length; slot++) this.#state(slot, this.#last, 0, '');
    for (const p of this.#procs.keys()) this.#runs(p, -1, this.#last);
    this.#cycleEnds(this.#last);
    while (this.#pauses.length > 0) this.#pauseEnds(this.#last);
  }

  #event(e: EventColumns, i: number, k: number, t: number): void {
    const g = e.subject[i] as number;
    const proc = e.proc[i] as number;
    switch (k) {
      case KIND.GoCreate:
      case KIND.GoCreateBlocked:
      case KIND.GoCreateSyscall:
        this.#begin(g, k === KIND.GoCreateSyscall ? 0 : (e.a[i] as number), t);
        this.#state(g, t, k === KIND.GoCreate ? GO_STATUS.runnable : k === KIND.GoCreateBlocked ? GO_STATUS.waiting : GO_STATUS.syscall, '');
        this.#flowFrom(g, proc, t);
        break;
      case KIND.GoStatus:
      case KIND.GoStatusStack:
        if (e.b[i] !== 0) break;
        this.#begin(g, e.stack[i] as number, t);
        this.#state(g, t, e.a[i] as number, '');
        if (e.a[i] === GO_STATUS.running && proc >= 0) this.#runs(proc, g, t);
        break;
      case KIND.GoStart:
        this.#state(g, t, GO_STATUS.running, '');
        if (proc >= 0) this.#runs(proc, g, t);
        this.#flowTo(g, proc, t);
        break;
      case KIND.GoSyscallEnd:
        this.#state(g, t, GO_STATUS.running, '');
        break;
      case KIND.GoBlock:
      case KIND.GoStop:
        this.#learn(g, e.stack[i] as number);
        this.#state(g, t, k === KIND.GoBlock ? GO_STATUS.waiting : GO_STATUS.runnable, this.#tables.text(e.text[i] as number));
        if (proc >= 0) this.#runs(proc, -1, t);
        break;
      case KIND.GoUnblock:
      case KIND.GoSwitch:
      case KIND.GoSwitchDestroy:
        this.#state(g, t, GO_STATUS.runnable, '');
        if ((e.goroutine[i] as number) >= 0) this.#flowFrom(g, proc, t);
        break;
      case KIND.GoSyscallBegin:
        this.#learn(g, e.stack[i] as number);
        this.#state(g, t, GO_STATUS.syscall, '');
        break;
      case KIND.GoSyscallEndBlocked:
        this.#state(g, t, GO_STATUS.runnable, '');
        if (proc >= 0) this.#runs(proc, -1, t);
        break;
      case KIND.GoDestroy:
      case KIND.GoDestroySyscall:
        this.#state(g, t, 0, '');
        if (proc >= 0) this.#runs(proc, -1, t);
        break;
      case KIND.ProcStop:
      case KIND.ProcSteal:
        this.#runs(g, -1, t);
        break;
      case KIND.HeapAlloc:
        this.#put(`"ph":"C","pid":${RUNTIME},"name":"heap in use","ts":${this.#us(t)},"args":{"bytes":${e.a[i]}}`);
        break;
      case KIND.HeapGoal:
        this.#put(`"ph":"C","pid":${RUNTIME},"name":"heap goal","ts":${this.#us(t)},"args":{"bytes":${e.a[i]}}`);
        break;
      case KIND.GCActive:
      case KIND.GCBegin:
        if (this.#cycle < 0) this.#cycle = k === KIND.GCBegin ? t : this.#begun;
        break;
      case KIND.GCEnd:
        this.#cycleEnds(t);
        break;
      case KIND.STWBegin:
        this.#pauses.push({ name: this.#tables.text(e.text[i] as number), since: t });
        break;
      case KIND.STWEnd:
        this.#pauseEnds(t);
        break;
      default:
        this.#annotation(e, i, k, t);
    }
  }

  #annotation(e: EventColumns, i: number, k: number, t: number): void {
    const on = e.goroutine[i] as number;
    const tid = this.#tables.goroutineId(on);
    const text = this.#tables.text(e.text[i] as number);
    switch (k) {
      case KIND.UserTaskBegin:
      case KIND.UserTaskEnd:
        this.#put(
          `"ph":"${k === KIND.UserTaskBegin ? 'b' : 'e'}","cat":"task","id":${e.a[i]},"pid":${RUNTIME},"tid":0,"name":${JSON.stringify(text === '' ? 'task' : text)},"ts":${this.#us(t)}`,
        );
        break;
      case KIND.UserRegionBegin:
      case KIND.UserRegionEnd:
        // not a slice of the goroutine: what it does overlaps the ends of a region
        this.#put(
          `"ph":"${k === KIND.UserRegionBegin ? 'b' : 'e'}","cat":"region","id":${tid},"pid":${RUNTIME},"tid":0,"name":${JSON.stringify(`region ${text}`)},"ts":${this.#us(t)}`,
        );
        break;
      case KIND.UserLog:
        this.#put(`"ph":"i","s":"t","pid":${GOROUTINES},"tid":${tid},"name":${JSON.stringify(`${this.#tables.text(e.b[i] as number)}: ${text}`)},"ts":${this.#us(t)}`);
        break;
    }
  }

  #begin(slot: number, stack: number, _t: number): void {
    if (slot >= this.#since.length) {
      const room = Math.max(slot + 1, this.#since.length * 2);
      this.#since = wider(this.#since, room);
      this.#status = wider(this.#status, room);
      this.#flowOf = wider(this.#flowOf, room);
    }
    this.#status[slot] = 0;
    this.#flowOf[slot] = 0;
    this.#entry[slot] = '';
    this.#name[slot] = '';
    this.#learn(slot, stack);
    if (this.#entry[slot] === '') this.#threadName(slot);
  }

  #learn(slot: number, stack: number): void {
    if (stack === 0 || this.#entry[slot] !== '') return;
    const { stacks } = this.#tables;
    const n = stacks.lengthOf(stack);
    if (n === 0) return;
    this.#entry[slot] = this.#tables.frame(stacks.frame[(stacks.start[stack + 1] as number) - 1] as number).function;
    this.#threadName(slot);
  }

  #threadName(slot: number): void {
    const id = this.#tables.goroutineId(slot);
    this.#put(`"ph":"M","pid":${GOROUTINES},"tid":${id},"name":"thread_name","args":{"name":${JSON.stringify(`${this.#entry[slot]} (${id})`)}}`);
  }

  #state(slot: number, t: number, status: number, reason: string): void {
    const before = this.#status[slot] as number;
    if (before !== 0) this.#slice(GOROUTINES, this.#tables.goroutineId(slot), this.#name[slot] as string, this.#since[slot] as number, t);
    this.#status[slot] = status;
    this.#since[slot] = t;
    this.#name[slot] =
      status === GO_STATUS.waiting ? (reason === '' ? 'waiting' : reason) : status === GO_STATUS.running ? 'running' : status === GO_STATUS.syscall ? 'system call' : 'runnable';
  }

  #runs(p: number, slot: number, t: number): void {
    if (!this.#named.has(p)) {
      this.#named.add(p);
      this.#put(`"ph":"M","pid":${PROCESSORS},"tid":${p},"name":"thread_name","args":{"name":"P ${p}"}`);
    }
    const on = this.#procs.get(p);
    if (on !== undefined && on.slot >= 0) this.#slice(PROCESSORS, p, `${this.#entry[on.slot]} (${this.#tables.goroutineId(on.slot)})`, on.since, t);
    this.#procs.set(p, { slot, since: t });
  }

  #flowFrom(slot: number, proc: number, t: number): void {
    if (proc < 0) return;
    const id = ++this.#flow;
    this.#flowOf[slot] = id;
    this.#put(`"ph":"s","cat":"wake","name":"wake","id":${id},"pid":${PROCESSORS},"tid":${proc},"ts":${this.#us(t)}`);
  }

  #flowTo(slot: number, proc: number, t: number): void {
    const id = this.#flowOf[slot] as number;
    if (id === 0 || proc < 0) return;
    this.#flowOf[slot] = 0;
    this.#put(`"ph":"f","bp":"e","cat":"wake","name":"wake","id":${id},"pid":${PROCESSORS},"tid":${proc},"ts":${this.#us(t)}`);
  }

  #cycleEnds(t: number): void {
    if (this.#cycle >= 0) this.#slice(RUNTIME, 1, 'GC', this.#cycle, t);
    this.#cycle = -1;
  }

  #pauseEnds(t: number): void {
    const open = this.#pauses.pop();
    if (open !== undefined) this.#slice(RUNTIME, 2, open.name, open.since, t);
  }

  #slice(pid: number, tid: number, name: string, from: number, to: number): void {
    this.#put(`"ph":"X","pid":${pid},"tid":${tid},"name":${JSON.stringify(name)},"ts":${this.#us(from)},"dur":${((to - from) / 1000).toFixed(3)}`);
  }

  #us(t: number): string {
    return ((t - this.#first) / 1000).toFixed(3);
  }

  #put(members: string): void {
    this.#write(this.#empty ? `{${members}}` : `,\n{${members}}`);
    this.#empty = false;
  }
}
