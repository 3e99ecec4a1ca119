/**
 * The offset of two clocks from causal edges: what was sent was not received before. If x on clock A happened before y on clock B, then
 * B − A is at most y − x as printed; an edge the other way bounds it from below (Cristian 1989, RFC 5905 §8 for one exchange). All exchanges
 * together leave a range, mostly narrower than any one of them; its middle is right when the quickest way there takes as long as the quickest
 * way back, and never wrong by more than half the range. A printed time says only "within this step of the clock": each edge is widened by
 * the step of its earlier or later reading, so whole-second loggers cost width, not truth.
 */
import {
  fineSecondsBetween,
  type Instant,
  type OffsetChange,
  type OffsetRange,
  type PairOffset,
  type Place,
  plusSeconds,
  type Strength,
  uniquePlaces,
  weaker,
} from '../../../model/index.ts';
import { type Bound, type Fit, leftBy } from './bounds.ts';

export interface Reading {
  readonly clock: string;
  /** As printed: the clock showed something in [at, at + stepNs). */
  readonly at: Instant;
  readonly stepNs: bigint;
  readonly place: Place;
}

/** `before` happened before `after`. */
export interface CausalEdge {
  readonly before: Reading;
  readonly after: Reading;
  /**
   * How far a reading may stand on the wrong side of what it tells of, seconds: a start computed from an end and a rounded duration, an
   * answer that was logged when it may already have left.
   */
  readonly slack: number;
  /** Both edges of one call carry the same: round trips are measured by it. */
  readonly call: string;
  readonly strength: Strength;
}

const FEW = 3;
/** A few in a hundred edges may be wrong without the rest being doubted. */
const MOST_AGAINST = 0.02;
/** What a handler does between answering and logging that it answered. */
const SLOPS = [0.0002, 0.0005, 0.001, 0.002, 0.005];
const WINDOWS = 24;
/** Clocks that the kernel slews run up to 500 ppm off, broken ones a few times as much; faster is no drift. */
const FASTEST_DRIFT = 0.002;

interface Bounds {
  readonly base: Instant;
  readonly up: readonly Bound[];
  readonly low: readonly Bound[];
}

/** More say nothing new, and looking for steps and drifts takes every one many times. */
export const EDGES_CAP = 20_000;

/** Edges between two clocks, at most about EDGES_CAP of them, and how many there were each way. */
export interface EdgeSample {
  readonly edges: readonly CausalEdge[];
  readonly forth: number;
  readonly back: number;
}

export function pairOffset(a: string, b: string, { edges: own, ...counts }: EdgeSample): PairOffset {
  const forth = own.filter((e) => e.before.clock === a);
  const back = own.filter((e) => e.before.clock === b);
  const base = own[0]?.before.at ?? (0n as Instant);
  const bounds: Bounds = { base, up: forth.map((e) => ({ t: timeOn(a, e, base), v: widthOf(e) })), low: back.map((e) => ({ t: timeOn(a, e, base), v: -widthOf(e) })) };
  const common = {
    a,
    b,
    ...counts,
    smallestRoundTrip: smallestRoundTrip(forth, back),
    strength: own.reduce<Strength>((s, e) => weaker(s, e.strength), 'stated'),
    places: uniquePlaces([...tightest(forth), ...tightest(back)]),
  };
  if (forth.length === 0 || back.length === 0) {
    const open = leftBy(bounds.up, bounds.low);
    return { ...common, offset: null, low: open.low, high: open.high, against: 0, change: null };
  }
  const { range, against, change } = explain(bounds);
  return { ...common, offset: range, low: range.low, high: range.high, against, change };
}

const timeOn = (clock: string, e: CausalEdge, base: Instant): number => fineSecondsBetween(base, e.before.clock === clock ? e.before.at : e.after.at);
/** The most that the later reading's clock can show more than the earlier's. */
const widthOf = (e: CausalEdge): number => fineSecondsBetween(e.before.at, e.after.at) + Number(e.after.stepNs) / 1e9 + e.slack;

const rangeOf = (f: { readonly low: number; readonly high: number }): OffsetRange => ({ seconds: (f.low + f.high) / 2, low: f.low, high: f.high });

interface Explained {
  readonly range: OffsetRange;
  readonly against: number;
  readonly change: OffsetChange | null;
}

/** The simplest that leaves few edges unexplained: it held still, it stepped or drifted, records stand a little beside what they tell of. */
function explain(bounds: Bounds): Explained {
  const n = bounds.up.length + bounds.low.length;
  const tolerated = Math.max(1, Math.floor(MOST_AGAINST * n));
  const still = leftBy(bounds.up, bounds.low);
  if (still.against <= tolerated) return { range: rangeOf(still), against: still.against, change: null };
  const changed = n < 6 * FEW ? [] : [drift(bounds, tolerated), step(bounds, tolerated)].filter((c) => c !== null);
  const best = changed.sort((x, y) => x.against - y.against)[0];
  if (best !== undefined) return best;
  for (const slop of SLOPS) {
    const loose = leftBy(bounds.up, bounds.low, slop);
    if (loose.against <= tolerated) return { range: rangeOf(loose), against: loose.against, change: null };
  }
  return { ...unsteady(bounds, still), change: { kind: 'unsteady' } };
}

const timesOf = (b: Bounds): number[] => [...b.up, ...b.low].map((x) => x.t).sort((x, y) => x - y);
const part = (b: Bounds, from: number, to: number): Bounds => ({
  base: b.base,
  up: b.up.filter((x) => x.t >= from && x.t < to),
  low: b.low.filter((x) => x.t >= from && x.t < to),
});

/** One moment before which one offset holds and after which another does. */
function step(bounds: Bounds, tolerated: number): Explained | null {
  const times = timesOf(bounds);
  let best: { cost: number; at: number; left: Fit; right: Fit } | null = null;
  const tryAt = (at: number): void => {
    const left = part(bounds, Number.NEGATIVE_INFINITY, at);
    const right = part(bounds, at, Number.POSITIVE_INFINITY);
    if (Math.min(left.up.length, left.low.length, right.up.length, right.low.length) < FEW) return;
    const l = leftBy(left.up, left.low);
    const r = leftBy(right.up, right.low);
    if (best === null || l.against + r.against < best.cost) best = { cost: l.against + r.against, at, left: l, right: r };
  };
  const spots = (from: number, to: number, many: number): void => {
    for (let k = 1; k <= many; k++) {
      const i = Math.floor(from + ((to - from) * k) / (many + 1));
      if (i > 0 && i < times.length) tryAt(times[i]!);
    }
  };
  spots(0, times.length, WINDOWS);
  // closer and closer around the best split
  for (let span = times.length / WINDOWS; best !== null && span >= 1; span /= 4) {
    const at = times.findIndex((t) => t >= best!.at);
    spots(Math.max(0, at - span), Math.min(times.length, at + span), 8);
  }
  if (best === null) return null;
  const { cost, at, left, right } = best as { cost: number; at: number; left: Fit; right: Fit };
  if (cost > tolerated || !(left.high < right.low || right.high < left.low)) return null;
  // where both sides are tight on their own the moment is known to lie between two edges
  const before = times.filter((t) => t < at).at(-1) ?? at;
  const [from, to] = [rangeOf(left), rangeOf(right)];
  return {
    range: rangeOf({ low: Math.min(left.low, right.low), high: Math.max(left.high, right.high) }),
    against: cost,
    change: { kind: 'step', after: plusSeconds(bounds.base, before), by: plusSeconds(bounds.base, at), from, to },
  };
}

/** A line instead of a number: the slope by the middles of windows, then by whatever slope breaks the fewest edges. */
function drift(bounds: Bounds, tolerated: number): Explained | null {
  const times = timesOf(bounds);
  const span = times.at(-1)! - times[0]!;
  if (!(span > 0)) return null;
  const middle = times[0]! + span / 2;
  const windows = windowFits(bounds, times);
  if (windows.length < 3) return null;
  const tilted = (slope: number): Fit => {
    const tilt = (b: Bound): Bound => ({ t: b.t, v: b.v - slope * (b.t - middle) });
    return leftBy(bounds.up.map(tilt), bounds.low.map(tilt));
  };
  const width = quartile(windows.map((w) => w.high - w.low));
  let centre = leastSquares(windows.map((w) => ({ t: w.t, v: (w.low + w.high) / 2 })));
  let reach = (4 * width) / span + 1e-7;
  let good: { slope: number; f: Fit }[] = [];
  let best: { slope: number; f: Fit } | null = null;
  for (let round = 0; round < 5; round++) {
    const tried = Array.from({ length: 33 }, (_none, k) => centre + reach * ((k - 16) / 16)).map((slope) => ({ slope, f: tilted(slope) }));
    const least = tried.reduce((x, y) => (y.f.against < x.f.against || (y.f.against === x.f.against && y.f.high - y.f.low > x.f.high - x.f.low) ? y : x));
    if (best === null || least.f.against <= best.f.against) best = least;
    const accept = best.f.against === 0 ? 0 : 2 * best.f.against + 2;
    good = tried.filter((x) => x.f.against <= accept);
    if (good.length >= 5 && good[0] !== tried[0] && good.at(-1) !== tried.at(-1)) break;
    centre = best.slope;
    reach = good.length < 5 ? reach / 4 : reach * 2;
  }
  if (best === null || best.f.against > tolerated || good.length === 0) return null;
  const slopes = good.map((x) => x.slope);
  const [lowPerSecond, highPerSecond] = [Math.min(...slopes), Math.max(...slopes)];
  if (Math.abs(best.slope) > FASTEST_DRIFT || lowPerSecond * highPerSecond <= 0) return null;
  const range = rangeOf({ low: Math.min(...good.map((x) => x.f.low)), high: Math.max(...good.map((x) => x.f.high)) });
  return { range, against: best.f.against, change: { kind: 'drift', at: plusSeconds(bounds.base, middle), perSecond: best.slope, lowPerSecond, highPerSecond } };
}

interface WindowFit extends Fit {
  readonly t: number;
}

function windowFits(bounds: Bounds, times: readonly number[]): WindowFit[] {
  const many = Math.min(WINDOWS, Math.floor(times.length / 6));
  const out: WindowFit[] = [];
  for (let w = 0; w < many; w++) {
    const from = times[Math.floor((w * times.length) / many)]!;
    const to = w === many - 1 ? Number.POSITIVE_INFINITY : times[Math.floor(((w + 1) * times.length) / many)]!;
    const p = part(bounds, from, to);
    if (p.up.length === 0 || p.low.length === 0) continue;
    const f = leftBy(p.up, p.low);
    if (Number.isFinite(f.low) && Number.isFinite(f.high)) out.push({ ...f, t: p.up.reduce((s, x) => s + x.t, 0) / p.up.length });
  }
  return out;
}

/** Everything that a stretch of the run says; at least what fits best over all of it. */
function unsteady(bounds: Bounds, still: Fit): { range: OffsetRange; against: number } {
  const windows = windowFits(bounds, timesOf(bounds));
  const low = Math.min(still.low, ...windows.map((w) => w.low));
  const high = Math.max(still.high, ...windows.map((w) => w.high));
  return { range: rangeOf({ low, high }), against: still.against };
}

function leastSquares(points: readonly Bound[]): number {
  const mt = points.reduce((s, p) => s + p.t, 0) / points.length;
  const mv = points.reduce((s, p) => s + p.v, 0) / points.length;
  const down = points.reduce((s, p) => s + (p.t - mt) ** 2, 0);
  return down === 0 ? 0 : points.reduce((s, p) => s + (p.t - mt) * (p.v - mv), 0) / down;
}

const quartile = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor((3 * values.length) / 4)] ?? 0;

function smallestRoundTrip(forth: readonly CausalEdge[], back: readonly CausalEdge[]): number | null {
  const there = new Map<string, number>();
  for (const e of forth) there.set(e.call, Math.min(there.get(e.call) ?? Number.POSITIVE_INFINITY, widthOf(e)));
  let least: number | null = null;
  for (const e of back) {
    const out = there.get(e.call);
    if (out === undefined) continue;
    const both = out + widthOf(e);
    // less than nothing is one of the wrong ones
    if (both >= 0 && (least === null || both < least)) least = both;
  }
  return least;
}

function tightest(edges: readonly CausalEdge[]): Place[] {
  const e = edges.reduce<CausalEdge | null>((x, y) => (x === null || widthOf(y) < widthOf(x) ? y : x), null);
  return e === null ? [] : [e.before.place, e.after.place];
}
