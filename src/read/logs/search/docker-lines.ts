/**
 * Raw lines of docker's json-file. A part of a line that docker cut at 16 KiB, or that a program ended without a line feed, has no mark that
 * could be sought: it lacks the \n before the closing quote. Such lines are handed out beside those that a literal finds.
 */
import { ROW_WORDS, type Searcher, UNSURE } from '../../../kernels/plan.ts';

const LF = 10;
const CR = 13;
const QUOTE = 34;
const BACKSLASH = 92;
const CLOSING = 125;
/** Of a time with its quotes. */
const TIME_CAP = 48;
/** Of attributes between the stream and the time. */
const ATTRIBUTES_CAP = 4096;
const ROWS = 32 * 1024;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const TAILS: readonly Uint8Array[] = [bytesOf('\\n","stream":"stderr","time":"'), bytesOf('\\n","stream":"stdout","time":"')];
const STREAMS: readonly Uint8Array[] = [bytesOf('\\n","stream":"stderr","'), bytesOf('\\n","stream":"stdout","')];
const TAIL = TAILS[0]!.length;
const STREAM = STREAMS[0]!.length;

function standsAt(b: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = text.length - 1; i >= 0; i--) if (b[at + i] !== text[i]) return false;
  return true;
}

/** Whether the line [from, to) surely holds a whole line of text. */
export function holdsWholeLine(b: Uint8Array, from: number, to: number): boolean {
  const end = b[to - 1] === CR ? to - 1 : to;
  if (b[end - 1] !== CLOSING || b[end - 2] !== QUOTE) return false;
  let p = end - 3;
  const stop = Math.max(from, p - TIME_CAP);
  while (p > stop && b[p] !== QUOTE) p--;
  const tail = p + 1 - TAIL;
  if (tail > from && TAILS.some((t) => standsAt(b, tail, t))) return b[tail - 1] !== BACKSLASH;
  // attributes stand between the stream and the time; what looks like them within the text has its quotes escaped
  for (let at = p - STREAM; at > Math.max(from, p - ATTRIBUTES_CAP); at--) {
    if (b[at] === BACKSLASH && STREAMS.some((t) => standsAt(b, at, t))) return b[at - 1] !== BACKSLASH;
  }
  return false;
}

/** The lines that `of` finds, and parts of lines. */
export function dockerLines(of: Searcher): Searcher {
  const out = new Uint32Array(ROWS * ROW_WORDS);
  const times = new BigInt64Array(out.buffer);
  return {
    engine: of.engine,
    capacity: of.capacity,
    out,
    times,
    resumeAt: 0,
    get looked() {
      return of.looked;
    },
    buffer: () => of.buffer(),
    run(from, end) {
      const found = of.run(from, end);
      const upTo = of.resumeAt;
      const b = of.buffer();
      let n = 0;
      let row = 0;
      let p = from;
      while (p < upTo) {
        if (n >= ROWS) {
          this.resumeAt = p;
          return n;
        }
        const lf = b.indexOf(LF, p);
        const stop = lf < 0 || lf > upTo ? upTo : lf;
        const isFound = row < found && of.out[row * ROW_WORDS] === p;
        if (isFound) row++;
        if (isFound || !holdsWholeLine(b, p, stop)) {
          out[n * ROW_WORDS] = p;
          out[n * ROW_WORDS + 1] = stop;
          out[n * ROW_WORDS + 2] = UNSURE;
          n++;
        }
        p = stop + 1;
      }
      this.resumeAt = upTo;
      return n;
    },
  };
}
