/**
 * Logical lines of a text artifact: raw lines with the wrappers of log drivers taken off, fragments of one line joined.
 * Written by: moby daemon/logger/jsonfilelog (docker), containerd internal/cri/io/logger.go (cri), kubectl logs --timestamps / --prefix,
 * docker compose logs (with --timestamps), journalctl -o short, short-iso, json and export, stern (text, -o json, extjson; -o raw has none),
 * OTLP as JSON (the collector's file exporter, ExportLogsServiceRequest). Go crash text reaches the reader in all of them, one wrapped line a text line.
 * Samples:
 *   docker    {"log":"panic: boom\n","stream":"stderr","time":"2026-11-22T19:09:01.446Z"}       no "\n" at the end: a 16 KiB fragment
 *   cri       2016-10-06T00:17:09.669794202Z stdout F panic: boom                               P instead of F: a fragment
 *   kubectl   [pod/orders-7d9/orders] 2026-11-22T19:09:01.446123456Z panic: boom                both parts optional
 *   compose   orders-1  | panic: boom
 *   journal   Nov 22 19:09:01 host orders[812]: panic: boom
 *   stern     orders-7d9f6c5b8-x2x4k orders panic: boom
 * Answers of Loki and VictoriaLogs are such texts, too: their samples stand in stores/.
 * Which wrapper a file has is decided from its head (wrapper-heads.ts). Lines of a wrapped file that do not carry the wrapper are handed out
 * as they stand. An entry of the journal or of a log store whose text has several lines is several logical lines: the first has the entry's span, the others none.
 */
import { type Artifact, type ByteSource, decodeLatin1, decodeText, readSlice, type Span } from '../../model/index.ts';
import { type EntryField, journalFields, otlpContextFields } from './entry-fields.ts';
import { unescapeQuoted } from './escaped-text.ts';
import { type ExportEntry, journalEntries } from './journal-export.ts';
import { members, parseSpan } from './json-scan.ts';
import { type OtlpPiece, otlpPieces } from './otlp-lines.ts';
import { LINE_CAP, RawLines } from './raw-lines.ts';
import { isStore, type Store, type StoreEntry, storeEntries } from './stores/index.ts';
import { saidPriority, type Unwrapped, unwrap, writerOf } from './unwrap.ts';
import { NONE, type Wrapper, wrappersOf } from './wrapper-heads.ts';

export type { EntryField } from './entry-fields.ts';
export { type Wrapper, wrappersOf } from './wrapper-heads.ts';

export interface LogicalLine {
  /** Without wrapper and line end. A view that holds until the next line is asked for. */
  readonly text: Uint8Array;
  /** Raw line in the artifact, wrapper included, line end excluded; the first fragment's where fragments were joined across other lines. */
  readonly span: Span;
  /** Every raw stretch of it, in order: more than one where fragments were joined across other lines. */
  readonly spans: readonly Span[];
  /** Where `text` stands verbatim in the artifact; -1 where it had to be unescaped or joined. */
  readonly textOffset: number;
  readonly decoders: readonly Wrapper[];
  /** Time the driver wrote, as written; null without one. */
  readonly time: string | null;
  readonly stream: 'stdout' | 'stderr' | null;
  /** Who wrote it, where the wrapper says so: "pod/orders-7d9/orders", "orders-1", "orders[812]". */
  readonly writer: string | null;
  /** syslog priority, "0" to "7", where the journal has one that says something. */
  readonly priority: string | null;
  /** The wrapper's line is a record by itself: an entry of the journal or of a log store, a record of OTLP. */
  readonly entry: boolean;
  /** Longer than LINE_CAP: the rest was skipped. */
  readonly cut: boolean;
  /** Belongs to the line before: the text of one entry has several lines. */
  readonly continued: boolean;
  /** What the entry says besides its text: fields of the journal, attributes of resource and scope. What is handed out may be kept and asked later. */
  fields(): () => readonly EntryField[];
}

const HEAD = 64 * 1024;
const LF = 0x0a;
const NO_FIELDS: readonly EntryField[] = [];
const noFields = (): readonly EntryField[] => NO_FIELDS;

interface Open {
  parts: Uint8Array[];
  size: number;
  spans: Span[];
  time: string | null;
  stream: 'stdout' | 'stderr' | null;
  writer: string | null;
  cut: boolean;
}

const wrappers = new WeakMap<ByteSource, Wrapper | null>();

/** Every embedded reader asks this of every text. */
export function wrapperOf(source: ByteSource): Wrapper | null {
  let wrapper = wrappers.get(source);
  if (wrapper === undefined) {
    wrapper = wrappersOf(readSlice(source, 0, HEAD))[0] ?? null;
    wrappers.set(source, wrapper);
  }
  return wrapper;
}

/** Streams the logical lines of a source (or of [from, to) of it, which should start at a line). The yielded object is reused. */
export function* logicalLines(of: Artifact | ByteSource, from = 0, to?: number, known?: Wrapper | null): Generator<LogicalLine> {
  const source: ByteSource = 'source' in of ? of.source : of;
  const wrapper = known === undefined ? wrapperOf(source) : known;
  if (wrapper === 'journal-export') yield* exportLines(source, from, to ?? source.sizeBytes);
  else if (wrapper === 'otlp') yield* otlpLines(source, from, to ?? source.sizeBytes);
  else if (isStore(wrapper)) yield* storeLines(source, wrapper, from, to);
  else yield* rawLines(source, wrapper, from, to);
}

function* rawLines(source: ByteSource, wrapper: Wrapper | null, from: number, to: number | undefined): Generator<LogicalLine> {
  const raw = new RawLines(source, from, to);
  const line = new ReusedLine();
  const decoders: readonly Wrapper[] = wrapper === null ? NONE : [wrapper];
  const open = new Map<string, Open>();
  while (raw.next()) {
    line.plain(raw);
    const taken = wrapper === null ? null : unwrap(wrapper, raw);
    if (taken === null) {
      yield line;
      continue;
    }
    line.unwrapped(raw, taken, decoders);
    const key = taken.stream ?? '';
    const begun = open.get(key);
    if (taken.fragment || begun !== undefined) {
      const o = begun ?? { parts: [], size: 0, spans: [], time: line.time, stream: taken.stream, writer: taken.writer, cut: false };
      if (o.size < LINE_CAP) {
        const kept = taken.text.slice(0, LINE_CAP - o.size);
        o.parts.push(kept);
        o.size += kept.length;
      }
      if (raw.cut || o.size >= LINE_CAP) o.cut = true;
      addSpan(o.spans, line.span, source);
      if (taken.fragment) {
        open.set(key, o);
        continue;
      }
      open.delete(key);
      line.joined(o, decoders);
      yield line;
      continue;
    }
    if (taken.entry && taken.text.includes(LF)) yield* line.split();
    else yield line;
  }
  for (const o of [...open.values()].sort((a, b) => a.spans[0]!.offset - b.spans[0]!.offset)) {
    line.joined(o, decoders);
    yield line;
  }
}

/** Stretches that only a line end parts are one. */
function addSpan(spans: Span[], span: Span, source: ByteSource): void {
  const last = spans.at(-1);
  const gap = last === undefined ? -1 : span.offset - last.offset - last.length;
  if (last !== undefined && (gap === 1 || (gap === 2 && readSlice(source, span.offset - 2, 1)[0] === 0x0d)))
    spans[spans.length - 1] = { offset: last.offset, length: span.offset + span.length - last.offset };
  else spans.push(span);
}

/** The line is handed out again and again: it holds until the next one is asked for. */
class ReusedLine implements LogicalLine {
  text: Uint8Array = new Uint8Array(0);
  span: Span = { offset: 0, length: 0 };
  textOffset = -1;
  decoders: readonly Wrapper[] = NONE;
  stream: 'stdout' | 'stderr' | null = null;
  writer: string | null = null;
  priority: string | null = null;
  entry = false;
  cut = false;
  continued = false;
  #spans: readonly Span[] | null = null;
  #raw: RawLines | null = null;
  #from = -1;
  #to = -1;
  #time: string | null = null;
  #fields: (() => () => readonly EntryField[]) | null = null;

  get spans(): readonly Span[] {
    return this.#spans ?? [this.span];
  }

  /** Becomes a string only when somebody asks: most lines of a large log are looked at and passed over. */
  get time(): string | null {
    if (this.#raw === null) return this.#time;
    this.#time = this.#from < 0 ? null : decodeLatin1(this.#raw.buffer.subarray(this.#from, this.#to)).trimEnd();
    this.#raw = null;
    return this.#time;
  }

  fields(): () => readonly EntryField[] {
    return this.#fields?.() ?? noFields;
  }

  plain(raw: RawLines): void {
    this.text = raw.buffer.subarray(raw.start, raw.end);
    this.span = { offset: raw.offset, length: raw.length };
    this.textOffset = raw.offset;
    this.decoders = NONE;
    this.stream = null;
    this.writer = null;
    this.priority = null;
    this.entry = false;
    this.cut = raw.cut;
    this.#spans = null;
    this.#fields = null;
    this.#raw = null;
    this.#time = null;
  }

  unwrapped(raw: RawLines, u: Unwrapped, decoders: readonly Wrapper[]): void {
    this.decoders = decoders;
    this.text = u.text;
    this.textOffset = u.at < 0 ? -1 : raw.offset + u.at;
    this.stream = u.stream;
    this.writer = u.writer;
    this.priority = u.priority;
    this.entry = u.entry;
    if (u.time === null) {
      this.#raw = raw;
      this.#from = u.timeFrom;
      this.#to = u.timeTo;
    } else this.#time = u.time;
    if (u.entry) {
      const { buffer, start, end, offset } = raw;
      this.#fields = () => {
        const kept = buffer.slice(start, end);
        return () => journalFields(kept, offset);
      };
    }
  }

  joined(o: Open, decoders: readonly Wrapper[]): void {
    const text = new Uint8Array(o.size);
    let at = 0;
    for (const p of o.parts) {
      text.set(p, at);
      at += p.length;
    }
    this.decoders = decoders;
    this.text = text;
    this.span = o.spans[0]!;
    this.#spans = o.spans;
    this.textOffset = -1;
    this.stream = o.stream;
    this.writer = o.writer;
    this.cut = o.cut;
    this.#raw = null;
    this.#time = o.time;
  }

  /** An entry of the export format; its text may have several lines. */
  *exported(e: ExportEntry): Generator<LogicalLine> {
    const of = (name: string): string | null => {
      const f = e.fields.find((x) => x.name === name);
      return f === undefined ? null : decodeText(f.bytes);
    };
    const message = e.fields.find((f) => f.name === 'MESSAGE');
    this.text = message?.bytes ?? new Uint8Array(0);
    this.textOffset = message?.offset ?? -1;
    this.span = { offset: e.offset, length: e.length };
    this.decoders = EXPORT;
    this.writer = writerOf(of('SYSLOG_IDENTIFIER'), of('_SYSTEMD_UNIT'), of('_PID'));
    this.priority = saidPriority(of('PRIORITY'), of('_TRANSPORT'));
    this.entry = true;
    this.cut = e.cut;
    this.#time = of('_SOURCE_REALTIME_TIMESTAMP') ?? of('__REALTIME_TIMESTAMP');
    this.#fields = () => () =>
      e.fields.filter((f) => f.name !== 'MESSAGE').map((f) => ({ name: f.name, type: 'string', text: decodeText(f.bytes), span: { offset: f.offset, length: f.length } }));
    if (this.text.includes(LF)) yield* this.split();
    else yield this;
  }

  /**
   * A record of OTLP. One that states a severity was made of a record and is read as one; one without was made of a line of text, by the
   * file or syslog receiver of the collector, and is unwrapped.
   */
  otlp(p: OtlpPiece): void {
    this.span = { offset: p.offset, length: p.length };
    this.text = p.bytes;
    this.textOffset = p.offset;
    this.cut = p.cut;
    this.#time = null;
    this.decoders = NONE;
    this.entry = false;
    this.#fields = null;
    if (p.kind === 'text') return;
    this.decoders = OTLP;
    this.entry = true;
    const { resource, scope } = p;
    this.#fields = () => () => otlpContextFields(resource, scope, null);
    let body: Span | null = null;
    let time: string | null = null;
    let observed: string | null = null;
    for (const m of members(p.bytes, 0)) {
      if (m.key === 'severityNumber' || m.key === 'severityText') return;
      if (m.key === 'body') for (const b of members(p.bytes, m.value.offset)) if (b.key === 'stringValue' && b.whole) body = b.value;
      const text = m.key === 'timeUnixNano' || m.key === 'observedTimeUnixNano' ? parseSpan(p.bytes, m.value) : null;
      if (m.key === 'timeUnixNano') time = String(text);
      else if (m.key === 'observedTimeUnixNano') observed = String(text);
    }
    if (body === null || body.length < 2) return;
    const record = { bytes: p.bytes.slice(), offset: p.offset };
    const string = p.bytes.subarray(body.offset + 1, body.offset + body.length - 1);
    const escaped = string.includes(0x5c);
    this.text = escaped ? unescapeQuoted(p.bytes, body.offset + 1, body.offset + body.length - 1) : string;
    this.textOffset = escaped ? -1 : p.offset + body.offset + 1;
    this.#time = time !== null && time !== '0' ? time : observed;
    this.#fields = () => () => otlpContextFields(resource, scope, record);
  }

  /** An entry of a log store. */
  *stored(e: StoreEntry, decoders: readonly Wrapper[]): Generator<LogicalLine> {
    this.text = e.text;
    this.textOffset = e.textOffset;
    this.span = e.span;
    this.decoders = decoders;
    this.stream = e.stream;
    this.writer = e.writer;
    this.entry = true;
    this.cut = e.cut;
    this.#time = e.time;
    const { fields } = e;
    this.#fields = () => () => fields;
    if (this.text.includes(LF)) yield* this.split();
    else yield this;
  }

  /** Line by line: the first keeps the span, the others stand at its end and take none. */
  *split(): Generator<LogicalLine> {
    const { text, textOffset, span } = this;
    for (let from = 0; from === 0 || from < text.length; ) {
      const lf = text.indexOf(LF, from);
      const to = lf < 0 ? text.length : lf;
      this.text = text.subarray(from, to);
      this.textOffset = textOffset < 0 ? -1 : textOffset + from;
      this.continued = from > 0;
      this.span = from === 0 ? span : { offset: span.offset + span.length, length: 0 };
      yield this;
      from = to + 1;
    }
    this.continued = false;
  }
}

const EXPORT: readonly Wrapper[] = ['journal-export'];
const OTLP: readonly Wrapper[] = ['otlp'];

function* exportLines(source: ByteSource, from: number, to: number): Generator<LogicalLine> {
  const line = new ReusedLine();
  for (const entry of journalEntries(source, from, to)) yield* line.exported(entry);
}

function* otlpLines(source: ByteSource, from: number, to: number): Generator<LogicalLine> {
  const line = new ReusedLine();
  for (const piece of otlpPieces(source, from, to)) {
    line.otlp(piece);
    yield line;
  }
}

function* storeLines(source: ByteSource, store: Store, from: number, to: number | undefined): Generator<LogicalLine> {
  const line = new ReusedLine();
  const decoders: readonly Wrapper[] = [store];
  for (const entry of storeEntries(source, store, from, to)) yield* line.stored(entry, decoders);
}
