/**
 * Walks a log in outline: lines of JSON and logfmt loggers come as rows of the kernel, a few words each; everything else (console records, crash
 * text, wrapped lines, text between records) as records. Every line is in exactly one of them. Fixed memory.
 */
import { DECIDED, type Engine, ODD_JSON, ODD_LOGFMT, OUTLINE, type Outliner, openOutliner, TEXT_LINE } from '../../../kernels/index.ts';
import { type Artifact, type ByteSource, type Instant, readFully, readSlice, type Span } from '../../../model/index.ts';
import { headOf } from '../../lib/head.ts';
import { type EntryField, wrapperOf } from '../../lib/lines.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import type { LogRecord } from '../log-source.ts';
import { type Head, type Memory, newMemory, recognise } from '../recognise.ts';
import { OneRecord } from '../record.ts';
import { recordText } from '../record-text.ts';
import { instantNear, scanLog } from '../scan.ts';
import { lineAfter } from '../search/range.ts';
import { outlinePlan } from './plan.ts';

export { INFO, maskedText, NO_RANK, OUTLINE } from '../../../kernels/index.ts';

export interface OutlineVisitor {
  /** A record of one line: `words` from `at` on are its row (OUTLINE), whose offsets count from `base` in the artifact. */
  row(base: number, words: Uint32Array, at: number): void;
  record(record: LogRecord): void;
}

/** Lines as rows of a kernel: the outline's, or those of another whose first three words are the same. */
export interface RowSource extends Pick<Outliner, 'buffer' | 'capacity' | 'run' | 'out' | 'words'> {
  readonly resumeAt: number;
}

export interface WalkSummary {
  readonly lines: number;
  /** Bytes from the first line that begins in the range to the end of the last. */
  readonly bytes: number;
  /** Lines longer than the buffer: only their heads were looked at. */
  readonly longLines: number;
}

const BUFFER = 1024 * 1024;
const RECORD_CAP = 1024 * 1024;
const LF = 10;
const NO_FIELDS = (): readonly EntryField[] => [];
/** A crash goes on behind so many records of other goroutines, as in ../scan.ts: behind one more, lines are on their own again. */
const APART = 66;
/** Text that begins with a brace begins no crash: the record after it ends it. */
const APART_FROM_BRACES = 1;
const PRIMED = 16 * 1024;

/** Where nothing before can reach into what comes after. */
const apart = (braces: boolean): number => (braces ? APART_FROM_BRACES : APART);

/** One log. Buffers are kept between ranges and, by `outliner`, between logs. */
export class LogOutline {
  readonly artifact: Artifact;
  /** Lines carry a wrapper (docker, the CRI …): all of them come as records. */
  readonly wrapped: boolean;
  readonly #outliner: RowSource;
  readonly #formats: FormatSet;
  readonly #near: Instant | null;
  readonly #memory: Memory;

  constructor(artifact: Artifact, outliner: RowSource, formats: FormatSet = BUILT_IN) {
    this.artifact = artifact;
    this.#outliner = outliner;
    this.#formats = formats;
    this.wrapped = wrapperOf(artifact.source) !== null;
    this.#near = instantNear(artifact);
    this.#memory = newMemory(formats);
    // whose lines these are, for those that prove nothing
    const head = headOf(artifact.source).subarray(0, PRIMED);
    for (let at = 0, lf = head.indexOf(LF); lf >= 0; at = lf + 1, lf = head.indexOf(LF, at)) recognise(head.subarray(at, lf), this.#memory);
  }

  static outliner(formats: FormatSet = BUILT_IN, engine: Engine = 'auto'): Outliner {
    return openOutliner(outlinePlan(formats), BUFFER, engine);
  }

  /** [from, to) must begin and end at cuts (`cutNear`), or be the whole. */
  walk(from: number, to: number, visitor: OutlineVisitor): WalkSummary {
    const walk = new Walk(this, this.artifact, this.#near, this.#formats, this.#memory, visitor);
    if (this.wrapped) walk.text(from, to);
    else walk.run(this.#outliner, from, to);
    walk.flush(this.wrapped);
    return { lines: walk.lines, bytes: to - from, longLines: walk.longLines };
  }

  /** The record of a row. */
  recordOf(base: number, words: Uint32Array, at: number): LogRecord | null {
    return this.oneLine(base + words[at + OUTLINE.start]!, base + words[at + OUTLINE.end]!);
  }

  /** A line of a keyed format; null when no format takes it. */
  oneLine(start: number, end: number): LogRecord | null {
    let line = readSlice(this.artifact.source, start, end - start);
    if (line.at(-1) === 13) line = line.subarray(0, -1);
    const head = recognise(line, this.#memory);
    return head === null || head.kind !== 'keyed' ? null : this.#record(start, end, line, head);
  }

  /** A line of text between records. */
  plain(start: number, end: number): LogRecord {
    let line = readSlice(this.artifact.source, start, end - start);
    if (line.at(-1) === 13) line = line.subarray(0, -1);
    return this.#record(start, end, line, null);
  }

  #record(start: number, end: number, line: Uint8Array, head: Head | null): LogRecord {
    return new OneRecord({
      artifact: this.artifact,
      spans: [{ offset: start, length: end - start }],
      lines: 1,
      decoders: [],
      received: null,
      writer: null,
      priority: null,
      entryFields: NO_FIELDS,
      text: () => recordText([{ bytes: line, span: { offset: start, length: line.length }, at: start }], RECORD_CAP),
      head,
      near: this.#near,
    });
  }

  /** The first place at or after `at`, and within a megabyte of it, where a line begins that nothing before reaches into; null when there is none. */
  cutNear(at: number): number | null {
    const { source } = this.artifact;
    if (this.wrapped || at <= 0 || at >= source.sizeBytes) return null;
    const buffer = this.#outliner.buffer();
    const from = Math.max(0, at - BUFFER / 4);
    const want = Math.min(BUFFER - 1, source.sizeBytes - from);
    const have = readFully(source, from, buffer.subarray(0, want));
    const begin = from === 0 ? 0 : buffer.indexOf(LF) + 1;
    const end = buffer.lastIndexOf(LF, have - 1) + 1;
    let decided = 0;
    for (let p = begin; p < end; p = this.#outliner.resumeAt) {
      const n = this.#outliner.run(p, end);
      const { out, words } = this.#outliner;
      for (let i = 0; i < n; i++) {
        const verdict = out[i * words + OUTLINE.verdict];
        if (verdict === ODD_JSON) continue;
        decided = verdict === DECIDED ? decided + 1 : 0;
        const start = from + out[i * words]!;
        if (start >= at && decided > APART) return start;
      }
    }
    return null;
  }
}

class Walk {
  lines = 0;
  longLines = 0;
  readonly #log: LogOutline;
  readonly #artifact: Artifact;
  readonly #near: Instant | null;
  readonly #formats: FormatSet;
  readonly #memory: Memory;
  readonly #visitor: OutlineVisitor;
  /** The stretch of text that must be read as a whole; empty when #dirtyFrom < 0. */
  #dirtyFrom = -1;
  #dirtyTo = -1;
  #dirtyLines = 0;
  #braces = true;
  /** Decided lines behind it, which it may yet take in. */
  readonly #pending: { base: number; words: Uint32Array; record: LogRecord | null }[] = [];

  constructor(log: LogOutline, artifact: Artifact, near: Instant | null, formats: FormatSet, memory: Memory, visitor: OutlineVisitor) {
    this.#log = log;
    this.#artifact = artifact;
    this.#near = near;
    this.#formats = formats;
    this.#memory = memory;
    this.#visitor = visitor;
  }

  run(outliner: RowSource, from: number, to: number): void {
    const { source } = this.#artifact;
    let base = from;
    let held = 0;
    while (base < to) {
      const buffer = outliner.buffer();
      const want = Math.min(outliner.capacity - 1 - held, to - base - held);
      const got = want > 0 ? readFully(source, base + held, buffer.subarray(held, held + want)) : 0;
      const have = held + got;
      const atEnd = base + have >= to || got < want;
      let end = have === 0 ? 0 : buffer.lastIndexOf(LF, have - 1) + 1;
      if (atEnd && end < have) {
        buffer[have] = LF;
        end = have + 1;
      } else if (end === 0 && have > 0) {
        const next = Math.min(to, lineAfter(source, base + have, to));
        this.longLines++;
        this.lines++;
        this.text(base, next);
        base = next;
        held = 0;
        continue;
      }
      for (let p = 0; p < end; p = outliner.resumeAt) this.#rows(outliner, outliner.run(p, end), base);
      if (atEnd) return;
      buffer.copyWithin(0, end, have);
      base += end;
      held = have - end;
    }
  }

  #rows(outliner: RowSource, n: number, base: number): void {
    const { out, words } = outliner;
    this.lines += n;
    for (let i = 0; i < n; i++) {
      const at = i * words;
      const verdict = out[at + OUTLINE.verdict];
      if (verdict === DECIDED) {
        if (this.#dirtyFrom < 0) this.#visitor.row(base, out, at);
        else this.#wait({ base, words: out.slice(at, at + words), record: null });
        continue;
      }
      const start = base + out[at]!;
      const end = base + out[at + OUTLINE.end]!;
      const record = verdict === TEXT_LINE ? null : this.#log.oneLine(start, end);
      if (record !== null && (verdict === ODD_JSON || verdict === ODD_LOGFMT)) {
        if (this.#dirtyFrom < 0) this.#visitor.record(record);
        else this.#wait({ base, words: out.slice(at, at + words), record });
      } else this.#dirty(start, end + 1, verdict === ODD_JSON);
    }
  }

  /** A stretch that is text as far as can be said of it. */
  text(from: number, to: number): void {
    this.#dirty(from, to, false);
  }

  #dirty(start: number, end: number, brace: boolean): void {
    if (this.#dirtyFrom < 0) {
      this.#dirtyFrom = start;
      this.#braces = brace;
      this.#dirtyLines = 1;
    } else {
      this.#braces &&= brace;
      this.#dirtyLines += 1 + this.#pending.length;
    }
    this.#dirtyTo = end;
    this.#pending.length = 0;
  }

  #wait(line: { base: number; words: Uint32Array; record: LogRecord | null }): void {
    this.#pending.push(line);
    if (this.#pending.length >= apart(this.#braces)) this.flush();
  }

  /** Reads what is held back; `count`: its lines were not met before. */
  flush(count = false): void {
    if (this.#dirtyFrom < 0) return;
    const from = this.#dirtyFrom;
    const to = Math.min(this.#dirtyTo, this.#artifact.source.sizeBytes);
    this.#dirtyFrom = -1;
    if (this.#braces && this.#dirtyLines === 1) this.#visitor.record(this.#log.plain(from, lineEnd(this.#artifact.source, from, to)));
    else {
      const summary = scanLog(
        this.#artifact,
        this.#near,
        {},
        (r) => {
          this.#visitor.record(r);
          return true;
        },
        this.#formats,
        from === 0 && to >= this.#artifact.source.sizeBytes ? { memory: this.#memory } : { from, to, memory: this.#memory },
      );
      if (count) this.lines += summary.lines;
    }
    for (const { base, words, record } of this.#pending.splice(0)) {
      if (record === null) this.#visitor.row(base, words, 0);
      else this.#visitor.record(record);
    }
  }
}

/** The end of a line that may end in a line feed. */
const lineEnd = (source: ByteSource, from: number, to: number): number => (to > from && readSlice(source, to - 1, 1)[0] === LF ? to - 1 : to);

/** Bytes of a record that are its own. */
export const bytesOf = (spans: readonly Span[]): number => spans.reduce((n, s) => n + s.length, 0);
