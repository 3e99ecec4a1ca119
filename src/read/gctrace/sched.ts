/**
 * What schedtrace and scheddetail say of the scheduler at one moment.
 * Written by: runtime/proc.go schedtrace, Go 1.11 to 1.27.
 *   SCHED 1006ms: gomaxprocs=2 idleprocs=0 threads=6 spinningthreads=0 needspinning=0 idlethreads=2 runqueue=7 [ 1 0 ] schedticks=[ 9 4 ]
 *   SCHED 1006ms: gomaxprocs=2 … runqueue=7 gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false     (scheddetail; 0 and 1 before Go 1.19)
 *     P0: status=1 schedtick=9 syscalltick=2 m=0 runqsize=1 gfreecnt=3 timerslen=0                         (timerslen since Go 1.14)
 *     M3: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=true lockedg=nil
 *     G7: status=4(chan receive) m=nil lockedm=nil
 * "nothing" is nil, and -1 before Go 1.20. None of it is read at one instant: the runtime prints while the program goes on.
 */

export interface SchedProc {
  readonly id: number;
  readonly status: 'idle' | 'running' | 'syscall' | 'gcstop' | 'dead' | 'unknown';
  readonly schedtick: number;
  readonly syscalltick: number;
  /** Thread it is given to; null: none. */
  readonly m: number | null;
  readonly runqsize: number;
  /** Timers it keeps; null before Go 1.14. */
  readonly timers: number | null;
}

export interface SchedThread {
  readonly id: number;
  readonly p: number | null;
  /** Goroutine it runs; null: none. */
  readonly curg: number | null;
  readonly locks: number;
  readonly spinning: boolean;
  /** Parked in the runtime, without work. A thread in a system call or in C is not. */
  readonly blocked: boolean;
  /** Goroutine that runtime.LockOSThread bound to it. */
  readonly lockedg: number | null;
}

/** Goroutines of one status and wait reason: counted, for there may be very many. */
export interface SchedGoroutines {
  readonly status: 'idle' | 'runnable' | 'running' | 'syscall' | 'waiting' | 'dead' | 'copystack' | 'preempted' | 'leaked' | 'unknown';
  /** Of a goroutine that does not wait, what it last waited for. */
  readonly reason: string;
  count: number;
  /** Of them with a thread. */
  withThread: number;
}

export interface SchedDetail {
  readonly gcwaiting: boolean;
  readonly nmidlelocked: number;
  readonly stopwait: number;
  readonly sysmonwait: boolean;
  readonly procs: readonly SchedProc[];
  readonly threads: readonly SchedThread[];
  readonly goroutines: readonly SchedGoroutines[];
}

export interface SchedFigures {
  readonly atMs: number;
  readonly gomaxprocs: number;
  readonly idleprocs: number;
  readonly threads: number;
  readonly spinningthreads: number;
  /** null before Go 1.20. */
  readonly needspinning: number | null;
  readonly idlethreads: number;
  /** Goroutines in the global run queue. */
  readonly runqueue: number;
  /** Local run queue of each P; with scheddetail from its P lines. */
  readonly queues: readonly number[];
  /** Goroutines each P has started since the program began (wraps at 2³²); [] before Go 1.25, with scheddetail from its P lines. */
  readonly schedticks: readonly number[];
  /** null without scheddetail. */
  readonly detail: SchedDetail | null;
}

const SCHED = /^SCHED (\d{1,15})ms: gomaxprocs=/;
const P = /^P(\d{1,6}): status=(\d{1,3}) /;
const M = /^M(\d{1,9}): p=/;
const G = /^G(\d{1,19}): status=(\d{1,5})\(([^\n]{0,80}?)\) m=(\S{1,20}) lockedm=/;

const PROC_STATUS = ['idle', 'running', 'syscall', 'gcstop', 'dead'] as const;
const G_STATUS = ['idle', 'runnable', 'running', 'syscall', 'waiting', 'unknown', 'dead', 'unknown', 'copystack', 'preempted', 'leaked', 'dead'] as const;
/** Bit of a status while the collector scans the stack. */
const SCAN = 0x1000;
/** Kinds of waiting goroutines kept a moment: reasons are a fixed list of some fifty. */
const KINDS_CAP = 256;
const THREADS_CAP = 100_000;
const PROCS_CAP = 4096;

export interface SchedUnderWay extends SchedFigures {
  queues: number[];
  schedticks: number[];
  detail: { gcwaiting: boolean; nmidlelocked: number; stopwait: number; sysmonwait: boolean; procs: SchedProc[]; threads: SchedThread[]; goroutines: SchedGoroutines[] } | null;
}

/** null when the text is no SCHED line, or one that breaks off before its run queue. */
export function schedLine(text: string): SchedUnderWay | null {
  const head = SCHED.exec(text);
  if (head === null) return null;
  const gomaxprocs = field(text, 'gomaxprocs');
  const runqueue = field(text, 'runqueue');
  if (gomaxprocs === null || runqueue === null) return null;
  const ticks = text.indexOf(' schedticks=[');
  const queue = text.indexOf('[', text.indexOf(' runqueue='));
  return {
    atMs: Number(head[1]),
    gomaxprocs,
    idleprocs: field(text, 'idleprocs') ?? 0,
    threads: field(text, 'threads') ?? 0,
    spinningthreads: field(text, 'spinningthreads') ?? 0,
    needspinning: field(text, 'needspinning'),
    idlethreads: field(text, 'idlethreads') ?? 0,
    runqueue,
    queues: queue >= 0 && (ticks < 0 || queue < ticks) ? numbersAt(text, queue) : [],
    schedticks: ticks < 0 ? [] : numbersAt(text, ticks + ' schedticks='.length),
    detail:
      word(text, 'gcwaiting') === null
        ? null
        : {
            gcwaiting: flag(text, 'gcwaiting'),
            nmidlelocked: field(text, 'nmidlelocked') ?? 0,
            stopwait: field(text, 'stopwait') ?? 0,
            sysmonwait: flag(text, 'sysmonwait'),
            procs: [],
            threads: [],
            goroutines: [],
          },
  };
}

/** Adds what a P, M or G line says, from its letter on, to the SCHED line it belongs to: nothing where it is none of them, or there is none. */
export function detailLine(text: string, to: SchedUnderWay | null): void {
  const detail = to?.detail ?? null;
  if (to === null || detail === null) return;
  const p = P.exec(text);
  if (p !== null) {
    const id = Number(p[1]);
    // they come in order; one that does not belongs to other text
    if (id !== detail.procs.length || id >= PROCS_CAP) return;
    const runqsize = field(text, 'runqsize') ?? 0;
    const schedtick = field(text, 'schedtick') ?? 0;
    detail.procs.push({
      id,
      status: PROC_STATUS[Number(p[2])] ?? 'unknown',
      schedtick,
      syscalltick: field(text, 'syscalltick') ?? 0,
      m: idOf(text, 'm'),
      runqsize,
      timers: field(text, 'timerslen'),
    });
    to.queues.push(runqsize);
    to.schedticks.push(schedtick);
    return;
  }
  const m = M.exec(text);
  if (m !== null) {
    if (detail.threads.length < THREADS_CAP)
      detail.threads.push({
        id: Number(m[1]),
        p: idOf(text, 'p'),
        curg: idOf(text, 'curg'),
        locks: field(text, 'locks') ?? 0,
        spinning: flag(text, 'spinning'),
        blocked: flag(text, 'blocked'),
        lockedg: idOf(text, 'lockedg'),
      });
    return;
  }
  const g = G.exec(text);
  if (g === null) return;
  const code = Number(g[2]);
  const status = G_STATUS[code >= SCAN ? code - SCAN : code] ?? 'unknown';
  const reason = g[3] as string;
  const known = detail.goroutines.find((k) => k.status === status && k.reason === reason);
  const withThread = g[4] === 'nil' || g[4] === '-1' ? 0 : 1;
  if (known !== undefined) {
    known.count++;
    known.withThread += withThread;
  } else if (detail.goroutines.length < KINDS_CAP) detail.goroutines.push({ status, reason, count: 1, withThread });
}

function word(text: string, name: string): string | null {
  const at = text.indexOf(` ${name}=`);
  if (at < 0) return null;
  const from = at + name.length + 2;
  const end = text.indexOf(' ', from);
  return text.slice(from, Math.min(end < 0 ? text.length : end, from + 24));
}

function field(text: string, name: string): number | null {
  const w = word(text, name);
  return w !== null && /^-?\d{1,19}$/.test(w) ? Number(w) : null;
}

/** A number, where nothing is nil or -1. */
function idOf(text: string, name: string): number | null {
  const n = field(text, name);
  return n === null || n < 0 ? null : n;
}

const flag = (text: string, name: string): boolean => {
  const w = word(text, name);
  return w === 'true' || w === '1';
};

function numbersAt(text: string, open: number): number[] {
  const close = text.indexOf(']', open);
  if (close < 0) return [];
  return text
    .slice(open + 1, close)
    .trim()
    .split(/\s+/)
    .map(Number)
    .filter((n) => Number.isFinite(n));
}
