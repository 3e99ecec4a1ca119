/**
 * Clocks that disagree. An offset is what one clock shows more than another at one moment, in seconds: "payments is 2.3 s ahead of orders".
 * Only differences can be known. Each pair of clocks has what its own causal edges say of it (PairOffset); ClockTable puts pairs together,
 * so that A and C are comparable when A–B and B–C are, and gives every time on one reference clock with its uncertainty. The raw time of a
 * record is never replaced: a corrected time stands beside it.
 */
import type { Place } from './place.ts';
import type { Strength } from './strength.ts';
import { type Instant, NS_PER_SECOND } from './time.ts';

/** Seconds; the truth lies within [low, high], `seconds` is the best estimate. */
export interface OffsetRange {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** What a pair's offset did during the run; absent when it held still. */
export type OffsetChange =
  | { readonly kind: 'step'; readonly after: Instant; readonly by: Instant; readonly from: OffsetRange; readonly to: OffsetRange }
  /** `perSecond` is how much the offset grows a second (1e-6 = 1 ppm); the pair's offset is that at `at`. */
  | { readonly kind: 'drift'; readonly at: Instant; readonly perSecond: number; readonly lowPerSecond: number; readonly highPerSecond: number }
  /** It moved in a way neither a step nor a steady drift explains: the range holds all of it. */
  | { readonly kind: 'unsteady' };

export interface PairOffset {
  readonly a: string;
  readonly b: string;
  /** b's clock minus a's; null when the edges run in one direction only. */
  readonly offset: OffsetRange | null;
  /** One direction only: all that is known. ±Infinity on the open side. */
  readonly low: number;
  readonly high: number;
  /** Edges from a to b (requests, when a calls b) and from b to a. */
  readonly forth: number;
  readonly back: number;
  /** Edges that no single offset explains: lost causality, records taken for something else. */
  readonly against: number;
  /** Of one call, as printed: a's wait less b's work. Half of it bounds the error of an estimate from that call alone. */
  readonly smallestRoundTrip: number | null;
  readonly change: OffsetChange | null;
  /** Whether records say that these calls were of these two, or that was derived or guessed. */
  readonly strength: Strength;
  /** The records of the tightest edge of each direction. */
  readonly places: readonly Place[];
}

export interface CorrectedTime {
  readonly at: Instant;
  /** Seconds to either side. */
  readonly early: number;
  readonly late: number;
}

const toNs = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));
export const plusSeconds = (at: Instant, seconds: number): Instant => (at + toNs(seconds)) as Instant;
/** b − a, exact to the nanosecond for spans of days. */
export const fineSecondsBetween = (a: Instant, b: Instant): number => Number(b - a) / 1e9;

const hull = (a: OffsetRange, b: OffsetRange): OffsetRange => {
  const low = Math.min(a.low, b.low);
  const high = Math.max(a.high, b.high);
  return { low, high, seconds: (low + high) / 2 };
};

/** What a pair says of one moment, `t` as shown by its clock a. */
export function offsetAt(pair: PairOffset, t: Instant | null): { readonly low: number; readonly high: number } {
  const { change, offset } = pair;
  if (change === null || offset === null || change.kind === 'unsteady' || t === null) return offset ?? pair;
  if (change.kind === 'step') return t <= change.after ? change.from : t >= change.by ? change.to : hull(change.from, change.to);
  const away = fineSecondsBetween(change.at, t);
  const slopes = [change.lowPerSecond * away, change.highPerSecond * away];
  return { low: offset.low + Math.min(...slopes), high: offset.high + Math.max(...slopes) };
}

/** The same change, told in the time of a clock that pair's a is ahead of by `o`. */
function toldBy(p: PairOffset, o: OffsetRange | null): PairOffset {
  const { change } = p;
  if (change === null || change.kind === 'unsteady' || o === null) return p;
  if (change.kind === 'drift') return { ...p, change: { ...change, at: plusSeconds(change.at, -o.seconds) } };
  return { ...p, change: { ...change, after: plusSeconds(change.after, -o.high), by: plusSeconds(change.by, -o.low) } };
}

interface Closure {
  /** [i * n + j]: the most that clock j can show more than clock i. */
  readonly most: Float64Array;
  /** By how much the pairs had to be widened to be true together, seconds. */
  readonly strain: number;
}

/** More clocks than these are not put together: the table grows with the square, the work with the cube. */
const CLOCKS_CAP = 256;

export class ClockTable {
  readonly pairs: readonly PairOffset[];
  readonly clocks: readonly string[];
  readonly #index = new Map<string, number>();
  readonly #closures = new Map<string, Closure>();
  readonly #references = new Map<string, string>();
  /** Pairs with their changes told in the time of one clock of their group, so that all speak of the same moment. */
  readonly #told: readonly PairOffset[];
  readonly #steps: readonly Instant[];
  readonly #drifts: boolean;

  constructor(clocks: readonly string[], pairs: readonly PairOffset[]) {
    const used = new Set(pairs.flatMap((p) => [p.a, p.b]));
    const all = [...new Set(clocks)].sort();
    // those without any edge need no row
    this.clocks = all;
    for (const c of all.filter((name) => used.has(name)).slice(0, CLOCKS_CAP)) this.#index.set(c, this.#index.size);
    this.pairs = pairs.filter((p) => this.#index.has(p.a) && this.#index.has(p.b));
    this.#told = this.pairs;
    this.#steps = [];
    this.#drifts = false;
    if (this.pairs.every((p) => p.change === null)) return;
    const told = this.pairs.map((p) => toldBy(p, this.between(this.#zeroOf(p.a), p.a, null)));
    this.#told = told;
    this.#steps = told.flatMap((p) => (p.change?.kind === 'step' ? [p.change.after, p.change.by] : [])).sort((a, b) => (a < b ? -1 : 1));
    this.#drifts = told.some((p) => p.change?.kind === 'drift');
  }

  /** The clock of its group whose time changes are told in: any will do. */
  #zeroOf(clock: string): string {
    for (const c of this.#index.keys()) if (c === clock || this.between(clock, c, null) !== null) return c;
    return clock;
  }

  /**
   * b's clock minus a's at a moment that `on` shows as t (null: over the whole run); null when nothing relates the two in both directions.
   */
  between(a: string, b: string, t: Instant | null, on = a): OffsetRange | null {
    if (a === b) return { seconds: 0, low: 0, high: 0 };
    const i = this.#index.get(a);
    const j = this.#index.get(b);
    if (i === undefined || j === undefined) return null;
    const { most } = this.#closure(t === null || this.still ? null : this.#common(t, on));
    const n = this.#index.size;
    const high = most[i * n + j] as number;
    const low = -(most[j * n + i] as number);
    return Number.isFinite(high) && Number.isFinite(low) ? { seconds: (low + high) / 2, low, high } : null;
  }

  /** The clock others are compared with: the one that agrees best with all it can be compared with. Itself where there is none. */
  referenceOf(clock: string): string {
    const known = this.#references.get(clock);
    if (known !== undefined) return known;
    const group = [...this.#index.keys()].filter((c) => c === clock || this.between(clock, c, null) !== null);
    const moved = new Set(this.pairs.map((p) => this.moved(p)));
    const still = group.filter((c) => !moved.has(c));
    let best = clock;
    let least = Number.POSITIVE_INFINITY;
    for (const c of still.length > 0 ? still : group) {
      // the distance to the middle clock, not to the mean: one host that is hours away must not move the others
      const distances = group.map((o) => this.between(c, o, null) as OffsetRange).map((o) => Math.abs(o.seconds) + (o.high - o.low));
      const sum = distances.reduce((x, y) => x + y, 0);
      if (sum < least - 1e-9) {
        least = sum;
        best = c;
      }
    }
    for (const c of group.length === 0 ? [clock] : group) this.#references.set(c, best);
    return best;
  }

  /** A time of `clock` as the reference clock would have shown it; null when the two cannot be compared. */
  onReference(clock: string, at: Instant, reference = this.referenceOf(clock)): CorrectedTime | null {
    if (clock === reference) return { at, early: 0, late: 0 };
    const o = this.between(reference, clock, at, clock);
    return o === null ? null : { at: plusSeconds(at, -o.seconds), early: o.high - o.seconds, late: o.seconds - o.low };
  }

  /** What is known where one direction is missing: a range that is open on one side; null where nothing relates the two at all. */
  bound(a: string, b: string): { readonly low: number; readonly high: number } | null {
    const i = this.#index.get(a);
    const j = this.#index.get(b);
    if (i === undefined || j === undefined) return null;
    const { most } = this.#closure(null);
    const n = this.#index.size;
    const high = most[i * n + j] as number;
    const low = -(most[j * n + i] as number);
    return Number.isFinite(high) || Number.isFinite(low) ? { low, high } : null;
  }

  #common(t: Instant, on: string): Instant {
    const o = this.between(this.#zeroOf(on), on, null);
    return o === null ? t : plusSeconds(t, -o.seconds);
  }

  /**
   * Which clock of a pair moved: the one whose pairs all moved; where that is true of both, the one with more of them; null where nothing tells.
   */
  moved(p: PairOffset): string | null {
    if (p.change === null) return null;
    const of = (c: string): readonly PairOffset[] => this.pairs.filter((x) => x.a === c || x.b === c);
    const [a, b] = [of(p.a), of(p.b)];
    const all = (list: readonly PairOffset[]): boolean => list.every((x) => x.change !== null);
    if (all(a) !== all(b)) return all(a) ? p.a : p.b;
    return a.length === b.length ? null : a.length > b.length ? p.a : p.b;
  }

  /** No pair stepped or drifted: an offset is the same at any time. */
  get still(): boolean {
    return this.#steps.length === 0 && !this.#drifts;
  }

  /** By how much pairs contradict each other around a cycle, seconds: 0 when all are true together. */
  strain(t: Instant | null = null): number {
    return this.#index.size === 0 ? 0 : this.#closure(t).strain;
  }

  #closure(t: Instant | null): Closure {
    // a step divides the run; under a drift each second has its own table
    const key = t === null ? '' : this.#drifts ? `${t / NS_PER_SECOND}` : `${this.#steps.filter((s) => s < t).length}`;
    const known = this.#closures.get(key);
    if (known !== undefined) return known;
    const n = this.#index.size;
    const bounds = new Float64Array(n * n).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < n; i++) bounds[i * n + i] = 0;
    for (const p of t === null ? this.pairs : this.#told) {
      const i = this.#index.get(p.a) as number;
      const j = this.#index.get(p.b) as number;
      const { low, high } = offsetAt(p, t);
      bounds[i * n + j] = Math.min(bounds[i * n + j] as number, high);
      bounds[j * n + i] = Math.min(bounds[j * n + i] as number, -low);
    }
    const made = close(bounds, n);
    if (this.#closures.size >= 4096) this.#closures.clear();
    this.#closures.set(key, made);
    return made;
  }
}

/** Shortest ways; pairs that cannot all be true are widened alike, by as little as makes them so. */
function close(bounds: Float64Array, n: number): Closure {
  const whole = shortest(bounds, n);
  if (consistent(whole, n)) return { most: whole, strain: 0 };
  let low = 0;
  let high = 1e-6;
  const widened = (by: number): Float64Array => bounds.map((b, k) => (Math.floor(k / n) === k % n ? b : b + by));
  while (!consistent(shortest(widened(high), n), n) && high < 1e9) high *= 4;
  for (let k = 0; k < 40 && high - low > 1e-7; k++) {
    const mid = (low + high) / 2;
    if (consistent(shortest(widened(mid), n), n)) high = mid;
    else low = mid;
  }
  return { most: shortest(widened(high), n), strain: high };
}

function shortest(bounds: Float64Array, n: number): Float64Array {
  const d = bounds.slice();
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++) {
      const first = d[i * n + k] as number;
      if (first === Number.POSITIVE_INFINITY) continue;
      for (let j = 0; j < n; j++) {
        const way = first + (d[k * n + j] as number);
        if (way < (d[i * n + j] as number)) d[i * n + j] = way;
      }
    }
  return d;
}

function consistent(d: Float64Array, n: number): boolean {
  // what rounding makes of zero is no contradiction
  for (let i = 0; i < n; i++) if ((d[i * n + i] as number) < -1e-9) return false;
  return true;
}
