/** A census as patterns: which there are, and which came, went or grew between two stretches of time. */
import type { CensusChange, CensusPattern, CensusPatterns } from '../../../../model/index.ts';
import { LEVELS, samplingIn } from '../../../../read/logs/index.ts';
import { standing, unevenness } from '../../chance.ts';
import { byCount, clusterTexts, type LogPattern } from './cluster.ts';
import type { Census, Stretch } from './index.ts';
import { NO_LEVEL } from './texts.ts';

const TREND = 8;
/** Fewer in both windows together say nothing. */
const LEAST = 5;
const LEAST_RATIO = 3;
/** A rate of fewer is an accident. */
const LEAST_FOR_RATE = 10;

export const TEST = 'shares of the records in each window; a split this uneven by chance (binomial, likelihood ratio), held at 1 % over all patterns looked at (Holm)';

export const isoOf = (seconds: number): string | null => (Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : null);

export function patternsOf(census: Census, windows: readonly [Stretch, Stretch] | null, first: number | null): CensusPatterns {
  const files = [...census.files.values()].map((f) => f.state()).sort((a, b) => (a.path < b.path ? -1 : 1));
  const records = files.reduce((n, f) => n + f.records, 0);
  const from = Math.min(...files.map((f) => f.first));
  const to = Math.max(...files.map((f) => f.last));
  const sampling = samplingIn(census.breaks);
  const patterns = clusterTexts(census.texts.all());
  const totals = [0, 1].map((i) => [...census.texts.all()].reduce((n, t) => n + t.windows[i]!, census.texts.beyond?.windows[i] ?? 0)) as [number, number];
  const sampled = (p: LogPattern): boolean => sampling !== null && p.texts.some((t) => sampling.of.has(t));
  const changes = windows === null ? new Map<LogPattern, CensusChange>() : changesOf(patterns, totals, sampled);
  const order = windows === null ? byCount : (a: LogPattern, b: LogPattern): number => weight(changes.get(a)) - weight(changes.get(b)) || byCount(a, b);
  patterns.sort(order);
  const shown = first === null ? patterns : patterns.slice(0, first);
  const { beyond } = census.texts;
  return {
    schema: 'gorca.patterns/1',
    records,
    rejected: { spans: files.reduce((n, f) => n + f.rejected, 0), bytes: files.reduce((n, f) => n + f.rejectedBytes, 0) },
    files: files.map((f) => ({ file: f.path, bytes: f.sizeBytes, records: f.records })),
    services: [...census.services.values()].sort((a, b) => b.count - a.count || ((a.name ?? '') < (b.name ?? '') ? -1 : 1)).flatMap((s) => s.name ?? []),
    from: isoOf(from),
    to: isoOf(to),
    sampled: sampling?.how ?? null,
    windows:
      windows === null
        ? null
        : {
            window: { from: isoOf(windows[0].from)!, to: isoOf(windows[0].to)!, records: totals[0] },
            against: { from: isoOf(windows[1].from)!, to: isoOf(windows[1].to)!, records: totals[1] },
            test: TEST,
          },
    patterns: shown.map((p) => toShown(p, records, from, to, sampled(p), sampling !== null, changes.get(p) ?? null)),
    beyond: beyond === null ? null : { count: beyond.count, example: beyond.example },
    left: { patterns: patterns.length - shown.length, records: patterns.slice(shown.length).reduce((n, p) => n + p.count.count, 0) },
  };
}

const ORDER: readonly CensusChange['how'][] = ['new', 'surging', 'gone', 'fading', null];
const weight = (c: CensusChange | undefined): number => ORDER.indexOf(c?.how ?? null) + (c === undefined ? 0 : Math.min(0.9, c.p));

function toShown(p: LogPattern, records: number, from: number, to: number, sampled: boolean, anySampled: boolean, change: CensusChange | null): CensusPattern {
  const { count } = p;
  const span = count.last - count.first;
  return {
    level: p.level === NO_LEVEL ? null : LEVELS[p.level]!,
    pattern: p.pattern,
    errors: p.errors,
    crash: p.crash,
    count: count.count,
    lowerBound: sampled,
    // of a sum that holds lower bounds nothing is a share
    share: anySampled || records === 0 ? null : count.count / records,
    perSecond: sampled || count.count < LEAST_FOR_RATE || !(span > 0) ? null : Number(((count.count - 1) / span).toPrecision(3)),
    services: [...count.services].map(([name, n]) => ({ name, count: n })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    from: isoOf(count.first),
    to: isoOf(count.last),
    trend: from < to ? count.over.bars(from, to, TREND) : [],
    example: count.example,
    change,
  };
}

/** windows: [the one in question, the one it is compared with]. */
function changesOf(patterns: readonly LogPattern[], totals: readonly [number, number], sampled: (p: LogPattern) => boolean): Map<LogPattern, CensusChange> {
  const out = new Map<LogPattern, CensusChange>();
  const candidates: { p: number; of: { pattern: LogPattern; how: NonNullable<CensusChange['how']> } }[] = [];
  let looked = 0;
  const share = totals[0] / Math.max(1, totals[0] + totals[1]);
  for (const pattern of patterns) {
    const [after, before] = pattern.count.windows;
    const p = unevenness(before, after, share);
    out.set(pattern, { how: null, before, after, p });
    if (before + after < LEAST || share === 0 || share === 1) continue;
    looked++;
    const ratio = after / totals[0] / (before / totals[1]);
    const how = before === 0 ? 'new' : after === 0 ? 'gone' : ratio >= LEAST_RATIO ? 'surging' : ratio * LEAST_RATIO <= 1 ? 'fading' : null;
    // of a sampled text only that it came or went is seen
    if (how === null || (sampled(pattern) && (how === 'surging' || how === 'fading'))) continue;
    candidates.push({ p, of: { pattern, how } });
  }
  for (const { pattern, how } of standing(candidates, looked)) out.set(pattern, { ...out.get(pattern)!, how });
  return out;
}
