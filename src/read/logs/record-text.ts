/**
 * The unwrapped text of one record, and the way back from a position in it to the raw bytes: lines of docker, CRI or a terminal
 * lose their wrapping here, and places must still point at what is in the file.
 */
import type { Span } from '../../model/index.ts';

/** One line as the line reader hands it out. */
export interface LogLine {
  /** Without wrapper and line end. */
  readonly bytes: Uint8Array;
  /** Raw, with wrapper and line end. */
  readonly span: Span;
  /** Raw offset of bytes[0]; null where the wrapper escaped the text. */
  readonly at: number | null;
}

interface Segment {
  /** Position in the text where this stretch begins. */
  readonly from: number;
  /** Raw offset of that position; null: escaped. */
  readonly raw: number | null;
}

export interface RecordText {
  readonly bytes: Uint8Array;
  readonly segments: readonly Segment[];
}

const ESC = 27;

/** Joins lines with \n and takes terminal colours out. */
export function recordText(lines: readonly LogLine[], cap: number): RecordText {
  const first = lines[0];
  if (lines.length === 1 && first !== undefined && first.bytes.indexOf(ESC) < 0) {
    const bytes = first.bytes.length > cap ? first.bytes.subarray(0, cap) : first.bytes;
    return { bytes, segments: [{ from: 0, raw: first.at }] };
  }
  const size = Math.min(
    cap,
    lines.reduce((n, l) => n + l.bytes.length + 1, -1),
  );
  const out = new Uint8Array(Math.max(0, size));
  const segments: Segment[] = [];
  let at = 0;
  for (const [i, line] of lines.entries()) {
    if (i > 0 && at < out.length) out[at++] = 10;
    let from = 0;
    while (from < line.bytes.length && at < out.length) {
      const colour = line.bytes.indexOf(ESC, from);
      const to = colour < 0 ? line.bytes.length : colour;
      segments.push({ from: at, raw: line.at === null ? null : line.at + from });
      const part = line.bytes.subarray(from, Math.min(to, from + out.length - at));
      out.set(part, at);
      at += part.length;
      from = colour < 0 ? to : afterColour(line.bytes, colour);
    }
  }
  return { bytes: out.subarray(0, at), segments: segments.length === 0 ? [{ from: 0, raw: first?.at ?? null }] : segments };
}

/** ESC [ digits ; m — anything else loses only its ESC. */
function afterColour(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] !== 91) return at + 1;
  let i = at + 2;
  while (i < bytes.length && i < at + 24 && ((bytes[i]! >= 48 && bytes[i]! <= 57) || bytes[i] === 59)) i++;
  return bytes[i] === 109 || bytes[i] === 75 ? i + 1 : at + 1;
}

/** Raw bytes of text positions [start, end); null where a wrapper escaped them. */
export function rawSpan(text: RecordText, start: number, end: number): Span | null {
  const a = rawOffset(text, start);
  const b = end > start ? rawOffset(text, end - 1) : a;
  return a === null || b === null || b < a ? null : { offset: a, length: end > start ? b - a + 1 : 0 };
}

function rawOffset(text: RecordText, at: number): number | null {
  let low = 0;
  let high = text.segments.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (text.segments[mid]!.from <= at) low = mid;
    else high = mid - 1;
  }
  const s = text.segments[low];
  return s === undefined || s.raw === null ? null : s.raw + (at - s.from);
}
