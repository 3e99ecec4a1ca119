/**
 * Reads the reports of Go's race detector wherever they stand in a text: stderr, test output, a log under driver prefixes.
 * Written by: compiler-rt/lib/tsan/rtl/tsan_report.cpp (Go branch), linked into programs built with -race; Go 1.19 to 1.27 (testdata: 1.21, 1.26).
 * Sample:   ==================
 *           WARNING: DATA RACE
 *           Read at 0x00c000094038 by goroutine 8:
 *             main.(*order).add()
 *                 shop/races/main.go:13 +0x85
 * Units:    addresses hold within one process life only.
 * Problems: race-report/truncated, race-report/no-stack. Never throws on input.
 * Not read: GORACE log files' names; the rest of the test output in between.
 */
import { decodeText, type Problem, placeAt, type Reader, type Span } from '../../model/index.ts';
import type { Frame } from '../lib/goroutines/table.ts';
import { logicalLines } from '../lib/lines.ts';
import { holdsAny, needles } from '../lib/needles.ts';

export interface RaceAccess {
  readonly what: 'read' | 'write';
  readonly atomic: boolean;
  readonly previous: boolean;
  readonly address: string;
  /** 0: the main goroutine. */
  readonly goroutine: number;
  /** Innermost first; [] where the detector could not restore the stack. */
  readonly frames: readonly Frame[];
  readonly span: Span;
}

export interface RaceGoroutine {
  readonly id: number;
  readonly status: 'running' | 'finished';
  readonly frames: readonly Frame[];
}

export interface RaceReport {
  readonly kind: 'race' | 'deadlock';
  readonly accesses: readonly RaceAccess[];
  readonly goroutines: readonly RaceGoroutine[];
  /** "Heap block of size 16 at 0x… allocated by …", "Global var total of size 8 at 0x… declared at /src/main.go:9"; null without one. */
  readonly location: string | null;
  readonly span: Span;
  readonly decoders: readonly string[];
  readonly writer: string | null;
  readonly complete: boolean;
}

export interface RaceReports {
  readonly reports: readonly RaceReport[];
  /** From "Found N data race(s)". */
  readonly found: number | null;
  /** Tests that failed for a race. */
  readonly failedTests: number;
}

const BAR = '==================';
const WARNING = /^WARNING: (DATA RACE|DEADLOCK)/;
const ACCESS = /^(Previous )?(atomic )?(read|write) at (0x[0-9a-f]{1,16}) by (?:goroutine (\d{1,19})|main goroutine):$/i;
const GOROUTINE = /^Goroutine (\d{1,19}) \((running|finished)\) created at:$/;
const LOCATION = /^(?:Heap block of size \d|Global var \S|Location is )/;
const FILE = /^\s{6,}(.{1,4096}):(\d{1,9})(?: \+0x[0-9a-f]{1,16})?$/;
/** The detector writes no arguments; methods hold parentheses of their own: `ledger.(*Book).add()`. */
const FUNCTION = /^\s{2}(\S.{0,4095})\(\)$/;
const FOUND = /^Found (\d{1,9}) data race\(s\)$/;
const FAILED = /^\s*testing\.go:\d{1,6}: race detected during execution of test$/;
const REPORTS_CAP = 10_000;
const FRAMES_CAP = 512;
const LINE_BYTES = 8 * 1024;

interface Open {
  kind: 'race' | 'deadlock';
  accesses: { what: 'read' | 'write'; atomic: boolean; previous: boolean; address: string; goroutine: number; frames: Frame[]; span: Span }[];
  goroutines: { id: number; status: 'running' | 'finished'; frames: Frame[] }[];
  location: string | null;
  offset: number;
  end: number;
  decoders: readonly string[];
  writer: string | null;
  frames: Frame[] | null;
  symbol: string | null;
}

const NEEDLES = needles('WARNING: DATA RACE', 'WARNING: DEADLOCK');

export const raceReport: Reader<RaceReports> = {
  id: 'race-report',
  title: 'race detector report',
  takes: 'embedded',

  sniff(head) {
    const at = decodeText(head).indexOf('WARNING: DATA RACE');
    return at < 0 ? { confidence: 0, reached: 0, why: 'no "WARNING: DATA RACE" in the first bytes' } : { confidence: 0.4, reached: at, why: 'holds a race report' };
  },

  mayHold: (artifact) => holdsAny(artifact.source, NEEDLES),

  read(artifact) {
    const reports: RaceReport[] = [];
    const problems: Problem[] = [];
    let found: number | null = null;
    let failedTests = 0;
    const opened = new Map<string, Open>();
    const close = (key: string, complete: boolean): void => {
      const o = opened.get(key);
      if (o === undefined) return;
      opened.delete(key);
      const span = { offset: o.offset, length: o.end - o.offset };
      reports.push({ kind: o.kind, accesses: o.accesses, goroutines: o.goroutines, location: o.location, span, decoders: o.decoders, writer: o.writer, complete });
      if (!complete)
        problems.push({
          code: 'race-report/truncated',
          severity: 'warning',
          place: placeAt(artifact.id, span, { decoders: o.decoders }),
          what: 'the race report does not end',
          why: 'the bar of equals signs that closes a report is missing: stacks may be incomplete',
          next: 'the whole output of the program or test',
        });
    };
    for (const line of logicalLines(artifact)) {
      if (reports.length >= REPORTS_CAP) break;
      const key = `${line.writer ?? ''} ${line.stream ?? ''}`;
      const text = decodeText(line.text.subarray(0, LINE_BYTES)).trimEnd();
      const warning = WARNING.exec(text);
      if (warning !== null) {
        close(key, false);
        if (opened.size > 256) break;
        opened.set(key, {
          kind: warning[1] === 'DEADLOCK' ? 'deadlock' : 'race',
          accesses: [],
          goroutines: [],
          location: null,
          offset: line.span.offset,
          end: line.span.offset + line.span.length,
          decoders: line.decoders,
          writer: line.writer,
          frames: null,
          symbol: null,
        });
        continue;
      }
      const o = opened.get(key);
      if (o === undefined) {
        const count = FOUND.exec(text);
        if (count !== null) found = (found ?? 0) + Number(count[1]);
        else if (FAILED.test(text)) failedTests++;
        continue;
      }
      if (text === BAR) {
        o.end = line.span.offset + line.span.length;
        close(key, true);
        continue;
      }
      if (take(o, text, line.span)) o.end = line.span.offset + line.span.length;
    }
    for (const key of [...opened.keys()]) close(key, false);
    reports.sort((a, b) => a.span.offset - b.span.offset);
    if (reports.length === 0) {
      problems.push({
        code: 'race-report/none',
        severity: 'note',
        place: null,
        what: 'no race report was found',
        why: 'the words occur, but not as the race detector writes them',
        next: 'nothing',
      });
      return { model: null, problems };
    }
    for (const r of reports)
      if (r.kind === 'race' && r.accesses.some((a) => a.frames.length === 0))
        problems.push({
          code: 'race-report/no-stack',
          severity: 'note',
          place: placeAt(artifact.id, r.span, { decoders: r.decoders }),
          what: 'one access of a race has no stack',
          why: 'the detector keeps a bounded history of each goroutine',
          next: 'run again with GORACE=history_size=7',
        });
    return { model: { reports, found, failedTests }, problems };
  },
};

function take(o: Open, text: string, span: Span): boolean {
  if (text === '') {
    o.frames = null;
    return true;
  }
  const access = ACCESS.exec(text);
  if (access !== null) {
    const a = {
      what: (access[3] as string).toLowerCase() as 'read' | 'write',
      atomic: access[2] !== undefined,
      previous: access[1] !== undefined,
      address: access[4] as string,
      goroutine: access[5] === undefined ? 0 : Number(access[5]),
      frames: [] as Frame[],
      span,
    };
    o.accesses.push(a);
    o.frames = a.frames;
    return true;
  }
  const goroutine = GOROUTINE.exec(text);
  if (goroutine !== null) {
    const g = { id: Number(goroutine[1]), status: goroutine[2] as 'running' | 'finished', frames: [] as Frame[] };
    o.goroutines.push(g);
    o.frames = g.frames;
    return true;
  }
  if (LOCATION.test(text)) {
    o.location = text.replace(/:$/, '');
    o.frames = null;
    return true;
  }
  const file = FILE.exec(text);
  if (file !== null && o.symbol !== null) {
    if (o.frames !== null && o.frames.length < FRAMES_CAP) o.frames.push({ symbol: o.symbol, file: (file[1] as string).trimStart(), line: Number(file[2]) });
    o.symbol = null;
    return true;
  }
  const name = FUNCTION.exec(text);
  if (name === null) return text.trim() === '[failed to restore the stack]';
  o.symbol = name[1] as string;
  return true;
}

/** Races are one race when the same two lines meet, whichever came first: function and line of both innermost frames. */
export function raceFingerprint(r: Pick<RaceReport, 'accesses'>): string {
  return r.accesses
    .map((a) => a.frames.find((f) => !f.symbol.startsWith('runtime.')) ?? a.frames[0])
    .map((f) => (f === undefined ? '?' : `${f.symbol}:${f.line}`))
    .sort()
    .join(' / ');
}
