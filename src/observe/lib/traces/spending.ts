/**
 * Where the time of a deadline went: one trace, from the beginning of a request to the moment at which a call below it failed. Each stretch is
 * measured on one clock: a service's own records of what it called, and when. Where a service does not log its calls, which came first is asked
 * of the clocks, and claimed only beyond what their comparison may be off by; else of the durations, which add up to the whole only if one came
 * after the other.
 */
import { type ClockTable, fineSecondsBetween, type Instant, type Place } from '../../../model/index.ts';
import { addressOf, type Call, type Link, peerOf, type Trace, type Work } from './spans.ts';

export type SpentHow = 'call' | 'retries' | 'own';

export interface Stretch {
  readonly how: SpentHow;
  readonly within: string;
  readonly on: string;
  readonly route: string | null;
  readonly seconds: number;
  readonly attempts: number | null;
  readonly pauses: number | null;
  readonly place: Place;
}

export interface Spending {
  /** Whose request the time is counted from. */
  readonly of: string;
  readonly total: number;
  /** What the failing call itself had. */
  readonly left: number;
  /** What `total` and `left` may be off by, where two clocks were compared or a way was not logged. */
  readonly loose: number;
  readonly order: 'caller' | 'clocks' | 'durations';
  readonly stretches: readonly Stretch[];
}

/** The request, then its callers one after the other, each with its own beginning. Or why that cannot be said. */
export type Spendings = { readonly spent: readonly Spending[] } | { readonly why: string };

export interface Failing {
  readonly service: string;
  readonly callee: string;
  /** By the clock of the service. */
  readonly at: Instant;
  /** Where its record stands; null of a call that went well. */
  readonly place: Place | null;
}

/** One failure is told by several layers within this. */
const TOLD_TWICE = 0.002;
/** An outer layer gets to it as late as this. */
const TOLD_AGAIN = 0.05;
/** The way to a service and back, and what logging takes, as a share of the whole: durations that add up to this much of it came one after the other. */
const ADDS_UP = 0.15;
/** Callers above each other that hand one deadline on. */
const LEVELS = 8;

interface Timed {
  readonly call: Call;
  /** What the callee logged of it. */
  readonly child: Work | null;
  readonly from: number | null;
  readonly to: number;
  readonly callee: string | null;
}

export function spendings(trace: Trace, failing: Failing, clocks: ClockTable, serviceAt: (address: string) => string | null): Spendings {
  const work = workOf(trace, failing);
  if (work === null) return { why: `the request of ${failing.service} is not in its log` };
  const began = beganAt(work);
  if (began === null) return { why: `when the request of ${failing.service} began is not logged` };
  const calleeOf = (c: Call): string | null => {
    const address = addressOf(c);
    return trace.links.find((l) => l.call === c)?.child.owner ?? peerOf(c) ?? (address === null ? null : serviceAt(address));
  };
  const calls = timed(work, began, trace, calleeOf);
  const until = fineSecondsBetween(began, failing.at);
  const path = calls.findLast((c) => c.callee === failing.callee && c.from !== null && c.to <= until + TOLD_TWICE && c.to >= until - TOLD_AGAIN);
  if (path === undefined || path.from === null) return unlogged(trace, work, { failing, began, total: until, clocks });
  const { to } = path;
  const first = level(work, path.from, calls, { callee: failing.callee, path: path.call });
  const spent: Spending[] = [{ of: work.owner, total: to, left: to - path.from, loose: 0, order: 'caller', stretches: first }];
  // callers that handed the deadline on: the time before they called this service is of the same limit
  let [below, stretches, total, loose] = [work, first, to, 0];
  for (let i = 0; i < LEVELS; i++) {
    const link = trace.links.find((l) => l.child === below && l.strength !== 'guessed');
    const start = link === undefined ? null : beganAt(link.parent);
    if (link === undefined || link.call === null || start === null) break;
    const above = timed(link.parent, start, trace, calleeOf);
    const at = above.find((c) => c.call === link.call);
    if (at === undefined || at.from === null) break;
    stretches = [...stretches, ...level(link.parent, at.from, above, { callee: below.owner, path: at.call })];
    total += at.from;
    loose += wayOf(link, at);
    spent.push({ of: link.parent.owner, total, left: to - path.from, loose, order: 'caller', stretches });
    below = link.parent;
  }
  return { spent };
}

/** What the call took beyond the callee's own measure: the way there, a queue, the way back. */
function wayOf(link: Link, call: Timed): number {
  const took = link.child.end?.seconds ?? null;
  return took === null || call.from === null ? 0 : Math.max(0, call.to - call.from - took);
}

/** The service's request in which the call was made: the one that holds the record, else the only one. */
function workOf(trace: Trace, f: Failing): Work | null {
  const own = trace.works.filter((w) => w.owner === f.service && w.kind !== 'unknown');
  const place = f.place;
  const holds = place === null ? undefined : own.find((w) => w.events.some((e) => e.place.artifact === place.artifact && e.place.offset === place.offset));
  return holds ?? (own.length === 1 ? (own[0] as Work) : null);
}

function beganAt(w: Work): Instant | null {
  if (w.start !== null) return w.start.at;
  return w.end === null || w.end.seconds === null ? null : ((w.end.at - BigInt(Math.round(w.end.seconds * 1e9))) as Instant);
}

/** Calls of one request in seconds since it began; what two layers tell of one failure is one. */
function timed(w: Work, began: Instant, trace: Trace, calleeOf: (c: Call) => string | null): Timed[] {
  const out: Timed[] = [];
  for (const call of w.calls) {
    if (call.end === null) continue;
    const to = fineSecondsBetween(began, call.end.at);
    const from = call.start !== null ? fineSecondsBetween(began, call.start.at) : call.end.seconds === null ? null : to - call.end.seconds;
    const callee = calleeOf(call);
    const child = trace.links.find((l) => l.call === call)?.child ?? null;
    const twice = out.findIndex((c) => Math.abs(c.to - to) <= TOLD_TWICE && c.call.end?.failed !== null && call.end?.failed !== null && (c.callee === callee || from === null));
    if (twice < 0) out.push({ call, child, from, to, callee });
    else if (from !== null && (out[twice] as Timed).from === null) out[twice] = { call, child, from, to, callee };
  }
  return out.sort((a, b) => a.to - b.to);
}

/** What one request did before it made the call that leads on. */
function level(w: Work, until: number, calls: readonly Timed[], to: { readonly callee: string; readonly path: Call }): Stretch[] {
  const before = calls.filter((c): c is Timed & { from: number } => c.call !== to.path && c.from !== null && c.to <= until + TOLD_TWICE);
  const again = before.filter((c) => c.callee === to.callee);
  const inOthers = before.filter((c) => c.callee !== to.callee);
  const out: Stretch[] = [];
  const place = (c: Timed): Place => (c.call.end ?? c.call.start ?? (w.events[0] as NonNullable<Work['start']>)).place;
  const route = (c: Timed): string | null => c.call.end?.route ?? c.call.start?.route ?? c.child?.end?.route ?? null;
  for (const on of new Set(inOthers.map((c) => c.callee))) {
    const list = inOthers.filter((c) => c.callee === on);
    const first = list[0] as Timed;
    if (on !== null) out.push({ how: 'call', within: w.owner, on, route: route(first), seconds: covered(list), attempts: null, pauses: null, place: place(first) });
  }
  const began = again.length === 0 ? until : Math.min(...again.map((c) => c.from));
  if (again.length > 0) {
    // other calls between two attempts are not time spent on the attempts
    const seconds = until - began - covered(inOthers.filter((c) => c.from >= began));
    const place0 = place(again[0] as Timed);
    out.push({ how: 'retries', within: w.owner, on: to.callee, route: null, seconds, attempts: again.length + 1, pauses: Math.max(0, seconds - covered(again)), place: place0 });
  }
  const own = began - covered(inOthers.filter((c) => c.from < began).map((c) => ({ from: c.from, to: Math.min(c.to, began) })));
  out.push({
    how: 'own',
    within: w.owner,
    on: w.owner,
    route: null,
    seconds: Math.max(0, own),
    attempts: null,
    pauses: null,
    place: (w.end ?? w.start ?? (w.events[0] as NonNullable<Work['start']>)).place,
  });
  return out;
}

/** Seconds that lie within any of them: calls side by side count once. */
function covered(list: readonly { readonly from: number; readonly to: number }[]): number {
  let seconds = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of [...list].sort((a, b) => a.from - b.from)) {
    seconds += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return seconds;
}

interface Unlogged {
  readonly failing: Failing;
  readonly began: Instant;
  readonly total: number;
  readonly clocks: ClockTable;
}

/** A service that does not say when it called: what others logged of the same trace must have lain within its request. */
function unlogged(trace: Trace, work: Work, { failing, began, total, clocks }: Unlogged): Spendings {
  // called by somebody else of this trace
  const elsewhere = new Set(trace.links.flatMap((l) => (l.strength === 'guessed' || l.parent === work ? [] : [l.child])));
  const above = new Set(trace.links.flatMap((l) => (l.child === work ? [l.parent] : [])));
  const callee = trace.works.filter((w) => w.owner === failing.callee && w.end?.seconds != null).at(-1) ?? null;
  const others = trace.works.filter(
    (w) => w.owner !== work.owner && w.owner !== failing.callee && w.kind === 'server' && w.end?.seconds != null && !elsewhere.has(w) && !above.has(w),
  );
  const [other] = others;
  if (other === undefined) return { why: `${failing.service} does not log when it made its calls` };
  if (others.length > 1) return { why: `${failing.service} does not log when it made its calls, and ${others.length} other services have a part in them` };
  const took = (other.end as NonNullable<Work['end']>).seconds as number;
  const spent = (left: number, loose: number, order: Spending['order']): Spendings => ({
    spent: [
      {
        of: work.owner,
        total,
        left,
        loose,
        order,
        stretches: [
          {
            how: 'call',
            within: work.owner,
            on: other.owner,
            route: other.end?.route ?? null,
            seconds: took,
            attempts: null,
            pauses: null,
            place: (other.end as NonNullable<Work['end']>).place,
          },
        ],
      },
    ],
  });
  const end = other.end as NonNullable<Work['end']>;
  const ahead = clocks.between(work.clock, other.clock, end.at, other.clock);
  if (ahead !== null) {
    const loose = (ahead.high - ahead.low) / 2 + Number(end.stepNs) / 1e9;
    const to = fineSecondsBetween(began, end.at) - ahead.seconds;
    if (to - took + loose >= 0 && to + loose < total) return spent(total - to, loose, 'clocks');
    if (to - loose >= total) return { why: `${other.owner} ended when the call to ${failing.callee} had failed` };
  }
  const rest = callee?.end?.seconds ?? null;
  if (rest !== null && Math.abs(took + rest - total) <= ADDS_UP * total) return spent(rest, Math.abs(took + rest - total), 'durations');
  return {
    why: `which came first cannot be said: ${failing.service} does not log when it made its calls, ${ahead === null ? `the clocks of ${work.owner} and ${other.owner} cannot be compared` : `the clocks of ${work.owner} and ${other.owner} compare to within ${Math.round((ahead.high - ahead.low) * 500)} ms`}, and the durations do not add up`,
  };
}
