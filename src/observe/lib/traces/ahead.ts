/**
 * How far apart the clocks of two onsets are. A log's clock is called after its service ("log of orders"); of a service with several processes
 * it is that of any of them. Clocks of other sources (Prometheus, dumps, the control plane) are in no trace: they are taken to be right, and a
 * log's to be off by as much as it is from the clock that most logs agree with.
 */
import type { Ahead, Readings } from '../../../model/index.ts';
import { type LogOwner, logOwners } from '../logs/who.ts';
import { fleetOf } from './fleet-of.ts';

const LOG = 'log of ';

export function aheadOf(readings: Readings, from: string | undefined, to: string | undefined): Ahead | null {
  if (from === to || from === undefined || to === undefined) return null;
  const [a, b] = [from, to].map((c) => (c.startsWith(LOG) ? c.slice(LOG.length) : null)) as [string | null, string | null];
  if (a === null && b === null) return null;
  const owners = logOwners(readings);
  if (a !== null && b !== null) return between(owners, clocksOf(owners, a), clocksOf(owners, b));
  const known = fromReference(owners, clocksOf(owners, (a ?? b) as string));
  if (known === null) return null;
  // it may be right, or as far off as it is from the others
  const wide = { low: Math.min(0, known.low), high: Math.max(0, known.high) };
  return a === null ? wide : { low: -wide.high, high: -wide.low };
}

const clocksOf = (owners: readonly LogOwner[], service: string): string[] => [...new Set(owners.filter((o) => o.service === service).map((o) => o.process.key))];

function between(owners: readonly LogOwner[], as: readonly string[], bs: readonly string[]): Ahead | null {
  const { clocks } = fleetOf(owners);
  let out: Ahead | null = null;
  for (const a of as) {
    for (const b of bs) {
      const o = clocks.between(a, b, null) ?? clocks.bound(a, b);
      if (o !== null) out = out === null ? o : { low: Math.min(out.low, o.low), high: Math.max(out.high, o.high) };
    }
  }
  return out;
}

function fromReference(owners: readonly LogOwner[], of: readonly string[]): Ahead | null {
  const { clocks } = fleetOf(owners);
  let out: Ahead | null = null;
  for (const c of of) {
    const o = clocks.between(clocks.referenceOf(c), c, null);
    if (o !== null) out = out === null ? o : { low: Math.min(out.low, o.low), high: Math.max(out.high, o.high) };
  }
  return out;
}
