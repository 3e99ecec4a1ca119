/**
 * How long did the caller wait? In this order: the failing record states it; a setting printed at start-up has the value that the
 * failed calls took; the failed calls all took the same time, which is what a deadline looks like.
 */
import type { Place } from '../../model/index.ts';
import { placeOf, type StatedDeadline } from '../lib/logs/digest.ts';
import { quantile, sorted } from '../lib/logs/onset.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { Group } from './failed.ts';

export interface DeadlineFound {
  readonly seconds: number;
  readonly known: 'stated' | 'measured';
  readonly setting: string | null;
  /** What the setting was before, by the latest earlier record that names another value. */
  readonly previous: number | null;
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
  const took = sorted(g.took);
  const median = took.length === 0 ? null : quantile(took, 0.5);
  const settings = g.owners.flatMap((o) => o.digest.deadlines.map((d) => ({ ...d, owner: o })));
  if (stated.length > 0) {
    const seconds = quantile(sorted(stated), 0.5);
    // the record names the value, a record at start-up the setting
    const same = settings.find((s) => Math.abs(s.seconds - seconds) <= 0.001 * seconds && !g.calls.some((c) => c.call.offset === s.offset && c.owner === s.owner));
    return { seconds, known: 'stated', ...settingOf(same, settings) };
  }
  if (median !== null) {
    const near = settings.filter((s) => isNear(s.seconds, median)).sort((a, b) => Math.abs(a.seconds - median) - Math.abs(b.seconds - median))[0];
    if (near !== undefined) return { seconds: near.seconds, known: 'stated', ...settingOf(near, settings) };
  }
  if (median === null || took.length < LEAST_MEASURED) return null;
  const low = quantile(took, 0.1);
  const high = quantile(took, 0.9);
  if (high - low > SAME * median) return null;
  // the shortest is nearest to the limit: nothing ends before it
  return { seconds: low, known: 'measured', setting: null, previous: null, places: [] };
}

interface Setting extends StatedDeadline {
  readonly owner: LogOwner;
}

function settingOf(now: Setting | undefined, all: readonly Setting[]): Pick<DeadlineFound, 'setting' | 'previous' | 'places'> {
  if (now === undefined) return { setting: null, previous: null, places: [] };
  const before = all
    .filter((s) => s.name === now.name && s.seconds !== now.seconds && s.at !== null && now.at !== null && s.at < now.at)
    .sort((a, b) => (a.at! < b.at! ? 1 : -1))[0];
  return {
    setting: now.name,
    previous: before?.seconds ?? null,
    places: [placeOf(now.owner.digest, now), ...(before === undefined ? [] : [placeOf(before.owner.digest, before)])],
  };
}
