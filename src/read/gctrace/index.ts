/**
 * Reads what the Go runtime prints about itself with GODEBUG=gctrace=1, schedtrace=N, scheddetail=1 and scavtrace=1, within any log.
 * Written by: runtime/mgc.go gcMarkTermination, runtime/proc.go schedtrace, runtime/mgcscavenge.go printScavTrace, Go 1.17 to 1.27.
 * Samples:  gc 3 @0.005s 2%: 0.24+0.47+0.003 ms clock, 0.48+0.024/0.071/0.22+0.007 ms cpu, 3->4->2 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P
 *           SCHED 1006ms: gomaxprocs=2 idleprocs=0 threads=6 spinningthreads=0 needspinning=0 idlethreads=2 runqueue=7 [ 1 0 ] schedticks=[ 9 4 ]
 *             P0: status=1 schedtick=9 syscalltick=2 m=0 runqsize=1 …        (scheddetail)
 *           scav 0 KiB work (bg), 0 KiB work (eager), 3424 KiB now, 93% util (forced)
 * Units:    atSeconds since the program began; ms; MB are MiB rounded down; util in per cent of retained heap.
 * Lives:    cycle numbers and times that begin again are another process (a restart in one log); each record says which life it is of.
 * Problems: none of its own: what does not parse is not such a line. Never throws on input.
 * Not read: gctrace=2's statistics, M and G lines of scheddetail (counted), the summed cpu of idle marking by worker.
 */
import { decodeLatin1, type Reader, type Span } from '../../model/index.ts';
import { logicalLines } from '../lib/lines.ts';
import { holdsAny } from '../lib/raw-lines.ts';

interface Line {
  readonly life: number;
  /** As the log's driver wrote it; null without one. */
  readonly time: string | null;
  readonly span: Span;
}

export interface GcCycle extends Line {
  readonly number: number;
  readonly atSeconds: number;
  /** Share of all CPU time since the start that collections took. */
  readonly percent: number;
  /** Stop the world before, concurrent mark, stop the world after. */
  readonly clockMs: readonly [number, number, number];
  readonly cpuMs: { readonly before: number; readonly assist: number; readonly background: number; readonly idle: number; readonly after: number };
  readonly startMb: number;
  /** At the end of marking: above the goal means the program allocated faster than the collector marked. */
  readonly endMb: number;
  readonly liveMb: number;
  readonly goalMb: number;
  /** null before Go 1.18. */
  readonly stacksMb: number | null;
  readonly globalsMb: number | null;
  readonly procs: number;
  readonly forced: boolean;
}

export interface SchedState extends Line {
  readonly atMs: number;
  readonly gomaxprocs: number;
  readonly idleprocs: number;
  readonly threads: number;
  readonly idlethreads: number;
  readonly runqueue: number;
  /** Local run queue of each P. */
  readonly queues: readonly number[];
}

export interface Scavenge extends Line {
  readonly backgroundKib: number;
  readonly eagerKib: number;
  /** Returned to the system by now. */
  readonly releasedKib: number;
  readonly utilPercent: number;
  readonly forced: boolean;
}

export interface GcTrace {
  readonly lives: number;
  readonly cycles: readonly GcCycle[];
  readonly sched: readonly SchedState[];
  readonly scavenges: readonly Scavenge[];
}

const NUMBER = '(\\d{1,15}(?:\\.\\d{1,9})?)';
const GC = new RegExp(
  `^gc (\\d{1,12}) @${NUMBER}s (\\d{1,3})%(?: \\([a-z ]{1,60}\\))?: ${NUMBER}\\+${NUMBER}\\+${NUMBER} ms clock, ` +
    `${NUMBER}\\+${NUMBER}/${NUMBER}/${NUMBER}\\+${NUMBER} ms cpu, (\\d{1,12})->(\\d{1,12})->(\\d{1,12}) MB, (\\d{1,12}) MB goal, ` +
    '(?:(\\d{1,12}) MB stacks, (\\d{1,12}) MB globals, )?(\\d{1,6}) P( \\(forced\\))?',
);
const SCAV = /^scav (?:(\d{1,15}) KiB work \(bg\), (\d{1,15}) KiB work \(eager\), (\d{1,15}) KiB now|(\d{1,15}) KiB work, (\d{1,15}) KiB total), (\d{1,3})% util( \(forced\))?/;
const SCHED = /^SCHED (\d{1,15})ms: gomaxprocs=/;
const P_LINE = /^ {1,4}P(\d{1,6}): status=/;

/** Longer lines are data with such words in it. */
const LINE_MOST = 64 * 1024;
const NEEDLES = [' ms clock, ', 'ms: gomaxprocs=', '% util'];

export const gctrace: Reader<GcTrace> = {
  id: 'gctrace',
  title: 'GODEBUG lines of the Go runtime (gctrace, schedtrace, scavtrace)',
  takes: 'embedded',
  sniff: () => ({ confidence: 0, reached: 0, why: 'looked for inside every text' }),
  mayHold: (artifact) => holdsAny(artifact.source, NEEDLES),

  read(artifact) {
    const cycles: GcCycle[] = [];
    const sched: SchedState[] = [];
    const scavenges: Scavenge[] = [];
    let life = 0;
    let lastGc = 0;
    let lastSched = -1;
    for (const line of logicalLines(artifact)) {
      const n = line.text.length;
      if (n < 10 || n > LINE_MOST) continue;
      const at = candidate(line.text);
      if (at < 0) continue;
      const text = decodeLatin1(line.text.subarray(at));
      const base = { time: line.time, span: line.span };
      const gc = GC.exec(text);
      if (gc !== null) {
        const number = Number(gc[1]);
        if (number <= lastGc) {
          life++;
          lastSched = -1;
        }
        lastGc = number;
        const v = (i: number): number => Number(gc[i]);
        cycles.push({
          ...base,
          life,
          number,
          atSeconds: v(2),
          percent: v(3),
          clockMs: [v(4), v(5), v(6)],
          cpuMs: { before: v(7), assist: v(8), background: v(9), idle: v(10), after: v(11) },
          startMb: v(12),
          endMb: v(13),
          liveMb: v(14),
          goalMb: v(15),
          stacksMb: gc[16] === undefined ? null : v(16),
          globalsMb: gc[17] === undefined ? null : v(17),
          procs: v(18),
          forced: gc[19] !== undefined,
        });
        continue;
      }
      const scav = SCAV.exec(text);
      if (scav !== null) {
        const v = (i: number): number => Number(scav[i] ?? 0);
        scavenges.push({
          ...base,
          life,
          backgroundKib: scav[1] === undefined ? v(4) : v(1),
          eagerKib: v(2),
          releasedKib: scav[3] === undefined ? v(5) : v(3),
          utilPercent: v(6),
          forced: scav[7] !== undefined,
        });
        continue;
      }
      const head = SCHED.exec(text);
      if (head !== null) {
        const atMs = Number(head[1]);
        if (atMs < lastSched) {
          life++;
          lastGc = 0;
        }
        lastSched = atMs;
        const state = schedState(text, atMs);
        if (state !== null) sched.push({ ...base, life, ...state });
        continue;
      }
      const p = P_LINE.exec(text);
      const last = sched.at(-1);
      if (p !== null && last !== undefined && last.queues.length === Number(p[1])) {
        const size = / runqsize=(\d{1,9})/.exec(text);
        if (size !== null) (last.queues as number[]).push(Number(size[1]));
      }
    }
    const found = cycles.length + sched.length + scavenges.length > 0;
    return { model: found ? { lives: life + 1, cycles, sched, scavenges } : null, problems: found ? [] : [nothing] };
  },
};

const nothing = {
  code: 'gctrace/none',
  severity: 'note' as const,
  place: null,
  what: 'no line of gctrace, schedtrace or scavtrace was found',
  why: 'the words occur, but not as the Go runtime writes them',
  next: 'run the program with GODEBUG=gctrace=1 and keep its standard error',
};

/** Where in a line one of the texts may begin: first of "gc N @", "SCHED N", "scav N", or a P line of scheddetail. −1 for most lines. */
function candidate(text: Uint8Array): number {
  if (text[0] === 0x20) {
    let i = 0;
    while (text[i] === 0x20 && i < 4) i++;
    if (text[i] === 0x50 && isDigit(text[i + 1])) return 0;
  }
  for (let i = 0; i + 6 < text.length; i++) {
    const c = text[i]!;
    if (c === 0x67 && text[i + 1] === 0x63 && text[i + 2] === 0x20 && isDigit(text[i + 3])) return i;
    if (c === 0x53 && text[i + 1] === 0x43 && text[i + 2] === 0x48 && text[i + 3] === 0x45 && text[i + 4] === 0x44 && isDigit(text[i + 6])) return i;
    if (c === 0x73 && text[i + 1] === 0x63 && text[i + 2] === 0x61 && text[i + 3] === 0x76 && text[i + 4] === 0x20 && isDigit(text[i + 5])) return i;
  }
  return -1;
}

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39;

function schedState(text: string, atMs: number): Omit<SchedState, keyof Line> | null {
  const field = (name: string): number | null => {
    const at = text.indexOf(` ${name}=`);
    const digits = at < 0 ? null : /^\d{1,12}/.exec(text.slice(at + name.length + 2, at + name.length + 16));
    return digits === null ? null : Number(digits[0]);
  };
  const gomaxprocs = field('gomaxprocs');
  const runqueue = field('runqueue');
  if (gomaxprocs === null || runqueue === null) return null;
  const open = text.indexOf('[', text.indexOf(' runqueue='));
  const close = open < 0 ? -1 : text.indexOf(']', open);
  const ticks = text.indexOf('schedticks=');
  const local = open >= 0 && close > open && (ticks < 0 || open < ticks);
  return {
    atMs,
    gomaxprocs,
    idleprocs: field('idleprocs') ?? 0,
    threads: field('threads') ?? 0,
    idlethreads: field('idlethreads') ?? 0,
    runqueue,
    queues: local
      ? text
          .slice(open + 1, close)
          .trim()
          .split(/\s+/)
          .map(Number)
          .filter((n) => Number.isFinite(n))
      : [],
  };
}
