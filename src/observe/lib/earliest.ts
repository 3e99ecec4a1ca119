import type { Instant } from '../../model/index.ts';

/** Bigints have no Math.min. Unknown times are left out; null when none is known. */
export function earliest(times: Iterable<Instant | null>): Instant | null {
  let best: Instant | null = null;
  for (const t of times) if (t !== null && (best === null || t < best)) best = t;
  return best;
}

export function latest(times: Iterable<Instant | null>): Instant | null {
  let best: Instant | null = null;
  for (const t of times) if (t !== null && (best === null || t > best)) best = t;
  return best;
}
