/**
 * Reads the text a /metrics endpoint answers: Prometheus exposition format 0.0.4 and OpenMetrics 1.0.
 * Written by: client_golang promhttp (prometheus/common expfmt text_create.go, openmetrics_create.go) and every other exporter.
 * Sample:   http_requests_total{code="200",route="/orders"} 1027 1395066363000
 * Units:    values float64 ("+Inf", "-Inf", "NaN"); timestamps milliseconds (OpenMetrics: seconds), rare: the scrape's own time is the artifact's.
 * Problems: prometheus-text/bad-line (skipped, counted), /truncated (last line has no end).
 * Not read: exemplars, native histograms, units. Several scrapes in one file are told apart by a metric family that begins again.
 */
import { type Artifact, decodeText, type Instant, instantFromMs, type Problem, placeAt, type Reader, readSlice, type Span } from '../../model/index.ts';
import { firstLines } from '../lib/head.ts';

export interface TextSample {
  readonly name: string;
  readonly labels: { readonly [name: string]: string };
  readonly value: number;
  /** Only where the line carries one. */
  readonly at: Instant | null;
  readonly span: Span;
}

export interface Scrape {
  readonly samples: readonly TextSample[];
}

export interface PrometheusText {
  /** One per scrape, in file order. */
  readonly scrapes: readonly Scrape[];
  /** `# TYPE` by family. */
  readonly types: ReadonlyMap<string, string>;
}

const CAP = 256 * 1024 * 1024;
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:.]*/;

const SNIFFED_LINES = 400;

export const prometheusText: Reader<PrometheusText> = {
  id: 'prometheus-text',
  title: 'Prometheus text exposition',
  takes: 'whole',

  sniff(head, sizeBytes) {
    const lines = decodeText(firstLines(head, SNIFFED_LINES + 1)).split('\n');
    // the last line of a longer file may be cut
    if (sizeBytes > head.length) lines.pop();
    let good = 0;
    let described = 0;
    let bad = 0;
    let reached = 0;
    for (const raw of lines.slice(0, SNIFFED_LINES)) {
      const line = raw.trimEnd();
      if (line !== '') {
        if (/^# (HELP|TYPE|UNIT) \S/.test(line)) described++;
        else if (line.startsWith('#')) {
          if (line !== '# EOF' && bad === 0 && good === 0) bad += 0.1;
        } else if (parseLine(line) !== null) good++;
        else bad++;
      }
      if (bad === 0) reached += raw.length + 1;
    }
    if (good === 0) return { confidence: 0, reached: Math.min(reached, head.length), why: 'no line of the form name{labels} value' };
    const share = good / (good + bad);
    const confidence = described > 0 ? 0.7 + 0.25 * share : share === 1 && good >= 3 ? 0.6 : 0.2;
    return { confidence: share < 0.8 ? 0.1 : confidence, reached: Math.min(reached, head.length), why: `${good} sample lines, ${described} HELP or TYPE lines` };
  },

  read(artifact) {
    const bytes = readSlice(artifact.source, 0, CAP);
    const problems: Problem[] = [];
    const scrapes: { samples: TextSample[] }[] = [];
    const types = new Map<string, string>();
    let samples: TextSample[] = [];
    let seen = new Set<string>();
    let family = '';
    let bad = 0;
    let firstBad: Span | null = null;
    let at = 0;
    const close = (): void => {
      if (samples.length > 0) scrapes.push({ samples });
      samples = [];
      seen = new Set();
      family = '';
    };
    while (at < bytes.length) {
      let end = bytes.indexOf(0x0a, at);
      const whole = end >= 0;
      if (!whole) end = bytes.length;
      const span = { offset: at, length: end - at };
      const line = decodeText(bytes.subarray(at, end)).trimEnd();
      at = end + 1;
      if (line === '') continue;
      if (line === '# EOF') {
        close();
        continue;
      }
      if (line.startsWith('#')) {
        const m = /^# TYPE (\S+) (\S+)/.exec(line);
        if (m?.[1] !== undefined && m[2] !== undefined) types.set(m[1], m[2]);
        continue;
      }
      const sample = parseLine(line);
      if (sample === null) {
        bad++;
        firstBad ??= span;
        continue;
      }
      // a family that was left comes once a scrape: when it begins again, another scrape has begun
      const of = familyOf(sample.name, types);
      if (of !== family) {
        if (seen.has(of)) close();
        family = of;
        seen.add(family);
      }
      samples.push({ ...sample, span });
      if (!whole && at > bytes.length && sizeHint(artifact, bytes))
        problems.push(problem(artifact, 'truncated', 'warning', span, 'the last line has no end', 'the text may be cut', 'save /metrics again'));
    }
    close();
    if (bad > 0 && firstBad !== null)
      problems.push(problem(artifact, 'bad-line', 'warning', firstBad, `${bad} line(s) are no samples`, 'they were skipped', 'save /metrics with curl -s'));
    if (scrapes.length === 0) {
      if (problems.length === 0)
        problems.push(
          problem(
            artifact,
            'nothing',
            'error',
            { offset: 0, length: Math.min(80, bytes.length) },
            'no sample line was found',
            'nothing was measured',
            'curl -s http://HOST:PORT/metrics',
          ),
        );
      return { model: null, problems };
    }
    return { model: { scrapes, types }, problems };
  },
};

/** Buckets, sum and count of one label set stand together, then those of the next: they are one family. A name with a TYPE of its own is its own. */
function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  if (types.has(name)) return name;
  return name.replace(/_(?:bucket|sum|count|gsum|gcount|created|total)$/, '');
}

const sizeHint = (artifact: Artifact, bytes: Uint8Array): boolean => bytes.length === artifact.source.sizeBytes && bytes.length > 0;

function problem(artifact: Artifact, code: string, severity: Problem['severity'], span: Span, what: string, why: string, next: string): Problem {
  return { code: `prometheus-text/${code}`, severity, place: placeAt(artifact.id, span), what, why, next };
}

/** One sample line; null when it is none. Quoted names inside the braces (UTF-8 names) are taken as the metric's name. */
export function parseLine(line: string): Omit<TextSample, 'span'> | null {
  let at = 0;
  let name = NAME.exec(line)?.[0] ?? '';
  at = name.length;
  const labels: Record<string, string> = {};
  if (line[at] === '{') {
    at++;
    for (;;) {
      while (line[at] === ' ' || line[at] === ',') at++;
      if (line[at] === '}') {
        at++;
        break;
      }
      if (line[at] === '"') {
        const q = quoted(line, at);
        if (q === null) return null;
        at = q.end;
        if (line[at] !== '=') {
          if (name !== '') return null;
          name = q.text;
          continue;
        }
        const v = quoted(line, at + 1);
        if (v === null) return null;
        labels[q.text] = v.text;
        at = v.end;
        continue;
      }
      const eq = line.indexOf('=', at);
      if (eq < 0) return null;
      const key = line.slice(at, eq).trim();
      if (!/^[a-zA-Z_][a-zA-Z0-9_.]*$/.test(key)) return null;
      const v = quoted(line, eq + 1);
      if (v === null) return null;
      labels[key] = v.text;
      at = v.end;
    }
  }
  if (name === '' || (line[at] !== ' ' && line[at] !== '\t')) return null;
  // an OpenMetrics exemplar follows the value after " # "
  const exemplar = line.indexOf(' # ', at);
  const rest = line
    .slice(at, exemplar < 0 ? undefined : exemplar)
    .trim()
    .split(/\s+/);
  if (rest.length > 2 || rest[0] === undefined || rest[0] === '') return null;
  const value = numberOf(rest[0]);
  if (value === null) return null;
  let when: Instant | null = null;
  if (rest[1] !== undefined) {
    const t = Number(rest[1]);
    if (!Number.isFinite(t)) return null;
    // milliseconds in the Prometheus format, seconds (often with a fraction) in OpenMetrics
    when = instantFromMs(Math.abs(t) > 1e11 ? t : t * 1000);
  }
  return { name, labels, value, at: when };
}

function quoted(line: string, at: number): { text: string; end: number } | null {
  if (line[at] !== '"') return null;
  let text = '';
  for (let i = at + 1; i < line.length; i++) {
    const c = line[i] as string;
    if (c === '"') return { text, end: i + 1 };
    if (c !== '\\') {
      text += c;
      continue;
    }
    i++;
    text += line[i] === 'n' ? '\n' : (line[i] ?? '');
  }
  return null;
}

function numberOf(text: string): number | null {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}
