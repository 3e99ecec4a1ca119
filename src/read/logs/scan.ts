/**
 * The plain engine: one pass over the lines, lines folded to records, records that match handed on. Fixed memory: one window of the
 * line reader and the records that are still open (one for each stream and writer).
 */
import { type Artifact, decodeLatin1, type Instant, memorySource, parseInstant, readSlice, SNIFF_BYTES, type Span } from '../../model/index.ts';
import { logicalLines } from '../lib/lines.ts';
import { BUILT_IN, type FormatSet } from './format-set.ts';
import { atLeastLevel } from './levels.ts';
import { CUT_CAP, type LogQuery, type LogRecord, RECORD_CAP, type ScanSummary } from './log-source.ts';
import { beginsCrash, type Head, newMemory, recognise } from './recognise.ts';
import { OneRecord } from './record.ts';
import { type LogLine, recordText } from './record-text.ts';

interface Open {
  readonly head: Head | 'crash' | null;
  readonly lines: LogLine[];
  /** Bytes kept of the lines; further lines only lengthen the span. */
  kept: number;
  count: number;
  start: number;
  end: number;
  readonly decoders: readonly string[];
  readonly received: Instant | null;
  readonly writer: string | null;
}

const OPEN_CAP = 256;

export function scanLog(artifact: Artifact, near: Instant | null, query: LogQuery, visit: (record: LogRecord) => boolean | undefined, formats: FormatSet = BUILT_IN): ScanSummary {
  const stable = 'bytes' in artifact.source;
  const memory = newMemory(formats);
  const matches = matcher(query);
  const open = new Map<string, Open>();
  const cut: Span[] = [];
  let lines = 0;
  let records = 0;
  let matched = 0;
  let plain = 0;
  let stopped = false;

  const close = (o: Open): void => {
    records++;
    if (o.head === null) plain++;
    const record = new OneRecord({
      artifact,
      span: { offset: o.start, length: o.end - o.start },
      lines: o.count,
      decoders: o.decoders,
      received: o.received,
      writer: o.writer,
      text: () => recordText(o.lines, RECORD_CAP),
      head: o.head,
      near,
    });
    if (!matches(record)) return;
    matched++;
    if (visit(record) === false) stopped = true;
  };

  for (const line of logicalLines(artifact)) {
    lines++;
    if (line.cut && cut.length < CUT_CAP) cut.push({ offset: line.span.offset, length: line.span.length });
    const key = `${line.stream ?? ''} ${line.writer ?? ''}`;
    const now = open.get(key);
    const text = line.text.indexOf(27) < 0 ? line.text : recordText([{ bytes: line.text, span: line.span, at: null }], RECORD_CAP).bytes;
    const console = now !== undefined && now.head !== null && now.head !== 'crash' && now.head.kind === 'text';
    const crash = beginsCrash(text, console);
    const head: Head | 'crash' | null = crash ? 'crash' : recognise(text, memory);
    const end = line.span.offset + line.span.length;
    if (now !== undefined && continues(now.head, head, text)) {
      now.count++;
      now.end = Math.max(now.end, end);
      if (now.kept < RECORD_CAP) {
        now.lines.push({ bytes: stable && line.textOffset >= 0 ? line.text : line.text.slice(), span: line.span, at: line.textOffset < 0 ? null : line.textOffset });
        now.kept += line.text.length + 1;
      }
      continue;
    }
    if (now !== undefined) {
      open.delete(key);
      close(now);
      if (stopped) break;
    }
    if (open.size >= OPEN_CAP) {
      const [oldest, o] = open.entries().next().value as [string, Open];
      open.delete(oldest);
      close(o);
      if (stopped) break;
    }
    open.set(key, {
      head,
      lines: [{ bytes: stable && line.textOffset >= 0 ? line.text : line.text.slice(), span: line.span, at: line.textOffset < 0 ? null : line.textOffset }],
      kept: line.text.length,
      count: 1,
      start: line.span.offset,
      end,
      decoders: line.decoders,
      received: line.time === null ? null : wrapperTime(line.time, near),
      writer: line.writer,
    });
  }
  for (const o of [...open.values()].sort((a, b) => a.start - b.start)) if (!stopped) close(o);
  return { bytes: artifact.source.sizeBytes, lines, records, matched, plain, cut, stopped };
}

/** Console records and crash text take every line that begins nothing else; text between records only what is indented or empty. */
function continues(open: Head | 'crash' | null, next: Head | 'crash' | null, text: Uint8Array): boolean {
  if (next === 'crash') return open === 'crash';
  if (next !== null) return false;
  if (open === 'crash') return true;
  if (open !== null) return open.kind === 'text';
  const first = text[0];
  return first === undefined || first === 32 || first === 9;
}

function matcher(query: LogQuery): (r: LogRecord) => boolean {
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

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const JOURNAL = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d)$/;

function wrapperTime(text: string, near: Instant | null): Instant | null {
  const m = JOURNAL.exec(text);
  if (m === null) return parseInstant(text);
  if (near === null) return null;
  const month = String(MONTHS.indexOf(m[1]!) + 1).padStart(2, '0');
  const year = new Date(Number(near / 1_000_000n)).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].map((y) => parseInstant(`${y}-${month}-${m[2]!.trim().padStart(2, '0')}T${m[3]}Z`)).filter((t) => t !== null);
  const gap = (t: Instant): bigint => (t > near ? t - near : near - t);
  return candidates.reduce<Instant | null>((best, t) => (best === null || gap(t) < gap(best) ? t : best), null);
}

/** Counts of formats in the head, most frequent first, and how much of it is text between records. */
export function formatsInHead(head: Uint8Array, formats: FormatSet): { formats: string[]; records: number; plain: number; whole: number } {
  const counts = new Map<string, number>();
  let records = 0;
  let plain = 0;
  // a last line without its end may be cut by the window and says nothing
  const end = head.length < SNIFF_BYTES ? head.length : head.lastIndexOf(10) + 1;
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
      return true;
    },
    formats,
  );
  return { formats: [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id), records, plain, whole: end };
}

const artifactOf = (bytes: Uint8Array): Artifact => ({
  id: '',
  path: '',
  decoders: [],
  source: memorySource(bytes),
  sha256: '',
  interval: { from: null, to: null },
  covers: [],
});
