/**
 * Puts one writer's crash texts together, line by line.
 *
 *   state    sample                                                            next
 *   idle     panic: assignment to entry in nil map                             value
 *            fatal error: all goroutines are asleep - deadlock!                value
 *            runtime: goroutine stack exceeds 1000000000-byte limit            idle (kept as a note for the fatal error that follows)
 *            SIGQUIT: quit                                                     value
 *            2026/11/22 19:09:01 http: panic serving 10.0.0.3:51234: boom      value
 *            goroutine 34 [running]:                                           trace (debug.Stack printed as it is)
 *   value    ⇥panic: second [recovered]                                        value
 *            [signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=…]   value
 *            goroutine 1 [running]:                                            trace
 *   trace    lines of goroutines (read/lib/goroutines/parser.ts)               trace
 *            runtime stack:                                                    system (until an empty line)
 *            exit status 2                                                     idle
 * Lines of other threads' loggers may stand in between: a few are stepped over, more end the text.
 */
import { decodeText, type Instant, type Span } from '../../model/index.ts';
import { GoroutineParser } from '../lib/goroutines/parser.ts';
import type { GoroutineTableBuilder } from '../lib/goroutines/table.ts';
import { timeInLine } from '../lib/line-time.ts';
import type { Crash, CrashKind, PanicValue, Signal } from './crash.ts';
import { EXIT, FATAL, HTTP, LOG_LINE, NESTED, NOTE, PANIC, panicValue, REGISTERS, RUNTIME_STACK, SIGNAL_DUMP, SIGNAL_LINE, signalOf } from './lines.ts';

/** What the assembler is given of a line. */
export interface CrashLine {
  readonly text: Uint8Array;
  readonly span: Span;
  readonly at: Instant | null;
}

export interface Circumstances {
  readonly decoders: readonly string[];
  readonly field: string | null;
  readonly writer: string | null;
  readonly stream: 'stdout' | 'stderr' | null;
  /** What a record says beside its stack: candidates for the message of a recovered panic. */
  message(): string;
  before(): Instant | null;
}

/** Foreign lines stepped over inside a goroutine, and between goroutines. */
const FOREIGN_INSIDE = 8;
const FOREIGN_BETWEEN = 3;
const VALUE_LINES = 500;
const VALUE_BYTES = 16 * 1024;
const LINE_BYTES = 8 * 1024;
/** Lines behind an empty line that may still be the value's. */
const AFTER_BLANK = 40;
const BEGINS = /^(?:panic: |fatal error: |SIG[A-Z]{2,8}: )/;

interface Open {
  kind: CrashKind;
  values: PanicValue[];
  lines: string[];
  bytes: number;
  signal: Signal | null;
  notes: readonly string[];
  peer: string | null;
  head: Span;
  from: number;
  end: number;
  at: Instant | null;
  before: Instant | null;
  block: number;
  goroutines: number;
  row: number;
  running: boolean;
  blank: boolean;
  afterBlank: number;
  /** Lines since the first empty one: the value's if a goroutine follows. */
  tentative: string[];
  midFrame: boolean;
  exitStatus: number | null;
  foreign: number;
  /** Time of the first foreign line behind what was taken so far. */
  after: Instant | null;
}

export class CrashAssembler {
  readonly #parser: GoroutineParser;
  readonly #builder: GoroutineTableBuilder;
  readonly #nextBlock: () => number;
  readonly #sink: (crash: Crash) => void;
  readonly #about: Circumstances;
  #open: Open | null = null;
  #state: 'idle' | 'value' | 'trace' | 'system' = 'idle';
  #notes: string[] = [];
  #noteSpan: Span | null = null;

  constructor(builder: GoroutineTableBuilder, nextBlock: () => number, sink: (crash: Crash) => void, about: Circumstances) {
    this.#builder = builder;
    this.#parser = new GoroutineParser(builder);
    this.#nextBlock = nextBlock;
    this.#sink = sink;
    this.#about = about;
    this.#parser.onRow = (row, id, state) => {
      const o = this.#open;
      if (o === null) return;
      o.goroutines++;
      if (o.row < 0 || (!o.running && state === 'running' && id !== 0)) o.row = row;
      if (state === 'running' && id !== 0) o.running = true;
    };
  }

  /** Nothing is under way: lines that begin nothing need not be handed over. */
  get idle(): boolean {
    return this.#state === 'idle' && this.#notes.length === 0;
  }

  line(line: CrashLine): void {
    if (this.#state === 'idle') {
      this.#begin(line);
      return;
    }
    if (this.#state === 'system') {
      if (line.text.length === 0) this.#state = 'trace';
      this.#extend(line);
      return;
    }
    if (this.#state === 'value') this.#value(line);
    else this.#trace(line);
  }

  /** The text ends here. */
  finish(): void {
    const o = this.#open;
    this.#notes = [];
    if (o !== null) {
      o.midFrame = this.#parser.midFrame;
      this.#parser.close();
      this.#endValue(o);
      this.#open = null;
      this.#emit(o);
    }
    this.#state = 'idle';
  }

  #begin(line: CrashLine): void {
    const text = decodeText(line.text.subarray(0, LINE_BYTES));
    const notes = this.#notes;
    let m = PANIC.exec(text);
    if (m !== null) {
      this.#start('panic', line, m[1] as string);
      return;
    }
    m = FATAL.exec(text);
    if (m !== null) {
      this.#start('fatal', line, m[1] as string);
      return;
    }
    if (NOTE.test(text)) {
      if (notes.length === 0) this.#noteSpan = line.span;
      if (notes.length < 10) notes.push(text);
      return;
    }
    this.#notes = [];
    m = SIGNAL_DUMP.exec(text);
    if (m !== null) {
      this.#start('signal', line, text);
      if (this.#open !== null) (this.#open as Open).signal = { name: m[1] as string, what: m[2] as string, code: null, address: null };
      return;
    }
    m = HTTP.exec(text);
    if (m !== null) {
      this.#start('http', line, m[2] as string);
      if (this.#open !== null) (this.#open as Open).peer = m[1] as string;
      return;
    }
    this.#parser.block = -1;
    if (this.#parser.feed(line.text, 0, line.text.length, line.span.offset, line.span.length)) {
      this.#start('dump', line, null);
      this.#state = 'trace';
    }
  }

  #start(kind: CrashKind, line: CrashLine, value: string | null): void {
    const block = this.#nextBlock();
    this.#parser.block = block;
    this.#open = {
      kind,
      values: [],
      lines: value === null ? [] : [value],
      bytes: 0,
      signal: null,
      notes: this.#notes,
      peer: null,
      head: line.span,
      from: this.#notes.length > 0 && this.#noteSpan !== null ? this.#noteSpan.offset : line.span.offset,
      end: line.span.offset + line.span.length,
      at: line.at,
      before: this.#about.before(),
      block,
      goroutines: 0,
      row: -1,
      running: false,
      blank: false,
      afterBlank: 0,
      tentative: [],
      midFrame: false,
      exitStatus: null,
      foreign: 0,
      after: null,
    };
    this.#notes = [];
    this.#noteSpan = null;
    this.#state = 'value';
  }

  #value(line: CrashLine): void {
    const o = this.#open as Open;
    const text = decodeText(line.text.subarray(0, LINE_BYTES));
    if (text === '') {
      if (!o.blank || o.tentative.length > 0) o.tentative.push('');
      o.blank = true;
      return;
    }
    if (this.#parser.feed(line.text, 0, line.text.length, line.span.offset, line.span.length)) {
      if (o.afterBlank > 0) {
        while (o.tentative.at(-1) === '') o.tentative.pop();
        o.lines.push(...o.tentative);
      }
      this.#state = 'trace';
      this.#extend(line);
      return;
    }
    const signal = SIGNAL_LINE.exec(text);
    if (signal !== null) {
      o.signal = signalOf(signal);
      this.#extend(line);
      return;
    }
    if (text === RUNTIME_STACK) {
      this.#state = 'system';
      this.#extend(line);
      return;
    }
    if (this.#ends(text, line)) return;
    if (REGISTERS.test(text)) {
      this.#extend(line);
      return;
    }
    const nested = NESTED.exec(text);
    if (nested !== null) {
      this.#endValue(o);
      o.lines = [nested[1] as string];
      this.#extend(line);
      return;
    }
    if (LOG_LINE.test(text)) {
      this.#isForeign(o, line);
      if (o.foreign > FOREIGN_INSIDE) this.finish();
      return;
    }
    // an empty line closes most values; up to Go 1.22 a value's own empty lines look the same: what follows counts when a goroutine comes after all
    if (o.blank && (o.afterBlank >= AFTER_BLANK || BEGINS.test(text))) {
      this.#restart(line);
      return;
    }
    if (o.blank) {
      o.afterBlank++;
      o.tentative.push(text);
      return;
    }
    if (o.lines.length < VALUE_LINES && o.bytes < VALUE_BYTES) {
      o.lines.push(text);
      o.bytes += text.length;
    }
    this.#extend(line);
  }

  #trace(line: CrashLine): void {
    const o = this.#open as Open;
    if (this.#parser.feed(line.text, 0, line.text.length, line.span.offset, line.span.length)) {
      o.foreign = 0;
      this.#extend(line);
      return;
    }
    if (line.text.length === 0) return;
    const text = decodeText(line.text.subarray(0, LINE_BYTES));
    if (text === RUNTIME_STACK) {
      this.#state = 'system';
      return;
    }
    if (this.#ends(text, line)) return;
    if (REGISTERS.test(text)) {
      this.#extend(line);
      return;
    }
    // several threads may die at once: the second panic prints its value behind the first one's trace
    if (PANIC.test(text) || FATAL.test(text) || SIGNAL_DUMP.test(text) || HTTP.test(text)) {
      this.#restart(line);
      return;
    }
    this.#isForeign(o, line);
    const most = o.kind === 'http' || o.kind === 'logged' ? (this.#parser.open ? FOREIGN_INSIDE : 0) : this.#parser.open ? FOREIGN_INSIDE : FOREIGN_BETWEEN;
    if (o.foreign > most) this.finish();
  }

  /** `exit status 2` ends every crash text. */
  #ends(text: string, line: CrashLine): boolean {
    const m = EXIT.exec(text);
    if (m === null) return false;
    (this.#open as Open).exitStatus = Number(m[1]);
    this.#extend(line);
    this.finish();
    return true;
  }

  #restart(line: CrashLine): void {
    this.finish();
    this.line(line);
  }

  #isForeign(o: Open, line: CrashLine): void {
    o.foreign++;
    o.after ??= line.at ?? timeInLine(line.text);
  }

  #extend(line: CrashLine): void {
    const o = this.#open as Open;
    o.end = Math.max(o.end, line.span.offset + line.span.length);
    o.after = null;
  }

  #endValue(o: Open): void {
    if (o.lines.length > 0) o.values.push(panicValue(o.lines));
    o.lines = [];
  }

  #emit(o: Open): void {
    const panics = o.kind === 'dump' && o.row >= 0 && this.#builder.holdsFunction(o.row, PANIC_FRAMES);
    const message = panics ? this.#about.message() : '';
    this.#sink({
      kind: panics ? 'logged' : o.kind,
      values: panics ? [{ text: message, recovered: 'recovered' }] : o.values,
      signal: o.signal,
      notes: o.notes,
      peer: o.peer,
      head: o.head,
      span: { offset: o.from, length: Math.max(o.head.offset + o.head.length, o.end) - o.from },
      decoders: this.#about.decoders,
      field: this.#about.field,
      at: o.at,
      before: o.before,
      after: o.after,
      writer: this.#about.writer,
      stream: this.#about.stream,
      block: o.block,
      goroutines: o.goroutines,
      row: o.row,
      complete: !o.midFrame && (o.goroutines > 0 || o.kind === 'signal' || o.exitStatus !== null),
      exitStatus: o.exitStatus,
    });
  }
}

/** The frame of a panic under way: `panic(…)` in tracebacks, runtime.gopanic where loggers print the stack. */
const PANIC_FRAMES: ReadonlySet<string> = new Set(['panic', 'runtime.gopanic']);
