/** Simulated calls between hosts whose clocks are off by a known amount: what the estimate is measured against. */
import { type Instant, type Place, plusSeconds } from '../../../../model/index.ts';
import type { CausalEdge, Reading } from '../pair.ts';

/** mulberry32: small, and the same everywhere. */
export function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Host {
  readonly name: string;
  /** Seconds ahead of true time, at a true time in seconds. */
  readonly ahead: (t: number) => number;
  /** Printed times are cut to this, ns. */
  readonly stepNs: bigint;
}

/** Seconds on the way; never negative. */
export type Latency = (next: () => number) => number;

export const steady =
  (base: number): Latency =>
  (next) =>
    base * (1 + 0.05 * next());
export const exponential =
  (base: number, mean: number): Latency =>
  (next) =>
    base - mean * Math.log(1 - next());
/** Pareto with index 1.2: now and then a hundred times the usual. */
export const heavyTailed =
  (base: number): Latency =>
  (next) =>
    base * (1 - next()) ** (-1 / 1.2);

export const START = 1_795_000_000_000_000_000n as Instant;

export interface Run {
  readonly calls: number;
  readonly seconds: number;
  readonly there: Latency;
  readonly back: Latency;
  /** What the callee takes. */
  readonly work: Latency;
  /** Share of edges that are plainly wrong, by up to ten seconds to either side. */
  readonly wrong?: number;
  /** Share of answers that the callee logs only after they left, on average so many seconds late; and what is allowed for it. */
  readonly late?: { readonly share: number; readonly seconds: number; readonly slack: number };
}

let places = 0;
const place = (): Place => ({ artifact: 'simulated', offset: places++, length: 1 });

function reading(host: Host, t: number): Reading {
  const shown = plusSeconds(START, t + host.ahead(t));
  return { clock: host.name, at: (shown - (((shown % host.stepNs) + host.stepNs) % host.stepNs)) as Instant, stepNs: host.stepNs, place: place() };
}

/** Edges of calls of `a` to `b`: request and response of each. */
export function simulate(a: Host, b: Host, run: Run, next: () => number): CausalEdge[] {
  const out: CausalEdge[] = [];
  for (let i = 0; i < run.calls; i++) {
    const sent = run.seconds * next();
    const received = sent + run.there(next);
    const answered = received + run.work(next);
    const got = answered + run.back(next);
    const late = run.late !== undefined && next() < run.late.share ? -run.late.seconds * Math.log(1 - next()) : 0;
    const off = (): number => (next() < (run.wrong ?? 0) ? 20 * next() - 10 : 0);
    const call = `${a.name}>${b.name} ${i}`;
    out.push({ before: reading(a, sent + off()), after: reading(b, received), slack: 0, call, strength: 'stated' });
    out.push({ before: reading(b, answered + late + off()), after: reading(a, got), slack: run.late?.slack ?? 0, call, strength: 'stated' });
  }
  return out;
}
