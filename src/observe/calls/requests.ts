/** Requests that fail or are slow, by the service's own request log: what metrics would say, when there are none. */

import { requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { type Condition, condition, type Facts, type Observation, service, uniquePlaces } from '../../model/index.ts';
import { type Exchange, placeOf } from '../lib/logs/digest.ts';
import { coverageOfAll } from '../lib/logs/gaps.ts';
import { changeOf, quantile, sorted } from '../lib/logs/onset.ts';
import { byService, fineSeconds, stretchOf } from '../lib/logs/stretch.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import { holdRequests, milli, round } from './failed.ts';

/** Fewer failures are an accident. */
const LEAST = 5;
/** Failures that were always there, and those of a service nobody else asks, must be this share to be harm. */
const LEAST_SHARE = 0.05;
const LEAST_ANSWERS = 40;
/** A request is slow when it takes this much longer than the slow ones of the first quarter; harm is when such requests become usual. */
const SLOW = 1.5;
const SLOW_LEAST_SECONDS = 0.005;

interface Answer {
  readonly owner: LogOwner;
  readonly exchange: Exchange;
}

/** As metrics name it: the route without the method, so that log and counter tell of one condition. */
const discriminated = (route: string): { discriminator: string } | object => {
  const path = route.replace(/^[A-Z]{3,7} /, '');
  return path === '' ? {} : { discriminator: path };
};

function byRoute(owners: readonly LogOwner[]): Map<string, Answer[]> {
  const routes = new Map<string, Answer[]>();
  for (const owner of owners) {
    for (const exchange of owner.digest.exchanges) {
      const key = exchange.route ?? '';
      const list = routes.get(key) ?? [];
      list.push({ owner, exchange });
      routes.set(key, list);
    }
  }
  for (const list of routes.values()) list.sort((a, b) => (a.exchange.at < b.exchange.at ? -1 : a.exchange.at > b.exchange.at ? 1 : 0));
  return new Map([...routes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function lookFailing(owners: readonly LogOwner[]): Observation {
  const conditions: Condition<Facts>[] = [];
  for (const [name, of] of byService(owners)) {
    const stretch = stretchOf(of);
    if (stretch === null) continue;
    for (const [route, answers] of byRoute(of)) {
      const made = failing(name, route, answers, of, stretch);
      if (made !== null) conditions.push(made);
    }
  }
  return { conditions, ...coverageOfAll(owners, holdRequests) };
}

function failing(name: string, route: string, answers: readonly Answer[], owners: readonly LogOwner[], stretch: { from: number; to: number }): Condition<Facts> | null {
  const bad = answers.filter((a) => a.exchange.code >= 500);
  const times = bad.map((a) => fineSeconds(a.exchange.at));
  const change = changeOf(times, stretch.from, stretch.to);
  const after = bad.slice(change.first);
  if (after.length < LEAST) return null;
  const first = after[0]!.exchange.at;
  const last = after.at(-1)!.exchange.at;
  const during = answers.filter((a) => a.exchange.at >= first && a.exchange.at <= last);
  const share = after.length / during.length;
  const open = change.how === 'constant' || change.how === 'few';
  if (open && (share < LEAST_SHARE || owners.every((o) => o.digest.exchanges.every((e) => e.code >= 500)))) return null;
  const codes = new Map<number, number>();
  for (const a of after) codes.set(a.exchange.code, (codes.get(a.exchange.code) ?? 0) + 1);
  const code = String([...codes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0]);
  const lastWell = open ? null : (answers.findLast((a) => a.exchange.code < 500 && a.exchange.at < first)?.exchange.at ?? null);
  const rate = after.length / Math.max(1, fineSeconds(last) - fineSeconds(first));
  const before = answers.filter((a) => a.exchange.at < first);
  const beforeShare = before.length === 0 ? 0 : change.first / before.length;
  const sampled = owners.some((o) => o.digest.sampled !== null);
  // some services log only what failed: such a log knows how many, not how many of how many
  const onlyFailures = owners.every((o) => o.digest.exchanges.every((e) => e.code >= 500));
  return condition(requestsFailing, {
    entity: service(name),
    ...discriminated(route),
    during: { from: first, to: last },
    onset: { lastWell, firstIll: first, clock: `log of ${name}` },
    quantity: onlyFailures
      ? { value: after.length, ...(open ? {} : { baseline: change.first }), unit: 'requests', known: sampled ? 'lower-bound' : 'counted' }
      : { value: round(share * 100), ...(open ? {} : { baseline: round(beforeShare * 100) }), unit: '%', known: sampled ? 'sampled' : 'counted' },
    facts: { service: name, route: route === '' ? null : route, code, count: after.length, share: onlyFailures ? null : round(share), ratePerSecond: round(rate) },
    says: `${name}${route === '' ? '' : ` ${route}`} answers ${code}: ${sampled ? 'at least ' : ''}${after.length}${onlyFailures ? ' times' : ` of ${during.length}`}${open ? ', from the first record on' : `, before ${change.first}${onlyFailures ? '' : ` of ${before.length}`}`}`,
    places: uniquePlaces(
      [after[0]!, after[after.length >> 1]!, after.at(-1)!].map((a) => placeOf(a.owner.digest, a.exchange)),
      3,
    ),
    strength: owners.some((o) => o.strength !== 'guessed') ? 'stated' : 'guessed',
  }) as Condition<Facts>;
}

export function lookSlow(owners: readonly LogOwner[]): Observation {
  const conditions: Condition<Facts>[] = [];
  for (const [name, of] of byService(owners)) {
    for (const [route, answers] of byRoute(of)) {
      const made = slow(name, route, answers, of);
      if (made !== null) conditions.push(made);
    }
  }
  return { conditions, ...coverageOfAll(owners, holdRequests) };
}

/** The first quarter is the measure: a log that is slow throughout shows no rise and is no symptom by itself. */
function slow(name: string, route: string, answers: readonly Answer[], owners: readonly LogOwner[]): Condition<Facts> | null {
  const timed = answers.filter((a) => a.exchange.seconds !== null);
  if (timed.length < LEAST_ANSWERS) return null;
  const quarter = timed.slice(0, timed.length >> 2);
  const reference = quantile(sorted(quarter.map((a) => a.exchange.seconds!)), 0.95);
  const limit = SLOW * reference + SLOW_LEAST_SECONDS;
  const late = timed.filter((a) => a.exchange.seconds! > limit);
  if (late.length < LEAST) return null;
  const from = fineSeconds(timed[0]!.exchange.at);
  const to = fineSeconds(timed.at(-1)!.exchange.at);
  const change = changeOf(
    late.map((a) => fineSeconds(a.exchange.at)),
    from,
    to,
  );
  if (change.how !== 'new' && change.how !== 'surge') return null;
  const first = late[change.first]!;
  const since = timed.filter((a) => a.exchange.at >= first.exchange.at);
  const before = timed.filter((a) => a.exchange.at < first.exchange.at);
  const p95 = quantile(sorted(since.map((a) => a.exchange.seconds!)), 0.95);
  const was = quantile(sorted(before.map((a) => a.exchange.seconds!)), 0.95);
  // a few slow ones among many are no harm
  if (!(p95 > 2 * was)) return null;
  return condition(requestsSlow, {
    entity: service(name),
    ...discriminated(route),
    during: { from: first.exchange.at, to: timed.at(-1)!.exchange.at },
    onset: { lastWell: before.at(-1)?.exchange.at ?? null, firstIll: first.exchange.at, clock: `log of ${name}` },
    quantity: { value: round(p95), baseline: round(was), unit: 's', known: owners.some((o) => o.digest.sampled !== null) ? 'sampled' : 'counted' },
    facts: { service: name, route: route === '' ? null : route, quantile: 'p95', seconds: round(p95), baselineSeconds: round(was) },
    says: `${name}${route === '' ? '' : ` ${route}`} p95 ${milli(was)} → ${milli(p95)} by its request log`,
    places: uniquePlaces(
      [first, late.at(-1)!].map((a) => placeOf(a.owner.digest, a.exchange)),
      3,
    ),
    strength: owners.some((o) => o.strength !== 'guessed') ? 'stated' : 'guessed',
  }) as Condition<Facts>;
}
