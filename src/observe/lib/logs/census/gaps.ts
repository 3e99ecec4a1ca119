/**
 * Where the records of a service are missing: it is silent for far longer than it ever was, between two stretches of its usual pace, while others
 * go on as before. A service that has nothing to do is silent, too: what is idle for a good part of the time (at night), or together with the
 * others, or before and after which it says little, is no gap. Missed on purpose: a service alone, and one whose log ends.
 */
import type { Histogram } from './histogram.ts';

export interface Gap {
  readonly service: string;
  /** Seconds since 1970, to the width of a bucket. */
  readonly from: number;
  readonly to: number;
  readonly usualPause: number;
  readonly expected: number;
  readonly others: number;
}

/** Times its usual pause. */
const LEAST_PAUSES = 10;
/** Records it would have written: by chance none of them once in a million. */
const LEAST_EXPECTED = 14;
/** On each side of the gap, for a pace. */
const LEAST_BESIDE = 20;
/** Others go on with so much of their pace. */
const OTHERS = 0.5;
/** Silences that are no exception are idleness. */
const MOST_SILENT = 0.1;
const LEAST_BUCKETS = 40;

export interface Activity {
  readonly service: string | null;
  readonly over: Histogram;
}

export function gapsOf(services: readonly Activity[]): Gap[] {
  return services.flatMap((s) =>
    s.service === null
      ? []
      : gapsIn(
          s.service,
          s.over,
          services.filter((o) => o !== s).map((o) => o.over),
        ),
  );
}

const sumIn = (h: Histogram, from: number, to: number): number => {
  const { counts, width, from: first } = h;
  let n = 0;
  for (let i = Math.max(0, Math.floor((from - first) / width)); i < counts.length && first + (i + 1) * width <= to + 1e-9; i++)
    if (first + i * width >= from - 1e-9) n += counts[i]!;
  return n;
};

function gapsIn(service: string, over: Histogram, others: readonly Histogram[]): Gap[] {
  const { counts, width } = over;
  if (counts.length < LEAST_BUCKETS) return [];
  const silences: { at: number; length: number }[] = [];
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] !== 0) continue;
    const at = i;
    while (i < counts.length && counts[i] === 0) i++;
    silences.push({ at, length: i - at });
  }
  const lengths = silences.map((s) => s.length).sort((a, b) => a - b);
  // records in neighbouring buckets are pauses, too: of no bucket
  const pauses = counts.length - lengths.reduce((a, b) => a + b, 0);
  const rank = Math.floor(pauses * 0.01);
  const usual = Math.max(1, lengths.length > rank ? lengths[lengths.length - 1 - rank]! : 0);
  const found: Gap[] = [];
  let silent = 0;
  for (const s of silences) {
    if (s.length < LEAST_PAUSES * (s.length === usual ? 1 : usual)) continue;
    const length = Math.max(s.length, 20);
    const before = counts.subarray(Math.max(0, s.at - length), s.at);
    const after = counts.subarray(s.at + s.length, s.at + s.length + length);
    const sum = (of: Uint32Array): number => of.reduce((a, b) => a + b, 0);
    const pace = Math.min(sum(before) / before.length, sum(after) / after.length);
    const expected = pace * s.length;
    if (sum(before) < LEAST_BESIDE || sum(after) < LEAST_BESIDE || expected < LEAST_EXPECTED) continue;
    silent += s.length;
    const from = over.from + s.at * width;
    const to = from + s.length * width;
    const meanwhile = others.reduce((n, h) => n + sumIn(h, from, to), 0);
    const beside = others.reduce((n, h) => n + sumIn(h, from - length * width, from) + sumIn(h, to, to + length * width), 0) / (before.length + after.length);
    if (meanwhile < LEAST_BESIDE || meanwhile / s.length < OTHERS * beside) continue;
    found.push({ service, from, to, usualPause: usual * width, expected: Math.round(expected), others: meanwhile });
  }
  return silent > MOST_SILENT * counts.length ? [] : found;
}
