/**
 * Did what is in use grow over the snapshots of one process life, by more than sampling alone would show, and did it stay?
 * Three snapshots or more may also show that growth has ended: then it was a warm-up. Two cannot: see SETTLED.
 */
import type { Instant } from '../../../model/index.ts';

export interface Point {
  readonly at: Instant;
  readonly bytes: number;
  readonly variance: number;
}

export interface HeapGrowth {
  readonly from: number;
  readonly to: number;
  /** Index of the first point significantly above the first one. */
  readonly firstIll: number;
  readonly perMinute: number;
  readonly points: number;
}

/** Standard errors between two estimates that noise alone does not bridge. */
const SURE = 3;
/** Less is no growth worth a person's time, whatever its significance. */
const LEAST_BYTES = 1024 ** 2;
const LEAST_SHARE = 0.3;
/** Growth in the last stretch below this share of the mean pace has ended. */
const LEVELLED = 0.2;
/** What stays of the peak when it has not come back. */
const STAYS = 0.7;

/**
 * A process that has allocated this many times the growth before the first of two snapshots is past its start: what a start keeps is kept
 * by then. Before that two snapshots show a warm-up and a leak alike.
 */
export const SETTLED = 8;
export const isSettled = (growth: HeapGrowth, allocatedBefore: number): boolean => growth.points >= 3 || allocatedBefore >= SETTLED * (growth.to - growth.from);

const differs = (a: Point, b: Point): boolean => b.bytes - a.bytes > SURE * Math.sqrt(a.variance + b.variance);

export function growthOfPoints(points: readonly Point[]): HeapGrowth | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2 || last.at <= first.at) return null;
  const grown = last.bytes - first.bytes;
  if (grown < LEAST_BYTES || grown < first.bytes * LEAST_SHARE || !differs(first, last)) return null;
  const peak = Math.max(...points.map((p) => p.bytes));
  if (last.bytes - first.bytes < (peak - first.bytes) * STAYS) return null;
  const minutes = Number(last.at - first.at) / 6e10;
  const pace = grown / minutes;
  if (points.length >= 3) {
    // by time, not by number: captures come in bursts
    const from = points.slice(1, -1).findLast((p) => Number(last.at - p.at) >= Number(last.at - first.at) / 4) ?? (points.at(-2) as Point);
    const late = (last.bytes - from.bytes) / (Number(last.at - from.at) / 6e10);
    if (late < pace * LEVELLED && !differs(from, last)) return null;
  }
  const firstIll = Math.max(
    1,
    points.findIndex((p) => differs(first, p)),
  );
  return { from: first.bytes, to: last.bytes, firstIll, perMinute: pace, points: points.length };
}
