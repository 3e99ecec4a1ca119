/** Calls that ended at their deadline, from the caller's log: one condition a caller, callee and operation. */

import { deadlineExceeded } from '../../model/conditions/calls.ts';
import { type Condition, condition, type Facts, type Observation, type Strength, service, uniquePlaces } from '../../model/index.ts';
import type { AtAddress } from '../lib/logs/addresses.ts';
import { type FailedCall, placeOf } from '../lib/logs/digest.ts';
import { coverageOfAll } from '../lib/logs/gaps.ts';
import { changeOf, quantile, sorted } from '../lib/logs/onset.ts';
import { byService, fineSeconds, instantOfSeconds, lastActivityBefore, stretchOf } from '../lib/logs/stretch.ts';
import { callsByTrace, corrector, type Part, traceParts } from '../lib/logs/traces.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import { type DeadlineFound, findDeadline } from './deadline-value.ts';

/** Fewer are an accident. */
const LEAST = 3;
/** Timeouts that were always there are no symptom below this share of the requests. */
const LEAST_SHARE = 0.05;
const PLACES = 6;
const TRACES_KEPT = 20;
/** Clocks that could not be compared are taken to be within this of each other, as hosts of one cluster are. */
const CLOCK_SLACK_SECONDS = 0.05;
/** Layers of one service report one failure within this of each other, on one clock. */
const TOLD_TWICE_SECONDS = 0.05;
const MAJORITY = 0.6;
const AROUND = 0.9;

interface Owned {
  readonly owner: LogOwner;
  readonly call: FailedCall;
}

export interface Group {
  readonly caller: string;
  readonly owners: readonly LogOwner[];
  readonly calls: readonly Owned[];
  readonly callee: string | null;
  readonly calleeStrength: Strength;
  readonly calleeRoute: string | null;
  readonly operation: string;
  /** The callee's own records of the failed calls. */
  readonly answered: readonly Part[];
  /** How long the caller's requests of the failed calls took. */
  readonly took: readonly number[];
}

export function failedGroups(owners: readonly LogOwner[], addresses: ReadonlyMap<string, AtAddress>): Group[] {
  const traces = traceParts(owners);
  const called = callsByTrace(owners);
  const shift = corrector(owners);
  const around: Around = { traces, upstream: new Set(called.map((c) => `${c.callee}\u0000${c.caller}`)), addresses, shift, listens: listensOf(owners) };
  const out: Group[] = [];
  for (const [caller, of] of byService(owners)) {
    const groups = new Map<string, Owned[]>();
    for (const owner of of) {
      for (const call of owner.digest.failedCalls) {
        if (call.end.cancelled || toldTwice(owner, call)) continue;
        const key = `${call.callee ?? call.calleeStated ?? ''}\u0000${call.operation}`;
        const list = groups.get(key) ?? [];
        list.push({ owner, call });
        groups.set(key, list);
      }
    }
    for (const [, calls] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
      calls.sort((a, b) => (a.call.at < b.call.at ? -1 : a.call.at > b.call.at ? 1 : 0));
      out.push(resolve(caller, of, calls, around));
    }
  }
  return out;
}

interface Around {
  readonly traces: ReadonlyMap<string, readonly Part[]>;
  readonly upstream: ReadonlySet<string>;
  readonly addresses: ReadonlyMap<string, AtAddress>;
  readonly shift: ReturnType<typeof corrector>;
  /** Services that answer at host:port by their own words, and those addresses. */
  readonly listens: ReadonlyMap<string, readonly string[]>;
}

const named = new WeakMap<LogOwner, ReadonlyMap<string, readonly FailedCall[]>>();

/** A record that wraps the error of another of the same trace, or does not say whom it called beside one that does: the client told it first. */
function toldTwice(owner: LogOwner, call: FailedCall): boolean {
  if (call.trace === null) return false;
  let told = named.get(owner);
  if (told === undefined) {
    const made = new Map<string, FailedCall[]>();
    for (const c of owner.digest.failedCalls) {
      if (c.trace === null || (c.callee === null && c.calleeStated === null)) continue;
      const list = made.get(c.trace) ?? [];
      made.set(c.trace, list);
      list.push(c);
    }
    told = made;
    named.set(owner, told);
  }
  const at = fineSeconds(call.at);
  const unnamed = call.callee === null && call.calleeStated === null;
  return told.get(call.trace)?.some((c) => Math.abs(fineSeconds(c.at) - at) <= TOLD_TWICE_SECONDS && (unnamed || wraps(call, c))) ?? false;
}

/** fmt.Errorf("reserve: %w", err): the text of the outer error ends with that of the inner one. */
const wraps = (outer: FailedCall, inner: FailedCall): boolean => outer.at >= inner.at && outer.text.length > inner.text.length && outer.text.endsWith(inner.text);

/** The callee by the record's own words; else the service that most of the traces show being called next. */
function resolve(caller: string, owners: readonly LogOwner[], calls: readonly Owned[], { traces, upstream, addresses, shift, listens }: Around): Group {
  const first = calls[0]!.call;
  const around = surrounding(caller, traces);
  const elsewhere = (name: string): boolean => answersElsewhere(listens.get(name), first.calleeStated);
  const votes = new Map<string, Part[]>();
  const took: number[] = [];
  let joined = 0;
  const requests = requestSeconds(calls);
  // a retry begins when the attempt before it failed, not when the request did
  const lastFailure = new Map<string, number>();
  for (const { owner, call } of calls) {
    const parts = call.trace === null ? undefined : traces.get(call.trace);
    const own = parts?.find((p) => p.service === caller);
    if (call.seconds !== null) took.push(call.seconds);
    else if (own !== undefined) took.push(Math.max(0, fineSeconds(call.at) - (lastFailure.get(call.trace!) ?? own.start)));
    else {
      const request = call.request === null ? undefined : requests.get(owner)?.get(call.request);
      if (request !== undefined) took.push(request);
    }
    if (call.trace !== null) lastFailure.set(call.trace, fineSeconds(call.at));
    if (parts === undefined) continue;
    const by = shift(owner, call.at);
    const start = (own?.start ?? fineSeconds(call.at)) + by.shift;
    const failedAt = fineSeconds(call.at) + by.shift;
    const slack = (p: Part): number => (by.shift === 0 && p.shift === 0 ? CLOCK_SLACK_SECONDS : by.loose + p.loose + 0.001);
    const next = parts
      .filter(
        (p) =>
          p.service !== caller &&
          !around.has(p.service) &&
          !elsewhere(p.service) &&
          !upstream.has(`${caller}\u0000${p.service}`) &&
          (own === undefined || p.start + p.shift >= start - slack(p)),
      )
      // what had answered well before the call failed was not waited for
      .filter((p, _i, all) => all.length === 1 || p.end + p.shift >= failedAt - slack(p))
      .sort((a, b) => a.start + a.shift - (b.start + b.shift))[0];
    if (next === undefined) continue;
    joined++;
    const list = votes.get(next.service) ?? [];
    list.push(next);
    votes.set(next.service, list);
  }
  const at = first.callee === null && first.calleeStated !== null ? addresses.get(first.calleeStated) : undefined;
  const stated = first.callee ?? (at?.service === caller ? null : (at?.service ?? null));
  const winner = stated !== null ? ([stated, votes.get(stated) ?? []] as const) : [...votes].sort(([, a], [, b]) => b.length - a.length)[0];
  const accepted = winner !== undefined && (stated !== null || (winner[1].length >= LEAST && winner[1].length >= MAJORITY * joined));
  const answered = accepted ? winner[1] : [];
  const routes = new Map<string, number>();
  for (const p of answered) if (p.route !== null) routes.set(p.route, (routes.get(p.route) ?? 0) + 1);
  return {
    caller,
    owners,
    calls,
    callee: accepted ? winner[0] : null,
    calleeStrength: first.callee !== null ? 'stated' : 'derived',
    calleeRoute: [...routes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null,
    operation: first.operation,
    answered,
    took,
  };
}

function listensOf(owners: readonly LogOwner[]): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const o of owners) if (o.service !== null && o.digest.listens.length > 0) out.set(o.service, [...(out.get(o.service) ?? []), ...o.digest.listens]);
  return out;
}

/** The call went to 127.0.0.1:9000, and this service says that of this host it has another port. Through a proxy or a Service no host is the same. */
function answersElsewhere(listens: readonly string[] | undefined, stated: string | null): boolean {
  const colon = stated?.lastIndexOf(':') ?? -1;
  if (listens === undefined || stated === null || colon <= 0 || listens.includes(stated)) return false;
  const host = stated.slice(0, colon + 1);
  return listens.every((a) => a.startsWith(host));
}

/**
 * Services that called this one, whatever the clocks say: where both answered well, a request lies within the one that waits for it, and a
 * callee's is never the longer.
 */
function surrounding(name: string, traces: ReadonlyMap<string, readonly Part[]>): ReadonlySet<string> {
  const counts = new Map<string, { longer: number; all: number }>();
  for (const parts of traces.values()) {
    const own = parts.filter((p) => p.service === name);
    if (own.length !== 1 || own[0]!.code >= 499) continue;
    for (const p of parts) {
      if (p.service === name || p.code >= 499) continue;
      const seen = counts.get(p.service) ?? { longer: 0, all: 0 };
      counts.set(p.service, seen);
      seen.all++;
      if (p.end - p.start > own[0]!.end - own[0]!.start) seen.longer++;
    }
  }
  return new Set([...counts].flatMap(([service, c]) => (c.all >= LEAST && c.longer >= AROUND * c.all ? [service] : [])));
}

/** How long the request took in which a call failed, by request id within one log; of several attempts nobody can tell. */
function requestSeconds(calls: readonly Owned[]): Map<LogOwner, Map<string, number>> {
  const wanted = new Map<LogOwner, Map<string, number>>();
  for (const { owner, call } of calls) {
    if (call.request === null) continue;
    const ids = wanted.get(owner) ?? new Map<string, number>();
    wanted.set(owner, ids);
    ids.set(call.request, (ids.get(call.request) ?? 0) + 1);
  }
  const out = new Map<LogOwner, Map<string, number>>();
  for (const [owner, ids] of wanted) {
    const seconds = new Map<string, number>();
    for (const e of owner.digest.exchanges) if (e.request !== null && e.seconds !== null && ids.get(e.request) === 1) seconds.set(e.request, e.seconds);
    out.set(owner, seconds);
  }
  return out;
}

export function lookFailed(owners: readonly LogOwner[], groups: readonly Group[]): Observation {
  const conditions: Condition<Facts>[] = [];
  for (const g of groups) {
    const made = failedCondition(g);
    if (made !== null) conditions.push(made);
  }
  return { conditions, ...coverageOfAll(owners) };
}

/** Requests are covered by logs that hold some. */
export const holdRequests = (of: readonly LogOwner[]): boolean => of.some((o) => o.digest.exchanges.length > 0);

function failedCondition(g: Group): Condition<Facts> | null {
  const stretch = stretchOf(g.owners);
  if (stretch === null) return null;
  const times = g.calls.map((c) => fineSeconds(c.call.at));
  const change = changeOf(times, stretch.from, stretch.to);
  const after = times.length - change.first;
  if (after < LEAST) return null;
  const first = times[change.first]!;
  const last = times.at(-1)!;
  const requests = requestsBetween(g.owners, first, last);
  // some services log only the requests that failed: such a log knows no share
  const share = requests === 0 || g.owners.every((o) => o.digest.exchanges.every((e) => e.code >= 500)) ? null : Math.min(1, after / requests);
  const open = change.how === 'constant' || change.how === 'few';
  if (open && (share === null ? after < 2 * LEAST : share < LEAST_SHARE)) return null;

  const deadline = findDeadline(g);
  const lastWell = open ? null : lastActivityBefore(g.owners, first);
  const sampled = g.owners.some((o) => o.digest.sampled !== null);
  // a log of which only head or tail was kept holds some of the calls
  const atLeast = sampled || g.owners.some((o) => o.digest.source.artifact.incomplete !== undefined || o.digest.capped);
  const ill = g.calls.slice(change.first);
  const good = g.answered.filter((p) => p.code < 500);
  const places = uniquePlaces(
    [...spread(ill).map((c) => placeOf(c.owner.digest, c.call)), ...(good[0] === undefined ? [] : [good[0].place()]), ...(deadline?.places ?? [])],
    PLACES,
  );
  return condition(deadlineExceeded, {
    entity: service(g.caller),
    discriminator: `${g.callee ?? g.calls[0]!.call.calleeStated ?? ''} ${g.operation}`,
    during: { from: instantOfSeconds(first), to: instantOfSeconds(last) },
    onset: { lastWell: lastWell === null ? null : instantOfSeconds(lastWell), firstIll: instantOfSeconds(first), clock: `log of ${g.caller}` },
    quantity: {
      value: round(after / Math.max(1, last - first)),
      ...(open ? {} : { baseline: round(change.before) }),
      unit: 'a second',
      known: atLeast ? 'lower-bound' : 'counted',
    },
    facts: {
      caller: g.caller,
      callee: g.callee ?? g.calls[0]!.call.calleeStated,
      operation: g.operation,
      count: after,
      ratePerSecond: round(after / Math.max(1, last - first)),
      deadlineSeconds: deadline?.seconds ?? null,
      site: ill[0]?.call.site ?? null,
      cancelled: false,
      sampled,
      how: ill[0]!.call.end.how,
      deadlineKnown: deadline?.known ?? null,
      setting: deadline?.setting ?? null,
      previousSeconds: deadline?.previous ?? null,
      tookSeconds: g.took.length === 0 ? null : round(quantile(sorted(g.took), 0.5)),
      calleeRoute: g.calleeRoute,
      calleeAnswered: g.answered.length === 0 ? null : good.length,
      calleeAnsweredSeconds: good.length === 0 ? null : round(quantile(sorted(good.map((p) => p.end - p.start)), 0.5)),
      share: share === null ? null : round(share),
      instances: instancesOf(g),
      traces: [...new Set(ill.flatMap((c) => (c.call.trace === null ? [] : [c.call.trace])))].slice(0, TRACES_KEPT),
    },
    says: says(g, after, change.before, after / Math.max(1, last - first), deadline, atLeast, open),
    places,
    strength: ownerStrength(g.owners),
  }) as Condition<Facts>;
}

/** The callee's name may be derived; the claim that calls missed their deadline rests on the caller's own records. */
const ownerStrength = (owners: readonly LogOwner[]): Strength => (owners.some((o) => o.strength !== 'guessed') ? 'stated' : 'guessed');

function says(g: Group, count: number, before: number, rate: number, deadline: DeadlineFound | null, sampled: boolean, open: boolean): string {
  const to = g.callee ?? g.calls[0]!.call.calleeStated;
  const what = `calls of ${g.caller}${to === null ? '' : ` to ${to}`} over their deadline${deadline === null ? '' : ` of ${milli(deadline.seconds)}`}`;
  return `${what}: ${sampled ? 'at least ' : ''}${count}, ${open ? 'from the first record on' : `${perSecond(before)} → ${perSecond(rate)}`}`;
}

const perSecond = (r: number): string => (r === 0 ? '0' : `${r >= 10 ? Math.round(r) : r >= 0.1 ? Math.round(r * 10) / 10 : r.toPrecision(1)}/s`);
export const milli = (seconds: number): string => (seconds >= 1 ? `${round(seconds)} s` : `${Math.round(seconds * 1000)} ms`);
export const round = (n: number): number => Number(n.toPrecision(4));

function requestsBetween(owners: readonly LogOwner[], from: number, to: number): number {
  let n = 0;
  for (const o of owners) {
    for (const e of o.digest.exchanges) {
      const t = fineSeconds(e.at);
      if (t >= from && t <= to) n++;
    }
  }
  return n;
}

/** First, middle and last: one after the other would show one second only. */
function spread(calls: readonly Owned[]): Owned[] {
  const picks = [calls[0], calls[calls.length >> 1], calls.at(-1)].filter((c) => c !== undefined);
  return [...new Set(picks)];
}

function instancesOf(g: Group): { name: string; failed: number; answered: number }[] {
  const out = new Map<string, { name: string; failed: number; answered: number }>();
  for (const o of g.owners) {
    const one = out.get(o.process.key) ?? { name: o.process.key, failed: 0, answered: 0 };
    one.failed += g.calls.filter((c) => c.owner === o).length;
    one.answered += o.digest.exchanges.filter((e) => e.code < 500).length;
    out.set(o.process.key, one);
  }
  return [...out.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
