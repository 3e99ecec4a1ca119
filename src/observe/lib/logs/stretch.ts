/** The logs of one service together, and the stretch of time in which they were written. */
import { type Instant, instant } from '../../../model/index.ts';
import type { LogOwner } from './who.ts';

/** All logs of one service together: replicas share their errors, and the old ones are the baseline of the new. */
export function byService(owners: readonly LogOwner[]): Map<string, LogOwner[]> {
  const out = new Map<string, LogOwner[]>();
  for (const o of owners) {
    if (o.service === null) continue;
    const list = out.get(o.service) ?? [];
    list.push(o);
    out.set(o.service, list);
  }
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Seconds in which any log of the service was being written. */
export function stretchOf(owners: readonly LogOwner[]): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const o of owners) {
    for (const t of o.digest.activity) {
      if (t < from) from = t;
      if (t > to) to = t;
    }
  }
  return from < to ? { from, to } : null;
}

/** The last sign of life before `at`: the service was logging and this was not among what it logged. */
export function lastActivityBefore(owners: readonly LogOwner[], at: number): number | null {
  let best: number | null = null;
  for (const o of owners) for (const t of o.digest.activity) if (t < at && (best === null || t > best)) best = t;
  return best;
}

/** Seconds with the microseconds that order within a trace needs; secondsOf of the model keeps milliseconds. */
export const fineSeconds = (at: Instant): number => Number(at) / 1e9;
export const instantOfSeconds = (seconds: number): Instant => instant(BigInt(Math.round(seconds * 1e6)) * 1000n);
