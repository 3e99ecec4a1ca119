/**
 * Searches a range of an artifact: the kernel looks through whole lines in a buffer of its own, records are asked where it cannot decide.
 * A line belongs to the range it begins in, so that ranges may be searched side by side. Fixed memory.
 */
import { NO_TIME, ROW_WORDS, type Searcher, YES } from '../../../kernels/plan.ts';
import { type ByteSource, readFully } from '../../../model/bytes.ts';
import type { Instant } from '../../../model/index.ts';
import type { LogRecord } from '../log-source.ts';
import type { HeldSource } from './held-source.ts';

export interface Hit {
  readonly offset: number;
  /** Without the line end; of the whole record where lines were folded. */
  readonly length: number;
  /** ns since 1970; null where the record has no time. NO_TIME_YET: ask the record. */
  readonly time: Instant | null;
  /** Where the record was asked anyway. */
  readonly record: LogRecord | null;
}

export interface RangeSummary {
  readonly bytes: number;
  readonly hits: number;
  /** Lines whose grammar was looked at, and records that were asked. */
  readonly looked: number;
  readonly asked: number;
  /** Lines longer than the buffer: only their heads were looked at. */
  readonly longLines: number;
  readonly stopped: boolean;
}

/** Longest line that a kernel decides; a longer one is decided by its head. */
export const LINE_BUFFER = 1024 * 1024;

const LF = 10;
const AHEAD = 4096;
/** Read at once: what was copied is still near the processor when it is looked at. */
const STEP = 256 * 1024;

export const hitOf = (record: LogRecord | null): Hit | null =>
  record === null ? null : { offset: record.span.offset, length: record.span.length, time: record.time?.at ?? null, record };

/** Says of a line that the kernel left open whether its record matches. */
export interface Judge {
  readonly asked: number;
  judge(start: number, end: number, line: Uint8Array): Hit | null;
}

export interface Searched {
  readonly source: ByteSource;
  /** What the judge reads from; null: the source itself. */
  readonly held: HeldSource | null;
  readonly searcher: Searcher;
  readonly judge: Judge;
}

/** `hit` may stop the search by returning false. */
export function searchRange(searched: Searched, from: number, to: number, hit: (h: Hit) => boolean | undefined): RangeSummary {
  // the buffer is used for other logs, too
  try {
    return search(searched, from, to, hit);
  } finally {
    searched.held?.letGo();
  }
}

function search({ source, held: near, searcher, judge }: Searched, from: number, to: number, hit: (h: Hit) => boolean | undefined): RangeSummary {
  const size = source.sizeBytes;
  const { capacity } = searcher;
  let hits = 0;
  let longLines = 0;
  let stopped = false;
  const lookedBefore = searcher.looked;
  const askedBefore = judge.asked;
  /** Source offset of buffer[0], which begins a line. */
  let base = from === 0 ? 0 : lineAfter(source, from - 1, Math.min(to, size));
  const begin = base;
  let held = 0;
  /** What is read beyond the range at first: its last line ends somewhere behind. */
  let ahead = AHEAD;

  const work = (end: number): void => {
    let at = 0;
    while (at < end && !stopped) {
      const rows = searcher.run(at, end);
      const { out, times } = searcher;
      const buffer = searcher.buffer();
      for (let i = 0; i < rows; i++) {
        const start = out[i * ROW_WORDS] as number;
        if (base + start >= to) return;
        const stop = out[i * ROW_WORDS + 1] as number;
        let found: Hit | null;
        if (out[i * ROW_WORDS + 2] === YES) {
          const time = times[i * 3 + 2] as bigint;
          found = { offset: base + start, length: withoutCr(buffer, start, stop) - start, time: time === NO_TIME ? null : (time as Instant), record: null };
        } else {
          // the buffer is the kernel's: a record may be kept
          const line = buffer.slice(start, withoutCr(buffer, start, stop));
          found = judge.judge(base + start, base + stop, line);
        }
        if (found === null) continue;
        hits++;
        if (hit(found) === false) {
          stopped = true;
          return;
        }
      }
      at = searcher.resumeAt;
    }
  };

  while (base < to && base + held < size && !stopped) {
    const buffer = searcher.buffer();
    // one byte is kept for the line feed that a last line may lack
    const want = Math.min(capacity - 1 - held, size - base - held, Math.max(ahead, Math.min(STEP, to - base - held + ahead)));
    const got = want > 0 ? readFully(source, base + held, buffer.subarray(held, held + want)) : 0;
    const have = held + got;
    near?.hold(() => searcher.buffer(), base, have);
    const atEnd = base + have >= size || got < want;
    const full = have >= capacity - 1;
    let end = buffer.lastIndexOf(LF, have - 1) + 1;
    if (atEnd && end < have) {
      buffer[have] = LF;
      end = have + 1;
    } else if (end === 0 && !full) {
      // a short range, and a line that goes on behind what was read
      held = have;
      ahead *= 4;
      continue;
    } else if (end === 0) {
      // a line that fills the buffer: its head speaks for it
      longLines++;
      const head = base;
      buffer[have] = LF;
      work(have + 1);
      base = lineAfter(source, head + have, size);
      held = 0;
      continue;
    }
    work(upTo(buffer, to - base, end));
    if (atEnd) break;
    buffer.copyWithin(0, end, have);
    base += end;
    held = have - end;
  }
  return { bytes: Math.max(0, Math.min(to, size) - begin), hits, looked: searcher.looked - lookedBefore, asked: judge.asked - askedBefore, longLines, stopped };
}

/** No line behind the range's last is looked at. */
function upTo(buffer: Uint8Array, limit: number, end: number): number {
  if (limit >= end) return end;
  const lf = buffer.indexOf(LF, Math.max(0, limit - 1));
  return lf < 0 || lf >= end ? end : lf + 1;
}

const withoutCr = (buffer: Uint8Array, start: number, stop: number): number => (stop > start && buffer[stop - 1] === 13 ? stop - 1 : stop);

const LINE_STEP = 64 * 1024;

/** Offset after the first line feed at or behind `from`, at most `limit`. */
export function lineAfter(source: ByteSource, from: number, limit: number): number {
  const part = new Uint8Array(LINE_STEP);
  for (let at = from; at < limit; ) {
    const n = source.readInto(at, part);
    if (n <= 0) return limit;
    const lf = part.subarray(0, n).indexOf(LF);
    if (lf >= 0) return at + lf + 1;
    at += n;
  }
  return limit;
}
