/**
 * Asks whole records where no kernel can decide: lines of console logs with what is folded into them, crash text,
 * values with escapes. Reads only the surroundings of the line in question.
 */
import { type Artifact, decodeLatin1, type Instant, readSlice } from '../../../model/index.ts';
import type { EntryField } from '../../lib/lines.ts';
import { beginsCrash, mayResume } from '../crash-fold.ts';
import type { FormatSet } from '../format-set.ts';
import { jsonFields } from '../json-fields.ts';
import type { LogRecord } from '../log-source.ts';
import { type Head, type Memory, newMemory, recognise } from '../recognise.ts';
import { OneRecord } from '../record.ts';
import { recordText } from '../record-text.ts';
import { scanLog } from '../scan.ts';
import type { Matcher } from './match.ts';

/** A line of a console log is seldom longer. */
const NEXT = 1024;
/** The line before is sought so near. */
const NEAR = 4096;
/** How far back the head of a record is sought. */
const BACK_CAP = 256 * 1024;
/** The beginning of a crash is sought behind so many records, which mostly are near. */
const CRASH_BACK: readonly number[] = [32 * 1024, 256 * 1024, 2 * 1024 * 1024];
/** How far on the end of a record is sought at first, which most need not; eight times further each time it is not there. */
const AHEAD = 4 * 1024;
const RECORD_CAP = 1024 * 1024;
const BRACE = 123;
const CLOSING = 125;
const ESC = 27;
const NO_FIELDS = (): readonly EntryField[] => [];
/** Records handed out last: a candidate further down in one of them says nothing new. */
const RECENT = 32;
/** As in ../scan.ts. */
const INTERRUPTED_CAP = 64;

export interface JudgeOptions {
  readonly artifact: Artifact;
  readonly near: Instant | null;
  readonly matches: Matcher;
  readonly formats: FormatSet;
}

export class RecordJudge {
  readonly #of: JudgeOptions;
  readonly #memory: Memory;
  /** Everything before it was judged: a line begins here. */
  #done = 0;
  readonly #recent: number[] = [];
  /** Records that were asked. */
  asked = 0;

  constructor(of: JudgeOptions) {
    this.#of = of;
    this.#memory = newMemory(of.formats);
  }

  /** The record that holds the line [start, end) when it matches and was not handed out before. `line`: its bytes, without the line end. */
  judge(start: number, end: number, line: Uint8Array): LogRecord | null {
    if (start < this.#done) return null;
    if (line[0] === BRACE && mayEndObject(line)) {
      const head = recognise(line, this.#memory) ?? this.#anyObject(line);
      if (head !== null) {
        this.#done = end + 1;
        return this.#ask(this.#oneLine(start, end, line, head));
      }
    }
    const head = line[0] === BRACE ? null : this.#headOfOneLine(end, line);
    if (head !== null) {
      this.#done = end + 1;
      return this.#ask(this.#oneLine(start, end, line, head));
    }
    if (this.#standsAlone(start, end, line)) {
      this.#done = end + 1;
      return this.#ask(this.#oneLine(start, end, line, null));
    }
    return this.#judgeFolded(this.#headBefore(start, line), start, end);
  }

  /** The record whose span is given. `wrapped`: nothing can be said of its line before the wrapper of a log driver is taken off. */
  at(offset: number, length: number, wrapped: boolean): LogRecord | null {
    const line = readSlice(this.#of.artifact.source, offset, length);
    if (!wrapped && line[0] === BRACE && line.indexOf(10) < 0) {
      const head = recognise(line, this.#memory) ?? this.#anyObject(line);
      if (head !== null) return this.#oneLine(offset, offset + length, line, head);
    }
    let found: LogRecord | null = null;
    const { artifact, near, formats } = this.#of;
    scanLog(
      artifact,
      near,
      {},
      (r) => {
        if (r.span.offset !== offset) return true;
        found = r;
        return false;
      },
      formats,
      { from: offset, to: offset + length },
    );
    return found;
  }

  /** What begins a record of one line for certain: logfmt, or a console line before another beginning. That is most of them, and asks for no scan. */
  #headOfOneLine(end: number, line: Uint8Array): Head | null {
    if (line.indexOf(ESC) >= 0 || beginsCrash(line, false)) return null;
    const head = recognise(line, this.#memory);
    if (head === null || head.kind === 'keyed') return head;
    const { source } = this.#of.artifact;
    if (end + 1 >= source.sizeBytes) return head;
    const after = readSlice(source, end + 1, NEXT);
    const lf = after.indexOf(10);
    // a line that is not seen whole says nothing
    if (lf < 0) return null;
    const next = after.subarray(0, lf > 0 && after[lf - 1] === 13 ? lf - 1 : lf);
    return !beginsCrash(next, false) && this.#begins(next) ? head : null;
  }

  /** Text that nothing before takes in, because a JSON record is one line and no crash goes on with it, and that takes in nothing after. */
  #standsAlone(start: number, end: number, line: Uint8Array): boolean {
    const next = readSlice(this.#of.artifact.source, end, 3);
    const begins = next[0] === 13 ? next[2] : next[1];
    // an indented or empty line goes on with it
    if (begins === undefined || begins <= 32) return false;
    // what begins with a brace was no object
    if ((line[0] !== BRACE || line.indexOf(ESC) >= 0) && this.#begins(line)) return false;
    if (beginsCrash(line, false) || mayResume(line)) return false;
    const from = Math.max(0, start - NEAR);
    const before = readSlice(this.#of.artifact.source, from, start - from);
    const at = before.length < 2 ? -1 : before.lastIndexOf(10, before.length - 2) + 1;
    if (at < 0 || (at === 0 && from > 0) || before[at] !== BRACE) return false;
    const previous = before.subarray(at, before.length - 1);
    const read = jsonFields(decodeLatin1(previous), previous, 0);
    return read !== null && read.end >= previous.length - 1;
  }

  #ask(record: LogRecord): LogRecord | null {
    this.asked++;
    // empty lines between records are nothing to show
    if (record.format === 'plain' && record.text().trim() === '') return null;
    return this.#of.matches(record) ? record : null;
  }

  /** A JSON object is a record, whoever wrote it. */
  #anyObject(line: Uint8Array): Head | null {
    const latin = decodeLatin1(line);
    const read = jsonFields(latin, line, 0);
    if (read === null || latin.slice(read.end, read.end + 256).trim() !== '') return null;
    return { kind: 'keyed', of: this.#of.formats.json.other, fields: read.fields, latin };
  }

  #oneLine(start: number, end: number, line: Uint8Array, head: Head | null): LogRecord {
    return new OneRecord({
      artifact: this.#of.artifact,
      spans: [{ offset: start, length: end - start }],
      lines: 1,
      decoders: [],
      received: null,
      writer: null,
      priority: null,
      entryFields: NO_FIELDS,
      text: () => recordText([{ bytes: line, span: { offset: start, length: line.length }, at: start }], RECORD_CAP),
      head,
      near: this.#of.near,
    });
  }

  /** Where the record that a line belongs to begins: at the nearest line that surely begins one. */
  #headBefore(start: number, line: Uint8Array): number {
    if (this.#begins(line)) return start;
    const crash = this.#crashBefore(start, line);
    if (crash !== null) return crash;
    for (const cap of [NEAR, BACK_CAP]) {
      const found = this.#headWithin(start, cap);
      if (found !== null) return found;
    }
    return this.#done > start - BACK_CAP ? this.#done : start;
  }

  /** Lines of a crash may stand behind records of other goroutines: then it is the crash that must be read from its beginning. */
  #crashBefore(start: number, line: Uint8Array): number | null {
    const first = line[0];
    if (first === BRACE || (first !== undefined && first >= 48 && first <= 57)) return null;
    let begins: number | null = null;
    for (const cap of CRASH_BACK) {
      const found = this.#crashWithin(start, cap);
      begins = found.begins;
      if (found.surely) break;
    }
    return begins;
  }

  /** `surely`: further back there is no beginning that counts. */
  #crashWithin(start: number, cap: number): { readonly begins: number | null; readonly surely: boolean } {
    const from = Math.max(0, start - cap);
    const before = readSlice(this.#of.artifact.source, from, start - from);
    let begins: number | null = null;
    let interrupted = 0;
    let at = before.length;
    while (at > 0 && interrupted <= INTERRUPTED_CAP) {
      const lineAt = at < 2 ? 0 : before.lastIndexOf(10, at - 2) + 1;
      if (lineAt === 0 && from > 0) return { begins, surely: false };
      const text = before.subarray(lineAt, at - 1);
      if (beginsCrash(text, false)) begins = from + lineAt;
      else if (this.#begins(text)) {
        if (begins !== null && text[0] !== BRACE) {
          // a console record takes a bare trace below it in: reading from there tells
          begins = from + lineAt;
          break;
        }
        interrupted++;
      }
      at = lineAt;
    }
    return { begins, surely: true };
  }

  #headWithin(start: number, cap: number): number | null {
    const from = Math.max(this.#done, start - cap);
    const before = readSlice(this.#of.artifact.source, from, start - from);
    let at = before.length;
    while (at > 0) {
      const lineAt = at < 2 ? 0 : before.lastIndexOf(10, at - 2) + 1;
      const text = before.subarray(lineAt, at - 1);
      // a line that the window cut begins nothing that is known
      if (lineAt === 0 && from > this.#done) break;
      if (this.#begins(text)) return from + lineAt;
      at = lineAt;
    }
    return null;
  }

  #begins(line: Uint8Array): boolean {
    const text = line.indexOf(27) < 0 ? line : recordText([{ bytes: line, span: { offset: 0, length: line.length }, at: null }], RECORD_CAP).bytes;
    // crash text begins a record only where none of its kind is open: what stands before it tells
    return recognise(text, this.#memory) !== null;
  }

  #judgeFolded(from: number, start: number, end: number): LogRecord | null {
    const { artifact, near, formats } = this.#of;
    const size = artifact.source.sizeBytes;
    let found: LogRecord | null = null;
    for (let ahead = AHEAD; ; ahead *= 8) {
      const { to, solid } = this.#wholeLines(end, ahead);
      let closed = false;
      scanLog(
        artifact,
        near,
        {},
        (r, atEnd) => {
          const span = r.spans.find((s) => s.offset <= start && s.offset + s.length >= start);
          if (span === undefined) return true;
          // a record that reaches the end of the window may go on behind it, a crash also where it does not
          const goesOn = r.format === 'go-crash' ? atEnd : r.span.offset + r.span.length >= solid;
          if (goesOn && to < size) return false;
          closed = true;
          this.#done = Math.max(end, span.offset + span.length) + 1;
          found = this.#once(r);
          return false;
        },
        formats,
        { from, to },
      );
      if (closed || to >= size || ahead > RECORD_CAP * 64) break;
    }
    if (this.#done <= start) this.#done = end + 1;
    // the line feed of a line that ends in CR LF
    const around = readSlice(artifact.source, this.#done - 1, 2);
    if (around[0] === 13 && around[1] === 10) this.#done++;
    return found;
  }

  /** A window up to the end of a line, about `ahead` bytes behind `end`; `solid`: the same without the line ends and empty lines it closes with. */
  #wholeLines(end: number, ahead: number): { readonly to: number; readonly solid: number } {
    const { source } = this.#of.artifact;
    const part = readSlice(source, end, ahead);
    let to = end + ahead >= source.sizeBytes ? part.length : part.lastIndexOf(10) + 1;
    if (to === 0) to = part.length;
    let solid = to;
    while (solid > 0 && (part[solid - 1] === 10 || part[solid - 1] === 13)) solid--;
    return { to: end + to, solid: end + solid };
  }

  #once(r: LogRecord): LogRecord | null {
    if (this.#recent.includes(r.span.offset)) return null;
    this.#recent.push(r.span.offset);
    if (this.#recent.length > RECENT) this.#recent.shift();
    return this.#ask(r);
  }
}

/** A line that was cut off ends otherwise, and need not be read to know it. */
function mayEndObject(line: Uint8Array): boolean {
  const last = line.at(-1);
  return last === undefined || last <= 32 || last === CLOSING;
}
