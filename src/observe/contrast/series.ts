/** Metric series that left their usual range around the onset, the earliest first: where to look next, not why. */
import { contrast } from '../../model/conditions/contrast.ts';
import { type Artifact, type Condition, condition, type Facts, input, placeAt, type Readings, service } from '../../model/index.ts';
import { type PrometheusSeries, prometheusApi } from '../../read/prometheus-api/index.ts';
import { instantOfSeconds } from '../lib/logs/stretch.ts';
import type { Windows } from './windows.ts';

const LEAST_WELL = 5;
/** Leaves the usual range: this many deviations, and this share of the usual value, so that a flat line's first ripple is none. */
const DEVIATIONS = 6;
const LEAST_MOVE = 0.5;
/** A series that moved long before the harm is of another matter; long after, an effect. */
const BEFORE_SECONDS = 120;
const AFTER_SECONDS = 60;
const KEPT = 8;
const SUSTAINED = 2;

interface Moved {
  readonly series: PrometheusSeries;
  readonly artifact: Artifact;
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const isCounter = (name: string): boolean => /_(?:total|count|sum|bucket)$/.test(name);

export function seriesContrasts(readings: Readings, w: Windows): Condition<Facts>[] {
  const moved: Moved[] = [];
  for (const r of readings.of(prometheusApi)) {
    if (r.model.form !== 'matrix') continue;
    for (const series of r.model.series) {
      const m = move(series, r.model.request.query, w);
      if (m !== null) moved.push({ ...m, series, artifact: r.artifact });
    }
  }
  moved.sort((a, b) => a.at - b.at || (label(a.series) < label(b.series) ? -1 : 1));
  return moved.slice(0, KEPT).map((m) => toCondition(m, w));
}

function move(s: PrometheusSeries, query: string | null, w: Windows): { at: number; before: number; after: number } | null {
  const raw = s.name !== null && isCounter(s.name) && (query === null || !/\b(?:i?rate|increase|delta)\s*\(/.test(query));
  const times: number[] = [];
  const values: number[] = [];
  for (let i = raw ? 1 : 0; i < s.times.length; i++) {
    const v = raw ? Math.max(0, s.values[i]! - s.values[i - 1]!) / Math.max(1e-3, s.times[i]! - s.times[i - 1]!) : s.values[i]!;
    if (!Number.isFinite(v)) continue;
    times.push(s.times[i]!);
    values.push(v);
  }
  const usual = values.filter((_, i) => times[i]! >= w.wellFrom && times[i]! <= Math.min(w.wellTo, w.sickFrom - BEFORE_SECONDS / 4));
  if (usual.length < LEAST_WELL) return null;
  const mean = usual.reduce((n, v) => n + v, 0) / usual.length;
  const deviation = Math.sqrt(usual.reduce((n, v) => n + (v - mean) ** 2, 0) / usual.length);
  const limit = Math.max(DEVIATIONS * deviation, LEAST_MOVE * Math.abs(mean), 1e-9);
  for (let i = 0; i + SUSTAINED <= values.length; i++) {
    const t = times[i]!;
    if (t < w.sickFrom - BEFORE_SECONDS || t > w.sickFrom + AFTER_SECONDS || t <= w.wellFrom) continue;
    let out = true;
    for (let k = 0; k < SUSTAINED; k++) if (Math.abs(values[i + k]! - mean) <= limit) out = false;
    if (out) return { at: t, before: mean, after: values[i + SUSTAINED - 1]! };
  }
  return null;
}

function label(s: PrometheusSeries): string {
  const rest = Object.entries(s.labels)
    .filter(([k]) => k !== '__name__')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, 6)
    .map(([k, v]) => `${k}="${v}"`)
    .join(',');
  return `${s.name ?? ''}{${rest}}`;
}

const short = (n: number): number => Number(n.toPrecision(4));

function toCondition(m: Moved, w: Windows): Condition<Facts> {
  const subject = label(m.series);
  const name = m.series.labels['service'] ?? m.series.labels['job'];
  return condition(contrast, {
    entity: name === undefined ? input(m.artifact.id) : service(name),
    discriminator: `series ${subject}`,
    during: { from: instantOfSeconds(m.at), to: null },
    onset: { lastWell: Number.isFinite(w.wellTo) ? instantOfSeconds(Math.min(w.wellTo, m.at)) : null, firstIll: instantOfSeconds(m.at), clock: 'prometheus' },
    quantity: { value: short(m.after), baseline: short(m.before), unit: '', known: 'sampled' },
    facts: { what: 'series-moved', subject, before: short(m.before), after: short(m.after), unit: '' },
    says: `${subject} ${short(m.before)} → ${short(m.after)}`,
    places: [placeAt(m.artifact.id, m.series.span, { pointer: subject })],
  }) as Condition<Facts>;
}
