/**
 * Detects a sampled log in the file itself, so that counts are given as lower bounds.
 * zap's production preset (config.go, zapcore/sampler.go) keeps, for each (level, message), the first 100 of a second that begins
 * with the message's first record, then every 100th. In the file: a hundred records at one pace, then the same text at a hundredth of it.
 */
export type SampledHow = 'zap 100/100' | null;

const FIRST = 100;
const KEYS_CAP = 512;
const SECOND_NS = 1_000_000_000n;
/** The gap after the hundredth record must be this many times the usual gap before: a hundredth of the pace, give or take. */
const LEAST_RATIO = 20;

interface Window {
  start: bigint;
  count: number;
  /** Time of the hundredth record. */
  full: bigint;
  last: bigint;
  slowGaps: number;
  quickGaps: number;
}

/** Fed records in file order; says whether any window showed the cadence. */
export class Cadence {
  readonly #windows = new Map<string, Window>();
  #found = 0;

  add(level: string, message: string, at: bigint): void {
    const key = `${level}\u0000${message}`;
    const w = this.#windows.get(key);
    if (w === undefined || at >= w.start + SECOND_NS || at < w.start) {
      if (w !== undefined) this.#close(w);
      else if (this.#windows.size >= KEYS_CAP) return;
      this.#windows.set(key, { start: at, count: 1, full: at, last: at, slowGaps: 0, quickGaps: 0 });
      return;
    }
    w.count++;
    if (w.count === FIRST) w.full = at;
    else if (w.count > FIRST) {
      const usual = Number(w.full - w.start) / (FIRST - 1);
      const gap = Number(at - w.last);
      if (gap >= LEAST_RATIO * Math.max(usual, 100)) w.slowGaps++;
      else w.quickGaps++;
    }
    w.last = at;
  }

  #close(w: Window): void {
    // two slow steps and no quick one: a burst that merely ends after its hundredth record has none
    if (w.slowGaps >= 2 && w.quickGaps * 10 <= w.slowGaps) this.#found++;
  }

  result(): SampledHow {
    for (const w of this.#windows.values()) this.#close(w);
    this.#windows.clear();
    return this.#found > 0 ? 'zap 100/100' : null;
  }
}
