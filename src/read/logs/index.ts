/**
 * Reads Go logs: zap, slog, zerolog, logrus, klog/glog, hclog, go-kit and package log, in JSON, logfmt and console shapes, and OTLP log
 * records (formats/ has each with samples its library wrote), unwrapped from docker, CRI, kubectl, compose, stern, the journal, Loki and
 * VictoriaLogs by ../lib/lines.ts.
 * Sample:   {"level":"error","ts":1795374541.4468782,"caller":"pkg/f.go:29","msg":"boom","trace_id":"4bf9…"}
 * Units:    time as Instant with the step the logger prints; durations keep their text, roles.ts turns them into seconds.
 * Problems: logs/long-line, logs/no-year, logs/no-date, logs/answer-cut, logs/rotated-order. Never throws on input.
 * Not read: what `log` writes with neither date nor time flag (folded or kept as plain text).
 */
import { type Artifact, type Instant, type Problem, placeAt, type Reader, type ReadResult, type Sniff } from '../../model/index.ts';
import { headOf } from '../lib/head.ts';
import { type Wrapper, wrappersOf } from '../lib/lines.ts';
import { LINE_CAP, RawLines } from '../lib/raw-lines.ts';
import { isCutAnswer, isStore } from '../lib/stores/index.ts';
import { BUILT_IN, type FormatSet } from './format-set.ts';
import type { LogSource } from './log-source.ts';
import { artifactOf, formatsInHead, instantNear, scanLog } from './scan.ts';
import { scanSelected } from './search/push-down.ts';

export type { LogFormat } from './format.ts';
export { BUILT_IN, type FormatSet, formatSet } from './format-set.ts';
export { atLeastLevel, LEVELS, type Level } from './levels.ts';
export type { DurationUnit, Field, FieldType, LogQuery, LogRecord, LogSource, LogTime, ScanSummary } from './log-source.ts';
export { bytesOf, INFO, LogOutline, maskedText, NO_RANK, OUTLINE, type OutlineVisitor } from './outline/index.ts';
export { readOwnFormats } from './own-format.ts';
export * from './roles.ts';
export { type LogSet, rotatedSets } from './rotated.ts';
export { Cadence, type PaceBreak, type SampledHow, type Sampling, samplingIn } from './sampling.ts';
export { type TraceIds, traceIdsOf, traceparent, whyNotW3cTraceId } from './trace-context.ts';

/** Opens an artifact as a log; null when its head holds no record of a known format. */
export function openLog(artifact: Artifact, formats: FormatSet = BUILT_IN): LogSource | null {
  const head = headOf(artifact.source);
  const seen = seenIn(head, formats);
  const wrapper = wrappersOf(head)[0] ?? null;
  if (seen.records === 0 && !isStore(wrapper)) return null;
  const taken = instantNear(artifact);
  // a driver's own time dates every line; without one a time of day is dated by when the file was taken, if it spans no more than a day
  const ofDay = wrapper === null && formats.text.some((f) => f.ofDay && seen.formats.includes(f.format.id)) && hasTimeOfDay(head, formats);
  const days = ofDay && taken !== null ? daysOf(artifact, formats) : 0;
  const near = days > 1 ? null : taken;
  let problems: readonly Problem[] | null = null;
  return {
    artifact,
    formats: seen.formats,
    wrapper,
    scan: (query, visit) => scanSelected(artifact, query, visit, formats) ?? scanLog(artifact, near, query, visit, formats),
    // looked for when they are asked for: it takes a pass over the file
    get problems() {
      problems ??= problemsOf(artifact, { formats: seen.formats, wrapper, near, ofDay, days });
      return problems;
    },
  };
}

interface Opened {
  readonly formats: readonly string[];
  readonly wrapper: Wrapper | null;
  readonly near: Instant | null;
  readonly ofDay: boolean;
  readonly days: number;
}

/** What these read is no raw line: a long one is nothing out of the ordinary. */
const NOT_BY_LINE: ReadonlySet<Wrapper | null> = new Set<Wrapper | null>(['loki', 'otlp', 'journal-export']);

function problemsOf(artifact: Artifact, { formats, wrapper, near, ofDay, days }: Opened): Problem[] {
  const problems: Problem[] = [];
  if (isStore(wrapper) && isCutAnswer(artifact.source, wrapper)) {
    problems.push({
      code: 'logs/answer-cut',
      severity: 'warning',
      place: placeAt(artifact.id, { offset: Math.max(0, artifact.source.sizeBytes - 80), length: Math.min(80, artifact.source.sizeBytes) }),
      what: 'the answer of the log store ends before its document does',
      why: 'the lines behind it are missing; what came before was read',
      next: 'ask the store again: gorca collect takes an answer in pages and says what is missing',
    });
  }
  for (const span of NOT_BY_LINE.has(wrapper) ? [] : longLines(artifact)) {
    problems.push({
      code: 'logs/long-line',
      severity: 'warning',
      place: placeAt(artifact.id, span),
      what: `a line of ${span.length} bytes; only its first ${LINE_CAP} were read`,
      why: 'a record that long cannot be parsed in fixed memory; the lines after it are read',
      next: 'look at what wrote it: a dumped body, or a file that is no line-based log',
    });
  }
  if (near === null && formats.includes('klog') && wrapper === null) {
    problems.push({
      code: 'logs/no-year',
      severity: 'note',
      place: null,
      what: 'klog lines without a year: their times are unknown',
      why: 'klog prints month, day and time only; the year stands in the first line of its files and in the wrapper of a container log',
      next: 'capture with kubectl logs --timestamps, or state when the file was taken in the bundle manifest',
    });
  }
  if (ofDay) {
    problems.push({
      code: 'logs/no-date',
      severity: 'note',
      place: null,
      what:
        near !== null
          ? 'lines with a time of day only: they are dated by when the file was taken'
          : days > 1
            ? `lines with a time of day only, over more than ${days - 1} ${days === 2 ? 'day' : 'days'}: their times are unknown`
            : 'lines with a time of day only: their times are unknown',
      why: 'the logger prints no date; their order in the file is known all the same',
      next: 'capture with kubectl logs --timestamps, or state when the file was taken in the bundle manifest',
    });
  }
  return problems;
}

const DAY_NS = 86_400_000_000_000n;

const hasTimeOfDay = (head: Uint8Array, formats: FormatSet): boolean => {
  let found = false;
  scanLog(
    artifactOf(head),
    DAY_NS as Instant,
    {},
    (r) => {
      found = r.time?.assumed.includes('date') === true;
      return !found;
    },
    formats,
  );
  return found;
};

/** How many days a log of times of day spans, rounded up: they fall back by more than half a day once a midnight. */
function daysOf(artifact: Artifact, formats: FormatSet): number {
  let midnights = 0;
  let first: bigint | null = null;
  let last: bigint | null = null;
  scanLog(
    artifact,
    // any instant will do: only the time of day is looked at
    DAY_NS as Instant,
    {},
    (r) => {
      if (r.time?.assumed.includes('date') !== true) return true;
      const of = ((r.time.at % DAY_NS) + DAY_NS) % DAY_NS;
      if (last !== null && last - of > DAY_NS / 2n) midnights++;
      first ??= of;
      last = of;
      return true;
    },
    formats,
  );
  return midnights + (first !== null && last !== null && last < first ? 0 : 1);
}

const LONG_CAP = 20;

function longLines(artifact: Artifact): { offset: number; length: number }[] {
  const out: { offset: number; length: number }[] = [];
  if (artifact.source.sizeBytes <= LINE_CAP) return out;
  const raw = new RawLines(artifact.source);
  while (raw.next()) if (raw.cut && out.length < LONG_CAP) out.push({ offset: raw.offset, length: raw.length });
  return out;
}

/** What was seen while sniffing: reading begins with the same question. */
const seen = new WeakMap<FormatSet, WeakMap<Uint8Array, ReturnType<typeof formatsInHead>>>();

function seenIn(head: Uint8Array, formats: FormatSet): ReturnType<typeof formatsInHead> {
  const known = seen.get(formats) ?? new WeakMap<Uint8Array, ReturnType<typeof formatsInHead>>();
  seen.set(formats, known);
  const found = known.get(head) ?? formatsInHead(head, formats);
  known.set(head, found);
  return found;
}

function sniff(head: Uint8Array, formats: FormatSet): Sniff {
  const found = seenIn(head, formats);
  const wrapper = wrappersOf(head)[0] ?? null;
  if (isStore(wrapper))
    return { confidence: 0.95, reached: found.whole, why: `an answer of ${wrapper === 'loki' ? 'Loki' : 'VictoriaLogs'} with ${found.records} records in its head` };
  if (found.records === 0) return { confidence: 0, reached: 0, why: 'no line of a known logger' };
  const share = found.records / (found.records + found.plain);
  const why = `${found.records} records of ${found.formats.join(', ')}, ${found.plain} other lines`;
  // one dated line among prose is no log; two thirds of the lines are
  if (share < 0.2) return { confidence: 0.3, reached: found.whole, why };
  return { confidence: Math.min(0.9, 0.5 + 0.4 * share), reached: found.whole, why };
}

/** The reader with formats of the user beside the built-in ones: one id, so it stands in for `logs`. */
export function logsReader(formats: FormatSet): Reader<LogSource> {
  return {
    id: 'logs',
    title: 'Go log',
    takes: 'whole',
    costlySniff: true,
    sniff: (head) => sniff(head, formats),
    read(artifact): ReadResult<LogSource> {
      const model = openLog(artifact, formats);
      if (model !== null) {
        return {
          model,
          get problems() {
            return model.problems;
          },
        };
      }
      return {
        model: null,
        problems: [
          {
            code: 'logs/no-record',
            severity: 'error',
            place: null,
            what: 'no record of a known logger in the first 64 KiB',
            why: 'neither JSON, logfmt nor a console line with a known head was found',
            next: 'see which shapes are read: gorca explain logs/no-record',
          },
        ],
      };
    },
  };
}

export const logs: Reader<LogSource> = logsReader(BUILT_IN);
