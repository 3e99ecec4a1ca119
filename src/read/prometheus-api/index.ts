/**
 * Reads answers of the Prometheus HTTP API.
 * Written by: prometheus web/api/v1 (query, query_range, series data; rules, alerts), and compatible stores. People save them bare
 *   ({"status":"success","data":{…}}), wrapped with their request ({"request":{"query":…},"response":{…}}), or cut down to data or result.
 * Sample:   {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},"values":[[1795374541.2,"1"],…]}]}}
 * Units:    times in Unix seconds (milliseconds exact), values as float64; "NaN", "+Inf", "-Inf" as such.
 * Problems: prometheus-api/error-answer, /truncated, /partial (warnings of the server), /histograms (native histograms are skipped), /nothing.
 * Not read: exemplars, metadata, targets' discovered labels.
 */
import { type Artifact, type Instant, type Problem, parseInstant, placeAt, type Reader, type ReadResult, readSlice, type Span } from '../../model/index.ts';
import { numberAt, objectAt, textAt, textsAt } from '../lib/fields.ts';
import { elements, members, parseSpan, skipSpace } from '../lib/json-scan.ts';
import { type PrometheusSeries, readScalar, readSeries } from './series.ts';

export { type PrometheusSeries, sampleSpan } from './series.ts';

export interface PrometheusRule {
  readonly name: string;
  readonly group: string;
  readonly kind: 'alerting' | 'recording';
  readonly query: string;
  /** `for`, seconds. */
  readonly forSeconds: number | null;
  readonly state: string | null;
  readonly span: Span;
}

export interface PrometheusAlert {
  readonly name: string;
  readonly state: 'pending' | 'firing' | 'inactive';
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  readonly activeAt: Instant | null;
  readonly value: string | null;
  readonly span: Span;
}

export interface PrometheusAnswer {
  readonly form: 'matrix' | 'vector' | 'scalar' | 'rules' | 'alerts';
  /** The request as the envelope has it. */
  readonly request: { readonly query: string | null; readonly start: number | null; readonly end: number | null; readonly step: number | null };
  readonly series: readonly PrometheusSeries[];
  readonly rules: readonly PrometheusRule[];
  readonly alerts: readonly PrometheusAlert[];
}

const CAP = 256 * 1024 * 1024;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;

export const prometheusApi: Reader<PrometheusAnswer> = {
  id: 'prometheus-api',
  title: 'Prometheus API answers',
  takes: 'whole',

  sniff(head) {
    const at = start(head);
    if (head[at] !== OPEN_OBJECT && head[at] !== OPEN_ARRAY) return { confidence: 0, reached: at, why: 'not JSON' };
    const found = locate(head, at);
    if (found === null) return { confidence: 0, reached: at, why: 'no resultType, groups of rules, alerts with activeAt, or series with metric and values' };
    return { confidence: found.sure, reached: Math.min(head.length, found.at), why: found.form };
  },

  read(artifact) {
    const bytes = readSlice(artifact.source, 0, CAP);
    const at = start(bytes);
    const found = locate(bytes, at);
    const problems: Problem[] = [];
    if (found === null) {
      problems.push(
        problem(
          artifact,
          'nothing',
          'error',
          { offset: 0, length: Math.min(bytes.length, 80) },
          'no Prometheus answer was found in the JSON',
          'the shape is not one the HTTP API writes',
          'save the answer of /api/v1/query_range as it came',
        ),
      );
      return { model: null, problems };
    }
    if (found.form === 'error') {
      problems.push(
        problem(
          artifact,
          'error-answer',
          'error',
          { offset: found.at, length: Math.min(200, bytes.length - found.at) },
          `the server answered with an error: ${found.error ?? 'no message'}`,
          'nothing was measured by this request',
          'repair the query and ask again',
        ),
      );
      return { model: null, problems };
    }
    for (const warning of found.warnings)
      problems.push(problem(artifact, 'partial', 'warning', warning.span, `the server warns: ${warning.text}`, 'the answer may be partial', 'ask again, or each store by itself'));
    return readFound(artifact, bytes, found, problems);
  },
};

const start = (bytes: Uint8Array): number => skipSpace(bytes, bytes[0] === 0xef ? 3 : 0);

interface Found {
  readonly form: PrometheusAnswer['form'] | 'error';
  readonly sure: number;
  /** Where the list (result, groups, alerts) or, for an error, the object begins. */
  readonly at: number;
  readonly request: PrometheusAnswer['request'];
  readonly warnings: readonly { readonly text: string; readonly span: Span }[];
  readonly error: string | null;
}

const NO_REQUEST = { query: null, start: null, end: null, step: null };

/** Follows envelopes down to the list that matters. */
function locate(bytes: Uint8Array, at: number, request: Found['request'] = NO_REQUEST, depth = 0): Found | null {
  if (depth > 4) return null;
  if (bytes[at] === OPEN_ARRAY) return locateList(bytes, at, request);
  if (bytes[at] !== OPEN_OBJECT) return null;
  let asked = request;
  let resultType: string | null = null;
  let status: string | null = null;
  let result = -1;
  let groups = -1;
  let alerts = -1;
  let error: string | null = null;
  const inner: number[] = [];
  const warnings: { text: string; span: Span }[] = [];
  let seen = 0;
  for (const m of members(bytes, at)) {
    if (++seen > 64) break;
    if (m.key === 'request' || m.key === 'query_params' || m.key === 'params') asked = requestOf(parseSpan(bytes, m.value), asked);
    else if (m.key === 'query' || m.key === 'expr') asked = { ...asked, query: stringOf(parseSpan(bytes, m.value)) ?? asked.query };
    else if (m.key === 'step' || m.key === 'start' || m.key === 'end') asked = { ...asked, [m.key]: secondsOfValue(parseSpan(bytes, m.value)) ?? asked[m.key] };
    else if (m.key === 'resultType') resultType = stringOf(parseSpan(bytes, m.value));
    else if (m.key === 'status') status = stringOf(parseSpan(bytes, m.value));
    else if (m.key === 'error') error = stringOf(parseSpan(bytes, m.value));
    else if (m.key === 'result') result = m.value.offset;
    else if (m.key === 'groups') groups = m.value.offset;
    else if (m.key === 'alerts') alerts = m.value.offset;
    else if (m.key === 'warnings' || m.key === 'infos') {
      if (m.whole) for (const w of elements(bytes, m.value.offset)) warnings.push({ text: stringOf(parseSpan(bytes, w)) ?? '', span: w });
    } else if (m.key === 'response' || m.key === 'data' || m.key === 'body' || m.key === 'answer') inner.push(m.value.offset);
  }
  if (status === 'error') return { form: 'error', sure: 0.9, at, request: asked, warnings, error };
  const withWarnings = (f: Found | null): Found | null => (f === null ? null : { ...f, warnings: [...warnings, ...f.warnings] });
  if (result >= 0 && (resultType === 'matrix' || resultType === 'vector' || resultType === 'scalar' || resultType === 'string'))
    return withWarnings({ form: resultType === 'matrix' || resultType === 'vector' ? resultType : 'scalar', sure: 0.97, at: result, request: asked, warnings: [], error });
  if (result >= 0) return withWarnings(locateList(bytes, result, asked));
  if (groups >= 0) {
    const first = firstElement(bytes, groups);
    const keys = first === null ? [] : keysOf(bytes, first);
    if (keys.includes('rules')) return withWarnings({ form: 'rules', sure: 0.95, at: groups, request: asked, warnings: [], error });
  }
  if (alerts >= 0) {
    const first = firstElement(bytes, alerts);
    // Alertmanager's payload has alerts too, with startsAt instead of activeAt
    if ((first !== null && keysOf(bytes, first).includes('activeAt')) || (first === null && status === null && bytes[alerts] === OPEN_ARRAY && seen === 1 && depth > 0))
      return withWarnings({ form: 'alerts', sure: 0.95, at: alerts, request: asked, warnings: [], error });
  }
  for (const i of inner) {
    const f = locate(bytes, i, asked, depth + 1);
    if (f !== null) return withWarnings(f);
  }
  return null;
}

function locateList(bytes: Uint8Array, at: number, request: Found['request']): Found | null {
  const first = firstElement(bytes, at);
  if (first === null) return null;
  const keys = keysOf(bytes, first);
  const base = { at, request, warnings: [], error: null };
  if (keys.includes('metric') && (keys.includes('values') || keys.includes('histograms'))) return { ...base, form: 'matrix', sure: 0.9 };
  if (keys.includes('metric') && keys.includes('value')) return { ...base, form: 'vector', sure: 0.9 };
  if (keys.includes('activeAt') && keys.includes('state')) return { ...base, form: 'alerts', sure: 0.9 };
  return null;
}

function firstElement(bytes: Uint8Array, at: number): number | null {
  if (bytes[at] !== OPEN_ARRAY) return null;
  const i = skipSpace(bytes, at + 1);
  return i < bytes.length && bytes[i] === OPEN_OBJECT ? i : null;
}

function keysOf(bytes: Uint8Array, at: number): string[] {
  const keys: string[] = [];
  for (const m of members(bytes, at)) {
    keys.push(m.key);
    if (keys.length > 32) break;
  }
  return keys;
}

const stringOf = (v: unknown): string | null => (typeof v === 'string' ? v : null);

/** Seconds as a number, as text, as a Go duration of one unit ("30s") or as RFC 3339. */
function secondsOfValue(v: unknown): number | null {
  if (typeof v === 'number') return v;
  if (typeof v !== 'string') return null;
  const m = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(v);
  if (m !== null) return Number(m[1]) * ({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 }[m[2] ?? 's'] ?? 1);
  const at = parseInstant(v);
  return at === null ? null : Number(at / 1_000_000n) / 1000;
}

function requestOf(v: unknown, known: Found['request']): Found['request'] {
  if (typeof v === 'string') {
    const query = /[?&]query=([^&]*)/.exec(v)?.[1];
    try {
      return query === undefined ? known : { ...known, query: decodeURIComponent(query.replaceAll('+', ' ')) };
    } catch {
      return known;
    }
  }
  const part = (name: string): unknown => objectAt(v)?.[name] ?? objectAt(v, 'params')?.[name] ?? objectAt(v, 'query')?.[name];
  return {
    query: stringOf(part('query')) ?? known.query,
    start: secondsOfValue(part('start')) ?? secondsOfValue(part('time')) ?? known.start,
    end: secondsOfValue(part('end')) ?? known.end,
    step: secondsOfValue(part('step')) ?? known.step,
  };
}

function readFound(artifact: Artifact, bytes: Uint8Array, found: Found, problems: Problem[]): ReadResult<PrometheusAnswer> {
  const series: PrometheusSeries[] = [];
  const rules: PrometheusRule[] = [];
  const alerts: PrometheusAlert[] = [];
  const base = { request: found.request, series, rules, alerts };
  if (found.form === 'scalar') {
    const one = readScalar(bytes, found.at, found.request.query);
    if (one !== null) series.push(one);
    return { model: { ...base, form: 'scalar' }, problems };
  }
  if (found.form === 'matrix' || found.form === 'vector')
    return { model: { ...base, form: found.form, series: readSeries(artifact, bytes, found.at, found.request.query, problems) }, problems };
  const list = elements(bytes, found.at);
  let step = list.next();
  for (; step.done !== true; step = list.next()) {
    const span = step.value;
    const value = parseSpan(bytes, span);
    if (value === undefined) continue;
    if (found.form === 'rules') rules.push(...rulesOf(bytes, span, value));
    else {
      const alert = alertOf(value, span);
      if (alert !== null) alerts.push(alert);
    }
  }
  if (step.value !== true)
    problems.push(
      problem(
        artifact,
        'truncated',
        'warning',
        { offset: Math.max(0, bytes.length - 80), length: Math.min(80, bytes.length) },
        'the answer stops in the middle',
        'series after that point are missing',
        'save the answer again',
      ),
    );
  return { model: { ...base, form: found.form as PrometheusAnswer['form'] }, problems };
}

function rulesOf(bytes: Uint8Array, group: Span, value: unknown): PrometheusRule[] {
  const out: PrometheusRule[] = [];
  const groupName = textAt(value, 'name') ?? '';
  for (const m of members(bytes, group.offset)) {
    if (m.key !== 'rules') continue;
    for (const span of elements(bytes, m.value.offset)) {
      const rule = parseSpan(bytes, span);
      const name = textAt(rule, 'name');
      const query = textAt(rule, 'query');
      if (name === null || query === null) continue;
      const kind = textAt(rule, 'type') === 'recording' ? 'recording' : 'alerting';
      out.push({ name, group: groupName, kind, query, forSeconds: numberAt(rule, 'duration'), state: textAt(rule, 'state'), span });
    }
  }
  return out;
}

function alertOf(value: unknown, span: Span): PrometheusAlert | null {
  const labels = textsAt(value, 'labels');
  const state = textAt(value, 'state');
  if (labels['alertname'] === undefined || (state !== 'firing' && state !== 'pending' && state !== 'inactive')) return null;
  const activeAt = textAt(value, 'activeAt');
  return {
    name: labels['alertname'],
    state,
    labels,
    annotations: textsAt(value, 'annotations'),
    activeAt: activeAt === null ? null : parseInstant(activeAt),
    value: textAt(value, 'value'),
    span,
  };
}

function problem(artifact: Artifact, code: string, severity: Problem['severity'], span: Span, what: string, why: string, next: string): Problem {
  return { code: `prometheus-api/${code}`, severity, place: placeAt(artifact.id, span), what, why, next };
}
