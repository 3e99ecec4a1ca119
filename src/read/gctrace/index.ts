/**
 * Reads what the Go runtime prints about itself with GODEBUG=gctrace=1, schedtrace=N, scheddetail=1, scavtrace=1 and inittrace=1, within any log.
 * Written by: runtime/mgc.go gcMarkTermination, runtime/proc.go schedtrace (sched.ts) and doInit1, runtime/mgcscavenge.go printScavTrace,
 * Go 1.11 to 1.27 (testdata: 1.11, 1.13, 1.17, 1.20, 1.22, 1.24, 1.26, 1.27).
 * Samples:  gc 3 @0.005s 2%: 0.24+0.47+0.003 ms clock, 0.48+0.024/0.071/0.22+0.007 ms cpu, 3->4->2 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P
 *           SCHED 1006ms: gomaxprocs=2 idleprocs=0 threads=6 spinningthreads=0 needspinning=0 idlethreads=2 runqueue=7 [ 1 0 ] schedticks=[ 9 4 ]
 *           scav 0 KiB work (bg), 0 KiB work (eager), 3424 KiB now, 93% util (forced)
 *           init net/http @2.1 ms, 0.30 ms clock, 36888 bytes, 452 allocs
 * Units:    atSeconds since the program began; ms; MB are MiB rounded down; util in per cent of retained heap.
 * Lives:    cycle numbers and times of one writer that begin again are another process (a restart in one log); each record says which life it is of.
 * Problems: none of its own: what does not parse is not such a line. Never throws on input.
 * Not read: gctrace=2's statistics, gcpacertrace, the scvg lines of Go 1.12 and before, the summed cpu of idle marking by worker.
 */
import { decodeLatin1, type Reader, type Span } from '../../model/index.ts';
import { logicalLines } from '../lib/lines.ts';
import { holdsAny, needles } from '../lib/needles.ts';
import { detailLine, type SchedFigures, type SchedUnderWay, schedLine } from './sched.ts';

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

export interface SchedState extends Line, SchedFigures {}

export interface Scavenge extends Line {
  readonly backgroundKib: number;
  readonly eagerKib: number;
  /** Returned to the system by now. */
  readonly releasedKib: number;
  readonly utilPercent: number;
  readonly forced: boolean;
}

/** What the initialisation of one package took. */
export interface PackageInit extends Line {
  readonly package: string;
  readonly atMs: number;
  readonly clockMs: number;
  readonly bytes: number;
  readonly allocs: number;
}

export interface GcTrace {
  readonly lives: number;
  readonly cycles: readonly GcCycle[];
  readonly sched: readonly SchedState[];
  readonly scavenges: readonly Scavenge[];
  readonly inits: readonly PackageInit[];
}

const NUMBER = '(\\d{1,15}(?:\\.\\d{1,9})?)';
const GC = new RegExp(
  `^gc (\\d{1,12}) @${NUMBER}s (\\d{1,3})%(?: \\([a-z ]{1,60}\\))?: ${NUMBER}\\+${NUMBER}\\+${NUMBER} ms clock, ` +
    `${NUMBER}\\+${NUMBER}/${NUMBER}/${NUMBER}\\+${NUMBER} ms cpu, (\\d{1,12})->(\\d{1,12})->(\\d{1,12}) MB, (\\d{1,12}) MB goal, ` +
    '(?:(\\d{1,12}) MB stacks, (\\d{1,12}) MB globals, )?(\\d{1,6}) P( \\(forced\\))?',
);
const SCAV = /^scav (?:(\d{1,15}) KiB work \(bg\), (\d{1,15}) KiB work \(eager\), (\d{1,15}) KiB now|(\d{1,15}) KiB work, (\d{1,15}) KiB total), (\d{1,3})% util( \(forced\))?/;
const INIT = new RegExp(`^init (\\S{1,512}) @${NUMBER} ms, ${NUMBER} ms clock, (\\d{1,15}) bytes, (\\d{1,15}) allocs$`);

/** Longer lines are data with such words in it. */
const LINE_MOST = 64 * 1024;
const NEEDLES = needles(' ms clock, ', 'ms: gomaxprocs=', '% util');
/** Writers told apart in one log: beyond this the last one's life goes on. */
const WRITERS_CAP = 1024;

export const gctrace: Reader<GcTrace> = {
  id: 'gctrace',
  title: 'GODEBUG lines of the Go runtime (gctrace, schedtrace, scavtrace, inittrace)',
  takes: 'embedded',
  sniff: () => ({ confidence: 0, reached: 0, why: 'looked for inside every text' }),
  mayHold: (artifact) => holdsAny(artifact.source, NEEDLES),

  read(artifact) {
    const cycles: GcCycle[] = [];
    const sched: SchedState[] = [];
    const scavenges: Scavenge[] = [];
    const inits: PackageInit[] = [];
    const writers = new Map<string, Writer>();
    let lives = 0;
    for (const line of logicalLines(artifact)) {
      const n = line.text.length;
      if (n < 10 || n > LINE_MOST) continue;
      const at = candidate(line.text);
      if (at < 0) continue;
      const text = decodeLatin1(line.text.subarray(at));
      const key = line.writer ?? '';
      let w = writers.get(key);
      if (w === undefined) {
        w = { life: -1, lastGc: 0, lastSched: -1, open: null };
        if (writers.size < WRITERS_CAP) writers.set(key, w);
      }
      // the life begins with the first line that proves to be one
      const begin = (again: boolean): number => {
        if (w.life < 0 || again) {
          w.life = lives++;
          w.lastGc = 0;
          w.lastSched = -1;
          w.open = null;
        }
        return w.life;
      };
      const base = { time: line.time, span: line.span };
      const gc = GC.exec(text);
      if (gc !== null) {
        const number = Number(gc[1]);
        const life = begin(number <= w.lastGc);
        w.lastGc = number;
        cycles.push({ ...base, life, number, ...cycleOf(gc) });
        continue;
      }
      const scav = SCAV.exec(text);
      if (scav !== null) {
        scavenges.push({ ...base, life: begin(false), ...scavengeOf(scav) });
        continue;
      }
      const state = schedLine(text);
      if (state !== null) {
        const life = begin(state.atMs < w.lastSched);
        w.lastSched = state.atMs;
        w.open = state;
        // it grows by its P, M and G lines
        sched.push(Object.assign(state, base, { life }));
        continue;
      }
      const init = INIT.exec(text);
      if (init !== null) {
        const v = (i: number): number => Number(init[i]);
        inits.push({ ...base, life: begin(false), package: init[1] as string, atMs: v(2), clockMs: v(3), bytes: v(4), allocs: v(5) });
        continue;
      }
      detailLine(text, w.open);
    }
    const found = cycles.length + sched.length + scavenges.length + inits.length > 0;
    return { model: found ? { lives, cycles, sched, scavenges, inits } : null, problems: found ? [] : [nothing] };
  },
};

interface Writer {
  life: number;
  lastGc: number;
  lastSched: number;
  /** The moment that P, M and G lines belong to. */
  open: SchedUnderWay | null;
}

function cycleOf(gc: RegExpExecArray): Omit<GcCycle, keyof Line | 'number'> {
  const v = (i: number): number => Number(gc[i]);
  return {
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
  };
}

function scavengeOf(scav: RegExpExecArray): Omit<Scavenge, keyof Line> {
  const v = (i: number): number => Number(scav[i] ?? 0);
  return {
    backgroundKib: scav[1] === undefined ? v(4) : v(1),
    eagerKib: v(2),
    releasedKib: scav[3] === undefined ? v(5) : v(3),
    utilPercent: v(6),
    forced: scav[7] !== undefined,
  };
}

const nothing = {
  code: 'gctrace/none',
  severity: 'note' as const,
  place: null,
  what: 'no line of gctrace, schedtrace, scavtrace or inittrace was found',
  why: 'the words occur, but not as the Go runtime writes them',
  next: 'run the program with GODEBUG=gctrace=1 and keep its standard error',
};

/** Where in a line one of the texts may begin: first of "gc N @", "SCHED N", "scav N", "init PKG @", or a P, M or G line of scheddetail. −1 for most lines. */
function candidate(text: Uint8Array): number {
  for (let i = 0; i + 6 < text.length; i++) {
    const c = text[i]!;
    if (c === 0x67) {
      if (text[i + 1] === 0x63 && text[i + 2] === 0x20 && isDigit(text[i + 3])) return i;
    } else if (c === 0x53) {
      if (text[i + 1] === 0x43 && text[i + 2] === 0x48 && text[i + 3] === 0x45 && text[i + 4] === 0x44 && isDigit(text[i + 6])) return i;
    } else if (c === 0x73) {
      if (text[i + 1] === 0x63 && text[i + 2] === 0x61 && text[i + 3] === 0x76 && text[i + 4] === 0x20 && isDigit(text[i + 5])) return i;
    } else if (c === 0x69) {
      // a log line may well hold the word: only the line's whole form is one
      if (text[i + 1] === 0x6e && text[i + 2] === 0x69 && text[i + 3] === 0x74 && text[i + 4] === 0x20 && endsWith(text, ' allocs')) return i;
    } else if ((c === 0x50 || c === 0x4d || c === 0x47) && isDigit(text[i + 1]) && (i === 0 || text[i - 1] === 0x20)) {
      let end = i + 2;
      while (isDigit(text[end])) end++;
      if (text[end] === 0x3a && text[end + 1] === 0x20) return i;
    }
  }
  return -1;
}

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39;

function endsWith(text: Uint8Array, what: string): boolean {
  for (let i = 0; i < what.length; i++) if (text[text.length - what.length + i] !== what.charCodeAt(i)) return false;
  return true;
}
