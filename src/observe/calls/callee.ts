/** What a service says of itself: how long its answers take by its own request log, and whether it fails by its own measure. */

import { calleeLatency } from '../../model/conditions/calls.ts';
import { type Condition, condition, type Facts, type Observation, service, uniquePlaces } from '../../model/index.ts';
import { type Exchange, placeOf } from '../lib/logs/digest.ts';
import { coverageOfAll } from '../lib/logs/gaps.ts';
import { quantile, sorted } from '../lib/logs/onset.ts';
import { byService, fineSeconds, instantOfSeconds } from '../lib/logs/stretch.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import { type Group, holdRequests, milli, round } from './failed.ts';

/** Too few answers say nothing of a quantile. */
const LEAST = 10;
/** Above this share of answers ≥ 500 the service fails by its own measure. */
const FAILING_SHARE = 0.05;
/** The later stretch may take this much longer before it counts as slower. */
const STEADY_P50 = 1.3;
const STEADY_P99 = 1.6;

interface Answer {
  readonly owner: LogOwner;
  readonly exchange: Exchange;
}

export function lookCallees(owners: readonly LogOwner[], groups: readonly Group[]): Observation {
  const conditions: Condition<Facts>[] = [];
  for (const [name, of] of byService(owners)) {
    const routes = new Map<string, Answer[]>();
    for (const owner of of) {
      for (const exchange of owner.digest.exchanges) {
        if (exchange.seconds === null) continue;
        const key = exchange.route ?? '';
        const list = routes.get(key) ?? [];
        list.push({ owner, exchange });
        routes.set(key, list);
      }
    }
    const onset = onsetOf(name, groups);
    for (const [route, answers] of [...routes].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const made = latency(name, route === '' ? null : route, answers, onset, of);
      if (made !== null) conditions.push(made);
    }
  }
  return { conditions, ...coverageOfAll(owners, holdRequests) };
}

/** When callers first reported that calls to it ended at their deadline: what the later stretch is measured from. */
function onsetOf(name: string, groups: readonly Group[]): number | null {
  let first: number | null = null;
  for (const g of groups) {
    if (g.callee !== name) continue;
    const at = fineSeconds(g.calls[0]!.call.at);
    if (first === null || at < first) first = at;
  }
  return first;
}

/** Processes of which most or the slowest answers got slower, by the same measure. */
function slowProcesses(later: readonly Answer[], p50: number, p99: number): string[] {
  const by = new Map<string, number[]>();
  for (const a of later) by.set(a.owner.process.key, [...(by.get(a.owner.process.key) ?? []), a.exchange.seconds!]);
  return [...by]
    .filter(([, seconds]) => slower(quantile(sorted(seconds), 0.5), p50, STEADY_P50) || slower(quantile(sorted(seconds), 0.99), p99, STEADY_P99))
    .map(([key]) => key)
    .sort();
}

/** Half a millisecond beside a millisecond is noise of the scheduler. */
const slower = (now: number, then: number, most: number): boolean => now > most * then + 0.002;

function latency(name: string, route: string | null, answers: readonly Answer[], onset: number | null, owners: readonly LogOwner[]): Condition<Facts> | null {
  const inTime = [...answers].sort((a, b) => (a.exchange.at < b.exchange.at ? -1 : a.exchange.at > b.exchange.at ? 1 : 0));
  const good = inTime.filter((a) => a.exchange.code < 500);
  if (good.length < LEAST) return null;
  const split = onset ?? fineSeconds(good[good.length >> 1]!.exchange.at);
  const earlier = good.filter((a) => fineSeconds(a.exchange.at) < split);
  const later = good.filter((a) => fineSeconds(a.exchange.at) >= split);
  const comparable = earlier.length >= LEAST && later.length >= LEAST;
  const measured = comparable ? earlier : good;
  const seconds = sorted(measured.map((a) => a.exchange.seconds!));
  const p50 = quantile(seconds, 0.5);
  const p99 = quantile(seconds, 0.99);
  const laterSeconds = comparable ? sorted(later.map((a) => a.exchange.seconds!)) : [];
  const p50Later = comparable ? quantile(laterSeconds, 0.5) : null;
  const p99Later = comparable ? quantile(laterSeconds, 0.99) : null;
  const judged = comparable ? inTime.filter((a) => fineSeconds(a.exchange.at) >= split) : inTime;
  const failing = judged.filter((a) => a.exchange.code >= 500).length > FAILING_SHARE * judged.length;
  const steady = p50Later === null || p99Later === null || !(slower(p50Later, p50, STEADY_P50) || slower(p99Later, p99, STEADY_P99));
  const slowest = [...measured].sort((a, b) => b.exchange.seconds! - a.exchange.seconds!)[Math.floor(0.01 * measured.length)]!;
  const median = [...measured].sort((a, b) => a.exchange.seconds! - b.exchange.seconds!)[measured.length >> 1]!;
  const slowestLater = comparable ? [...later].sort((a, b) => b.exchange.seconds! - a.exchange.seconds!)[0] : undefined;
  const first = inTime[0]!.exchange.at;
  const last = inTime.at(-1)!.exchange.at;
  const lastSteady = steady ? null : split;
  return condition(calleeLatency, {
    entity: service(name),
    discriminator: route ?? '',
    during: { from: first, to: last },
    // a state of its own, not a change, unless it became slower
    onset: steady
      ? { lastWell: null, firstIll: null }
      : { lastWell: earlier.at(-1)?.exchange.at ?? null, firstIll: lastSteady === null ? null : instantOfSeconds(lastSteady), clock: `log of ${name}` },
    quantity: {
      value: round(p99Later ?? p99),
      ...(comparable ? { baseline: round(p99) } : {}),
      unit: 's',
      known: owners.some((o) => o.digest.sampled !== null) ? 'sampled' : 'counted',
    },
    facts: {
      service: name,
      route,
      p50Seconds: round(p50),
      p99Seconds: round(p99),
      count: measured.length,
      failing,
      steady,
      p50LaterSeconds: p50Later === null ? null : round(p50Later),
      p99LaterSeconds: p99Later === null ? null : round(p99Later),
      slowIn: steady ? [] : slowProcesses(later, p50, p99),
      from: 'log',
    },
    says: `${name}${route === null ? '' : ` ${route}`} answers in ${milli(p50)} (p50), ${milli(p99)} (p99) by its own log${steady ? (comparable ? ', before and after alike' : '') : `, later ${milli(p50Later!)} and ${milli(p99Later!)}`}${failing ? ', and fails' : ''}`,
    places: uniquePlaces(
      [median, slowest, ...(steady || slowestLater === undefined ? [] : [slowestLater])].map((a) => placeOf(a.owner.digest, a.exchange)),
      4,
    ),
    strength: owners.some((o) => o.strength !== 'guessed') ? 'stated' : 'guessed',
  }) as Condition<Facts>;
}
