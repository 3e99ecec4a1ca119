/**
 * One number from inequalities, some of which may be wrong. Upper bounds say "at most", lower bounds "at least". Where all can be true the
 * answer is exactly what they leave open; where they cannot, it is where the fewest are broken, and as much around it as a like number of
 * further broken ones would allow.
 */
export interface Bound {
  /** When, seconds since any origin that all bounds share. */
  readonly t: number;
  readonly v: number;
}

export interface Fit {
  readonly low: number;
  readonly high: number;
  /** Bounds that do not hold anywhere in the best place. */
  readonly against: number;
}

/**
 * `slop` widens every bound. Either side may be empty: the range is open there (±Infinity).
 * Where `least` bounds must be broken, all is accepted that breaks up to 2 × least + 2: more than least may be wrong in truth.
 */
export function leftBy(uppers: readonly Bound[], lowers: readonly Bound[], slop = 0): Fit {
  const up = Float64Array.from(uppers, (b) => b.v + slop).sort();
  const low = Float64Array.from(lowers, (b) => b.v - slop).sort();
  const minUp = up[0] ?? Number.POSITIVE_INFINITY;
  const maxLow = low.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (maxLow <= minUp) return { low: maxLow, high: minUp, against: 0 };
  const points = new Float64Array(up.length + low.length);
  points.set(up);
  points.set(low, up.length);
  points.sort();
  const broken = new Int32Array(points.length);
  let ups = 0;
  let lows = 0;
  let least = Number.POSITIVE_INFINITY;
  let best = 0;
  for (let i = 0; i < points.length; i++) {
    const p = points[i]!;
    while (ups < up.length && up[ups]! < p) ups++;
    while (lows < low.length && low[lows]! <= p) lows++;
    broken[i] = ups + (low.length - lows);
    if (broken[i]! < least) {
      least = broken[i]!;
      best = i;
    }
  }
  const accept = 2 * least + 2;
  let from = best;
  let to = best;
  while (from > 0 && broken[from - 1]! <= accept) from--;
  while (to < points.length - 1 && broken[to + 1]! <= accept) to++;
  return { low: points[from]!, high: points[to]!, against: least };
}
