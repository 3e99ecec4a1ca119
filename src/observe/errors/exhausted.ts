/**
 * Deadlines that are used up before the call that misses them. Of the traces in which a call failed at its deadline: from whose request on the
 * time is counted, and what took most of it, held against the traces before in which the same call went well.
 */
import { deadlineExhausted } from '../../model/conditions/error-texts.ts';
import { type Condition, condition, type Facts, type Instant, type NotObservable, type Observation, type Place, service, uniquePlaces } from '../../model/index.ts';
import type { AtAddress } from '../lib/logs/addresses.ts';
import { placeOf } from '../lib/logs/digest.ts';
import { coverageOfAll } from '../lib/logs/gaps.ts';
import { quantile, sorted } from '../lib/logs/onset.ts';
import { instantOfSeconds } from '../lib/logs/stretch.ts';
import { traceParts } from '../lib/logs/traces.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { Fleet } from '../lib/traces/fleet.ts';
import { fleetOf } from '../lib/traces/fleet-of.ts';
import type { Trace } from '../lib/traces/spans.ts';
import { type Spending, type Stretch, spendings } from '../lib/traces/spending.ts';
import { failedCalls, LEAST, MOST, median, TRACES } from './along.ts';
import type { ErrorEvent } from './events.ts';
import { milli, round } from './settings.ts';

/** Traces that are put together, of those that failed and of those that went well. */
const LOOKED_AT = 400;
/** It took this share of the time there was, and this many times as much as when all is well. */
const LEAST_OF_TOTAL = 0.5;
const TIMES = 2;
/** A setting this near to what the requests took is their limit: something may be kept back for the answer. */
const NEAR = 0.15;
/** The middle four fifths of the requests end within this of each other, relative to the median. */
const SAME = 0.1;

interface Seen {
  readonly trace: string;
  readonly event: ErrorEvent;
  readonly spent: readonly Spending[];
}

interface Limit {
  readonly of: string;
  readonly depth: number;
  readonly known: 'stated' | 'measured';
  readonly seconds: number;
  readonly setting: string | null;
  readonly place: Place | null;
}

export function lookExhaustedDeadlines(events: readonly ErrorEvent[], owners: readonly LogOwner[], addresses: ReadonlyMap<string, AtAddress>): Observation {
  const conditions: Condition<Facts>[] = [];
  const notObservable: NotObservable[] = [];
  const fleet = fleetOf(owners);
  const at = (address: string): string | null => addresses.get(address)?.service ?? null;
  for (const traces of failedCalls(events).values()) {
    const late = [...traces].flatMap(([trace, list]) => {
      const event = list.findLast((e) => e.innermost.class === 'deadline');
      return event === undefined ? [] : [{ trace, event }];
    });
    if (late.length < LEAST) continue;
    const of = look(late, { owners, fleet, failed: new Set(traces.keys()), at });
    if ('why' in of) notObservable.push(of);
    else if (of.made !== null) conditions.push(of.made);
  }
  // what could not be put in order for one caller was not looked at
  return notObservable.length > 0 && conditions.length === 0 ? { conditions, covered: [], notObservable } : { conditions, ...coverageOfAll(owners) };
}

interface Around {
  readonly owners: readonly LogOwner[];
  readonly fleet: Fleet;
  readonly failed: ReadonlySet<string>;
  readonly at: (address: string) => string | null;
}

function look(late: readonly { readonly trace: string; readonly event: ErrorEvent }[], around: Around): NotObservable | { made: Condition<Facts> | null } {
  const { fleet, owners, at } = around;
  const { service: name, callee } = late[0]!.event as ErrorEvent & { callee: string };
  const byId = new Map(late.map((l) => [l.trace, l.event]));
  const seen: Seen[] = [];
  const reasons = new Map<string, number>();
  for (const trace of fleet.tracesOf(firstOf(byId.keys()))) {
    const event = byId.get(trace.id)!;
    const found = spendings(trace, { service: name, callee, at: instantOfSeconds(event.at), place: event.place() }, fleet.clocks, at);
    if ('why' in found) reasons.set(found.why, (reasons.get(found.why) ?? 0) + 1);
    else seen.push({ trace: trace.id, event, spent: found.spent });
  }
  if (seen.length < LEAST || seen.length < MOST * Math.min(late.length, LOOKED_AT)) {
    const why = [...reasons].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
    return why === undefined ? { made: null } : { why: `where the time went before ${callee} was called: ${why}`, next: `the log of ${name} with its calls and their durations` };
  }
  const well = wellOf(name, callee, Math.min(...late.map((l) => l.event.at)), around);
  if (well.length < LEAST)
    return { why: `no ${LEAST} traces in which ${name} called ${callee} well are at hand from before`, next: `logs of ${name} and ${callee} from before the first failure` };
  for (const limit of limitsOf(seen, owners)) {
    const made = judged(seen, well, limit, { count: late.length, name, callee });
    if (made !== null) return { made };
  }
  return { made: null };
}

/** As many as are looked at, the same ones in whatever order the files came. */
const firstOf = (ids: Iterable<string>): Set<string> => new Set([...ids].sort().slice(0, LOOKED_AT));

/** Traces before the first failure in which the same call went well. */
function wellOf(name: string, callee: string, before: number, { owners, fleet, failed, at }: Around): Spending[][] {
  const ids: string[] = [];
  for (const [trace, parts] of traceParts(owners)) {
    const own = parts.find((p) => p.service === name);
    if (own !== undefined && own.code < 500 && own.end < before && !failed.has(trace)) ids.push(trace);
  }
  return fleet.tracesOf(firstOf(ids)).flatMap((t) => {
    const when = answeredAt(t, name, callee);
    if (when === null) return [];
    const found = spendings(t, { service: name, callee, at: when, place: null }, fleet.clocks, at);
    return 'why' in found ? [] : [[...found.spent]];
  });
}

/** When the service had its answer: by its own record of the call; without one its own end, when all was done. */
function answeredAt(t: Trace, name: string, callee: string): Instant | null {
  const own = t.works.find((w) => w.owner === name && w.kind === 'server');
  if (own === undefined) return null;
  const link = t.links.find((l) => l.parent === own && l.child.owner === callee && l.call?.end != null);
  if (link?.call?.end != null) return link.call.end.failed === null ? link.call.end.at : null;
  return own.end?.at ?? null;
}

/** Whose limit it may be: first those that a setting states, then those that all requests ended at, the nearest first. */
function limitsOf(seen: readonly Seen[], owners: readonly LogOwner[]): Limit[] {
  const stated: Limit[] = [];
  const measured: Limit[] = [];
  const depth = Math.max(...seen.map((s) => s.spent.length));
  for (let i = 0; i < depth; i++) {
    const of = seen.flatMap((s) => (s.spent[i] === undefined ? [] : [s.spent[i]!]));
    if (of.length < MOST * seen.length) break;
    const name = of[0]!.of;
    const totals = sorted(of.map((s) => s.total));
    const middle = quantile(totals, 0.5);
    const settings = owners.flatMap((o) => (o.service === name ? o.digest.deadlines.map((d) => ({ d, o })) : []));
    const near = settings.filter(({ d }) => Math.abs(d.seconds - middle) <= NEAR * d.seconds).sort((a, b) => Math.abs(a.d.seconds - middle) - Math.abs(b.d.seconds - middle))[0];
    if (near !== undefined) stated.push({ of: name, depth: i, known: 'stated', seconds: near.d.seconds, setting: near.d.name, place: placeOf(near.o.digest, near.d) });
    else if (quantile(totals, 0.9) - quantile(totals, 0.1) <= SAME * middle) measured.push({ of: name, depth: i, known: 'measured', seconds: middle, setting: null, place: null });
  }
  return [...stated, ...measured];
}

const keyOf = (s: Stretch): string => [s.how, s.within, s.on].join('\u0000');

function judged(
  seen: readonly Seen[],
  well: readonly (readonly Spending[])[],
  limit: Limit,
  { count, name, callee }: { readonly count: number; readonly name: string; readonly callee: string },
): Condition<Facts> | null {
  const of = seen.flatMap((s) => (s.spent[limit.depth] === undefined ? [] : [{ ...s, one: s.spent[limit.depth]! }]));
  const usual = well.flatMap((s) => (s[limit.depth] === undefined ? [] : [s[limit.depth]!]));
  if (of.length < LEAST || usual.length < LEAST) return null;
  const total = median(of.map((s) => s.one.total));
  const left = median(of.map((s) => s.one.left));
  const needed = median(usual.map((s) => s.left));
  const loose = median(of.map((s) => s.one.loose));
  // the failing call had what it needs: it is the slow one
  if (left + loose >= needed) return null;
  const groups = new Map<string, { trace: string; event: ErrorEvent; stretch: Stretch }[]>();
  for (const s of of) {
    for (const stretch of s.one.stretches) {
      const list = groups.get(keyOf(stretch)) ?? [];
      groups.set(keyOf(stretch), list);
      list.push({ trace: s.trace, event: s.event, stretch });
    }
  }
  const most = [...groups]
    .map(([key, list]) => ({ key, list, seconds: median(list.map((l) => l.stretch.seconds)) }))
    .filter((g) => g.list.length >= MOST * of.length && g.list.length >= LEAST)
    .sort((a, b) => b.seconds - a.seconds || (a.key < b.key ? -1 : 1))[0];
  if (most === undefined || most.seconds - loose < LEAST_OF_TOTAL * total) return null;
  const before = median(usual.map((s) => s.stretches.find((x) => keyOf(x) === most.key)?.seconds ?? 0));
  if (most.seconds - loose < TIMES * before) return null;
  const { list, seconds } = most;
  const first = list[0]!;
  const stretch = list.toSorted((a, b) => a.stretch.seconds - b.stretch.seconds)[list.length >> 1]!.stretch;
  const attempts = stretch.attempts === null ? null : Math.round(median(list.map((l) => l.stretch.attempts ?? 0)));
  const pauses = stretch.pauses === null ? null : round(median(list.map((l) => l.stretch.pauses ?? 0)));
  const times = of.map((s) => s.event.at);
  const share = list.length / of.length;
  return condition(deadlineExhausted, {
    entity: service(name),
    discriminator: `${callee} after ${most.key}`,
    during: { from: instantOfSeconds(Math.min(...times)), to: instantOfSeconds(Math.max(...times)) },
    onset: { lastWell: instantOfSeconds(Math.min(...times) - total), firstIll: instantOfSeconds(Math.min(...times)), clock: `log of ${name}` },
    quantity: { value: round(seconds), baseline: round(before), unit: 's', known: of[0]!.one.order === 'caller' ? 'counted' : 'estimated' },
    facts: {
      service: name,
      callee,
      how: stretch.how,
      within: stretch.within,
      spentOn: stretch.on,
      spentRoute: stretch.route,
      spentSeconds: round(seconds),
      spentBeforeSeconds: round(before),
      attempts,
      pausesSeconds: pauses,
      limitOf: limit.of,
      limitKnown: limit.known,
      setting: limit.setting,
      totalSeconds: round(limit.seconds),
      leftSeconds: round(left),
      neededSeconds: round(needed),
      orderKnown: of[0]!.one.order,
      looseSeconds: round(loose),
      count: Math.round(share * count),
      traces: list.map((l) => l.trace).slice(0, TRACES),
    },
    says: `${spender(stretch, attempts, pauses, callee)} used ${milli(seconds)} (before ${milli(before)}) of the ${milli(limit.seconds)} that ${limit.of} has${limit.setting === null ? '' : ` (${limit.setting})`}: ${milli(left)}${loose < 0.0005 ? '' : ` ±${milli(loose)}`} were left for ${name === limit.of ? '' : `the call of ${name} to `}${callee}, which needs ${milli(needed)}, in ${list.length} traces`,
    places: uniquePlaces([...(limit.place === null ? [] : [limit.place]), first.stretch.place, first.event.place(), stretch.place, list.at(-1)!.event.place()], 5),
    strength: 'derived',
  }) as Condition<Facts>;
}

function spender(s: Stretch, attempts: number | null, pauses: number | null, callee: string): string {
  if (s.how === 'own') return `${s.within} itself`;
  if (s.how === 'call') return s.on;
  return `${(attempts ?? 2) - 1} attempts to call ${callee}${pauses === null ? '' : ` and ${milli(pauses)} of pauses`}`;
}
