/** Requests by code and latency, from counters and histograms or from rates somebody queried. */
import { demand, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { type Condition, type Coverage, condition, type Entity, instantFromSeconds, type Kind, NOTHING, type Observation, service } from '../../model/index.ts';
import { entityOf, labelled, type Series, serviceOf } from '../lib/metrics/series.ts';
import { median } from './growth.ts';

/** Server errors above this share of requests, and at least so many, are harm. */
const FAILING_SHARE = 0.01;
const FAILING_LEAST = 5;
/** Slow: so many times the well latency, and at least so long in absolute terms: nobody is harmed by 4 ms instead of 1. */
const SLOW_FACTOR = 4;
const SLOW_SECONDS = 0.5;
const SUSTAINED = 3;

const codeOf = (s: Series): string | null =>
  s.labels['code'] ?? s.labels['status'] ?? s.labels['status_code'] ?? s.labels['http_status_code'] ?? s.labels['http_response_status_code'] ?? s.labels['grpc_code'] ?? null;
const routeOf = (s: Series): string | null =>
  s.labels['route'] ?? s.labels['path'] ?? s.labels['handler'] ?? s.labels['endpoint'] ?? s.labels['http_route'] ?? s.labels['method_name'] ?? null;
const isFailure = (code: string): boolean => /^5\d\d$|^5xx$/i.test(code) || /^(Unknown|DeadlineExceeded|Internal|Unavailable|DataLoss|ResourceExhausted)$/i.test(code);
export const isRequests = (s: Series): boolean => codeOf(s) !== null && /requests?|responses?|handled|http_server/.test(s.name) && !/_bucket$|_sum$/.test(s.name);

export interface Rate {
  readonly series: Series;
  /** Events a second, by sample; the first of a counter has none. */
  readonly rates: readonly number[];
}

export function requestsOf(kind: Kind, series: readonly Series[]): Observation {
  if (kind.id === requestsFailing.id) return failing(series);
  if (kind.id === requestsSlow.id) return slow(series);
  if (kind.id === demand.id) return demandOf(series);
  return NOTHING;
}

/** Counters become rates; a queried rate is one already. A falling counter is a new process. */
export function rateOf(s: Series): Rate | null {
  if (!s.raw) return s.query !== null && /\b(rate|irate)\s*\(/.test(s.query) ? { series: s, rates: s.values } : null;
  const rates = s.values.map((v, i) => {
    if (i === 0) return Number.NaN;
    const dt = (s.times[i] as number) - (s.times[i - 1] as number);
    const before = s.values[i - 1] as number;
    return dt <= 0 ? Number.NaN : (v >= before ? v - before : v) / dt;
  });
  return { series: s, rates };
}

function groups(series: readonly Series[]): Map<string, { entity: Entity; service: string; route: string | null; rates: Rate[] }> {
  const out = new Map<string, { entity: Entity; service: string; route: string | null; rates: Rate[] }>();
  // where both the counter and its queried rate are at hand the rate by service is enough: counting twice would double it
  const rated = series.filter((s) => isRequests(s) && !s.raw && rateOf(s) !== null);
  for (const s of series) {
    if (!isRequests(s)) continue;
    if (s.raw && rated.some((r) => r.name === s.name && (serviceOf(r) === null || serviceOf(r) === serviceOf(s)))) continue;
    const rate = rateOf(s);
    if (rate === null) continue;
    const name = serviceOf(s) ?? labelled(s).pod ?? labelled(s).job ?? null;
    const entity = serviceOf(s) !== null ? service(serviceOf(s) as string) : entityOf(s);
    if (name === null || entity === null) continue;
    const route = routeOf(s);
    const key = `${entity.kind}:${entity.key}|${route ?? ''}`;
    const known = out.get(key) ?? { entity, service: name, route, rates: [] };
    known.rates.push(rate);
    out.set(key, known);
  }
  return out;
}

function sumByTime(rates: readonly Rate[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { series, rates: values } of rates) {
    for (let i = 0; i < values.length; i++) {
      const t = series.times[i] as number;
      if (Number.isFinite(values[i])) sums.set(t, (sums.get(t) ?? 0) + (values[i] as number));
    }
  }
  return sums;
}

const PROBES = /^\/?(metrics|healthz?|readyz?|livez|ready|live|debug\/.*)$/;

function failing(series: readonly Series[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  for (const g of groups(series).values()) {
    if (g.route !== null && PROBES.test(g.route.replace(/^(GET|HEAD) /, ''))) continue;
    const first = g.rates[0];
    if (first === undefined) continue;
    covered.push({
      entity: g.entity,
      interval: { from: instantFromSeconds(first.series.times[0] as number), to: instantFromSeconds(first.series.times.at(-1) as number) },
      places: [first.series.place(0)],
    });
    const badSeries = g.rates.filter((r) => isFailure(codeOf(r.series) ?? ''));
    const totals = sumByTime(g.rates);
    const bad = sumByTime(badSeries);
    const times = [...totals.keys()].sort((a, b) => a - b);
    const step = median(times.slice(1).map((t, i) => t - (times[i] as number))) || 1;
    const share = (t: number): number => ((totals.get(t) ?? 0) > 0 ? (bad.get(t) ?? 0) / (totals.get(t) as number) : 0);
    const ill = times.filter((t) => share(t) >= FAILING_SHARE && (bad.get(t) ?? 0) > 0);
    const count = ill.reduce((n, t) => n + (bad.get(t) ?? 0) * step, 0);
    // constant old noise is no symptom: something must differ from how it was at the start, or be a clear share of all
    const startShare = median(times.slice(0, Math.max(1, Math.floor(times.length / 5))).map(share));
    const illShare = ill.length === 0 ? 0 : median(ill.map(share));
    if (ill.length < 2 || count < FAILING_LEAST || (startShare > 0 && illShare < startShare * 3 && illShare < 0.2)) continue;
    const onset = ill[0] as number;
    const before = times[times.indexOf(onset) - 1];
    const code = badSeries
      .map((r) => ({ code: codeOf(r.series) as string, sum: r.rates.reduce((n, x) => n + (Number.isFinite(x) ? x : 0), 0), r }))
      .sort((a, b) => b.sum - a.sum)[0];
    if (code === undefined) continue;
    const index = code.r.series.times.findIndex((t, i) => t >= onset && (code.r.rates[i] as number) > 0);
    const peak = ill.reduce((a, b) => ((bad.get(b) ?? 0) > (bad.get(a) ?? 0) ? b : a));
    const peakIndex = Math.max(0, code.r.series.times.indexOf(peak));
    conditions.push(
      condition(requestsFailing, {
        entity: g.entity,
        ...(g.route === null ? {} : { discriminator: g.route }),
        during: { from: instantFromSeconds(onset), to: instantFromSeconds(ill.at(-1) as number) },
        onset: { lastWell: before === undefined ? null : instantFromSeconds(before - windowOf(code.r.series)), firstIll: instantFromSeconds(onset), clock: 'prometheus' },
        quantity: { value: Math.round(illShare * 1000) / 1000, baseline: Math.round(startShare * 1000) / 1000, unit: 'share of requests', known: 'sampled' },
        facts: {
          service: g.service,
          route: g.route,
          code: code.code,
          count: Math.round(count),
          share: Math.round(illShare * 1000) / 1000,
          ratePerSecond: Math.round((bad.get(peak) ?? 0) * 100) / 100,
        },
        says: `${g.service}${g.route === null ? '' : ` ${g.route}`} answers ${code.code} to ${Math.round(illShare * 100)} % of requests`,
        places: [code.r.series.place(Math.max(0, index)), code.r.series.place(peakIndex)],
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable: [] };
}

/** A rate over [30s] is late by up to that: the onset reaches back. */
function windowOf(s: Series): number {
  const m = s.query === null ? null : /\[(\d+)(s|m|h)\]/.exec(s.query);
  return m === null ? 0 : Number(m[1]) * (m[2] === 'h' ? 3600 : m[2] === 'm' ? 60 : 1);
}

interface Latency {
  readonly entity: Entity;
  readonly service: string;
  readonly route: string | null;
  readonly quantile: string;
  readonly times: readonly number[];
  readonly seconds: readonly number[];
  readonly series: Series;
}

function latencies(series: readonly Series[]): Latency[] {
  const out: Latency[] = [];
  for (const s of series) {
    const m = s.query === null ? null : /histogram_quantile\(\s*(0?\.\d+)/.exec(s.query);
    if (m === null) continue;
    const name = serviceOf(s) ?? labelled(s).pod ?? labelled(s).job;
    if (name === undefined || name === null) continue;
    out.push({
      entity: serviceOf(s) === null ? (entityOf(s) ?? service(name)) : service(name),
      service: name,
      route: routeOf(s),
      quantile: `p${Math.round(Number(m[1]) * 100)}`,
      times: s.times,
      seconds: s.values,
      series: s,
    });
  }
  out.push(...fromBuckets(series));
  return out;
}

/** p99 from raw bucket counters, between consecutive samples with enough requests to have one. */
function fromBuckets(series: readonly Series[]): Latency[] {
  const sets = new Map<string, Series[]>();
  for (const s of series) {
    if (!s.raw || !/duration.*_bucket$|latency.*_bucket$/.test(s.name) || s.labels['le'] === undefined) continue;
    const { le: _le, ...rest } = s.labels;
    const key = `${s.name}${JSON.stringify(Object.entries(rest).sort())}`;
    sets.set(key, [...(sets.get(key) ?? []), s]);
  }
  const out: Latency[] = [];
  for (const list of sets.values()) {
    const sorted = list.map((s) => ({ s, le: s.labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(s.labels['le']) })).sort((a, b) => a.le - b.le);
    const first = sorted[0]?.s;
    if (first === undefined || sorted.some((x) => x.s.times.length !== first.times.length)) continue;
    const name = serviceOf(first) ?? labelled(first).pod ?? labelled(first).job;
    const entity = serviceOf(first) === null ? entityOf(first) : service(serviceOf(first) as string);
    if (name === undefined || name === null || entity === null) continue;
    const times: number[] = [];
    const seconds: number[] = [];
    for (let i = 1; i < first.times.length; i++) {
      const counts = sorted.map((x) => Math.max(0, (x.s.values[i] as number) - (x.s.values[i - 1] as number)));
      const total = counts.at(-1) as number;
      if (total < 20) continue;
      const at = counts.findIndex((c) => c >= total * 0.99);
      const le = sorted[at]?.le ?? Number.POSITIVE_INFINITY;
      times.push(first.times[i] as number);
      seconds.push(Number.isFinite(le) ? le : (sorted.at(-2)?.le ?? 0));
    }
    if (times.length >= SUSTAINED) out.push({ entity, service: name, route: routeOf(first), quantile: 'p99', times, seconds, series: sorted.at(-1)?.s ?? first });
  }
  return out;
}

function slow(series: readonly Series[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const seen = new Set<string>();
  // the highest quantile of a route speaks for it
  for (const l of latencies(series).sort((a, b) => (a.quantile < b.quantile ? 1 : a.quantile > b.quantile ? -1 : 0))) {
    const points = l.times.map((t, i) => ({ t, v: l.seconds[i] as number, i })).filter((p) => Number.isFinite(p.v));
    if (points.length < 2 * SUSTAINED) continue;
    if (l.route !== null && PROBES.test(l.route.replace(/^(GET|HEAD) /, ''))) continue;
    covered.push({ entity: l.entity, interval: { from: instantFromSeconds(points[0]?.t ?? 0), to: instantFromSeconds(points.at(-1)?.t ?? 0) }, places: [l.series.place(0)] });
    const key = `${l.entity.kind}:${l.entity.key}|${l.route ?? ''}`;
    if (seen.has(key)) continue;
    const well = median(points.slice(0, Math.max(2, Math.floor(points.length / 4))).map((p) => p.v));
    const limit = Math.max(well * SLOW_FACTOR, SLOW_SECONDS);
    let run = 0;
    let start = -1;
    for (let i = 0; i < points.length; i++) {
      run = (points[i]?.v ?? 0) > limit ? run + 1 : 0;
      if (run === SUSTAINED) {
        start = i - SUSTAINED + 1;
        break;
      }
    }
    const first = points[start];
    if (start < 0 || first === undefined) continue;
    seen.add(key);
    const ill = points.slice(start).filter((p) => p.v > limit);
    const typical = median(ill.map((p) => p.v));
    const worst = ill.reduce((a, b) => (a.v >= b.v ? a : b));
    conditions.push(
      condition(requestsSlow, {
        entity: l.entity,
        ...(l.route === null ? {} : { discriminator: l.route }),
        during: { from: instantFromSeconds(first.t), to: instantFromSeconds(ill.at(-1)?.t ?? first.t) },
        onset: {
          lastWell: start === 0 ? null : instantFromSeconds((points[start - 1]?.t ?? first.t) - windowOf(l.series)),
          firstIll: instantFromSeconds(first.t),
          clock: 'prometheus',
        },
        quantity: { value: Math.round(typical * 1000) / 1000, baseline: Math.round(well * 1000) / 1000, unit: 'seconds', known: 'estimated' },
        facts: { service: l.service, route: l.route, quantile: l.quantile, seconds: Math.round(typical * 1000) / 1000, baselineSeconds: Math.round(well * 1000) / 1000 },
        says: `${l.service}${l.route === null ? '' : ` ${l.route}`} ${l.quantile} ${duration(well)} → ${duration(typical)}`,
        places: [l.series.place(first.i), l.series.place(worst.i)],
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable: [] };
}

const duration = (s: number): string => (s >= 1 ? `${Math.round(s * 10) / 10} s` : `${Math.round(s * 1000)} ms`);

/** Demand doubled or halved between the first and the last quarter. */
function demandOf(series: readonly Series[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const byService = new Map<string, { entity: Entity; name: string; totals: Map<number, number>; series: Series }>();
  for (const g of groups(series).values()) {
    for (const r of g.rates) {
      const key = `${g.entity.kind}:${g.entity.key}`;
      const known = byService.get(key) ?? { entity: g.entity, name: g.service, totals: new Map<number, number>(), series: r.series };
      for (const [t, rate] of sumByTime([r])) known.totals.set(t, (known.totals.get(t) ?? 0) + rate);
      byService.set(key, known);
    }
  }
  for (const g of byService.values()) {
    const times = [...g.totals.keys()].sort((a, b) => a - b);
    if (times.length < 8) continue;
    const quarter = Math.floor(times.length / 4);
    covered.push({ entity: g.entity, interval: { from: instantFromSeconds(times[0] as number), to: instantFromSeconds(times.at(-1) as number) }, places: [g.series.place(0)] });
    const from = median(times.slice(0, quarter).map((t) => g.totals.get(t) as number));
    const to = median(times.slice(-quarter).map((t) => g.totals.get(t) as number));
    if (Math.max(from, to) < 1 || (to < from * 2 && to > from / 2)) continue;
    const middle = (from + to) / 2;
    const index = times.findIndex((t) => (to > from ? (g.totals.get(t) as number) > middle : (g.totals.get(t) as number) < middle));
    const turn = times[Math.max(0, index)] as number;
    conditions.push(
      condition(demand, {
        entity: g.entity,
        during: { from: instantFromSeconds(turn), to: null },
        onset: { lastWell: index <= 0 ? null : instantFromSeconds(times[index - 1] as number), firstIll: instantFromSeconds(turn), clock: 'prometheus' },
        quantity: { value: Math.round(to * 10) / 10, baseline: Math.round(from * 10) / 10, unit: 'requests/s', known: 'sampled' },
        facts: { service: g.name, fromRate: Math.round(from * 10) / 10, toRate: Math.round(to * 10) / 10 },
        says: `requests to ${g.name} ${Math.round(from)} → ${Math.round(to)} a second`,
        places: [g.series.place(Math.max(0, g.series.times.indexOf(turn)))],
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable: [] };
}
