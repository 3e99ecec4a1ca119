/**
 * The statistics of "it happened before and does not happen after".
 * All bounds are one-sided at 95 %: exact binomial (Clopper–Pearson), by bisection on the binomial tail.
 */
export const CONFIDENCE = 0.95;

/** P(X ≥ k) for X ~ Binomial(n, p), summed in log space. */
export function upperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  let sum = 0;
  let logTerm = logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
  for (let i = k; i <= n; i++) {
    sum += Math.exp(logTerm);
    if (i < n) logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}

function bisect(low: number, high: number, tooHigh: (x: number) => boolean): number {
  let a = low;
  let b = high;
  for (let i = 0; i < 100; i++) {
    const m = (a + b) / 2;
    if (tooHigh(m)) b = m;
    else a = m;
  }
  return (a + b) / 2;
}

/** The rate is at least this: k of n runs showed it. */
export function rateAtLeast(k: number, n: number): number {
  if (k <= 0 || n <= 0) return 0;
  return bisect(0, 1, (p) => upperTail(k, n, p) > 1 - CONFIDENCE);
}

/** The rate is at most this: k of n runs showed it. */
export function rateAtMost(k: number, n: number): number {
  if (n <= 0 || k >= n) return 1;
  return bisect(0, 1, (p) => 1 - upperTail(k + 1, n, p) < 1 - CONFIDENCE);
}

/** Clean runs needed before "it is gone" can be said, when the rate before was at least `rate`. */
export function cleanRunsNeeded(rate: number): number {
  if (rate <= 0) return Number.POSITIVE_INFINITY;
  if (rate >= 1) return 1;
  return Math.ceil(Math.log(1 - CONFIDENCE) / Math.log1p(-rate));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const mid = sorted.length >> 1;
  return sorted.length === 0 ? Number.NaN : sorted.length % 2 === 1 ? (sorted[mid] as number) : ((sorted[mid - 1] as number) + (sorted[mid] as number)) / 2;
}
