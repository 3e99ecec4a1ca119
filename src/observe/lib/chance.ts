/** How likely chance alone makes a difference, and how much that is worth among many looked at. */

/** log of the probability that a count this uneven falls so, when `share` of what was observed lies in the second window (binomial, G-test tail). */
export function unevenness(before: number, after: number, share: number): number {
  const n = before + after;
  if (n === 0 || share <= 0 || share >= 1) return 1;
  const term = (k: number, p: number): number => (k === 0 ? 0 : k * Math.log(k / (n * p)));
  const g = 2 * (term(before, 1 - share) + term(after, share));
  return chiTail(g);
}

/** Two by two: of `a` records `x` have the value, of `b` others `y` have it. */
export function association(x: number, a: number, y: number, b: number): number {
  const n = a + b;
  const k = x + y;
  if (n === 0 || k === 0 || k === n || a === 0 || b === 0) return 1;
  const cells: readonly (readonly [number, number])[] = [
    [x, (a * k) / n],
    [a - x, (a * (n - k)) / n],
    [y, (b * k) / n],
    [b - y, (b * (n - k)) / n],
  ];
  let g = 0;
  for (const [seen, expected] of cells) if (seen > 0 && expected > 0) g += 2 * seen * Math.log(seen / expected);
  return chiTail(g);
}

/** The probability that a normal variable is at least `z` standard errors away from nothing, on either side. */
export const twoSided = (z: number): number => chiTail(z * z);

/** P(χ² with one degree of freedom > g): twice the upper tail of the normal at √g (Abramowitz and Stegun 7.1.26, error below 1.5e-7; asymptotic beyond). */
function chiTail(g: number): number {
  if (!(g > 0)) return 1;
  const z = Math.sqrt(g / 2);
  if (z > 4) return Math.exp(-z * z) / (z * Math.sqrt(Math.PI));
  const t = 1 / (1 + 0.3275911 * z);
  return t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-z * z);
}

/** Holm's step-down: which of many p-values stand when the chance of even one false finding is held at `level`. */
export function standing<T>(found: readonly { readonly p: number; readonly of: T }[], looked: number, level = 0.01): T[] {
  const sorted = [...found].sort((a, b) => a.p - b.p);
  const out: T[] = [];
  for (const [i, f] of sorted.entries()) {
    if (f.p * Math.max(1, looked - i) > level) break;
    out.push(f.of);
  }
  return out;
}
