/**
 * What a service says of itself by its latency histogram, as quantiles somebody asked Prometheus for. A quantile from buckets is an
 * estimate within one bucket. Histograms of the client's side (http_client_…) are the caller's view and are left out.
 */
import { calleeLatency } from '../../model/conditions/calls.ts';
import { type Condition, type Coverage, condition, type Facts, type Observation, type Place, placeAt, type Readings, service } from '../../model/index.ts';
import { type PrometheusSeries, prometheusApi } from '../../read/prometheus-api/index.ts';
import { quantile, sorted } from '../lib/logs/onset.ts';
import { fineSeconds, instantOfSeconds } from '../lib/logs/stretch.ts';
import { type Group, milli, round } from './failed.ts';

const LEAST = 5;
const FAILING_SHARE = 0.05;
const STEADY = 1.5;
const QUERY = /^\s*histogram_quantile\s*\(\s*(0?\.\d{1,6})\s*,/;
const CLIENT = /\bclient|_client_/i;

interface Line {
  readonly q: number;
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly place: Place;
}

interface Server {
  readonly service: string;
  readonly route: string | null;
  readonly lines: Line[];
}

const serviceOf = (s: PrometheusSeries): string | null =>
  s.labels['app'] ?? s.labels['service'] ?? s.labels['service_name'] ?? (s.labels['pod'] === undefined ? s.labels['job'] : undefined) ?? null;
const routeOf = (s: PrometheusSeries): string | null => s.labels['route'] ?? s.labels['path'] ?? s.labels['handler'] ?? s.labels['http_route'] ?? null;

export function lookHistograms(readings: Readings, groups: readonly Group[]): Observation {
  const servers = new Map<string, Server>();
  for (const { artifact, model } of readings.of(prometheusApi)) {
    const m = model.form === 'matrix' && model.request.query !== null && !CLIENT.test(model.request.query) ? QUERY.exec(model.request.query) : null;
    if (m === null) continue;
    for (const s of model.series) {
      const name = serviceOf(s);
      if (name === null) continue;
      const key = `${name}\u0000${routeOf(s) ?? ''}`;
      const known = servers.get(key) ?? { service: name, route: routeOf(s), lines: [] };
      servers.set(key, known);
      const points = Array.from(s.times, (t, i) => ({ t, v: s.values[i]! })).filter((p) => Number.isFinite(p.v));
      known.lines.push({
        q: Number(m[1]),
        times: points.map((p) => p.t),
        values: points.map((p) => p.v),
        place: placeAt(artifact.id, s.span, { pointer: `${name} ${routeOf(s) ?? ''} p${Number(m[1]) * 100}` }),
      });
    }
  }
  const conditions: Condition<Facts>[] = [];
  const covered: Coverage[] = [];
  for (const [, s] of [...servers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const made = latency(s, readings, groups);
    if (made === null) continue;
    conditions.push(made);
    covered.push({ entity: service(s.service), interval: made.during, places: made.places.slice(0, 1) });
  }
  return { conditions, covered, notObservable: [] };
}

function latency(s: Server, readings: Readings, groups: readonly Group[]): Condition<Facts> | null {
  const high = s.lines.filter((l) => l.q >= 0.9 && l.values.length >= LEAST).sort((a, b) => b.q - a.q)[0];
  const middle = s.lines.filter((l) => l.q >= 0.4 && l.q < 0.9 && l.values.length >= LEAST).sort((a, b) => Math.abs(a.q - 0.5) - Math.abs(b.q - 0.5))[0] ?? high;
  if (high === undefined || middle === undefined) return null;
  const onset = groups
    .filter((g) => g.callee === s.service)
    .reduce<number | null>((least, g) => {
      const at = fineSeconds(g.calls[0]!.call.at);
      return least === null || at < least ? at : least;
    }, null);
  const split = onset ?? high.times[high.times.length >> 1]!;
  const typical = (l: Line, later: boolean): number | null => {
    const part = l.values.filter((_, i) => (later ? l.times[i]! >= split : l.times[i]! < split));
    return part.length < LEAST ? null : quantile(sorted(part), 0.5);
  };
  const p50 = typical(middle, false) ?? quantile(sorted(middle.values), 0.5);
  const p99 = typical(high, false) ?? quantile(sorted(high.values), 0.5);
  const p50Later = typical(middle, true);
  const p99Later = typical(high, true);
  const comparable = typical(high, false) !== null && p99Later !== null && p50Later !== null;
  const steady = !comparable || (p50Later <= STEADY * p50 + 0.002 && p99Later <= STEADY * p99 + 0.002);
  const failing = failingShare(s, readings, comparable ? split : Number.NEGATIVE_INFINITY) > FAILING_SHARE;
  const from = high.times[0]!;
  const to = high.times.at(-1)!;
  return condition(calleeLatency, {
    entity: service(s.service),
    discriminator: s.route ?? '',
    during: { from: instantOfSeconds(from), to: instantOfSeconds(to) },
    onset: steady ? { lastWell: null, firstIll: null } : { lastWell: instantOfSeconds(Math.max(from, split - 30)), firstIll: instantOfSeconds(split), clock: 'prometheus' },
    quantity: { value: round(p99Later ?? p99), ...(comparable ? { baseline: round(p99) } : {}), unit: 's', known: 'estimated' },
    facts: {
      service: s.service,
      route: s.route,
      p50Seconds: round(p50),
      p99Seconds: round(p99),
      count: high.values.length,
      failing,
      steady,
      p50LaterSeconds: comparable ? round(p50Later) : null,
      p99LaterSeconds: comparable ? round(p99Later) : null,
      from: 'histogram',
    },
    says: `${s.service}${s.route === null ? '' : ` ${s.route}`} answers in about ${milli(p50)} (p50), ${milli(p99)} (p${high.q * 100}) by its own histogram${steady ? (comparable ? ', before and after alike' : '') : `, later ${milli(p50Later!)} and ${milli(p99Later!)}`}${failing ? ', and fails' : ''}`,
    places: [middle.place, high.place].filter((p, i, all) => i === 0 || p.artifact !== all[0]!.artifact || p.offset !== all[0]!.offset),
  }) as Condition<Facts>;
}

/** Share of its answers of 500 and above, from request counters by code at hand as rates or raw. */
function failingShare(s: Server, readings: Readings, since: number): number {
  let bad = 0;
  let all = 0;
  for (const { model } of readings.of(prometheusApi)) {
    if (model.form !== 'matrix' || (model.request.query !== null && CLIENT.test(model.request.query))) continue;
    for (const x of model.series) {
      const code = x.labels['code'] ?? x.labels['status'] ?? x.labels['status_code'];
      if (code === undefined || serviceOf(x) !== s.service || (s.route !== null && routeOf(x) !== null && routeOf(x) !== s.route)) continue;
      let sum = 0;
      const rate = /\b(?:i?rate|increase)\s*\(/.test(model.request.query ?? '');
      for (let i = 0; i < x.times.length; i++) {
        if (x.times[i]! < since || !Number.isFinite(x.values[i]!)) continue;
        sum += rate ? x.values[i]! : i > 0 && x.values[i]! >= x.values[i - 1]! ? x.values[i]! - x.values[i - 1]! : 0;
      }
      all += sum;
      if (/^5/.test(code)) bad += sum;
    }
  }
  return all === 0 ? 0 : bad / all;
}
