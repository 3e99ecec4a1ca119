/**
 * Asks lines that a log driver wrapped: takes the wrapper off, joins what the driver cut, lets a kernel decide the application's own line, and
 * reads the record only where the kernel cannot. Lines of other streams and writers may stand between those of a record: only lines of its own count.
 */
import type { Searcher } from '../../../kernels/plan.ts';
import { NO_TIME, YES } from '../../../kernels/plan.ts';
import type { Artifact, Instant } from '../../../model/index.ts';
import type { Wrapper } from '../../lib/lines.ts';
import { LINE_CAP } from '../../lib/raw-lines.ts';
import { type RawLine, type Unwrapped, unwrap } from '../../lib/unwrap.ts';
import { beginsCrash, mayResume } from '../crash-fold.ts';
import type { FormatSet } from '../format-set.ts';
import type { LogRecord } from '../log-source.ts';
import { type Head, type Memory, newMemory, recognise } from '../recognise.ts';
import { recordText } from '../record-text.ts';
import { scanLog } from '../scan.ts';
import type { Matcher } from './match.ts';
import { type NearLine, NearLines } from './near-lines.ts';
import { type Hit, hitOf, type Judge } from './range.ts';

const ESC = 27;
const LF = 10;
/** The line behind a console record, which tells that it has ended, is sought so far on; further on the record is read as one of several lines. */
const NEXT_CAP = 64 * 1024;
/** How far back the head of a record is sought. */
const BACK_CAP = 256 * 1024;
/** And the beginning of a crash, behind at most so many records of its own writer. */
const CRASH_BACK_CAP = 2 * 1024 * 1024;
const INTERRUPTED_CAP = 64;
/** How far on the end of a record is sought at first; eight times further each time it is not there. */
const AHEAD = 4 * 1024;
/** A record that nothing of its own writer ended within so much is over. */
const SILENT_CAP = 1024 * 1024;
const RECENT = 32;
/** Of so many writers it is remembered what was read last. */
const WRITERS_CAP = 256;
/** Drivers that cut long lines. */
const CUTTING: ReadonlySet<Wrapper> = new Set<Wrapper>(['cri', 'docker']);

export interface WrappedJudgeOptions {
  readonly artifact: Artifact;
  readonly near: Instant | null;
  readonly matches: Matcher;
  readonly formats: FormatSet;
  readonly wrapper: Wrapper;
  /** Decides the application's line; null: what stands beside the line counts, too. */
  readonly kernel: Searcher | null;
}

/** One line of an application: without wrapper, joined. */
interface Logical {
  readonly key: string;
  /** Where its first and its last raw line begin, where the last ends, and where the next raw line begins. */
  readonly first: number;
  readonly last: number;
  readonly stop: number;
  readonly next: number;
  /** Of the journal's entries, whose texts may have several lines, the first. */
  readonly text: Uint8Array;
  readonly cut: boolean;
  readonly several: boolean;
}

interface StreamState {
  /** Of the line joined last: where its first and its last raw line begin. */
  from: number;
  to: number;
  /** What is open at the beginning of the range is known. */
  checked: boolean;
  /** No line of the stream begins in [absentFrom, absentTo). */
  absentFrom: number;
  absentTo: number;
}

const keyOf = (u: Unwrapped | null): string => (u === null || (u.stream === null && u.writer === null) ? ' ' : `${u.stream ?? ''} ${u.writer ?? ''}`);

export class WrappedJudge implements Judge {
  asked = 0;
  readonly #of: WrappedJudgeOptions;
  readonly #memory: Memory;
  readonly #lines: NearLines;
  readonly #cutting: boolean;
  readonly #streams = new Map<string, StreamState>();
  readonly #raw: { buffer: Uint8Array; start: number; end: number } = { buffer: new Uint8Array(0), start: 0, end: 0 };
  /** Records handed out last. */
  readonly #recent: number[] = [];
  /** Of each key the record of several lines that was read last: its lines say nothing new. */
  readonly #last = new Map<string, LogRecord>();
  /** Where a record of a key was ended by the next one. */
  readonly #ended = new Map<string, number>();

  constructor(of: WrappedJudgeOptions) {
    this.#of = of;
    this.#memory = newMemory(of.formats);
    this.#lines = new NearLines(of.artifact.source);
    this.#cutting = CUTTING.has(of.wrapper);
  }

  /** Lines that begin in a new range are judged from here on. */
  begin(): void {
    for (const s of this.#streams.values()) {
      s.checked = false;
      s.from = s.to = -1;
    }
    this.#last.clear();
    this.#ended.clear();
  }

  judge(start: number, end: number, line: Uint8Array): Hit | null {
    if (this.#last.size > WRITERS_CAP) this.#last.clear();
    if (this.#ended.size > WRITERS_CAP) this.#ended.clear();
    const cut = line.length > LINE_CAP;
    this.#raw.buffer = line;
    this.#raw.end = cut ? LINE_CAP : line.length;
    const u = unwrap(this.#of.wrapper, this.#raw);
    if (u !== null && this.#cutting) {
      const { fragment, text } = u;
      const stream = u.stream ?? '';
      const s = this.#stream(stream);
      if (start >= s.from && start <= s.to) return null;
      let first = start;
      if (!s.checked) {
        first = this.#openBefore(start, s, stream) ?? start;
        s.checked = true;
      }
      if (first < start || fragment) {
        const joined = this.#join(first);
        s.from = first;
        s.to = joined.last;
        return this.#decide(joined.text, joined.cut, joined.first, joined.stop, () => joined);
      }
      // u is filled anew for each line that was looked at meanwhile; no driver that cuts lines names a writer
      const key = `${stream} `;
      return this.#decide(text, cut, start, start + line.length, () => ({ ...plainPlace(start, end, line, cut), key, text, several: false }));
    }
    return this.#decide(u === null ? line : u.text, cut, start, start + line.length, () => logicalOf(u, plainPlace(start, end, line, cut), line));
  }

  /** By the kernel where it can, else by the record. */
  #decide(text: Uint8Array, cut: boolean, first: number, stop: number, logical: () => Logical): Hit | null {
    const { kernel } = this.#of;
    if (kernel !== null && !cut && text.length > 0 && text[0]! > 32 && text.indexOf(LF) < 0) {
      const buffer = kernel.buffer();
      buffer.set(text);
      buffer[text.length] = LF;
      if (kernel.run(0, text.length + 1) === 0) return null;
      const time = kernel.times[2] as bigint;
      if (kernel.out[2] === YES && time !== NO_TIME) return { offset: first, length: stop - first, time: time as Instant, record: null };
    }
    const of = logical();
    // what reads the next lines uses the memory that the text may lie in
    return hitOf(this.#record({ ...of, text: of.text.slice() }));
  }

  #record(of: Logical): LogRecord | null {
    if (this.#last.get(of.key)?.spans.some((s) => s.offset <= of.first && of.first <= s.offset + s.length) === true) return null;
    if (this.#isOneLine(of)) {
      let found: LogRecord | null = null;
      this.#scan(of.first, of.next, (r) => {
        if (r.span.offset !== of.first) return true;
        found = r;
        return false;
      });
      return found === null ? null : this.#once(found);
    }
    return this.#folded(of);
  }

  /** Begins a record that no line goes on with. */
  #isOneLine(of: Logical): boolean {
    const { text } = of;
    if (of.several || text.length === 0 || text[0]! <= 32 || beginsCrash(text, false)) return false;
    const head = this.#headOf(text);
    if (head === null) return !mayResume(text) && this.#standsAlone(of);
    if (head.kind === 'keyed') return true;
    const next = this.#after(of.next, of.key, NEXT_CAP);
    if (next === 'end') return true;
    return next !== null && !beginsCrash(next.text, false) && this.#headOf(next.text) !== null;
  }

  /** Text that nothing before takes in, because a record of one line is over, and that takes in nothing after. */
  #standsAlone(of: Logical): boolean {
    const next = this.#after(of.next, of.key, NEXT_CAP);
    // an indented or empty line goes on with it
    if (next === null || (next !== 'end' && (next.text[0] ?? 0) <= 32)) return false;
    const previous = this.#before(of.first, of.first - NEXT_CAP, of.key);
    return previous !== null && this.#headOf(previous.text)?.kind === 'keyed';
  }

  #headOf(text: Uint8Array): Head | null {
    return recognise(text.indexOf(ESC) < 0 ? text : recordText([{ bytes: text, span: { offset: 0, length: text.length }, at: null }], LINE_CAP).bytes, this.#memory);
  }

  #once(r: LogRecord): LogRecord | null {
    if (this.#recent.includes(r.span.offset)) return null;
    this.#recent.push(r.span.offset);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.asked++;
    // empty lines between records are nothing to show
    if (r.format === 'plain' && r.text().trim() === '') return null;
    return this.#of.matches(r) ? r : null;
  }

  #scan(from: number, to: number, visit: (r: LogRecord, atEnd: boolean) => boolean): void {
    const { artifact, near, formats } = this.#of;
    scanLog(artifact, near, {}, visit, formats, { from, to, memory: this.#memory });
  }

  #folded(of: Logical): LogRecord | null {
    const size = this.#of.artifact.source.sizeBytes;
    const from = this.#headBefore(of);
    for (let ahead = AHEAD; ; ahead *= 8) {
      const to = this.#settled(of.first, of.next + ahead);
      let closed: LogRecord | null = null;
      this.#scan(from, to, (r, atEnd) => {
        if (!r.spans.some((s) => s.offset <= of.first && of.first <= s.offset + s.length)) return true;
        const stop = r.span.offset + r.span.length;
        if (atEnd && to < size && stop + SILENT_CAP > to) return false;
        closed = r;
        if (!atEnd) this.#ended.set(of.key, stop);
        return false;
      });
      if (closed !== null) {
        this.#last.set(of.key, closed);
        return this.#once(closed);
      }
      if (to >= size) return null;
    }
  }

  /** The end of a line at or behind `at` at which no line of a stream is in parts. */
  #settled(from: number, at: number): number {
    const size = this.#of.artifact.source.sizeBytes;
    let to = at >= size ? size : (this.#lines.before(at)?.next ?? size);
    if (to < at) to = this.#lines.at(to)?.next ?? size;
    if (!this.#cutting) return to;
    for (let changed = true; changed && to < size; ) {
      changed = false;
      const seen = new Set<string>();
      for (let line = this.#lines.before(to); line !== null && line.offset >= from && seen.size < 2; line = this.#lines.before(line.offset)) {
        const u = this.#unwrapped(line);
        if (u === null || seen.has(u.stream ?? '')) continue;
        seen.add(u.stream ?? '');
        if (!u.fragment) continue;
        to = this.#join(line.offset).next;
        changed = true;
        break;
      }
    }
    return to;
  }

  /** Where the record begins that a line belongs to: at the nearest line of its writer that begins one, or at a crash that records interrupted. */
  #headBefore(of: Logical): number {
    const { text, key } = of;
    if (text.length > 0 && text[0]! > 32 && !beginsCrash(text, false) && this.#headOf(text) !== null) return of.first;
    const before = this.#ended.get(key) ?? -1;
    const ended = before > of.first || mayResume(text) || beginsCrash(text, false) ? -1 : before;
    let nearest: number | null = null;
    let crash: number | null = null;
    let records = 0;
    let reached = of.first;
    for (;;) {
      const line = this.#before(reached, of.first - (nearest === null ? BACK_CAP : CRASH_BACK_CAP), key);
      if (line === null) break;
      if (line.first < ended) break;
      reached = line.first;
      const head = beginsCrash(line.text, false) ? 'crash' : this.#headOf(line.text);
      if (head === 'crash') crash = line.first;
      else if (head !== null) {
        nearest ??= line.first;
        // a console record takes a bare trace below it in: reading from there tells
        if (head.kind === 'text') {
          if (crash !== null) crash = line.first;
          break;
        }
        if (++records > INTERRUPTED_CAP) break;
      }
    }
    return crash ?? nearest ?? reached;
  }

  #unwrapped(line: NearLine): Unwrapped | null {
    return unwrap(this.#of.wrapper, line satisfies RawLine);
  }

  /** The logical line of a key before `at`; it does not begin before `limit`. */
  #before(at: number, limit: number, key: string): Logical | null {
    for (let line = this.#lines.before(at); line !== null && line.offset >= limit; line = this.#lines.before(line.offset)) {
      const u = this.#unwrapped(line);
      if (keyOf(u) !== key) continue;
      if (u !== null && this.#cutting) {
        const stream = u.stream ?? '';
        const { fragment } = u;
        const view = logicalOf(u, placeOf(line), textOf(line));
        const alone = { ...view, text: view.text.slice() };
        const first = this.#openBefore(line.offset, this.#stream(stream), stream);
        return first === null && !fragment ? alone : this.#join(first ?? line.offset);
      }
      return logicalOf(u, placeOf(line), textOf(line));
    }
    return null;
  }

  /** The first logical line of a key that begins in [at, at + cap); null: none there, 'end': nor behind it. */
  #after(at: number, key: string, cap: number): Logical | 'end' | null {
    let line = this.#lines.at(at);
    for (; line !== null && line.offset < at + cap; line = this.#lines.at(line.next)) {
      const u = this.#unwrapped(line);
      if (keyOf(u) !== key) continue;
      if (u?.fragment === true) return this.#join(line.offset);
      return logicalOf(u, placeOf(line), textOf(line));
    }
    return line === null ? 'end' : null;
  }

  #stream(name: string): StreamState {
    let s = this.#streams.get(name);
    if (s === undefined) {
      s = { from: -1, to: -1, checked: false, absentFrom: -1, absentTo: -1 };
      this.#streams.set(name, s);
    }
    return s;
  }

  /** Where the line begins whose last part so far stands before `at`; null: the last line of the stream is whole. */
  #openBefore(at: number, s: StreamState, stream: string): number | null {
    let first: number | null = null;
    const top = at;
    for (let line = this.#lines.before(at); line !== null; line = this.#lines.before(at)) {
      const u = this.#unwrapped(line);
      at = line.offset;
      if (u === null || (u.stream ?? '') !== stream) {
        if (at > s.absentFrom && at <= s.absentTo) at = s.absentFrom;
        continue;
      }
      if (first === null) {
        s.absentFrom = line.next;
        s.absentTo = top;
      }
      if (!u.fragment) return first;
      first = line.offset;
    }
    if (first === null) {
      s.absentFrom = 0;
      s.absentTo = top;
    }
    return first;
  }

  /** The line whose first part begins at `first`. */
  #join(first: number): Logical {
    const parts: Uint8Array[] = [];
    let size = 0;
    let stop = first;
    let next = first;
    let last = first;
    let cut = false;
    let stream: string | null = null;
    let key = ' ';
    for (let line = this.#lines.at(first); line !== null; line = this.#lines.at(line.next)) {
      const u = this.#unwrapped(line);
      if (u === null) continue;
      if (stream === null) {
        stream = u.stream ?? '';
        key = keyOf(u);
      } else if ((u.stream ?? '') !== stream) continue;
      const part = u.text.slice(0, Math.max(0, LINE_CAP - size));
      parts.push(part);
      size += part.length;
      cut ||= line.cut || size >= LINE_CAP;
      last = line.offset;
      stop = line.stop;
      next = line.next;
      if (!u.fragment) break;
    }
    const text = new Uint8Array(size);
    let at = 0;
    for (const p of parts) {
      text.set(p, at);
      at += p.length;
    }
    return { key, first, last, stop, next, text, cut, several: false };
  }
}

const textOf = (line: NearLine): Uint8Array => line.buffer.subarray(line.start, line.end);

const plainPlace = (start: number, end: number, line: Uint8Array, cut: boolean): Place => ({ first: start, last: start, stop: start + line.length, next: end + 1, cut });

type Place = Pick<Logical, 'first' | 'last' | 'stop' | 'next' | 'cut'>;
const placeOf = (line: NearLine): Place => ({ first: line.offset, last: line.offset, stop: line.stop, next: line.next, cut: line.cut });

/** `plain`: what it says where it carries no wrapper. */
function logicalOf(u: Unwrapped | null, place: Place, plain: Uint8Array): Logical {
  const text = u === null ? plain : u.text;
  const lf = u?.entry === true ? text.indexOf(LF) : -1;
  return { ...place, key: keyOf(u), text: lf < 0 ? text : text.subarray(0, lf), several: lf >= 0 };
}
