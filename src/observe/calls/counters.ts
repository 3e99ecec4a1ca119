/**
 * Counters of calls that ended at their deadline (orders_reservation_timeouts_total): all that is left where the caller's log is missing.
 * They name no callee and no deadline; where a log names them, the log's condition stands and the counter is one more place of it.
 */
import { deadlineExceeded } from '../../model/conditions/calls.ts';
import { type Condition, condition, type Facts, type Place, placeAt, type Readings, service, uniquePlaces } from '../../model/index.ts';
import { type PrometheusSeries, prometheusApi } from '../../read/prometheus-api/index.ts';
import { changeOf } from '../lib/logs/onset.ts';
import { instantOfSeconds } from '../lib/logs/stretch.ts';
import { round } from './failed.ts';

/** A count of timeouts; a setting in seconds is none. */
const NAME = /(?:timeouts?|timed_?out|deadline_?exceeded)[a-z_]*_(?:total|count)$/i;
const LEAST = 3;
const EVENTS_CAP = 20_000;
/** orders-7d9f8b6c5d-x2x1z */
const POD_SUFFIX = /-[a-z0-9]{6,10}-[a-z0-9]{5}$/;

export interface CounterOfTimeouts {
  readonly caller: string;
  readonly metric: string;
  readonly times: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly places: readonly Place[];
}

const callerOf = (l: PrometheusSeries['labels']): string | null =>
  l['app'] ?? l['service'] ?? l['service_name'] ?? l['app_kubernetes_io_name'] ?? (l['pod'] === undefined ? l['job'] : l['pod'].replace(POD_SUFFIX, '')) ?? null;

export function timeoutCounters(readings: Readings): CounterOfTimeouts[] {
  const out = new Map<string, { caller: string; metric: string; times: number[]; from: number; to: number; places: Place[] }>();
  for (const { artifact, model } of readings.of(prometheusApi)) {
    if (model.form !== 'matrix') continue;
    const first = Math.min(...model.series.map((s) => s.times[0] ?? Number.POSITIVE_INFINITY));
    for (const s of model.series) {
      const metric = s.labels['__name__'];
      const caller = callerOf(s.labels);
      if (metric === undefined || !NAME.test(metric) || caller === null || s.times.length === 0) continue;
      const key = `${caller}\u0000${metric}`;
      const known = out.get(key) ?? { caller, metric, times: [], from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY, places: [] };
      out.set(key, known);
      known.from = Math.min(known.from, s.times[0]!);
      known.to = Math.max(known.to, s.times.at(-1)!);
      const before = known.times.length;
      for (let i = 0; i < s.times.length; i++) {
        // a series that begins later than the others is a new process, whose counter began at nothing; a fall is a restart
        const was = i === 0 ? (s.times[0]! > first ? 0 : s.values[0]!) : s.values[i - 1]!;
        const now = s.values[i]!;
        const more = now >= was ? now - was : now;
        for (let k = 0; k < more && known.times.length < EVENTS_CAP; k++) known.times.push(s.times[i]!);
      }
      if (known.times.length > before) known.places.push(placeAt(artifact.id, s.span, { pointer: `${metric}{${s.labels['pod'] ?? s.labels['instance'] ?? ''}}` }));
    }
  }
  return [...out.values()]
    .map((c) => ({ ...c, times: c.times.sort((a, b) => a - b), places: uniquePlaces(c.places, 3) }))
    .sort((a, b) => (a.caller < b.caller ? -1 : a.caller > b.caller ? 1 : a.metric < b.metric ? -1 : 1));
}

/** For callers whose log tells nothing of it. */
export function fromCounter(c: CounterOfTimeouts): Condition<Facts> | null {
  const change = changeOf(c.times, c.from, c.to);
  const count = c.times.length - change.first;
  if (count < LEAST || (change.how !== 'new' && change.how !== 'surge') || c.places.length === 0) return null;
  const first = c.times[change.first]!;
  const before = change.first === 0 ? null : c.times[change.first - 1]!;
  const rate = round(count / Math.max(1, c.to - first));
  return condition(deadlineExceeded, {
    entity: service(c.caller),
    discriminator: `counter ${c.metric}`,
    during: { from: instantOfSeconds(first), to: instantOfSeconds(c.times.at(-1)!) },
    // an increase is seen at the scrape after it
    onset: { lastWell: instantOfSeconds(Math.max(c.from, before ?? first - 60)), firstIll: instantOfSeconds(first), clock: 'prometheus' },
    // what was counted between the last scrape and the end of a process is lost
    quantity: { value: rate, baseline: round(change.before), unit: 'a second', known: 'lower-bound' },
    facts: {
      caller: c.caller,
      callee: null,
      operation: null,
      count,
      ratePerSecond: rate,
      deadlineSeconds: null,
      site: null,
      cancelled: false,
      sampled: false,
      how: 'counter',
      deadlineKnown: null,
      setting: null,
      previousSeconds: null,
      tookSeconds: null,
      calleeRoute: null,
      calleeAnswered: null,
      calleeAnsweredSeconds: null,
      share: null,
      instances: [],
      traces: [],
    },
    says: `${c.metric} of ${c.caller}: at least ${count} more, ${round(change.before)} → ${rate}/s`,
    places: c.places,
  }) as Condition<Facts>;
}
