/**
 * Detects a sampled log in the file itself, so that counts are given as lower bounds.
 * zap's sampler (zapcore/sampler.go; config.go sets 100 and 100) keeps, for each (level, message), the first N of a second that begins with the
 * message's first record, then every Mth. slog-sampling's threshold strategy keeps the first N of a tick, then each record with a fixed chance.
 * In the file: N records at one pace, then the same text at a small part of it until the second is over.
 *
 * Not claimed: thinning from the first record on (uniform sampling) and cutting off at N (absolute sampling) leave files that a program could
 * have written by itself. A pace that falls to more than a twentieth is not told from traffic that calms down.
 */
export type SampledHow = string | null;

/** zap's preset: known so well that one second of it is enough. */
const PRESET = 100;
/** Any other N must come again: traffic does not calm down after the same number of records in one second after another. */
const LEAST_WINDOWS = 3;
const LEAST_FIRST = 10;
const KEYS_CAP = 512;
const TIMES_CAP = 1024;
const BREAKS_CAP = 4096;
/** A step after the Nth record is so many times the usual step before it: no step among a hundred of steady random traffic is. */
const LEAST_RATIO = 20;
/** Clocks that print microseconds or less tell no shorter steps apart. */
const LEAST_STEP = 1e-7;

interface Window<K> {
  start: number;
  readonly times: number[];
  last: number;
  readonly of: K;
}

/** One second in which the pace of one message broke. */
export interface PaceBreak<K> {
  readonly first: number;
  /** How much slower, rounded. */
  readonly every: number;
  /** Every step after the break was a slow one, give or take. */
  readonly strict: boolean;
  readonly of: K;
}

/** Fed records in file order, by level and message; `of` says what it was a record of. */
export class Cadence<K = string> {
  readonly #windows = new Map<number | string, Window<K>>();
  #breaks: PaceBreak<K>[] = [];

  /** `at`: seconds. */
  add(key: number | string, at: number, of: K): void {
    const w = this.#windows.get(key);
    if (w !== undefined && at < w.start + 1 && at >= w.start) {
      if (w.times.length < TIMES_CAP) w.times.push(at);
      w.last = at;
      return;
    }
    if (w !== undefined) {
      this.#close(w);
      w.start = at;
      w.last = at;
      w.times.length = 1;
      w.times[0] = at;
      return;
    }
    if (this.#windows.size >= KEYS_CAP) {
      const [oldest, o] = this.#windows.entries().next().value as [number | string, Window<K>];
      this.#close(o);
      this.#windows.delete(oldest);
    }
    this.#windows.set(key, { start: at, times: [at], last: at, of });
  }

  #close(w: Window<K>): void {
    const { times } = w;
    if (times.length < LEAST_FIRST + 2 || this.#breaks.length >= BREAKS_CAP) return;
    const early: number[] = [];
    for (let i = 1; i < LEAST_FIRST; i++) early.push(times[i]! - times[i - 1]!);
    early.sort((a, b) => a - b);
    const usual = Math.max(LEAST_STEP, early[early.length >> 1]!);
    let first = LEAST_FIRST;
    while (first < times.length && times[first]! - times[first - 1]! < LEAST_RATIO * usual) first++;
    if (first + 1 >= times.length) return;
    // the pace of all of them, now that they are known
    const pace = Math.max(LEAST_STEP, (times[first - 1]! - times[0]!) / (first - 1));
    let slow = 0;
    let quick = 0;
    for (let i = first; i < times.length; i++) {
      if (times[i]! - times[i - 1]! >= LEAST_RATIO * pace) slow++;
      else quick++;
    }
    // two slow steps at least: a burst that merely ends after its Nth record has none
    if (slow < 2 || quick * 3 > slow) return;
    const every = (times.at(-1)! - times[first - 1]!) / (times.length - first) / pace;
    this.#breaks.push({ first, every: Number(every.toPrecision(2)), strict: quick * 10 <= slow, of: w.of });
  }

  breaks(): readonly PaceBreak<K>[] {
    for (const w of this.#windows.values()) this.#close(w);
    this.#windows.clear();
    return this.#breaks;
  }

  result(): SampledHow {
    return samplingIn(this.breaks())?.how ?? null;
  }
}

export interface Sampling<K> {
  readonly how: string;
  /** What was seen to be sampled. */
  readonly of: ReadonlySet<K>;
  /** Seconds in which it was seen. */
  readonly windows: number;
}

/** What the breaks of pace of one log prove. */
export function samplingIn<K>(breaks: readonly PaceBreak<K>[]): Sampling<K> | null {
  const byFirst = new Map<number, PaceBreak<K>[]>();
  for (const b of breaks) byFirst.set(b.first, [...(byFirst.get(b.first) ?? []), b]);
  const most = [...byFirst.values()].sort((a, b) => b.length - a.length || a[0]!.first - b[0]!.first)[0];
  const preset = byFirst.get(PRESET)?.filter((b) => b.strict) ?? [];
  const found = preset.length > 0 ? preset : most !== undefined && most.length >= LEAST_WINDOWS && most.length * 5 >= breaks.length * 4 ? most : null;
  if (found === null) return null;
  const every = found.map((b) => b.every).sort((a, b) => a - b)[found.length >> 1]!;
  const { first } = found[0]!;
  return {
    // what is dropped costs its writer less than what is written: the pace falls by less than what is left out
    how: first === PRESET ? 'zap 100/100' : `first ${first} of a second, then one in ${Math.round(every)} or fewer`,
    of: new Set(found.map((b) => b.of)),
    windows: found.length,
  };
}
