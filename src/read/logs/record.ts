/** One record, decoded only as far as somebody asks. */
import { type Artifact, decodeLatin1, decodeText, type Instant, type Span } from '../../model/index.ts';
import type { EntryField } from '../lib/lines.ts';
import { levelIn } from './format-set.ts';
import type { ReadTime } from './go-time.ts';
import { type FieldSpan, jsonText } from './json-fields.ts';
import { type Level, levelInMessage, levelOf, levelOfPriority } from './levels.ts';
import type { DurationUnit, Field, FieldType, LogRecord, LogTime } from './log-source.ts';
import { goText } from './logfmt-fields.ts';
import { type Piece, parseTail, type TailParts } from './parse-text.ts';
import { formatOf, type Head, type HeadPiece, readTime, roleField, spanText } from './recognise.ts';
import { type RecordText, rawSpan } from './record-text.ts';
import { fieldSays, saysOf } from './roles.ts';

/** What a driver says of when it received a line. */
export type Received = ReadTime;

export interface RecordSource {
  readonly artifact: Artifact;
  /** In order, not empty. */
  readonly spans: readonly Span[];
  readonly lines: number;
  readonly decoders: readonly string[];
  readonly received: Received | null;
  readonly writer: string | null;
  /** syslog priority. */
  readonly priority: string | null;
  /** What the wrapper's entry says besides the text. */
  readonly entryFields: () => readonly EntryField[];
  text(): RecordText;
  /** entry: an entry of the journal or of a log store whose text no known logger wrote. */
  readonly head: Head | 'crash' | 'entry' | null;
  /** Supplies the year where the format has none. */
  readonly near: Instant | null;
}

/** Decoded when its text is asked for: most fields of most records never are. */
class OneField implements Field {
  readonly name: string;
  readonly type: FieldType;
  readonly says: number;
  readonly #of: FieldSpan;
  readonly #latin: string;
  readonly #in: RecordText;
  readonly #record: Span;
  #text: string | null = null;

  constructor(of: FieldSpan, latin: string, text: RecordText, record: Span) {
    this.name = of.name;
    this.type = of.type;
    this.says = saysOf(of.name);
    this.#of = of;
    this.#latin = latin;
    this.#in = text;
    this.#record = record;
  }

  get text(): string {
    this.#text ??= spanText(this.#in.bytes, this.#latin, this.#of);
    return this.#text;
  }

  get span(): Span {
    return rawSpan(this.#in, this.#of.start, this.#of.end) ?? this.#record;
  }
}

const STORE_FORMATS: readonly string[] = ['loki', 'victorialogs'];
/** Named by shippers and by OpenTelemetry. Not detected_level: Loki guesses it, and finds an error in "no error found". */
const LEVEL_NAMES = ['level', 'severity', 'severity_text', 'lvl', 'log.level'];

/** The level that stands beside a line in its store: whoever stored it took the line for a record of its own. */
export function levelBeside(fields: readonly EntryField[]): string | null {
  for (const name of LEVEL_NAMES) for (const f of fields) if (f.name === name && levelOf(f.text) !== null) return f.text;
  return null;
}

const isHead = (head: RecordSource['head']): head is Head => head !== null && head !== 'crash' && head !== 'entry';

export class OneRecord implements LogRecord {
  readonly #of: RecordSource;
  #span: Span | null = null;
  #text: RecordText | null = null;
  #latin: string | null = null;
  #tail: TailParts | null = null;
  #time: LogTime | null | undefined;
  #fields: readonly Field[] | null = null;
  #says = -1;
  #message: string | null = null;
  #level: string | null | undefined;

  constructor(of: RecordSource) {
    this.#of = of;
  }

  get artifact(): Artifact {
    return this.#of.artifact;
  }
  get span(): Span {
    if (this.#span === null) {
      const { spans } = this.#of;
      const first = spans[0]!;
      const last = spans.at(-1)!;
      this.#span = spans.length === 1 ? first : { offset: first.offset, length: last.offset + last.length - first.offset };
    }
    return this.#span;
  }
  get spans(): readonly Span[] {
    return this.#of.spans;
  }
  get lines(): number {
    return this.#of.lines;
  }
  get decoders(): readonly string[] {
    return this.#of.decoders;
  }
  get received(): Instant | null {
    return this.#of.received?.at ?? null;
  }

  get writer(): string | null {
    return this.#of.writer;
  }

  get format(): string {
    const head = this.#of.head;
    return isHead(head) ? formatOf(head).id : head === null ? 'plain' : head === 'crash' ? 'go-crash' : (STORE_FORMATS.find((f) => f === this.#of.decoders[0]) ?? 'journal');
  }

  get durations(): DurationUnit {
    const head = this.#of.head;
    return !isHead(head) ? 'unknown' : formatOf(head).durations;
  }

  get time(): LogTime | null {
    if (this.#time === undefined) this.#time = this.#readTime();
    return this.#time;
  }

  #readTime(): LogTime | null {
    const head = this.#of.head;
    const { received } = this.#of;
    // what the line itself came with is nearer than what is known of the file
    const near = received?.at ?? this.#of.near;
    const printed = !isHead(head) ? null : head.kind === 'text' ? head.time : this.#role('time');
    if (printed !== null && isHead(head)) {
      const read = readTime(head, printed, near);
      // a time of day is dated by its wrapper, and the wrapper's own time is finer
      if (read !== null && (received === null || !read.assumed.includes('date'))) return { ...read, from: 'record' };
    }
    return received === null ? null : { ...received, from: 'wrapper' };
  }

  get levelText(): string | null {
    if (this.#level === undefined) this.#level = this.#readLevel();
    return this.#level;
  }

  #readLevel(): string | null {
    const head = this.#of.head;
    if (head === null || head === 'crash') return null;
    if (head === 'entry') return levelBeside(this.#of.entryFields());
    const printed = head.kind === 'text' ? head.level : this.#role('level');
    if (printed !== null) return printed;
    return levelBeside(this.#of.entryFields()) ?? (head.kind === 'text' ? (levelInMessage(this.message)?.text ?? null) : null);
  }

  get level(): Level | null {
    if (this.#of.head === 'crash') return 'fatal';
    const text = this.levelText;
    const { head, priority } = this.#of;
    if (text === null) return priority === null ? null : levelOfPriority(priority);
    return isHead(head) ? levelIn(formatOf(head), text) : levelOf(text);
  }

  get message(): string {
    if (this.#message === null) this.#message = this.#readMessage();
    return this.#message;
  }

  #readMessage(): string {
    const head = this.#of.head;
    if (!isHead(head)) return this.text();
    return head.kind === 'keyed' ? (this.#role('message') ?? '') : this.#piece(this.#tailParts().message);
  }

  get messageSpan(): Span {
    const head = this.#of.head;
    if (!isHead(head)) return this.span;
    const at = head.kind === 'keyed' ? roleField(head.fields, head.of.format.roles.message) : this.#tailParts().message;
    return (at === null ? null : rawSpan(this.#recordText(), at.start, at.end)) ?? this.span;
  }

  get caller(): string | null {
    const head = this.#of.head;
    if (!isHead(head)) return null;
    if (head.kind === 'text') {
      const caller = this.#headPiece('caller') ?? this.#tailParts().caller;
      return caller === null ? null : this.#piece(caller);
    }
    const plain = this.#role('caller');
    if (plain !== null) return plain;
    const stated = head.of.format.attributes === 'otlp' ? (this.field('code.file.path') ?? this.field('code.filepath')) : null;
    if (stated !== null) return `${stated.text}:${(this.field('code.line.number') ?? this.field('code.lineno'))?.text ?? '0'}`;
    // slog: {"source":{"function":…,"file":…,"line":17}}
    for (const name of head.of.format.roles.caller) {
      const file = this.field(`${name}.file`);
      const line = this.field(`${name}.line`);
      if (file !== null) return line === null ? file.text : `${file.text}:${line.text}`;
    }
    return null;
  }

  get logger(): string | null {
    const head = this.#of.head;
    if (!isHead(head)) return null;
    if (head.kind === 'keyed') return this.#role('logger') ?? (head.of.format.attributes === 'otlp' ? (this.field('otel.scope.name')?.text ?? null) : null);
    const logger = this.#headPiece('logger') ?? this.#tailParts().logger;
    return logger === null ? null : this.#piece(logger);
  }

  get stack(): string | null {
    const head = this.#of.head;
    if (head === 'crash') return this.text();
    if (!isHead(head)) return null;
    if (head.kind === 'keyed') return this.#role('stack');
    const stack = this.#tailParts().stack;
    return stack === null ? null : this.#piece(stack);
  }

  /** Of all its fields together: what none of them says need not be looked for. */
  get says(): number {
    if (this.#says < 0) {
      let says = 0;
      for (const f of this.fields) says |= fieldSays(f);
      this.#says = says;
    }
    return this.#says;
  }

  get fields(): readonly Field[] {
    if (this.#fields === null) {
      const head = this.#of.head;
      const spans = !isHead(head) ? [] : head.kind === 'keyed' ? head.fields : [...headFields(head.pieces), ...this.#tailParts().fields];
      const text = this.#recordText();
      const latin = this.#latinText();
      this.#fields = [...spans.map((f) => new OneField(f, latin, text, this.span)), ...this.#of.entryFields()];
    }
    return this.#fields;
  }

  field(name: string, which: 'first' | 'last' = 'first'): Field | null {
    const all = this.fields;
    if (which === 'last') return all.findLast((f) => f.name === name) ?? null;
    for (const f of all) if (f.name === name) return f;
    return null;
  }

  text(): string {
    return decodeText(this.#recordText().bytes);
  }

  #recordText(): RecordText {
    this.#text ??= this.#of.text();
    return this.#text;
  }

  #latinText(): string {
    const head = this.#of.head;
    // a record of one line was looked at whole when it was recognised
    if (this.#latin === null) this.#latin = isHead(head) && head.kind === 'keyed' && this.#of.lines === 1 ? head.latin : decodeLatin1(this.#recordText().bytes);
    return this.#latin;
  }

  #tailParts(): TailParts {
    if (this.#tail === null) {
      const head = this.#of.head;
      if (!isHead(head) || head.kind !== 'text') throw new Error('only console records have a tail');
      const text = this.#recordText();
      this.#tail = parseTail(head.layout.tail, this.#latinText(), text.bytes, head.tailAt);
    }
    return this.#tail;
  }

  #headPiece(name: 'caller' | 'logger'): Piece | null {
    const head = this.#of.head;
    if (!isHead(head) || head.kind !== 'text') return null;
    const found = head.pieces.find((p) => p.name === name);
    return found === undefined ? null : { start: found.start, end: found.end, coding: 'raw' };
  }

  #role(role: 'time' | 'level' | 'message' | 'caller' | 'logger' | 'stack'): string | null {
    const head = this.#of.head;
    if (!isHead(head) || head.kind !== 'keyed') return null;
    const found = roleField(head.fields, head.of.format.roles[role]);
    if (found === null) return null;
    return spanText(this.#recordText().bytes, this.#latinText(), found);
  }

  #piece(p: Piece): string {
    const { bytes } = this.#recordText();
    return p.coding === 'json' ? jsonText(bytes, p.start, p.end) : p.coding === 'go' ? goText(bytes, p.start, p.end) : decodeText(bytes.subarray(p.start, p.end));
  }
}

/** What stands before the message and is neither logger nor caller. */
const headFields = (pieces: readonly HeadPiece[]): FieldSpan[] =>
  pieces.filter((p) => p.name !== 'logger' && p.name !== 'caller').map((p) => ({ name: p.name, type: 'string', start: p.start, end: p.end, coding: 'raw' }));
