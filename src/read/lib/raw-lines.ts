/**
 * Raw lines of a byte source, streaming in fixed memory: one window, moved along. Lines longer than the cap are handed out cut.
 */
import type { ByteSource, MemorySource } from '../../model/index.ts';

const LF = 0x0a;
const CR = 0x0d;
const WINDOW = 1024 * 1024;
/** A longer line is cut here; what follows up to its end is skipped. */
export const LINE_CAP = 512 * 1024;

export class RawLines {
  /** Bytes that hold the current line: `buffer.subarray(start, end)`. Valid until next(). */
  buffer: Uint8Array = new Uint8Array(0);
  start = 0;
  /** Without the line end (LF or CRLF). */
  end = 0;
  /** Offset of `start` in the source. */
  offset = 0;
  /** The line was longer than LINE_CAP. */
  cut = false;
  /** Length in the source without the line end; larger than end - start when cut. */
  length = 0;

  readonly #source: ByteSource;
  readonly #stop: number;
  readonly #whole: boolean;
  /** Next unread byte, relative to the buffer. */
  #at = 0;
  /** Source offset of buffer[0]. */
  #base: number;
  #filled = 0;
  #ended = false;
  /** The window, while `buffer` shows the kept part of a long line. */
  #window: Uint8Array | null = null;

  constructor(source: ByteSource, from = 0, to: number = source.sizeBytes) {
    this.#source = source;
    this.#base = Math.max(0, from);
    this.#stop = Math.min(to, source.sizeBytes);
    this.#whole = 'bytes' in source;
    if (this.#whole) {
      this.buffer = (source as MemorySource).bytes;
      this.#base = 0;
      this.#at = Math.max(0, from);
      this.#filled = this.#stop;
      this.#ended = true;
    } else this.buffer = new Uint8Array(Math.min(WINDOW, Math.max(1, this.#stop - this.#base)));
  }

  /** Source offset of buffer[0]. */
  get base(): number {
    return this.#base;
  }

  /** Where in `buffer` the next line begins; what stands up to `limit` may be looked at, and gone over by setting this to the beginning of another line. */
  get position(): number {
    return this.#at;
  }

  set position(at: number) {
    this.#at = at;
  }

  /** End of what `buffer` holds from `position` on; not beyond `position` while it shows a part of a long line. */
  get limit(): number {
    return this.#window === null ? this.#filled : this.#at;
  }

  /** Moves to the next line; false at the end. An empty rest after the last line end is no line. */
  next(): boolean {
    if (this.#window !== null) {
      this.buffer = this.#window;
      this.#window = null;
    }
    let from = this.#at;
    for (;;) {
      const lf = this.#indexOfLf(from);
      if (lf >= 0) return this.#take(lf, lf + 1, false);
      if (this.#ended) {
        if (this.#at >= this.#filled) return false;
        return this.#take(this.#filled, this.#filled, false);
      }
      const unread = this.#filled - this.#at;
      if (unread >= LINE_CAP) return this.#takeLong();
      from = unread;
      this.#refill();
    }
  }

  #indexOfLf(from: number): number {
    // what was not filled yet holds nothing, and is not walked over
    const lf = from >= this.#filled ? -1 : this.buffer.indexOf(LF, from);
    return lf < 0 || lf >= this.#filled ? -1 : lf;
  }

  #take(end: number, after: number, cut: boolean): boolean {
    this.start = this.#at;
    this.offset = this.#base + this.start;
    this.length = end - this.start;
    if (this.length > LINE_CAP) {
      this.end = this.start + LINE_CAP;
      this.cut = true;
    } else {
      this.end = end;
      this.cut = cut;
      if (end > this.start && this.buffer[end - 1] === CR && after > end) {
        this.end--;
        this.length--;
      }
    }
    this.#at = after;
    return true;
  }

  /** The window holds LINE_CAP bytes of one line: keep those, walk to the line's end. */
  #takeLong(): boolean {
    const kept = this.buffer.slice(this.#at, this.#at + LINE_CAP);
    const offset = this.#base + this.#at;
    this.#at = this.#filled;
    let end = -1;
    while (end < 0 && !this.#ended) {
      this.#refill();
      const lf = this.#indexOfLf(0);
      if (lf >= 0) {
        end = this.#base + lf;
        this.#at = lf + 1;
      } else this.#at = this.#filled;
    }
    this.#window = this.buffer;
    this.buffer = kept;
    this.start = 0;
    this.end = kept.length;
    this.offset = offset;
    this.length = (end < 0 ? this.#base + this.#filled : end) - offset;
    this.cut = true;
    return true;
  }

  #refill(): void {
    const unread = this.#filled - this.#at;
    if (unread > 0 && this.#at > 0) this.buffer.copyWithin(0, this.#at, this.#filled);
    this.#base += this.#at;
    this.#at = 0;
    this.#filled = unread;
    while (this.#filled < this.buffer.length) {
      const want = Math.min(this.buffer.length - this.#filled, this.#stop - this.#base - this.#filled);
      const n = want <= 0 ? 0 : this.#source.readInto(this.#base + this.#filled, this.buffer.subarray(this.#filled, this.#filled + want));
      if (n <= 0) {
        this.#ended = true;
        return;
      }
      this.#filled += n;
    }
    if (this.#base + this.#filled >= this.#stop) this.#ended = true;
  }
}
