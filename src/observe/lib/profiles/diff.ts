/**
 * What changed between two profiles of one type, and which of it is more than sampling shows by itself.
 *
 * A change is called significant when chance alone makes one this large in any of the rows looked at with less than 1 % (Holm's step-down over all
 * of them): for CPU ticks by the G-test of two counts, for sampled heaps by the variance of the estimates. Goroutines and threads are
 * counted, so every change of theirs is one. That says "more than sampling", not "more than the load changed": compare like with like,
 * or normalise.
 */

import { enclosingFunction, lastingGoSymbol } from '../../../model/index.ts';
import { type Profile, typeIndex, type Weights, weigh, weighValues } from '../../../read/pprof/index.ts';
import { standing, twoSided, unevenness } from '../chance.ts';
import { type GrownPath, grownPaths } from './paths.ts';
import { type Granularity, labelText, profileRows, type Spelling } from './rows.ts';
import { type Sampling, samplingOf, varianceOf } from './sampling.ts';

/**
 * time: the newer profile is scaled to the length of the older (CPU, contention and deltas of different lengths).
 * total: it is scaled to the older one's total, so that shares are compared (different load).
 * none: values as they are (heaps, goroutines).
 */
export type Normalisation = 'time' | 'total' | 'none';

export interface Change {
  readonly base: number;
  /** After normalisation. */
  readonly now: number;
  readonly delta: number;
  /** One standard error of `delta`. */
  readonly error: number;
  readonly significant: boolean;
}

export interface DiffRow {
  readonly name: string;
  readonly flat: Change;
  readonly cum: Change;
}

export interface ProfileDiff {
  readonly type: string;
  readonly unit: string;
  readonly sampling: Sampling;
  readonly normalisation: Normalisation;
  /** What every value of the newer profile was multiplied with. */
  readonly scale: number;
  readonly total: Change;
  /** By size of the change, significant ones first. */
  readonly rows: readonly DiffRow[];
  /** Call paths along which most grew, and most shrank: root first, as far down as half of the change goes together. */
  readonly grew: readonly GrownPath[];
  readonly shrank: readonly GrownPath[];
}

export interface DiffOptions {
  readonly by?: Granularity | { readonly label: string };
  readonly normalise?: Normalisation;
  /** One name for one function over versions of Go (default), or the names as they stand. */
  readonly normaliseNames?: boolean;
  readonly keepBase?: Uint8Array | null;
  readonly keepNow?: Uint8Array | null;
}

/** Sample types that both profiles have, in the order of the newer one. */
export const commonTypes = (base: Profile, now: Profile): string[] => now.sampleTypes.map((t) => t.type).filter((t) => typeIndex(base, t) >= 0);

/** How two profiles are best compared: CPU time by the length of the captures, the rest as it is. */
export function usualNormalisation(base: Profile, now: Profile, type: string): Normalisation {
  const sampling = samplingOf(now, typeIndex(now, type));
  return sampling === 'ticks' && base.durationNanos > 0n && now.durationNanos > 0n ? 'time' : 'none';
}

interface Side {
  readonly flat: ReadonlyMap<string, number>;
  readonly cum: ReadonlyMap<string, number>;
  readonly flatVariance: ReadonlyMap<string, number>;
  readonly cumVariance: ReadonlyMap<string, number>;
  readonly total: number;
  readonly variance: number;
}

const EMPTY: Side = { flat: new Map(), cum: new Map(), flatVariance: new Map(), cumVariance: new Map(), total: 0, variance: 0 };

/**
 * @param base the older profile; null where `now` is a difference by itself (`?seconds=N`, `-base`)
 * @param type name of a sample type that both have (see `commonTypes`)
 */
export function diffProfiles(base: Profile | null, now: Profile, type: string, options: DiffOptions = {}): ProfileDiff {
  const by = options.by ?? 'function';
  const names: Spelling = options.normaliseNames === false ? 'as-written' : base === null || sameBuild(base, now) ? 'one-build' : 'builds';
  const nowType = typeIndex(now, type);
  const baseType = base === null ? -1 : typeIndex(base, type);
  if (nowType < 0 || (base !== null && baseType < 0)) throw new Error(`both profiles need the sample type ${type}`);
  const normalisation = base === null ? 'none' : (options.normalise ?? usualNormalisation(base, now, type));
  const before = base === null ? EMPTY : sideOf(base, baseType, by, names, options.keepBase ?? null);
  const after = sideOf(now, nowType, by, names, options.keepNow ?? null);
  const scale = base === null ? 1 : scaleOf(base, now, before.total, after.total, normalisation);
  const sampling = samplingOf(now, nowType);
  const judge = judgeOf(sampling, scale);
  const keys = [...new Set([...before.cum.keys(), ...after.cum.keys()])];
  const changes = keys.map((name) => ({
    name,
    flat: judge(before.flat.get(name) ?? 0, before.flatVariance.get(name) ?? 0, after.flat.get(name) ?? 0, after.flatVariance.get(name) ?? 0),
    cum: judge(before.cum.get(name) ?? 0, before.cumVariance.get(name) ?? 0, after.cum.get(name) ?? 0, after.cumVariance.get(name) ?? 0),
  }));
  // a row is looked at twice, flat and cumulative
  const stand = new Set(
    standing(
      changes.flatMap((c) => [
        { p: c.flat.p, of: c.flat },
        { p: c.cum.p, of: c.cum },
      ]),
      changes.length * 2,
    ),
  );
  const told = (j: Judged): Change => ({ base: j.base, now: j.now, delta: j.delta, error: j.error, significant: stand.has(j) });
  const shown = names === 'builds' && base !== null && by === 'function' ? lastingNames([now, base]) : null;
  const show = (name: string): string => shown?.get(name) ?? name;
  const rows = changes.map((c): DiffRow => ({ name: show(c.name), flat: told(c.flat), cum: told(c.cum) }));
  const least = (r: DiffRow): number => (r.flat.significant ? 0 : r.cum.significant ? 1 : 2);
  rows.sort((a, b) => least(a) - least(b) || Math.abs(b.flat.delta) - Math.abs(a.flat.delta) || Math.abs(b.cum.delta) - Math.abs(a.cum.delta) || (a.name < b.name ? -1 : 1));
  const total = judge(before.total, before.variance, after.total, after.variance);
  const sides = [
    ...(base === null ? [] : [{ profile: base, type: baseType, scale: -1, keep: options.keepBase ?? null }]),
    { profile: now, type: nowType, scale, keep: options.keepNow ?? null },
  ];
  return {
    type,
    unit: now.sampleTypes[nowType]!.unit,
    sampling,
    normalisation,
    scale,
    total: { base: total.base, now: total.now, delta: total.delta, error: total.error, significant: total.p < 0.01 },
    rows,
    grew: grownPaths(sides, names, 1).map((p) => ({ ...p, frames: p.frames.map(show) })),
    shrank: grownPaths(sides, names, -1).map((p) => ({ ...p, frames: p.frames.map(show) })),
  };
}

/** What closures are joined by says no more than a folder; here it is said with the whole package, as the first of the profiles has it. */
function lastingNames(profiles: readonly Profile[]): Map<string, string> {
  const shown = new Map<string, string>();
  for (const p of profiles)
    for (let f = 0; f < p.functions.count; f++) {
      const name = p.strings.get(p.functions.name[f]!);
      const lasting = lastingGoSymbol(name, p.strings.get(p.functions.filename[f]!));
      if (lasting.endsWith('.func') && !shown.has(lasting)) shown.set(lasting, `${enclosingFunction(name)}.func`);
    }
  return shown;
}

/**
 * Whether closures of both have the same numbers: by the build id where both have one, else unless a closure of one name begins at another
 * line.
 */
export function sameBuild(a: Profile, b: Profile): boolean {
  const [x, y] = [a.mappings[0]?.buildId ?? '', b.mappings[0]?.buildId ?? ''];
  if (x !== '' && y !== '') return x === y;
  const begins = new Map<string, number>();
  const closures = (p: Profile, each: (name: string, line: number) => boolean): boolean => {
    for (let f = 0; f < p.functions.count; f++) {
      const name = p.strings.get(p.functions.name[f]!);
      if (CLOSURE.test(name) && !each(name, p.functions.startLine[f]!)) return false;
    }
    return true;
  };
  closures(a, (name, line) => {
    begins.set(name, line);
    return true;
  });
  return closures(b, (name, line) => {
    const known = begins.get(name);
    return known === undefined || known === 0 || line === 0 || known === line;
  });
}

const CLOSURE = /\.func\d+/;

function scaleOf(base: Profile, now: Profile, baseTotal: number, nowTotal: number, normalisation: Normalisation): number {
  if (normalisation === 'total') return nowTotal === 0 ? 1 : baseTotal / nowTotal;
  if (normalisation === 'time' && base.durationNanos > 0n && now.durationNanos > 0n) return Number(base.durationNanos) / Number(now.durationNanos);
  return 1;
}

interface Judged {
  readonly base: number;
  readonly now: number;
  readonly delta: number;
  readonly error: number;
  readonly p: number;
}

function judgeOf(sampling: Sampling, scale: number): (base: number, baseVariance: number, now: number, nowVariance: number) => Judged {
  return (base, baseVariance, unscaled, nowVariance) => {
    const now = unscaled * scale;
    const delta = now - base;
    const variance = baseVariance + nowVariance * scale * scale;
    const error = Math.sqrt(variance);
    let p = 1;
    if (sampling === 'ticks' && base >= 0 && unscaled >= 0) {
      // ticks seen on each side; of equal rates the newer side gets what its length is of both
      const a = baseVariance === 0 ? 0 : base ** 2 / baseVariance;
      const b = nowVariance === 0 ? 0 : unscaled ** 2 / nowVariance;
      p = unevenness(a, b, 1 / (1 + scale));
    } else if (sampling === 'counted') p = delta === 0 ? 1 : 0;
    else if (delta !== 0) p = variance === 0 ? (sampling === 'unknown' ? 1 : 0) : twoSided(Math.abs(delta) / error);
    return { base, now, delta, error, p };
  };
}

function sideOf(p: Profile, type: number, by: Granularity | { readonly label: string }, names: Spelling, keep: Uint8Array | null): Side {
  const variance = varianceOf(p, type);
  if (typeof by === 'object') return labelSide(p, type, by.label, variance, keep);
  const rows = profileRows(p, by, names);
  const values = weigh(p, type, rows, keep);
  const variances = weighValues(p, variance, rows, keep);
  const map = (of: Float64Array, w: Weights): Map<string, number> => new Map(w.name.map((name, i) => [name, of[i]!]));
  const cum = new Map<string, number>();
  values.name.forEach((name, i) => {
    if (values.cum[i] !== 0 || values.flat[i] !== 0 || variances.cum[i] !== 0) cum.set(name, values.cum[i]!);
  });
  return {
    flat: map(values.flat, values),
    cum,
    flatVariance: map(variances.flat, variances),
    cumVariance: map(variances.cum, variances),
    total: values.total,
    variance: variances.total,
  };
}

function labelSide(p: Profile, type: number, key: string, variance: (s: number) => number, keep: Uint8Array | null): Side {
  const sums = new Map<string, number>();
  const variances = new Map<string, number>();
  const types = p.sampleTypes.length;
  let total = 0;
  let all = 0;
  for (let s = 0; s < p.samples.count; s++) {
    if (keep !== null && keep[s] === 0) continue;
    const v = p.samples.value[s * types + type]!;
    if (v === 0) continue;
    const name = labelText(p, s, key) ?? '<none>';
    sums.set(name, (sums.get(name) ?? 0) + v);
    variances.set(name, (variances.get(name) ?? 0) + variance(s));
    total += v;
    all += variance(s);
  }
  return { flat: sums, cum: sums, flatVariance: variances, cumVariance: variances, total, variance: all };
}
