/**
 * The plain engine: one pass over the lines, lines folded to records, records that match handed on. Fixed memory: one window of the
 * line reader and the records that are still open (one for each stream and writer).
 */
import { type Artifact, decodeLatin1, type Instant, memorySource, parseInstant, readSlice, SNIFF_BYTES, type Span } from '../../model/index.ts';
import { type EntryField, type LogicalLine, logicalLines, wrapperOf } from '../lib/lines.ts';
import { isStore } from '../lib/stores/index.ts';
import { beginsCrash, CrashFold } from './crash-fold.ts';
import { BUILT_IN, type FormatSet } from './format-set.ts';
import type { TimeForm } from './go-time.ts';
import { atLeastLevel } from './levels.ts';
import { CUT_CAP, type LogQuery, type LogRecord, RECORD_CAP, type ScanSummary } from './log-source.ts';
import { type Head, type Memory, newMemory, recognise } from './recognise.ts';
import { levelBeside, OneRecord, type Received, type RecordSource } from './record.ts';
import { type LogLine, type RecordText, recordText } from './record-text.ts';
import { readEpoch, readIso, timeForm } from './times.ts';

/** A record whose lines are still being gathered; closed, it is what the record is read from. */
class Open implements RecordSource {
  readonly artifact: Artifact;
  readonly near: Instant | null;
  readonly head: Head | 'crash' | 'entry' | null;
  readonly fold: CrashFold | null;
  readonly texts: LogLine[];
  /** Bytes kept of the lines; further lines only lengthen the span. */
  kept: number;
  lines = 1;
  readonly spans: Span[];
  readonly decoders: readonly string[];
  readonly received: Received | null;
  readonly writer: string | null;
  readonly priority: string | null;
  readonly entryFields: () => readonly EntryField[];
  /** Records of the same writer since its last line. */
  interrupted = 0;

  constructor(artifact: Artifact, near: Instant | null, head: Head | 'crash' | null, line: LogicalLine, kept: LogLine, text: Uint8Array) {
    this.artifact = artifact;
    this.near = near;
    this.head = head ?? (line.entry ? 'entry' : null);
    this.fold = head === 'crash' ? new CrashFold(text) : null;
    this.texts = [kept];
    this.kept = line.text.length;
    this.spans = [...line.spans];
    this.decoders = line.decoders;
    const { time } = line;
    this.received = time === null ? null : receivedAt(time, near);
    this.writer = line.writer;
    this.priority = line.priority;
    this.entryFields = line.entry ? line.fields() : NO_FIELDS;
  }

  text(): RecordText {
    return recordText(this.texts, RECORD_CAP);
  }
}

const OPEN_CAP = 256;
/** A crash goes on behind so many records of loggers that other goroutines had already called; then it is over. */
const INTERRUPTED_CAP = 64;
const SPANS_CAP = 4096;
/** What stands around their records is no record. */
const ENVELOPES: ReadonlySet<string | null> = new Set(['otlp', 'loki']);
const NO_FIELDS = (): readonly EntryField[] => [];

/** Bytes of the artifact that are looked at; `from` begins a line. */
export interface ScanRange {
  readonly from?: number;
  readonly to?: number;
  /** What was seen of the log elsewhere. */
  readonly memory?: Memory;
}

export function scanLog(
  artifact: Artifact,
  near: Instant | null,
  query: LogQuery,
  visit: (record: LogRecord, atEnd: boolean) => boolean | undefined,
  formats: FormatSet = BUILT_IN,
  within: ScanRange = {},
): ScanSummary {
  const stable = 'bytes' in artifact.source;
  const memory = within.memory ?? newMemory(formats);
  const matches = queryMatcher(query);
  const open = new Map<string, Open>();
  const suspended = new Map<string, Open>();
  const cut: Span[] = [];
  let lines = 0;
  let records = 0;
  let matched = 0;
  let plain = 0;
  let stopped = false;

  /** `atEnd`: nothing closed it but the end of what is looked at. */
  const close = (o: Open, atEnd = false): void => {
    records++;
    if (o.head === null) plain++;
    const record = new OneRecord(o);
    if (!matches(record)) return;
    matched++;
    if (visit(record, atEnd) === false) stopped = true;
  };
  const end = (from: Map<string, Open>, key: string, o: Open): void => {
    from.delete(key);
    if (!stopped) close(o);
  };
  const logLine = (line: LogicalLine): LogLine => ({
    bytes: stable && line.textOffset >= 0 ? line.text : line.text.slice(),
    span: line.span,
    at: line.textOffset < 0 ? null : line.textOffset,
  });
  const lengthen = (o: Open, line: LogicalLine): void => {
    o.lines++;
    o.interrupted = 0;
    for (const span of line.spans) addSpan(o.spans, span);
    if (o.kept < RECORD_CAP) {
      o.texts.push(logLine(line));
      o.kept += line.text.length + 1;
    }
  };

  for (const line of logicalLines(artifact, within.from, within.to)) {
    lines++;
    if (line.cut && cut.length < CUT_CAP) cut.push({ offset: line.span.offset, length: line.span.length });
    const key = line.stream === null && line.writer === null ? ' ' : `${line.stream ?? ''} ${line.writer ?? ''}`;
    const now = open.get(key);
    const text = line.text.indexOf(27) < 0 ? line.text : recordText([{ bytes: line.text, span: line.span, at: null }], RECORD_CAP).bytes;
    const console = now !== undefined && isHead(now.head) && now.head.kind === 'text';
    const begins = beginsCrash(text, console);
    if (now !== undefined && now.fold !== null && (begins || recogniseSkips(text)) && !isAlone(line) && now.fold.takes(text)) {
      lengthen(now, line);
      continue;
    }
    const head: Head | 'crash' | null = begins ? 'crash' : recognise(text, memory);
    if (now !== undefined && continues(now, head, line, text)) {
      lengthen(now, line);
      continue;
    }
    const asleep = suspended.get(key);
    if (asleep !== undefined) {
      if ((head === null || begins) && asleep.fold?.resumes(text) === true && asleep.fold.takes(text)) {
        if (now !== undefined) end(open, key, now);
        if (stopped) break;
        suspended.delete(key);
        open.set(key, asleep);
        lengthen(asleep, line);
        continue;
      }
      if (++asleep.interrupted > INTERRUPTED_CAP || begins) end(suspended, key, asleep);
      if (stopped) break;
    }
    if (now !== undefined) {
      // a record of one line between the lines of a crash: the program's other goroutines were still logging
      if (now.fold !== null && isHead(head) && head.kind === 'keyed' && !suspended.has(key)) {
        open.delete(key);
        suspended.set(key, now);
      } else end(open, key, now);
      if (stopped) break;
    }
    if (open.size >= OPEN_CAP) {
      const [oldest, o] = open.entries().next().value as [string, Open];
      end(open, oldest, o);
      if (stopped) break;
    }
    const made = new Open(artifact, near, head, line, logLine(line), text);
    // nothing goes on behind a record of one line
    if (isHead(head) && head.kind === 'keyed') close(made);
    else open.set(key, made);
    if (stopped) break;
  }
  for (const o of [...open.values(), ...suspended.values()].sort((a, b) => a.spans[0]!.offset - b.spans[0]!.offset)) if (!stopped) close(o, true);
  return { bytes: artifact.source.sizeBytes, lines, records, matched, plain, cut, stopped, envelopes: ENVELOPES.has(wrapperOf(artifact.source)) };
}

const isHead = (head: Open['head']): head is Head => head !== null && head !== 'crash' && head !== 'entry';

/** Lines that begin like neither JSON nor a console record are asked of an open crash first. */
function recogniseSkips(text: Uint8Array): boolean {
  const first = text[0];
  return first === undefined || first === 9 || first === 32;
}

/** Stretches that lie side by side are one. Those beyond the cap lengthen the last. */
function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last === undefined) spans.push(span);
  // Loki answers newest first, and what belongs together is read oldest first
  else if (span.offset < last.offset) {
    spans.push(span);
    spans.sort((a, b) => a.offset - b.offset);
  } else if (span.length === 0 && span.offset <= last.offset + last.length) return;
  else if (span.offset - last.offset - last.length <= 2 || spans.length >= SPANS_CAP)
    spans[spans.length - 1] = { offset: last.offset, length: Math.max(last.length, span.offset + span.length - last.offset) };
  else spans.push(span);
}

/** An entry of a log store with a level of its own continues nothing. */
const isAlone = (line: LogicalLine): boolean => line.entry && !line.continued && isStore(line.decoders[0] ?? null) && levelBeside(line.fields()()) !== null;

/** Console records and crash text take every line that begins nothing else; text between records only what is indented or empty. */
function continues(open: Open, next: Head | 'crash' | null, line: LogicalLine, text: Uint8Array): boolean {
  if (next !== null || isAlone(line)) return false;
  if (open.fold !== null) return open.fold.takes(text);
  if (line.continued) return true;
  if (isHead(open.head)) return open.head.kind === 'text';
  const first = text[0];
  return first === undefined || first === 32 || first === 9;
}

/** Whether a record is what was asked for. */
export function queryMatcher(query: LogQuery): (r: LogRecord) => boolean {
  const from = query.from ?? null;
  const to = query.to ?? null;
  const { minLevel, contains } = query;
  const fields = query.fields ?? [];
  return (r) => {
    if (from !== null || to !== null) {
      const at = r.time?.at;
      if (at === undefined || (from !== null && at < from) || (to !== null && at > to)) return false;
    }
    if (minLevel !== undefined && !atLeastLevel(r.level, minLevel)) return false;
    for (const f of fields) if (!r.fields.some((g) => g.name === f.name && g.text === f.value)) return false;
    if (contains !== undefined && contains.length > 0) {
      const text = r.text();
      if (!contains.some((n) => text.includes(n) || r.message.includes(n) || r.fields.some((f) => f.text.includes(n)))) return false;
    }
    return true;
  };
}

const CREATED = /^Log file created at: (\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)/m;

/** An instant near the records, for formats that print no year: the head line of a klog file, else when the artifact was taken. */
export function instantNear(artifact: Artifact): Instant | null {
  const m = CREATED.exec(decodeLatin1(readSlice(artifact.source, 0, 4096)));
  if (m !== null) return parseInstant(`${m[1]}-${m[2]}-${m[3]}T${m[4]}Z`);
  return artifact.takenAt ?? artifact.interval.to ?? artifact.interval.from;
}

const SHORT = timeForm('Jan _2 15:04:05.999999') as TimeForm;
const DIGITS = /^\d{9,19}$/;

/** What a driver's stamp says: RFC 3339 of docker, the CRI and kubectl, the journal's microseconds and its short form, OTLP's nanoseconds. */
function receivedAt(text: string, near: Instant | null): Received | null {
  if (DIGITS.test(text)) return readEpoch(text);
  const iso = readIso(text);
  // nanoseconds without their trailing zeros, but for the journal's short-iso, which has none
  if (iso !== null) return { ...iso, stepNs: text.includes('.') || !/[+-]\d{4}$/.test(text) ? 1n : iso.stepNs };
  return SHORT.read(text, near);
}

/** When so much of a head is records of one format and nothing else, the rest of it is not looked at. */
const SURE_BYTES = 12 * 1024;

/** Counts of formats in the head, most frequent first, and how much of it is text between records. */
export function formatsInHead(head: Uint8Array, formats: FormatSet): { formats: string[]; records: number; plain: number; whole: number } {
  const counts = new Map<string, number>();
  let records = 0;
  let plain = 0;
  // a last line without its end may be cut by the window and says nothing; an answer of Loki is one line, whose whole entries are read
  const wrapper = wrapperOf(memorySource(head));
  // what drivers and stores hold comes from several programs
  const sureFrom = wrapper === null ? SURE_BYTES : head.length;
  let end = head.length < SNIFF_BYTES || wrapper === 'loki' ? head.length : head.lastIndexOf(10) + 1;
  scanLog(
    artifactOf(head.subarray(0, end)),
    null,
    {},
    (r) => {
      if (r.format === 'plain') plain++;
      else if (r.format !== 'go-crash') {
        records++;
        counts.set(r.format, (counts.get(r.format) ?? 0) + 1);
      }
      if (counts.size !== 1 || plain > 0 || r.format === 'go-crash' || r.span.offset < sureFrom) return true;
      end = r.span.offset + r.span.length;
      return false;
    },
    formats,
  );
  return { formats: [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id), records, plain, whole: end };
}

export const artifactOf = (bytes: Uint8Array): Artifact => ({
  id: '',
  path: '',
  decoders: [],
  source: memorySource(bytes),
  sha256: '',
  interval: { from: null, to: null },
  covers: [],
});
