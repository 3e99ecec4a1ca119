/**
 * Detects a sampled log in the file itself, so that counts are given as lower bounds.
 * zap's sampler (zapcore/sampler.go; config.go sets 100 and 100) keeps, for each (level, message), the first N of a second that begins with the
 * message's first record, then every Mth. slog-sampling's threshold strategy keeps the first N of a tick, then each record with a fixed chance.
 * zerolog's BurstSampler does as zap's where another sampler follows it. In the file: N records at one pace, then the same text at a small part of it
 * until the second is over, and the next second begins with the next record of traffic that never paused.
 *
 * Not claimed: thinning from the first record on (uniform sampling) and cutting off at N (absolute sampling) leave files that a program could
 * have written by itself, as does one in ten of all (zerolog's BasicSampler). A pace that falls to more than a twentieth is not told from traffic that calms down.
 * Accepted: a program that by itself writes the same N records at once on every full second, and the same text ever so slowly in between.
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
  /** Where the second begins, and the usual step of it, in seconds. */
  readonly start: number;
  readonly pace: number;
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
    // two slow steps at least: a burst that merely ends after its Nth record has none; of records kept by chance, some follow one another soon
    if (slow < 2 || quick > slow) return;
    const every = (times.at(-1)! - times[first - 1]!) / (times.length - first) / pace;
    this.#breaks.push({ first, every: Number(every.toPrecision(2)), strict: quick * 10 <= slow, start: w.start, pace, of: w.of });
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

/** Where the record behind the Nth follows soon by chance, the break is seen behind it. */
const BEHIND = 2;

/** Nearly all breaks stand behind one number of records, half of them exactly. */
function recurring<K>(breaks: readonly PaceBreak<K>[]): { readonly first: number; readonly of: PaceBreak<K>[] } | null {
  for (const first of [...new Set(breaks.map((b) => b.first))].sort((a, b) => a - b)) {
    const of = breaks.filter((b) => b.first >= first && b.first <= first + BEHIND);
    const exact = of.filter((b) => b.first === first).length;
    if (of.length >= LEAST_WINDOWS && of.length * 5 >= breaks.length * 4 && exact * 2 >= of.length) return { first, of };
  }
  return null;
}

/** Each second begins one usual step behind the end of the one before, more or less; the sum over more seconds than these says nothing. */
const FOLLOWS_SECONDS = 5;
const latest = (seconds: number, pace: number): number => Math.max(CLOCK_STEP, pace * (seconds + 6 * Math.sqrt(seconds) + 3));
/** Clocks that print milliseconds. */
const CLOCK_STEP = 0.002;

/** How many of the seconds begin where the one before ended: a sampler that counts anew keeps the very next record of traffic that never paused. */
function followOn<K>(breaks: readonly PaceBreak<K>[]): number {
  const byKey = new Map<K, PaceBreak<K>[]>();
  for (const b of breaks) byKey.set(b.of, [...(byKey.get(b.of) ?? []), b]);
  let n = 0;
  for (const of of byKey.values()) {
    of.sort((a, b) => a.start - b.start);
    for (let i = 1; i < of.length; i++) {
      const step = of[i]!.start - of[i - 1]!.start;
      const seconds = Math.floor(step + CLOCK_STEP);
      if (seconds >= 1 && seconds <= FOLLOWS_SECONDS && step - seconds <= latest(seconds, of[i]!.pace)) n++;
    }
  }
  return n;
}

/** What the breaks of pace of one log prove. */
export function samplingIn<K>(breaks: readonly PaceBreak<K>[]): Sampling<K> | null {
  const preset = breaks.filter((b) => b.first === PRESET && b.strict);
  const again = recurring(breaks);
  const found = preset.length > 0 ? preset : again !== null && followOn(again.of) >= LEAST_WINDOWS - 1 ? again.of : null;
  if (found === null) return null;
  const every = found.map((b) => b.every).sort((a, b) => a - b)[found.length >> 1]!;
  const first = found === preset ? PRESET : again!.first;
  return {
    // what is dropped costs its writer less than what is written: the pace falls by less than what is left out
    how: first === PRESET ? 'zap 100/100' : `first ${first} of a second, then one in ${Math.round(every)} or fewer`,
    of: new Set(found.map((b) => b.of)),
    windows: found.length,
  };
}
