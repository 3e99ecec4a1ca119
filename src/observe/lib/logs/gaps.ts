/** Stretches in which the log of a service is silent while others go on: nothing is absent there. */
import { type Coverage, type Interval, interval, type NotObservable, type Place, service } from '../../../model/index.ts';
import { type Gap, gapsOf } from './census/gaps.ts';
import { Histogram } from './census/histogram.ts';
import { byService, instantOfSeconds, stretchOf } from './stretch.ts';
import type { LogOwner } from './who.ts';

const BUCKETS = 4096;
const memo = new WeakMap<readonly LogOwner[], ReadonlyMap<string, readonly Gap[]>>();

export function gapsByService(owners: readonly LogOwner[]): ReadonlyMap<string, readonly Gap[]> {
  const known = memo.get(owners);
  if (known !== undefined) return known;
  const services = [...byService(owners)].map(([name, of]) => {
    const over = new Histogram(BUCKETS);
    for (const o of of) for (const t of o.digest.activity) over.add(t);
    return { service: name, over };
  });
  const made = new Map<string, Gap[]>();
  for (const gap of gapsOf(services)) made.set(gap.service, [...(made.get(gap.service) ?? []), gap]);
  memo.set(owners, made);
  return made;
}

export const intervalOf = (g: Gap): Interval => interval(instantOfSeconds(g.from), instantOfSeconds(g.to));

/** What the logs of one service cover, without its gaps; null: its records have no times. */
export function coverageOf(name: string, of: readonly LogOwner[], gaps: readonly Gap[]): { covered: Coverage[]; notObservable: NotObservable[] } | null {
  const stretch = stretchOf(of);
  if (stretch === null) return null;
  const places: Place[] = of.slice(0, 2).map((o) => o.place);
  const covered: Coverage[] = [];
  let from = stretch.from;
  for (const g of [...gaps, { from: stretch.to, to: stretch.to }]) {
    covered.push({ entity: service(name), interval: interval(instantOfSeconds(from), instantOfSeconds(g.from)), places });
    from = g.to;
  }
  const notObservable = gaps.map((g) => ({
    why: `the log of ${name} is silent for ${Math.round(g.to - g.from)} s while others go on: what is not in it may be missing`,
    next: 'the same stretch from another copy of the log',
  }));
  return { covered, notObservable };
}

/** What the logs of several services cover, each without its gaps; those without times, and those that `covers` excludes, cover nothing. */
export function coverageOfAll(owners: readonly LogOwner[], covers: (of: readonly LogOwner[]) => boolean = () => true): { covered: Coverage[]; notObservable: NotObservable[] } {
  const gaps = gapsByService(owners);
  const seen = [...byService(owners)].map(([name, of]) => (covers(of) ? coverageOf(name, of, gaps.get(name) ?? []) : null)).filter((c) => c !== null);
  return { covered: seen.flatMap((c) => c.covered), notObservable: seen.flatMap((c) => c.notObservable) };
}
