/**
 * When did something become frequent? A change point of a Poisson rate: the split of the observed stretch that makes the events most
 * likely, accepted only where chance would hardly make it.
 */

export interface Change {
  /** new: none before; surge: several times as often; constant: no change; few: too few to say. */
  readonly how: 'new' | 'surge' | 'constant' | 'few';
  /** Index of the first event after the change; 0 for constant. */
  readonly first: number;
  /** Events a second before and after. */
  readonly before: number;
  readonly after: number;
}

/** Log likelihood ratio that must be exceeded: about one in ten thousand for one split, one in a hundred over a scan of splits. */
const LEAST_GAIN = 9;
/** A surge is several times the old rate: less is a busy hour. */
const LEAST_RATIO = 4;
const FEW = 3;

/** `times` sorted, seconds; [from, to] the stretch in which events would have been seen. */
export function changeOf(times: readonly number[], from: number, to: number): Change {
  const n = times.length;
  const span = to - from;
  if (n === 0 || !(span > 0)) return { how: 'few', first: 0, before: 0, after: 0 };
  const whole = n / span;
  let best = { gain: 0, first: 0, before: whole, after: whole };
  for (let i = 0; i < n; i++) {
    // split just before event i: i events before
    const left = times[i]! - from;
    const right = to - times[i]!;
    if (left <= 0 || right <= 0) continue;
    const f = left / span;
    const k = n - i;
    const gain = (i === 0 ? 0 : i * Math.log(i / (n * f))) + k * Math.log(k / (n * (1 - f)));
    const before = i / left;
    const after = k / right;
    if (after > before && gain > best.gain) best = { gain, first: i, before, after };
  }
  if (best.gain < LEAST_GAIN) return { how: n <= FEW ? 'few' : 'constant', first: 0, before: whole, after: whole };
  if (best.first === 0) return { how: 'new', first: 0, before: 0, after: best.after };
  if (best.after < LEAST_RATIO * best.before) return { how: 'constant', first: 0, before: whole, after: whole };
  return { how: 'surge', first: best.first, before: best.before, after: best.after };
}

/** The q-quantile of sorted values, nearest rank; NaN for none. */
export function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
}

export const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
