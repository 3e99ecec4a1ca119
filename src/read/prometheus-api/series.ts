/** Series of a matrix or vector answer, straight from the tape of its JSON into columns. */
import { type Artifact, type Problem, placeAt, readSlice, type Span } from '../../model/index.ts';
import { elements, members as scanMembers } from '../lib/json-scan.ts';
import { ARRAY, items, type JsonSpans, jsonSpans, kindOf, members, NUMBER, STRING, spanOf, textOf } from './json-tape.ts';

export interface PrometheusSeries {
  /** All labels, __name__ included where the answer has it. */
  readonly labels: { readonly [name: string]: string };
  /** __name__, else the metric the query begins with, else null. */
  readonly name: string | null;
  /** Unix seconds, ascending as written. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** The whole series object. */
  readonly span: Span;
}

/** The list that begins at `from`. What stands before a cut is kept, also of the series that was cut. */
export function readSeries(artifact: Artifact, bytes: Uint8Array, from: number, query: string | null, problems: Problem[]): PrometheusSeries[] {
  const j = jsonSpans(bytes.subarray(from), { one: true });
  const series: PrometheusSeries[] = [];
  let histograms = 0;
  for (const node of items(j, j.roots[0] ?? -1)) {
    const labels: Record<string, string> = {};
    let list = -1;
    let single = -1;
    for (const [key, at] of members(j, node)) {
      const name = textOf(j, key);
      if (name === 'metric') for (const [label, text] of members(j, at)) if (kindOf(j, text) === STRING) setOwn(labels, textOf(j, label), textOf(j, text));
      if (name === 'values') list = at;
      else if (name === 'value') single = at;
      else if (name === 'histograms' || name === 'histogram') histograms++;
    }
    const of = kindOf(j, list) === ARRAY ? samplesOf(j, list + 1, j.nexts[list]!) : single >= 0 ? samplesOf(j, single, j.nexts[single]!) : null;
    const { offset, length } = spanOf(j, node);
    if (of !== null && of.times.length > 0) series.push({ labels, name: nameOf(labels, query), ...of, span: { offset: from + offset, length } });
  }
  const note = (code: string, severity: Problem['severity'], span: Span, what: string, why: string, next: string): void => {
    problems.push({ code: `prometheus-api/${code}`, severity, place: placeAt(artifact.id, span), what, why, next });
  };
  if (j.broken !== null) {
    const at = Math.min(from + j.broken.offset, Math.max(0, bytes.length - 1));
    note(
      'truncated',
      'warning',
      { offset: at, length: Math.min(1, bytes.length) },
      `the answer stops or is damaged at byte ${at}: ${j.broken.what}`,
      'series after that point are missing',
      'save the answer again',
    );
  }
  if (histograms > 0)
    note(
      'histograms',
      'note',
      { offset: from, length: 1 },
      `${histograms} series hold native histograms, which are not read`,
      'their buckets are not needed by any check',
      'query histogram_quantile(…) of them instead',
    );
  return series;
}

/** `[seconds, "value"]` alone, as scalar() answers. */
export function readScalar(bytes: Uint8Array, from: number, query: string | null): PrometheusSeries | null {
  const j = jsonSpans(bytes.subarray(from, from + 400), { one: true });
  if (j.count === 0) return null;
  const of = samplesOf(j, 0, j.count);
  const { offset, length } = spanOf(j, 0);
  return of.times.length === 0 ? null : { labels: {}, name: nameOf({}, query), ...of, span: { offset: from + offset, length } };
}

/** A label may be called anything, __proto__ too. */
function setOwn(labels: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__') Object.defineProperty(labels, name, { value, enumerable: true, configurable: true, writable: true });
  else labels[name] = value;
}

/** `[seconds, "value"]` pairs between two nodes; what is no pair is left out. */
function samplesOf(j: JsonSpans, from: number, to: number): { times: Float64Array; values: Float64Array } {
  // a pair takes three nodes
  const times = new Float64Array(Math.ceil((to - from) / 3));
  const values = new Float64Array(times.length);
  let n = 0;
  for (let pair = from; pair < to; pair = j.nexts[pair]!) {
    if (j.kinds[pair] !== ARRAY || j.nexts[pair] !== pair + 3 || j.kinds[pair + 1] !== NUMBER) continue;
    const kind = j.kinds[pair + 2];
    if (kind !== STRING && kind !== NUMBER) continue;
    times[n] = decimal(j, pair + 1, 0);
    values[n] = decimal(j, pair + 2, kind === STRING ? 1 : 0);
    n++;
  }
  return n === times.length ? { times, values } : { times: times.slice(0, n), values: values.slice(0, n) };
}

/** Powers of ten that a double holds exactly. */
const TENS = Array.from({ length: 16 }, (_, i) => 10 ** i);

/** Up to fifteen digits with one point at most are exact by one division; everything else goes the slow way. */
function decimal(j: JsonSpans, node: number, quote: number): number {
  const { bytes } = j;
  const end = j.ends[node]! - quote;
  let at = j.starts[node]! + quote;
  const negative = bytes[at] === 0x2d;
  if (negative) at++;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const c = bytes[at]!;
    if (c === 0x2e && point < 0 && digits > 0) point = digits;
    else if (c < 0x30 || c > 0x39 || digits === 15) return sampleValue(textOf(j, node));
    else {
      mantissa = mantissa * 10 + (c - 0x30);
      digits++;
    }
  }
  if (digits === 0 || point === digits) return sampleValue(textOf(j, node));
  const value = point < 0 ? mantissa : mantissa / TENS[digits - point]!;
  return negative ? -value : value;
}

/** Go's spelling: "+Inf" and "-Inf"; "NaN" and anything else that is no number is NaN. */
function sampleValue(text: string): number {
  const value = Number(text);
  // Number reads spaces as 0 and hexadecimal digits as what they are; Go writes neither
  if (!Number.isNaN(value)) return text.charCodeAt(0) > 0x20 && !/^[+-]?0[xob]/i.test(text) ? value : Number.NaN;
  return text === '+Inf' || text === 'Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number.NaN;
}

/** Functions drop __name__; the first metric the query names says what was measured. */
function nameOf(labels: { readonly [name: string]: string }, query: string | null): string | null {
  const own = labels['__name__'];
  if (own !== undefined) return own;
  if (query === null) return null;
  const m = /(?:^|[^\w:$"'.])([a-zA-Z_:][\w:]*)\s*(?:\{|\[|\)|$|[<>=!+*/-])/.exec(query.replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' '));
  return m?.[1] ?? null;
}

/** The span of one sample of a series, for citing: `[1795374541.2,"1"]`. The series' own span when it cannot be found. */
export function sampleSpan(artifact: Artifact, series: PrometheusSeries, index: number): Span {
  const bytes = readSlice(artifact.source, series.span.offset, series.span.length);
  for (const m of scanMembers(bytes, 0)) {
    if (m.key === 'value') return { offset: series.span.offset + m.value.offset, length: m.value.length };
    if (m.key !== 'values') continue;
    let n = 0;
    for (const e of elements(bytes, m.value.offset)) {
      if (n === index) return { offset: series.span.offset + e.offset, length: e.length };
      n++;
    }
  }
  return series.span;
}
