/** What only the traces show: calls made again and again, timers that outlast the caller. */
import { ownTimer, retryStorm } from '../../model/conditions/error-texts.ts';
import { type Condition, condition, type Facts, service, uniquePlaces } from '../../model/index.ts';
import { quantile, sorted } from '../lib/logs/onset.ts';
import { byService, instantOfSeconds, lastActivityBefore } from '../lib/logs/stretch.ts';
import { type Part, traceParts } from '../lib/logs/traces.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { ErrorEvent } from './events.ts';
import { milli, round } from './settings.ts';

export const LEAST = 5;
export const TRACES = 20;
/** Failed calls of one trace, from one service to one other. */
const AGAIN = 2;
/** Of the failing requests, this share must show it. */
export const MOST = 0.5;
/** Answers of a fixed timer lie this close together, relative to the median. */
const TIMER_SPREAD = 0.05;
/** The handler goes on this much longer than its caller waited. */
const OUTLASTS = 1.3;

/** Calls that ended early, by caller and callee, then by trace. What is logged twice in one instant is one call. */
export function failedCalls(events: readonly ErrorEvent[]): Map<string, Map<string, ErrorEvent[]>> {
  const out = new Map<string, Map<string, ErrorEvent[]>>();
  for (const e of events) {
    if (e.trace === null || e.callee === null || !e.ofCall) continue;
    const key = `${e.service}\u0000${e.callee}`;
    const traces = out.get(key) ?? new Map<string, ErrorEvent[]>();
    out.set(key, traces);
    const list = traces.get(e.trace) ?? [];
    const last = list.at(-1);
    if (last === undefined || !toldAgain(e, last)) list.push(e);
    traces.set(e.trace, list);
  }
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The layers of a service report one failure each, the outer ones around the text of the inner, as soon as they get to it. */
const toldAgain = (e: ErrorEvent, last: ErrorEvent): boolean =>
  e.at - last.at <= 0.002 || (e.at - last.at <= 0.05 && e.text.length > last.text.length && e.text.endsWith(last.text));

export const median = (values: readonly number[]): number => quantile(sorted(values), 0.5);
const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length);

export function lookRetryStorms(events: readonly ErrorEvent[], owners: readonly LogOwner[]): Condition<Facts>[] {
  const parts = traceParts(owners);
  const services = byService(owners);
  const made: Condition<Facts>[] = [];
  for (const traces of failedCalls(events).values()) {
    const again = [...traces.values()].filter((list) => list.length >= AGAIN);
    if (again.length < LEAST || again.length < MOST * traces.size) continue;
    const first = again.reduce((a, b) => (a[0]!.at <= b[0]!.at ? a : b))[0]!;
    const last = again.reduce((a, b) => (a.at(-1)!.at >= b.at(-1)!.at ? a : b)).at(-1)!;
    const { service: name, callee } = first as ErrorEvent & { callee: string };
    const before: number[] = [];
    const since: number[] = [];
    for (const of of parts.values()) {
      const own = of.find((p) => p.service === name);
      if (own === undefined) continue;
      (own.end < first.at ? before : since).push(of.filter((p) => p.service === callee).length);
    }
    const [callsBefore, callsSince] = [mean(before), mean(since)];
    const attempts = mean(again.map((l) => l.length))!;
    const lastWell = lastActivityBefore(services.get(name) ?? [], first.at);
    made.push(
      condition(retryStorm, {
        entity: service(name),
        discriminator: callee,
        during: { from: instantOfSeconds(first.at), to: instantOfSeconds(last.at) },
        onset: { lastWell: lastWell === null ? null : instantOfSeconds(lastWell), firstIll: instantOfSeconds(first.at), clock: `log of ${name}` },
        quantity: { value: round(attempts), baseline: 1, unit: 'attempts', known: owners.some((o) => o.digest.sampled !== null) ? 'lower-bound' : 'counted' },
        facts: {
          service: name,
          callee,
          attempts: round(attempts),
          requests: again.length,
          callsBefore: callsBefore === null ? null : round(callsBefore),
          callsSince: callsSince === null ? null : round(callsSince),
          error: first.innermost.id,
          traces: again.slice(0, TRACES).map((l) => l[0]!.trace!),
        },
        says: `${name} calls ${callee} ${round(attempts)} times for each of ${again.length} failing requests${callsSince === null || callsBefore === null ? '' : `; ${callee} gets ${round(callsSince)} calls a request, before ${round(callsBefore)}`}`,
        places: uniquePlaces(
          [again[0]![0]!, again[0]![1]!, again.at(-1)![0]!].map((e) => e.place()),
          4,
        ),
        strength: 'stated',
      }) as Condition<Facts>,
    );
  }
  return made;
}

/** Traces whose call to the callee ended at a deadline, with the records of both sides. */
function missed(traces: ReadonlyMap<string, readonly ErrorEvent[]>, parts: ReadonlyMap<string, readonly Part[]>) {
  const out: { event: ErrorEvent; of: readonly Part[]; own: Part }[] = [];
  for (const [trace, list] of traces) {
    const event = list.find((e) => e.innermost.class === 'deadline');
    const of = parts.get(trace);
    const own = event === undefined ? undefined : of?.find((p) => p.service === event.service);
    if (event !== undefined && of !== undefined && own !== undefined) out.push({ event, of, own });
  }
  return out;
}

export function lookOwnTimers(events: readonly ErrorEvent[], owners: readonly LogOwner[]): Condition<Facts>[] {
  const parts = traceParts(owners);
  const made: Condition<Facts>[] = [];
  for (const traces of failedCalls(events).values()) {
    const late = missed(traces, parts);
    const { callee } = late[0]?.event ?? { callee: null };
    if (late.length < LEAST || callee === null) continue;
    const answers = late.flatMap(({ event, of, own }) => of.filter((p) => p.service === callee).map((part) => ({ part, event, waited: event.at - own.start })));
    // it gave up by itself: an answer that came in the end is slowness
    const gaveUp = answers.filter((a) => a.part.code >= 500);
    if (gaveUp.length < LEAST || gaveUp.length < 0.8 * answers.length) continue;
    const took = sorted(gaveUp.map((a) => a.part.end - a.part.start));
    const seconds = median(took);
    const waited = median(gaveUp.map((a) => a.waited));
    if (quantile(took, 0.9) - quantile(took, 0.1) > TIMER_SPREAD * seconds || seconds < OUTLASTS * waited) continue;
    const first = gaveUp[0]!;
    made.push(
      condition(ownTimer, {
        entity: service(callee),
        discriminator: first.part.route ?? '',
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null, clock: `log of ${callee}` },
        quantity: { value: round(seconds), baseline: round(waited), unit: 's', known: 'counted' },
        facts: { caller: first.event.service, callee, route: first.part.route, seconds: round(seconds), deadlineSeconds: round(waited), count: gaveUp.length },
        says: `${callee}${first.part.route === null ? '' : ` ${first.part.route}`} gives up after ${milli(seconds)} each time, ${milli(seconds - waited)} after ${first.event.service} has left (${gaveUp.length} requests)`,
        places: uniquePlaces([first.part.place(), first.event.place(), gaveUp.at(-1)!.part.place()], 4),
        strength: 'stated',
      }) as Condition<Facts>,
    );
  }
  return made;
}
