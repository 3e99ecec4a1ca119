/** Events of the first format in the words of the second (columns.ts, events.ts). */
import { type ByteSource, readFully } from '../../../model/index.ts';
import { BLOCK, type EventColumns, eventColumns, putEvent } from '../columns.ts';
import { GO_STATUS, KIND, PROC_STATUS } from '../events.ts';
import { Goroutines, Threads } from '../state.ts';
import { TraceTables } from '../tables.ts';
import type { GenerationInfo, StreamResult, TraceSink } from '../types.ts';
import { type LaneEvent, orderEvents } from './order.ts';
import type { Survey } from './survey.ts';
import { EV } from './wire.ts';

/** An event becomes at most two. */
const MARGIN = 4;
/** Ends of system calls are given at the time they happened, before the events that were written while they waited for a P: they are kept until then. */
const MOST_EXITS = 4_000_000;

const BLOCK_REASON: Readonly<Record<number, string>> = {
  [EV.goStop]: 'forever',
  [EV.goSleep]: 'sleep',
  [EV.goBlock]: '',
  [EV.goBlockSend]: 'chan send',
  [EV.goBlockRecv]: 'chan receive',
  [EV.goBlockSelect]: 'select',
  [EV.goBlockSync]: 'sync',
  [EV.goBlockCond]: 'sync.(*Cond).Wait',
  [EV.goBlockNet]: 'network',
  [EV.goBlockGC]: 'GC mark assist wait for work',
};
/** runtime/trace.go, Go 1.21; before it only the first two were traced, numbered from 0. */
const STOP_REASON: readonly string[] = [
  '',
  'GC mark termination',
  'GC sweep termination',
  'write heap dump',
  'goroutine profile',
  'goroutine profile cleanup',
  'all goroutine stack trace',
  'read mem stats',
  'AllThreadsSyscall',
  'GOMAXPROCS',
  'start trace',
  'stop trace',
  'CountPagesInUse (test)',
  'ReadMetricsSlow (test)',
  'ReadMemStatsSlow (test)',
  'PageCachePagesLeaked (test)',
  'ResetDebugLog (test)',
];

interface Exits {
  readonly ticks: Float64Array;
  readonly goroutine: Float64Array;
  readonly offset: Float64Array;
  readonly order: Uint32Array;
  readonly first: number;
}

/** The order once, for the true times of the ends of system calls. */
function exitsOf(source: ByteSource, version: number, of: Survey): Exits | { offset: number; what: string } {
  const ticks: number[] = [];
  const goroutine: number[] = [];
  const offset: number[] = [];
  let first = Number.POSITIVE_INFINITY;
  let fault: string | null = null;
  let at = 0;
  const broken = orderEvents(source, version, of, (e) => {
    first = Math.min(first, e.ticks);
    if (e.type !== EV.goSysExit || e.x[2] === 0) return true;
    if (ticks.length >= MOST_EXITS) {
      fault = 'more system calls than are kept';
      at = e.offset;
      return false;
    }
    first = Math.min(first, e.x[2]);
    ticks.push(e.x[2]);
    goroutine.push(e.goroutine);
    offset.push(e.offset);
    return true;
  });
  if (fault !== null) return { offset: at, what: fault };
  // what comes before a break is given all the same
  if (broken !== null && ticks.length === 0 && first === Number.POSITIVE_INFINITY) return broken;
  const order = Uint32Array.from({ length: ticks.length }, (_, i) => i).sort((i, j) => (ticks[i] as number) - (ticks[j] as number) || i - j);
  return { ticks: Float64Array.from(ticks), goroutine: Float64Array.from(goroutine), offset: Float64Array.from(offset), order, first };
}

class Translation {
  readonly columns: EventColumns = eventColumns(BLOCK);
  readonly goroutines: Goroutines;
  readonly threads: Threads;
  last = -1;
  missing = 0;
  readonly #source: ByteSource;
  readonly #version: number;
  readonly #of: Survey;
  readonly #exits: Exits;
  readonly #nsPerTick: number;
  readonly #threadOfP = new Map<number, number>();
  readonly #seenP = new Set<number>();
  readonly #tasks = new Map<number, { text: number; parent: number }>();
  /** Goroutines that are there before tracing is set up, of which nothing more was said yet; null afterwards. */
  #before: Set<number> | null = new Set();
  #exit = 0;
  #stop = 0;

  constructor(source: ByteSource, version: number, of: Survey, exits: Exits, tables: TraceTables) {
    this.#source = source;
    this.#version = version;
    this.#of = of;
    this.#exits = exits;
    this.#nsPerTick = 1e9 / of.ticksPerSecond;
    this.goroutines = new Goroutines(tables);
    this.threads = new Threads(tables);
  }

  sync(place: number, at: number): void {
    const n = this.columns.length++;
    this.last = at;
    putEvent(this.columns, n, KIND.Sync, at, -1, -1, -1, -1, 0, 0, place, 0, -1);
  }

  settle(): void {
    this.goroutines.settle(BLOCK);
    this.threads.settle(BLOCK);
  }

  get full(): boolean {
    return this.columns.length >= BLOCK - MARGIN;
  }

  /** Ends of system calls that come before `ticks`; false when the block is full before all are given. */
  exitsBefore(ticks: number): boolean {
    const exits = this.#exits;
    while (this.#exit < exits.order.length) {
      const i = exits.order[this.#exit] as number;
      if (!((exits.ticks[i] as number) < ticks)) break;
      if (this.full) return false;
      this.#exit++;
      const slot = this.#slot(exits.goroutine[i] as number);
      this.#put(KIND.GoSyscallEndBlocked, exits.ticks[i] as number, -1, -1, slot, slot, 0, 0, 0, 0, exits.offset[i] as number);
    }
    return true;
  }

  /** Goroutines nobody has said anything of, at the end of set-up: room for one block is enough only piece by piece. */
  leftover(): number | null {
    if (this.#before === null) return null;
    for (const id of this.#before) return id;
    return null;
  }

  giveLeftover(id: number, ticks: number): void {
    this.#before?.delete(id);
    this.#put(KIND.GoStatus, ticks, -1, -1, -1, this.#slot(id), 0, 0, GO_STATUS.runnable, 0, -1);
  }

  endSetUp(): void {
    this.#before = null;
  }

  get settingUp(): boolean {
    return this.#before !== null;
  }

  add(e: LaneEvent, blocks: () => boolean): void {
    const { p, ticks, offset } = e;
    const x = e.x;
    const g = e.goroutine === 0 ? -1 : this.#slot(e.goroutine);
    const m = p < 0 ? -1 : (this.#threadOfP.get(p) ?? -1);
    const stack = this.#stack(e.stack);
    const put = (kind: number, subject: number, text: number, a: number, b: number, on = p, by = g): void => {
      this.#put(kind, ticks, m, on, by, subject, stack, text, a, b, offset);
    };
    switch (e.type) {
      case EV.gomaxprocs:
        put(KIND.ProcsChange, -1, 0, x[0], 0);
        return;
      case EV.procStart: {
        const thread = this.threads.number(x[0]);
        this.#threadOfP.set(p, thread);
        const known = this.#seenP.has(p);
        this.#seenP.add(p);
        this.#put(known ? KIND.ProcStart : KIND.ProcStatus, ticks, thread, known ? -1 : p, g, p, stack, 0, known ? 0 : PROC_STATUS.running, 0, offset);
        return;
      }
      case EV.procStop: {
        const known = this.#seenP.has(p);
        this.#seenP.add(p);
        put(known ? KIND.ProcStop : KIND.ProcStatus, p, 0, known ? 0 : PROC_STATUS.idle, 0);
        this.#threadOfP.delete(p);
        return;
      }
      case EV.gcStart:
        put(KIND.GCBegin, -1, 0, x[0], 0);
        return;
      case EV.gcDone:
        put(KIND.GCEnd, -1, 0, 0, 0);
        return;
      case EV.stwStart: {
        const reason = this.#version < 21 ? (x[0] <= 1 ? x[0] + 1 : 0) : x[0];
        this.#stop = this.#text(STOP_REASON[reason] ?? '');
        put(KIND.STWBegin, g, this.#stop, 0, 0);
        return;
      }
      case EV.stwDone:
        put(KIND.STWEnd, g, this.#stop, 0, 0);
        return;
      case EV.sweepStart:
        put(KIND.GCSweepBegin, p, 0, 0, 0);
        return;
      case EV.sweepDone:
        put(KIND.GCSweepEnd, p, 0, x[0], x[1]);
        return;
      case EV.goCreate:
        if (this.#before !== null) {
          this.#before.add(x[0]);
          return;
        }
        put(KIND.GoCreate, this.#slot(x[0]), 0, this.#stack(x[1]), 0);
        return;
      case EV.goStart:
      case EV.goStartLabel:
        if (this.#before?.delete(x[0])) put(KIND.GoStatus, g, 0, GO_STATUS.running, 0);
        else if (this.#before !== null && e.type === EV.goStart) put(KIND.GoStatus, g, 0, GO_STATUS.running, 0);
        else put(KIND.GoStart, g, 0, 0, 0, p, -1);
        if (e.type === EV.goStartLabel) put(KIND.GoLabel, g, Math.max(0, this.#of.textIds.get(x[2])), 0, 0);
        return;
      case EV.goEnd:
        put(KIND.GoDestroy, g, 0, 0, 0);
        if (g >= 0) this.goroutines.end(g);
        return;
      case EV.goSched:
        put(KIND.GoStop, g, this.#text('runtime.Gosched'), 0, 0);
        return;
      case EV.goPreempt:
        put(KIND.GoStop, g, this.#text('preempted'), 0, 0);
        return;
      case EV.goUnblock:
        put(KIND.GoUnblock, this.#slot(x[0]), 0, 0, 0);
        return;
      case EV.goSysCall:
        put(KIND.GoSyscallBegin, g, 0, 0, 0);
        // the old tracer writes nothing when a call that did not block is over: it is given as short as can be
        if (!blocks()) putEvent(this.columns, this.columns.length++, KIND.GoSyscallEnd, ++this.last, m, p, g, g, 0, 0, 0, 0, -1);
        return;
      case EV.goSysExit:
        if (x[2] === 0) this.#put(KIND.GoSyscallEndBlocked, ticks, -1, -1, g, g, 0, 0, 0, 0, offset);
        return;
      case EV.goWaiting:
      case EV.goInSyscall:
        this.#before?.delete(x[0]);
        put(KIND.GoStatus, g, 0, e.type === EV.goWaiting ? GO_STATUS.waiting : GO_STATUS.syscall, 0);
        return;
      case EV.heapAlloc:
        put(KIND.HeapAlloc, -1, 0, x[0], 0);
        return;
      case EV.heapGoal:
        put(KIND.HeapGoal, -1, 0, x[0], 0);
        return;
      case EV.assistStart:
        put(KIND.GCMarkAssistBegin, g, 0, 0, 0);
        return;
      case EV.assistDone:
        put(KIND.GCMarkAssistEnd, g, 0, 0, 0);
        return;
      case EV.taskCreate: {
        const text = Math.max(0, this.#of.textIds.get(x[2]));
        if (this.#tasks.size < MOST_EXITS) this.#tasks.set(x[0], { text, parent: x[1] });
        put(KIND.UserTaskBegin, -1, text, x[0], x[1]);
        return;
      }
      case EV.taskEnd: {
        const task = this.#tasks.get(x[0]);
        this.#tasks.delete(x[0]);
        put(KIND.UserTaskEnd, -1, task?.text ?? 0, x[0], task?.parent ?? 0);
        return;
      }
      case EV.region:
        put(x[1] === 0 ? KIND.UserRegionBegin : KIND.UserRegionEnd, g, Math.max(0, this.#of.textIds.get(x[2])), x[0], 0);
        return;
      case EV.log: {
        const bytes = new Uint8Array(e.textLength);
        readFully(this.#source, e.textOffset, bytes);
        put(KIND.UserLog, -1, this.#of.texts.add(bytes, 0, bytes.length), x[0], Math.max(0, this.#of.textIds.get(x[1])));
        return;
      }
      case EV.cpuSample:
        this.#put(KIND.CPUSample, ticks, -1, p, e.goroutine === 0 ? -1 : this.goroutines.ids.get(e.goroutine), -1, stack, 0, e.goroutine === 0 ? -1 : e.goroutine, 0, -1);
        return;
      case EV.goSysBlock:
      case EV.futileWakeup:
        return;
      default: {
        const reason = BLOCK_REASON[e.type];
        if (reason !== undefined) put(KIND.GoBlock, g, this.#text(reason), 0, 0);
      }
    }
  }

  /** A goroutine's slot; one that was never told of begins here. */
  #slot(id: number): number {
    const known = this.goroutines.ids.get(id);
    return known >= 0 ? known : this.goroutines.begin(id, GO_STATUS.undetermined, 1);
  }

  #stack(id: number): number {
    if (id === 0) return 0;
    const stack = this.#of.stackIds.get(id);
    if (stack >= 0) return stack;
    this.missing++;
    return 0;
  }

  readonly #own = new Map<string, number>();

  #text(text: string): number {
    const known = this.#own.get(text);
    if (known !== undefined) return known;
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    const id = this.#of.texts.add(bytes, 0, bytes.length);
    this.#own.set(text, id);
    return id;
  }

  #put(kind: number, ticks: number, thread: number, proc: number, goroutine: number, subject: number, stack: number, text: number, a: number, b: number, offset: number): void {
    const at = Math.floor((ticks - this.#exits.first) * this.#nsPerTick);
    this.last = at > this.last ? at : this.last + 1;
    putEvent(this.columns, this.columns.length++, kind, this.last, thread, proc, goroutine, subject, stack, text, a, b, offset);
  }
}

export function streamFirstFormat(source: ByteSource, version: number, of: Survey, info: GenerationInfo, sink: TraceSink): StreamResult {
  const tables = new TraceTables(of.texts, of.stacks);
  let events = 0;
  let stopped = false;
  let missing = 0;
  const result = (broken: StreamResult['broken']): StreamResult => ({
    events,
    tables,
    broken,
    gaps: [],
    stopped,
    missing,
    regionMisuse: 0,
    brokenTables: 0,
    tablesFull: tables.texts.full || tables.stacks.full,
  });
  const exits = exitsOf(source, version, of);
  if ('what' in exits) return result({ generation: 0, ...exits });
  const translation = new Translation(source, version, of, exits, tables);
  const { columns } = translation;
  const give = (): boolean => {
    missing = translation.missing;
    if (columns.length > 0) {
      events += columns.length;
      if (sink.events(columns, tables) === false) stopped = true;
      columns.length = 0;
    }
    translation.settle();
    return !stopped;
  };
  translation.settle();
  sink.generation?.(info, tables);
  translation.sync(0, -1);
  const broken = orderEvents(source, version, of, (e, blocks) => {
    while (!translation.exitsBefore(e.ticks)) if (!give()) return false;
    if (translation.settingUp && e.type === EV.gomaxprocs) {
      for (let id = translation.leftover(); id !== null; id = translation.leftover()) {
        translation.giveLeftover(id, e.ticks);
        if (translation.full && !give()) return false;
      }
      translation.endSetUp();
      return true;
    }
    translation.add(e, blocks);
    return !translation.full || give();
  });
  while (!stopped && !translation.exitsBefore(Number.POSITIVE_INFINITY)) give();
  if (stopped) return result(null);
  if (broken === null) translation.sync(1, translation.last + 1);
  give();
  return result(broken === null ? null : { generation: 0, ...broken });
}
