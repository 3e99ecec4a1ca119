/**
 * How long did the caller wait? In this order: the failing record states it; a setting printed at start-up has the value that the
 * failed calls took; the failed calls all took the same time, which is what a deadline looks like.
 */
import type { Place } from '../../model/index.ts';
import { placeOf } from '../lib/logs/digest.ts';
import { quantile, sorted } from '../lib/logs/onset.ts';
import type { Group } from './failed.ts';

export interface DeadlineFound {
  readonly seconds: number;
  readonly known: 'stated' | 'measured';
  readonly setting: string | null;
  readonly places: readonly Place[];
}

/** Scheduling and logging add to what a failed call took; a value this near is the deadline. */
export const NEAR = 0.15;
/** The middle four fifths of durations within this of each other: they end at one limit, not when something answers. */
const SAME = 0.15;
const LEAST_MEASURED = 5;

export const isNear = (value: number, measured: number): boolean => Math.abs(value - measured) <= NEAR * Math.max(value, measured);

export function findDeadline(g: Group): DeadlineFound | null {
  const stated = g.calls.map((c) => c.call.deadline).filter((d) => d !== null);
  if (stated.length > 0) return { seconds: quantile(sorted(stated), 0.5), known: 'stated', setting: null, places: [] };
  const took = sorted(g.took);
  const median = took.length === 0 ? null : quantile(took, 0.5);
  const settings = g.owners.flatMap((o) => o.digest.deadlines.map((d) => ({ ...d, owner: o })));
  if (median !== null) {
    const near = settings.filter((s) => isNear(s.seconds, median)).sort((a, b) => Math.abs(a.seconds - median) - Math.abs(b.seconds - median))[0];
    if (near !== undefined) return { seconds: near.seconds, known: 'stated', setting: near.name, places: [placeOf(near.owner.digest, near)] };
  }
  if (median === null || took.length < LEAST_MEASURED) return null;
  const low = quantile(took, 0.1);
  const high = quantile(took, 0.9);
  if (high - low > SAME * median) return null;
  // the shortest is nearest to the limit: nothing ends before it
  return { seconds: low, known: 'measured', setting: null, places: [] };
}
