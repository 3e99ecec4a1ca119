/**
 * Reads the text of `GET /debug/pprof/{heap,allocs,block,mutex,threadcreate,<own>}?debug=1`.
 * Written by: runtime/pprof/pprof.go writeHeapInternal, writeProfileInternal, printCountProfile and printStackRecord, Go 1.19 to 1.27.
 * Samples:  heap profile: 774: 3589320 [777: 3667144] @ heap/8192        in use objects: bytes [allocated objects: bytes] @ heap/(2×rate)
 *           --- contention:  (block)  ·  --- mutex:  ·  cycles/second=2595957766  ·  sampling period=1
 *           2921599844 159 @ 0x6ae5de 0x6ae5dd                           cycles, count
 *           threadcreate profile: total 6  ·  5 @ 0x0
 *           #⇥0x6ae5dd⇥sync.(*Mutex).Unlock+0x5d⇥sync/mutex.go:65
 *           # runtime.MemStats  ·  # HeapInuse = 7421952
 * Units:    heap values as sampled: `estimated` scales them back as pprof does. Delays in nanoseconds by cycles/second.
 *           MemStats are exact; PauseNs and PauseEnd are rings of 256 with zeros where nothing happened yet.
 * Problems: pprof-text/total (rows and header disagree), /truncated (a heap text without its MemStats). Never throws on input.
 *           Addresses up to 2^53, far above where programs lie.
 * Not read: goroutine profiles (goroutine-profile-text has them), the offsets into functions.
 */
import { type Artifact, decodeText, type Problem, placeAt, type Reader, type ReadResult, type Sniff, type Span } from '../../model/index.ts';
import { logicalLines } from '../lib/lines.ts';

export interface TextFrame {
  /** Of the call: one below the address of the row it stands for. Frames of one address are inlined calls, innermost first. */
  readonly address: number;
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

export interface TextRow {
  /** heap: in-use objects, in-use bytes, allocated objects, allocated bytes; block and mutex: delay ns, count; others: count. */
  readonly values: readonly number[];
  /** Return addresses, innermost first: also of frames of the runtime, for which no line is printed. */
  readonly addresses: readonly number[];
  readonly frames: readonly TextFrame[];
  readonly span: Span;
}

export interface MemStat {
  readonly value: number;
  readonly span: Span;
}

export interface ProfileText {
  /** heap (and allocs, which looks the same), block, mutex, threadcreate or the program's own name. */
  readonly profile: string;
  readonly types: readonly string[];
  readonly totals: readonly number[];
  readonly rows: readonly TextRow[];
  /** Mean bytes between samples; 0 where the profile is not sampled by size. */
  readonly rateBytes: number;
  readonly cyclesPerSecond: number | null;
  /** One in so many contentions (mutex). */
  readonly samplingPeriod: number | null;
  /** Scalars by Go's own names: HeapInuse, NumGC, GCCPUFraction …; Stack, MSpan, MCache and BuckHashSys as in use. */
  readonly memStats: ReadonlyMap<string, MemStat>;
  readonly head: Span;
}

const HEAP = /^heap profile: (\d{1,19}): (\d{1,19}) \[(\d{1,19}): (\d{1,19})\] @ heap(?:\/(\d{1,19}))?$/;
const CONTENTION = /^--- (contention|mutex):$/;
const COUNTED = /^([A-Za-z_][\w./-]{0,200}) profile: total (\d{1,19})$/;
const HEAP_ROW = /^(\d{1,19}): (\d{1,19}) \[(\d{1,19}): (\d{1,19})\] @(?: |$)/;
const DELAY_ROW = /^(\d{1,19}) (\d{1,19}) @(?: |$)/;
const COUNT_ROW = /^(\d{1,19}) @(?: |$)/;
const FRAME = /^#\t+(0x[0-9a-f]{1,16})\t+([^\t]{1,4096}?)(?:\+0x[0-9a-f]{1,16})?\t+([^\t]{1,4096}):(\d{1,9})$/;
const SETTING = /^(cycles\/second|sampling period)=(\d{1,19})$/;
const STAT = /^# ([A-Za-z]{1,40}) = (-?\d[\d.eE+-]{0,40})(?: \/ \d{1,19})?$/;
const LINE_MOST = 1024 * 1024;

export const pprofText: Reader<ProfileText> = {
  id: 'pprof-text',
  title: 'heap, block, mutex or threadcreate profile as text (debug=1)',
  takes: 'whole',

  sniff(head: Uint8Array): Sniff {
    const text = decodeText(head.subarray(0, 400));
    const lines = text.split('\n', 2).map((l) => l.trimEnd());
    const first = lines[0] ?? '';
    if (HEAP.test(first)) return { confidence: 0.98, reached: first.length, why: 'heap profile as text' };
    if (CONTENTION.test(first) && SETTING.test(lines[1] ?? '')) return { confidence: 0.98, reached: first.length + (lines[1] ?? '').length, why: `${first} with its settings` };
    const counted = COUNTED.exec(first);
    if (counted !== null && counted[1] !== 'goroutine' && counted[1] !== 'goroutineleak') return { confidence: 0.95, reached: first.length, why: first };
    return { confidence: 0, reached: 0, why: 'begins with no profile header' };
  },

  read: readProfileText,
};

/** What follows the @ of a row. */
function addressesIn(row: string): number[] {
  return row
    .slice(row.indexOf('@') + 1)
    .split(' ')
    .flatMap((word) => (/^0x[0-9a-f]{1,16}$/.test(word) ? [Number(word)] : []));
}

/** Bytes and objects a sampled heap row stands for: pprof's own inverse of the sampling probability. */
export function estimated(objects: number, bytes: number, rateBytes: number): { objects: number; bytes: number } {
  if (objects === 0 || bytes === 0) return { objects: 0, bytes: 0 };
  if (rateBytes <= 1) return { objects, bytes };
  const scale = 1 / (1 - Math.exp(-(bytes / objects) / rateBytes));
  return { objects: Math.trunc(objects * scale), bytes: Math.trunc(bytes * scale) };
}

function readProfileText(artifact: Artifact): ReadResult<ProfileText> {
  const problems: Problem[] = [];
  const rows: { values: number[]; addresses: number[]; frames: TextFrame[]; span: Span }[] = [];
  const memStats = new Map<string, MemStat>();
  let profile: string | null = null;
  let types: readonly string[] = [];
  let totals: number[] = [];
  let rateBytes = 0;
  let cyclesPerSecond: number | null = null;
  let samplingPeriod: number | null = null;
  let head: Span = { offset: 0, length: 0 };
  let inStats = false;
  for (const line of logicalLines(artifact)) {
    if (line.text.length === 0 || line.text.length > LINE_MOST) continue;
    const text = decodeText(line.text).trimEnd();
    if (profile === null) {
      const heap = HEAP.exec(text);
      const contention = CONTENTION.exec(text);
      const counted = COUNTED.exec(text);
      if (heap !== null) {
        profile = 'heap';
        types = ['inuse_objects', 'inuse_space', 'alloc_objects', 'alloc_space'];
        totals = heap.slice(1, 5).map(Number);
        // the header holds twice the rate; no rate is what C++ heap profilers write
        rateBytes = heap[5] === undefined ? 0 : Math.trunc(Number(heap[5]) / 2);
      } else if (contention !== null) {
        profile = contention[1] === 'mutex' ? 'mutex' : 'block';
        types = ['delay', 'contentions'];
      } else if (counted !== null) {
        profile = counted[1] as string;
        types = ['count'];
        totals = [Number(counted[2])];
      }
      if (profile !== null) head = line.span;
      continue;
    }
    if (text.startsWith('# runtime.MemStats')) {
      inStats = true;
      continue;
    }
    if (text.startsWith('#')) {
      const stat = inStats ? STAT.exec(text) : null;
      if (stat !== null) memStats.set(stat[1] as string, { value: Number(stat[2]), span: line.span });
      const frame = inStats ? null : FRAME.exec(text);
      const row = rows.at(-1);
      if (frame !== null && row !== undefined) {
        row.frames.push({ address: Number(frame[1]), function: frame[2] as string, file: frame[3] as string, line: Number(frame[4]) });
        row.span = { offset: row.span.offset, length: line.span.offset + line.span.length - row.span.offset };
      }
      continue;
    }
    const setting = SETTING.exec(text);
    if (setting !== null) {
      if (setting[1] === 'sampling period') samplingPeriod = Number(setting[2]);
      else cyclesPerSecond = Number(setting[2]);
      continue;
    }
    const row = profile === 'heap' ? HEAP_ROW.exec(text) : types.length === 2 ? DELAY_ROW.exec(text) : COUNT_ROW.exec(text);
    if (row === null) continue;
    const values = row.slice(1).map(Number);
    if (types.length === 2 && cyclesPerSecond !== null && cyclesPerSecond > 0) values[0] = ((values[0] as number) / cyclesPerSecond) * 1e9;
    rows.push({ values, addresses: addressesIn(text), frames: [], span: line.span });
  }
  const problem = (code: string, what: string, why: string, next: string): void => {
    problems.push({ code: `pprof-text/${code}`, severity: 'warning', place: placeAt(artifact.id, head), what, why, next });
  };
  if (profile === null) {
    problems.push({
      code: 'pprof-text/none',
      severity: 'error',
      place: null,
      what: 'no profile header was found',
      why: 'a profile as text begins with "heap profile:", "--- contention:", "--- mutex:" or "<name> profile: total"',
      next: 'curl -s http://HOST:PORT/debug/pprof/heap > heap.pb.gz',
    });
    return { model: null, problems };
  }
  if (totals.length === 0) totals = types.map((_, t) => rows.reduce((n, r) => n + (r.values[t] ?? 0), 0));
  else
    types.forEach((type, t) => {
      const sum = rows.reduce((n, r) => n + (r.values[t] ?? 0), 0);
      if (sum !== totals[t])
        problem('total', `the rows hold ${sum} ${type}, the header says ${totals[t]}`, 'rows are missing: the text was cut or edited', 'take the profile again, without debug=1');
    });
  if (profile === 'heap' && !memStats.has('NumGC'))
    problem(
      'truncated',
      'the memory statistics at the end of the heap text are missing',
      'the text was cut or edited',
      'take the profile again: curl -s http://HOST:PORT/debug/pprof/heap?debug=1',
    );
  return { model: { profile, types, totals, rows, rateBytes, cyclesPerSecond, samplingPeriod, memStats, head }, problems };
}
