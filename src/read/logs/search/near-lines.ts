/** Lines around a place of a source, forwards and backwards, in two small windows. Bytes handed out hold until the next call in the same direction. */
import { type ByteSource, readFully } from '../../../model/index.ts';
import { LINE_CAP } from '../../lib/raw-lines.ts';
import { lineAfter } from './range.ts';

const LF = 10;
const CR = 13;
const STEP = 16 * 1024;
/** A line that begins further back is sought without being held. */
const BACK_CAP = 1024 * 1024;

export interface NearLine {
  readonly buffer: Uint8Array;
  readonly start: number;
  /** Without the line end; at most LINE_CAP bytes behind `start`. */
  readonly end: number;
  /** In the source. */
  readonly offset: number;
  /** In the source, without the line end. */
  readonly stop: number;
  /** Where the next line begins. */
  readonly next: number;
  /** Longer than LINE_CAP. */
  readonly cut: boolean;
}

export class NearLines {
  readonly #source: ByteSource;
  readonly #ahead: Window;
  readonly #behind: Window;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#ahead = new Window(source);
    this.#behind = new Window(source);
  }

  /** The line that begins at `at`; null at the end of the source. */
  at(at: number): NearLine | null {
    return this.#in(this.#ahead, at);
  }

  /** The line before the one that begins at `at`; null at the beginning of the source. */
  before(at: number): NearLine | null {
    if (at <= 0) return null;
    const w = this.#behind;
    if (!w.holds(Math.max(0, at - 2), at)) w.load(Math.max(0, at - STEP), at);
    for (let step = STEP * 8; ; step *= 8) {
      const lf = at - 2 < w.from ? -1 : w.buffer.lastIndexOf(LF, at - 2 - w.from);
      if (lf >= 0 || w.from === 0) return this.#in(w, lf < 0 ? 0 : w.from + lf + 1);
      if (step > BACK_CAP) return this.#in(this.#behind, lineBegin(this.#source, w.from));
      w.load(Math.max(0, at - step), at);
    }
  }

  #in(w: Window, at: number): NearLine | null {
    const size = this.#source.sizeBytes;
    if (at >= size) return null;
    if (!w.holds(at, at + 1)) w.load(at, Math.min(size, at + STEP));
    let lf = w.lineFeed(at);
    for (let step = STEP * 8; lf < 0 && w.to < size && w.to - at <= LINE_CAP; step *= 8) {
      const wanted = Math.min(size, at + Math.min(step, LINE_CAP + STEP));
      w.load(at, wanted);
      lf = w.lineFeed(at);
      // the source has become shorter
      if (w.to < wanted) break;
    }
    const next = lf >= 0 ? lf + 1 : w.to >= size ? size : lineAfter(this.#source, w.to, size);
    let stop = lf >= 0 ? lf : w.to >= size || next === size ? size : next - 1;
    const start = at - w.from;
    const cut = stop - at > LINE_CAP;
    if (!cut && lf > at && w.buffer[lf - 1 - w.from] === CR) stop--;
    return { buffer: w.buffer, start, end: Math.min(start + LINE_CAP, stop - w.from, w.to - w.from), offset: at, stop, next, cut };
  }
}

/** A stretch of a source. */
class Window {
  buffer = new Uint8Array(STEP);
  from = 0;
  to = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  holds(from: number, to: number): boolean {
    return from >= this.from && to <= this.to;
  }

  load(from: number, to: number): void {
    if (to - from > this.buffer.length) this.buffer = new Uint8Array(to - from);
    this.from = from;
    this.to = from + readFully(this.#source, from, this.buffer.subarray(0, to - from));
  }

  /** Of the source; -1 when there is none in the window. */
  lineFeed(at: number): number {
    const lf = this.buffer.indexOf(LF, at - this.from);
    return lf < 0 || lf >= this.to - this.from ? -1 : this.from + lf;
  }
}

/** Where the line begins that holds the byte before `at`. */
function lineBegin(source: ByteSource, at: number): number {
  const part = new Uint8Array(64 * 1024);
  for (let to = at; to > 0; ) {
    const from = Math.max(0, to - part.length);
    const got = readFully(source, from, part.subarray(0, to - from));
    const lf = part.subarray(0, got).lastIndexOf(LF);
    if (lf >= 0) return from + lf + 1;
    to = from;
  }
  return 0;
}
