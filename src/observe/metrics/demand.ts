/** Is growth what demand alone would make it? More requests need more goroutines and memory; that ends when demand levels off. */

import { labelled, type Series } from '../lib/metrics/series.ts';
import { type Growth, median } from './growth.ts';
import { isRequests, rateOf } from './requests.ts';

/** Requests a second at the target a series speaks of, from counters scraped there; null when none was. */
export function demandAt(of: Series, series: readonly Series[]): ReadonlyMap<number, number> | null {
  const l = labelled(of);
  const sums = new Map<number, number>();
  for (const x of series) {
    if (!x.raw || !isRequests(x)) continue;
    const m = labelled(x);
    const same = l.pod !== undefined ? m.namespace === l.namespace && m.pod === l.pod : l.instance !== undefined && m.instance === l.instance && m.job === l.job;
    if (!same) continue;
    rateOf(x)?.rates.forEach((rate, i) => {
      const t = x.times[i] as number;
      if (Number.isFinite(rate)) sums.set(t, (sums.get(t) ?? 0) + rate);
    });
  }
  return sums.size === 0 ? null : sums;
}

/** Demand that rises by less from one quarter to the next is level: what still grows then, grows by itself. */
const RISES = 1.1;
const SLACK = 1.15;

/**
 * True where demand still rises in the second half of the growth and what grew keeps step with it. A step in demand followed by steady growth
 * is a leak that demand feeds, not a consequence of demand.
 */
export function keepsStep(s: Series, growth: Growth, demand: ReadonlyMap<number, number>): boolean {
  const points: { v: number; d: number }[] = [];
  for (let i = growth.firstIll; i <= growth.last; i++) {
    const d = demand.get(s.times[i] as number);
    if (d !== undefined) points.push({ v: (s.values[i] as number) - growth.from, d });
  }
  if (points.length < 8) return false;
  const quarter = Math.floor(points.length / 4);
  const part = (from: number, pick: (p: { v: number; d: number }) => number): number => median(points.slice(from, from + quarter).map(pick));
  const [d3, d4] = [part(2 * quarter, (p) => p.d), part(points.length - quarter, (p) => p.d)];
  const [v3, v4] = [part(2 * quarter, (p) => p.v), part(points.length - quarter, (p) => p.v)];
  return d3 > 0 && v3 > 0 && d4 >= d3 * RISES && v4 <= v3 * (d4 / d3) * SLACK;
}
