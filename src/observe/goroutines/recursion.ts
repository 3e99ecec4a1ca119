/** Stacks without what recursion repeats: however deep it went, it is one stack. */
import { type CodeLine, normaliseGoSymbol, type StackLine } from '../../model/index.ts';
import type { Frame } from '../../read/lib/goroutines/table.ts';

/** Of a cycle of frames that repeats: f g f g f g is one time f g, three times. */
const CYCLE_MOST = 4;

export const lineOf = (f: Frame): CodeLine => ({ function: normaliseGoSymbol(f.symbol), file: f.file, line: f.line });

/** Frames that repeat at once, alone or as a cycle of a few, are one line with a number. Frames as buckets have them: their symbols are normalised. */
export function collapsed(frames: readonly Frame[]): StackLine[] {
  const out: StackLine[] = [];
  let i = 0;
  while (i < frames.length) {
    let period = 1;
    let times = 1;
    for (; period <= CYCLE_MOST; period++) {
      times = 1;
      while (repeats(frames, i, i + times * period, period)) times++;
      if (times > 1) break;
    }
    if (times === 1) period = 1;
    for (let k = 0; k < period; k++) {
      const f = frames[i + k] as Frame;
      out.push({ function: f.symbol, file: f.file, line: f.line, times });
    }
    i += period * times;
  }
  return out;
}

function repeats(frames: readonly Frame[], a: number, b: number, period: number): boolean {
  if (b + period > frames.length) return false;
  for (let k = 0; k < period; k++) {
    const x = frames[a + k] as Frame;
    const y = frames[b + k] as Frame;
    if (x.line !== y.line || x.symbol !== y.symbol || x.file !== y.file) return false;
  }
  return true;
}
