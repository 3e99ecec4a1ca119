/** Every series at hand, from API answers and scrapes, with the entity its labels name. */
import {
  type Artifact,
  type Cover,
  container,
  type Entity,
  type Instant,
  instantFromSeconds,
  node,
  type Place,
  parseInstant,
  placeAt,
  pod,
  processOf,
  type Readings,
  secondsOf,
  service,
  workload,
} from '../../../model/index.ts';
import { expvar } from '../../../read/expvar/index.ts';
import { type PrometheusSeries, prometheusApi, sampleSpan } from '../../../read/prometheus-api/index.ts';
import { prometheusText } from '../../../read/prometheus-text/index.ts';
import { guessedProcess } from '../pile.ts';

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The selector alone was asked (or scraped): values are the metric's own. false: a function was applied; see `query`. */
  readonly raw: boolean;
  readonly query: string | null;
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** Seconds between samples as asked or seen. */
  readonly step: number;
  place(index: number): Place;
}

const selectorOnly = /^\s*[a-zA-Z_:][\w:]*\s*(\{[^{}]*\})?\s*$/;

const memo = new WeakMap<Readings, Series[]>();

/** Made once for one set of readings. */
export function seriesOf(readings: Readings): Series[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const made = allSeries(readings);
  memo.set(readings, made);
  return made;
}

function allSeries(readings: Readings): Series[] {
  const out: Series[] = [];
  for (const { artifact, model } of readings.of(prometheusApi)) {
    for (const s of model.series) {
      if (s.name === null || s.times.length === 0) continue;
      out.push({
        name: s.name,
        labels: { ...impliedLabels(model.request.query), ...s.labels },
        raw: s.labels['__name__'] !== undefined || model.request.query === null || selectorOnly.test(model.request.query),
        query: model.request.query,
        times: Array.from(s.times),
        values: Array.from(s.values),
        step: model.request.step ?? spacing(s.times),
        place: (i) => placeAt(artifact.id, sampleSpan(artifact, s, i), { pointer: pointerOf(s, i) }),
      });
    }
  }
  out.push(...scrapedSeries(readings));
  const keyed = out.map((series) => ({ series, key: keyOf(series) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map((k) => k.series);
}

/**
 * Labels an aggregation dropped but the query fixed: where every selector of it says namespace="shop", every sample in it was of that namespace.
 * "by (pod)" keeps the pod and loses the namespace; without it the series would name nothing.
 */
export function impliedLabels(query: string | null): Readonly<Record<string, string>> {
  if (query === null || query.length > 64 * 1024) return {};
  const selectors = query.match(/\{[^{}]*\}/g) ?? [];
  // a metric without a selector is not fixed to anything
  const bare = query
    .replace(/\{[^{}]*\}/g, '{}')
    .replace(/"[^"]*"|'[^']*'/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/g, ' ')
    .match(/[a-zA-Z_:][\w:]*(?!\w|:|\s*[({])/g);
  const words = (bare ?? []).filter((w) => !OPERATORS.has(w) && !/^\d/.test(w));
  if (selectors.length === 0 || words.length > 0) return {};
  const fixed = selectors.map((text) => new Map(Array.from(text.matchAll(/([a-zA-Z_]\w*)\s*=\s*"([^"\\]*)"/g), (m) => [m[1] as string, m[2] as string])));
  const out: Record<string, string> = {};
  for (const [name, value] of fixed[0] ?? []) if (value !== '' && name !== '__name__' && fixed.every((f) => f.get(name) === value)) out[name] = value;
  return out;
}

const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'Inf', 'NaN', 's', 'm', 'h', 'd', 'w', 'y', 'ms']);

export const keyOf = (s: Pick<Series, 'name' | 'labels'>): string => `${s.name}${labelText(s.labels)}`;

const labelText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.keys(labels)
    .filter((k) => k !== '__name__')
    .sort()
    .map((k) => `${k}="${labels[k]}"`)
    .join(',')}}`;

const SHOWN = ['namespace', 'pod', 'container', 'deployment', 'instance', 'app', 'service', 'job', 'route', 'code', 'reason'];
const pointerOf = (s: PrometheusSeries, i: number): string =>
  `${s.name ?? ''}{${SHOWN.filter((k) => s.labels[k] !== undefined)
    .slice(0, 3)
    .map((k) => `${k}=${s.labels[k]}`)
    .join(',')}} = ${s.values[i] ?? ''}`;

function spacing(times: ArrayLike<number>): number {
  if (times.length < 2) return 0;
  const gaps: number[] = [];
  for (let i = 1; i < times.length; i++) gaps.push((times[i] as number) - (times[i - 1] as number));
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] as number;
}

/** Scrapes of one target, each a file or all in one, become series again. The target is what the collector says, else the name without its time. */
function scrapedSeries(readings: Readings): Series[] {
  interface Point {
    readonly t: number;
    readonly v: number;
    readonly place: () => Place;
  }
  const series = new Map<string, { name: string; labels: Record<string, string>; points: Point[] }>();
  for (const { artifact, model } of [...readings.of(prometheusText), ...readings.of(expvar)]) {
    const taken = artifact.takenAt ?? timeInName(artifact);
    const target = targetLabels(artifact, readings);
    for (const scrape of model.scrapes) {
      for (const x of scrape.samples) {
        const at = x.at ?? (model.scrapes.length === 1 ? taken : null);
        if (at === null) continue;
        const labels = { ...target, ...x.labels };
        const key = keyOf({ name: x.name, labels });
        const known = series.get(key) ?? { name: x.name, labels, points: [] };
        known.points.push({ t: secondsOf(at), v: x.value, place: () => placeAt(artifact.id, x.span) });
        series.set(key, known);
      }
    }
  }
  return [...series.values()].map(({ name, labels, points }) => {
    points.sort((a, b) => a.t - b.t);
    const times = points.map((p) => p.t);
    return { name, labels, raw: true, query: null, times, values: points.map((p) => p.v), step: spacing(times), place: (i) => (points[i] as Point).place() };
  });
}

/** ISO, compact ISO or Unix seconds in a file name; people put them there when they save scrapes. */
export function timeInName(artifact: Artifact): Instant | null {
  const name = artifact.member ?? artifact.path;
  const iso = /(\d{4}-?\d\d-?\d\d)[T_ -](\d\d)[:_-]?(\d\d)[:_-]?(\d\d(?:\.\d+)?)/.exec(name);
  if (iso !== null) {
    const day = (iso[1] as string).replaceAll('-', '');
    return parseInstant(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T${iso[2]}:${iso[3]}:${iso[4]}Z`);
  }
  const unix = /(?:^|\D)(1[5-9]\d{8}|2\d{9})(?:\D|$)/.exec(name);
  return unix === null ? null : instantFromSeconds(Number(unix[1]));
}

function targetLabels(artifact: Artifact, readings: Readings): Record<string, string> {
  const cover = artifact.covers.find((c) => c.entity.kind === 'process' || c.entity.kind === 'container' || c.entity.kind === 'pod' || c.entity.kind === 'service');
  return cover === undefined ? { instance: guessedProcess(artifact, readings)?.key ?? artifact.path } : coverLabels(cover);
}

function coverLabels({ entity }: Cover): Record<string, string> {
  const parts = entity.key.split('/');
  if (entity.kind === 'container') return { namespace: parts[0] ?? '', pod: parts[1] ?? '', container: parts[2] ?? '' };
  if (entity.kind === 'pod') return { namespace: parts[0] ?? '', pod: parts[1] ?? '' };
  if (entity.kind === 'service') return { job: entity.key, instance: entity.key };
  const at = entity.key.lastIndexOf('@');
  if (at > 0) return { job: entity.key.slice(0, at), instance: entity.key.slice(at + 1) };
  return parts.length === 3 ? { namespace: parts[0] ?? '', pod: parts[1] ?? '', container: parts[2] ?? '' } : { instance: entity.key };
}

/**
 * What the labels name. kube-state-metrics scraped without honor_labels keeps the real ones in exported_*;
 * its own instance, pod and namespace are never the object's.
 */
export function labelled(s: Pick<Series, 'name' | 'labels'>): {
  namespace?: string;
  pod?: string;
  container?: string;
  node?: string;
  service?: string;
  instance?: string;
  job?: string;
  deployment?: string;
} {
  const l = s.labels;
  const fromState = s.name.startsWith('kube_');
  const pick = (name: string): string | undefined => nonEmpty(l[`exported_${name}`]) ?? nonEmpty(l[name]);
  const out: Record<string, string> = {};
  const put = (key: string, value: string | undefined): void => {
    if (value !== undefined) out[key] = value;
  };
  put('namespace', pick('namespace'));
  put('pod', fromState && l['exported_pod'] === undefined && l['uid'] === undefined && l['container'] === undefined && !s.name.startsWith('kube_pod') ? undefined : pick('pod'));
  put('container', pick('container') === 'POD' ? undefined : pick('container'));
  put('node', pick('node'));
  put('deployment', pick('deployment'));
  put('service', fromState ? undefined : (nonEmpty(l['app']) ?? nonEmpty(l['service']) ?? nonEmpty(l['service_name']) ?? nonEmpty(l['app_kubernetes_io_name'])));
  put('instance', fromState ? undefined : nonEmpty(l['instance']));
  put('job', fromState ? undefined : nonEmpty(l['job']));
  return out;
}

const nonEmpty = (v: string | undefined): string | undefined => (v === undefined || v === '' ? undefined : v);

/** The most specific thing the labels name. */
export function entityOf(s: Pick<Series, 'name' | 'labels'>): Entity | null {
  const l = labelled(s);
  if (l.namespace !== undefined && l.pod !== undefined && l.container !== undefined) return container(l.namespace, l.pod, l.container);
  if (isProcessMetric(s.name)) {
    const process = processEntity(s);
    if (process !== null) return process;
  }
  if (l.namespace !== undefined && l.pod !== undefined) return pod(l.namespace, l.pod);
  if (l.namespace !== undefined && l.deployment !== undefined) return workload(l.namespace, 'deployment', l.deployment);
  if (l.service !== undefined) return service(l.service);
  if (s.name.startsWith('kube_node') && l.node !== undefined) return node(l.node);
  if (l.instance !== undefined) return processEntity(s);
  if (l.job !== undefined) return service(l.job);
  return null;
}

/** Metrics a program exports of itself. */
export const isProcessMetric = (name: string): boolean =>
  /^(go_|process_|http_|grpc_|promhttp_)/.test(name) || !/^(kube_|container_|node_|kubelet_|apiserver_|machine_|cadvisor_)/.test(name);

export function processEntity(s: Pick<Series, 'name' | 'labels'>): Entity | null {
  const l = labelled(s);
  if (l.instance === undefined) return null;
  return processOf(l.job === undefined ? l.instance : `${l.job}@${l.instance}`);
}

/** The service a process metric speaks for: its app or service label, else its job. */
export function serviceOf(s: Pick<Series, 'name' | 'labels'>): string | null {
  const l = labelled(s);
  if (l.service !== undefined) return l.service;
  return l.pod === undefined && l.job !== undefined ? l.job : null;
}
