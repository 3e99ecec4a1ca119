/**
 * Finds the crash texts of Go programs wherever they stand: a stderr file, a log between JSON lines, under docker, CRI or kubectl prefixes,
 * or escaped in a field of a log record.
 * Written by: runtime/panic.go printpanics, throw and fatal; runtime/signal_unix.go sighandler; net/http/server.go (*conn).serve;
 * runtime/debug.Stack printed or logged; flag/flag.go failf. Go 1.19 to 1.27 (testdata: 1.21, 1.26, 1.27).
 * Sample:   panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]
 *           [signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x687c00]
 *
 *           goroutine 1 [running]:
 * Units:    at/before/after are instants of the log driver or of the nearest log lines; local times without zone are read as UTC.
 * Problems: crash-text/truncated, crash-text/no-trace. Never throws on input.
 * Not read: registers, system stacks ("runtime stack:"), C stacks; recoveries that log no stack; gin's own stack layout.
 */
import { type Artifact, decodeText, type Instant, type Problem, parseInstant, placeAt, type Reader, readSlice, type Span } from '../../model/index.ts';
import { holdsEscapedStack, type QuotedText, quotedTexts, spansOfLines } from '../lib/escaped-text.ts';
import { type GoroutineTable, GoroutineTableBuilder } from '../lib/goroutines/table.ts';
import { timeInLine } from '../lib/line-time.ts';
import { type LogicalLine, logicalLines, type Wrapper, wrapperOf } from '../lib/lines.ts';
import { holdsAny, needles } from '../lib/needles.ts';
import { CrashAssembler } from './assembler.ts';
import type { Crash, FlagError } from './crash.ts';
import { FLAG, LOG_LINE } from './lines.ts';

export type { Crash, CrashKind, FlagError, PanicValue, Signal } from './crash.ts';

export interface CrashText {
  /** In the order of their first lines. */
  readonly crashes: readonly Crash[];
  readonly flagErrors: readonly FlagError[];
  readonly table: GoroutineTable;
  readonly wrapper: Wrapper | null;
}

const NEEDLES = needles(
  'panic: ',
  'fatal error: ',
  'panic serving ',
  'SIGQUIT: ',
  'SIGABRT: ',
  '[running]',
  'runtime.gopanic',
  'flag provided but not defined',
  'for flag -',
  'flag needs an argument',
  'bad flag syntax',
);
/** Crash texts kept an artifact: a handler that panics on every request fills gigabytes. */
const CRASHES_CAP = 20_000;
const WRITERS_CAP = 256;
const STREAM_ANY = '';
/** Crashes that wait for a dated line: a log without dates must not make the wait long. */
const UNBOUNDED_CAP = 64;

export const crashText: Reader<CrashText> = {
  id: 'crash-text',
  title: 'Go crash text (panic, fatal error, SIGQUIT, http: panic serving)',
  takes: 'embedded',

  sniff(head) {
    const text = decodeText(head);
    const at = Math.max(text.indexOf('panic: '), text.indexOf('fatal error: '));
    return at < 0 ? { confidence: 0, reached: 0, why: 'no panic or fatal error in the first bytes' } : { confidence: 0.4, reached: at, why: 'holds a crash text' };
  },

  // a dump taken over HTTP begins with a goroutine: nothing crashed in it, and it may be very long
  mayHold: (artifact) => !decodeText(readSlice(artifact.source, 0, 10)).startsWith('goroutine ') && holdsAny(artifact.source, NEEDLES),

  read(artifact) {
    const found = new Search(artifact).run();
    const problems: Problem[] = found.crashes.filter((c) => !c.complete && c.kind !== 'dump' && c.kind !== 'logged').map((c) => problemOf(artifact, c));
    if (found.crashes.length === 0 && found.flagErrors.length === 0)
      return {
        model: null,
        problems: [
          {
            code: 'crash-text/none',
            severity: 'note',
            place: null,
            what: 'no crash text was found',
            why: 'the words occur, but not as the Go runtime writes them',
            next: 'nothing, unless the program is known to have crashed: then look for its stderr',
          },
        ],
      };
    return { model: found, problems };
  },
};

function problemOf(artifact: Artifact, crash: Crash): Problem {
  const place = placeAt(artifact.id, crash.head, { decoders: crash.decoders });
  if (crash.goroutines > 0)
    return {
      code: 'crash-text/truncated',
      severity: 'warning',
      place,
      what: 'the crash text ends in the middle of a goroutine',
      why: 'frames or goroutines behind it are missing',
      next: "the whole text: kubectl logs POD --previous, or the process's stderr",
    };
  const none = crash.kind === 'fatal' && crash.values[0]?.text.startsWith('no goroutines') === true;
  return {
    code: 'crash-text/no-trace',
    severity: none ? 'note' : 'warning',
    place,
    what: 'a crash without a goroutine trace',
    why: none ? 'no goroutine was left to print' : 'the text is cut, other output stands where the trace should be, or the process runs with GOTRACEBACK=none',
    next: none ? 'nothing' : "the whole text: kubectl logs POD --previous, or the process's stderr; GOTRACEBACK=all for the next time",
  };
}

class Search {
  readonly #artifact: Artifact;
  readonly #builder = new GoroutineTableBuilder();
  readonly #crashes: Crash[] = [];
  readonly #flagErrors: FlagError[] = [];
  readonly #assemblers = new Map<string, CrashAssembler>();
  readonly #wrapper: Wrapper | null;
  #blocks = 0;
  /** Nearest log lines before, newest last: a record beside a stack often says what the panic was. */
  #previous: Span[] = [];
  #lastTime: { span: Span; at: Instant | null | undefined } | null = null;
  /** Crashes that wait for a later line to bound them in time. */
  #unbounded: number[] = [];

  constructor(artifact: Artifact) {
    this.#artifact = artifact;
    this.#wrapper = wrapperOf(artifact.source);
  }

  run(): CrashText {
    for (const line of logicalLines(this.#artifact, 0, undefined, this.#wrapper)) {
      if (this.#crashes.length >= CRASHES_CAP) break;
      this.#line(line);
    }
    for (const a of this.#assemblers.values()) a.finish();
    this.#crashes.sort((a, b) => a.head.offset - b.head.offset || a.block - b.block);
    return { crashes: this.#crashes, flagErrors: this.#flagErrors, table: this.#builder.finish(), wrapper: this.#wrapper };
  }

  #line(line: LogicalLine): void {
    const key = line.writer === null && line.stream === null ? STREAM_ANY : `${line.writer ?? ''} ${line.stream ?? ''}`;
    let assembler = this.#assemblers.get(key);
    const text = line.text;
    if (text.length > 0 && holdsEscapedStack(text) && this.#record(line)) {
      this.#remember(line);
      return;
    }
    if (assembler === undefined || assembler.idle) {
      if (!mayBegin(text)) {
        this.#remember(line);
        return;
      }
      this.#flags(line);
      if (assembler === undefined) {
        if (this.#assemblers.size >= WRITERS_CAP) return;
        assembler = this.#assembler(line);
        this.#assemblers.set(key, assembler);
      }
    }
    assembler.line({ text, span: line.span, at: line.time === null ? null : parseInstant(line.time) });
    if (assembler.idle || isLogLine(text)) this.#remember(line);
  }

  #assembler(line: LogicalLine): CrashAssembler {
    return new CrashAssembler(this.#builder, () => this.#blocks++, this.#sink, {
      decoders: line.decoders,
      field: null,
      writer: line.writer,
      stream: line.stream,
      message: () => this.#messageBefore(),
      before: () => this.#timeBefore(),
    });
  }

  #sink = (crash: Crash): void => {
    if (this.#unbounded.length >= UNBOUNDED_CAP) this.#unbounded.shift();
    this.#unbounded.push(this.#crashes.length);
    this.#crashes.push(crash);
  };

  /** A record whose string field holds a stack: the field is a text of its own. True when one was found in it. */
  #record(line: LogicalLine): boolean {
    const holding = quotedTexts(line.text, true).filter((q) => holdsStack(q.text));
    if (holding.length === 0) return false;
    const at = line.time === null ? timeInLine(line.text) : parseInstant(line.time);
    const all = quotedTexts(line.text);
    const before = this.#crashes.length;
    for (const q of holding) {
      const assembler = new CrashAssembler(this.#builder, () => this.#blocks++, this.#sink, {
        decoders: [...line.decoders, 'json-string'],
        field: q.key,
        writer: line.writer,
        stream: line.stream,
        message: () => messageBeside(all, q),
        before: () => null,
      });
      // what loggers print themselves (zap's stacktrace) has no heading: it is the goroutine that logs
      if (!holds(q.text, 'goroutine ')) assembler.line({ text: HEADING, span: line.span, at });
      for (const s of spansOfLines(q.text)) assembler.line({ text: q.text.subarray(s.start, s.end), span: line.span, at });
      assembler.finish();
    }
    // a stack that a logger attaches to any error is no crash
    for (let i = this.#crashes.length - 1; i >= before; i--) if (this.#crashes[i]?.kind === 'dump') this.#crashes.splice(i, 1);
    this.#unbounded = this.#unbounded.filter((i) => i < this.#crashes.length);
    return true;
  }

  #flags(line: LogicalLine): void {
    if (line.text.length > 1000) return;
    const text = decodeText(line.text);
    if (!FLAG.test(text)) return;
    this.#flagErrors.push({
      message: text,
      span: line.span,
      decoders: line.decoders,
      at: line.time === null ? null : parseInstant(line.time),
      before: this.#timeBefore(),
      writer: line.writer,
    });
  }

  #remember(line: LogicalLine): void {
    if (line.text.length === 0) return;
    this.#previous.push(line.span);
    if (this.#previous.length > 4) this.#previous.shift();
    this.#lastTime = { span: line.span, at: undefined };
    if (this.#unbounded.length === 0) return;
    const at = line.time === null ? timeInLine(line.text) : parseInstant(line.time);
    if (at === null) return;
    for (const i of this.#unbounded) {
      const crash = this.#crashes[i];
      if (crash !== undefined && crash.after === null) this.#crashes[i] = { ...crash, after: at };
    }
    this.#unbounded = [];
  }

  #timeBefore(): Instant | null {
    for (let i = this.#previous.length - 1; i >= 0; i--) {
      const span = this.#previous[i] as Span;
      const at = timeInLine(readSlice(this.#artifact.source, span.offset, Math.min(span.length, 600)));
      if (at !== null) return at;
    }
    return this.#lastTime?.at ?? null;
  }

  /** The line before a stack that was printed as it is. */
  #messageBefore(): string {
    const span = this.#previous.at(-1);
    return span === undefined ? '' : panicMessageIn(decodeText(readSlice(this.#artifact.source, span.offset, Math.min(span.length, 2000))));
  }
}

const HEADING = new TextEncoder().encode('goroutine 0 [running]:');

/** First bytes of every line that begins a crash text; http: panic serving may stand behind any prefix. */
function mayBegin(text: Uint8Array): boolean {
  const c = text[0];
  // p f S g r u b i: panic, fatal, SIG…, goroutine, runtime:, unexpected fault, bad flag, invalid value
  if (c === 0x70 || c === 0x66 || c === 0x53 || c === 0x67 || c === 0x72 || c === 0x75 || c === 0x62 || c === 0x69 || c === 0x20 || c === 0x09) return true;
  // a stack printed by a logger stands behind its words
  if (text[text.length - 1] === 0x3a && text[text.length - 2] === 0x5d && holds(text, 'goroutine ')) return true;
  return holds(text, 'panic serving ');
}

function holds(text: Uint8Array, needle: string): boolean {
  const first = needle.charCodeAt(0);
  for (let i = text.indexOf(first); i >= 0 && i + needle.length <= text.length; i = text.indexOf(first, i + 1)) {
    let k = 1;
    while (k < needle.length && text[i + k] === needle.charCodeAt(k)) k++;
    if (k === needle.length) return true;
  }
  return false;
}

const STACK_HEADS = ['[running]', 'panic: ', 'fatal error: ', 'SIGQUIT: ', 'SIGABRT: '];
const holdsStack = (text: Uint8Array): boolean =>
  holds(text, 'runtime.gopanic') || holds(text, 'panic(') || (holds(text, 'goroutine ') && STACK_HEADS.some((head) => holds(text, head)));

const isLogLine = (text: Uint8Array): boolean => LOG_LINE.test(decodeText(text.subarray(0, 40)));

/** Texts the runtime panics with: recognised wherever a record quotes them. */
const RUNTIME_TEXT =
  /(runtime error: [^"\\\n]{1,300}|assignment to entry in nil map|send on closed channel|close of (?:closed|nil) channel|interface conversion: [^"\\\n]{1,300}|sync: negative WaitGroup counter|all goroutines are asleep[^"\\\n]{0,40})/;

const panicMessageIn = (text: string): string => RUNTIME_TEXT.exec(text)?.[1] ?? text.trim();

/** Of the other fields of the record: the runtime's own text first, then what is called panic, recover, error or err, then the message. */
function messageBeside(all: readonly QuotedText[], stack: QuotedText): string {
  const others = all.filter((q) => q.offset !== stack.offset && q.length < 4000).map((q) => ({ key: q.key, text: decodeText(q.text) }));
  for (const o of others) {
    const m = RUNTIME_TEXT.exec(o.text);
    if (m !== null) return m[1] as string;
  }
  for (const key of ['panic', 'recover', 'recovered', 'reason', 'error', 'err', 'msg', 'message']) {
    const o = others.find((f) => f.key === key);
    if (o !== undefined) return o.text;
  }
  return '';
}
