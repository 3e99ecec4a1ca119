import { describe, expect, it } from 'vitest';
import { ClockTable, offsetAt, plusSeconds } from '../../../model/index.ts';
import { leftBy } from './bounds.ts';
import { EdgeStore } from './edge-store.ts';
import { type CausalEdge, EDGES_CAP, pairOffset } from './pair.ts';
import { clockTable } from './table.ts';
import { exponential, type Host, heavyTailed, type Latency, type Run, random, START, simulate, steady } from './testing/simulate.ts';

const NS = 1n;
const MS = 1_000_000n;
const SECOND = 1_000_000_000n;
const host = (name: string, ahead: number, stepNs = NS): Host => ({ name, ahead: () => ahead, stepNs });
const stored = (edges: readonly CausalEdge[]): EdgeStore => {
  const store = new EdgeStore();
  for (const e of edges) store.add(e);
  return store;
};
/** The offset of the only two clocks that the edges are of. */
const offsetOf = (edges: readonly CausalEdge[]): ReturnType<typeof pairOffset> => {
  const [pair, ...others] = stored(edges).pairs();
  if (pair === undefined || others.length > 0) throw new Error('edges of two clocks');
  return pairOffset(pair.a, pair.b, pair.sample());
};
const between = (a: number, b: number, next: () => number): number => a + (b - a) * next();

describe('inequalities', () => {
  const at = (...v: number[]) => v.map((x, t) => ({ t, v: x }));

  it('leave what all of them allow', () => {
    expect(leftBy(at(5, 3, 9), at(-1, 2, 0))).toEqual({ low: 2, high: 3, against: 0 });
    expect(leftBy(at(5), [])).toEqual({ low: Number.NEGATIVE_INFINITY, high: 5, against: 0 });
  });

  it('one that is wrong moves nothing by itself, and is counted', () => {
    const f = leftBy(at(5, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, -100), at(4, 3.9, 3.8, 3.7, 3.6, 3.5, 3.4));
    expect(f.against).toBe(1);
    expect(f.low).toBeGreaterThan(3);
    expect(f.high).toBeLessThan(6);
    expect(f.low <= 4 && f.high >= 5).toBe(true);
  });
});

/** Runs of many kinds; how often the range holds the truth, and how often the estimate is within 5 ms or half the smallest round trip. */
function measure(runs: number, seed: number, make: (next: () => number) => { run: Run; step: readonly [bigint, bigint] }): { held: number; near: number } {
  const next = random(seed);
  let held = 0;
  let near = 0;
  for (let i = 0; i < runs; i++) {
    const truth = (next() < 0.5 ? -1 : 1) * 10 ** between(-3, 1.5, next);
    const { run, step } = make(next);
    const pair = offsetOf(simulate(host('a', 0, step[0]), host('b', truth, step[1]), run, next));
    if (pair.offset === null) throw new Error('edges run both ways');
    if (pair.low <= truth && truth <= pair.high) held++;
    if (Math.abs(pair.offset.seconds - truth) <= Math.max(0.005, (pair.smallestRoundTrip ?? 0) / 2)) near++;
  }
  return { held: held / runs, near: near / runs };
}

const LATENCIES: readonly ((next: () => number) => Latency)[] = [
  (n) => steady(between(0.0001, 0.02, n)),
  (n) => exponential(between(0.0001, 0.005, n), between(0.0001, 0.02, n)),
  (n) => heavyTailed(between(0.0001, 0.003, n)),
];
const anyLatency = (next: () => number): Latency => LATENCIES[Math.floor(next() * LATENCIES.length)]!(next);

describe('an offset that holds still', () => {
  const calls = (next: () => number): number => Math.ceil(10 ** between(0, 2.5, next));

  it('is found whatever the latencies, asymmetric and heavy-tailed ones too, from one call or hundreds', () => {
    const { held, near } = measure(600, 1, (n) => ({
      step: [NS, NS],
      run: { calls: calls(n), seconds: 60, there: anyLatency(n), back: anyLatency(n), work: exponential(0.001, 0.03) },
    }));
    expect(held).toBe(1);
    expect(near).toBe(1);
  });

  it('through clocks that print milliseconds or whole seconds', () => {
    const { held, near } = measure(400, 2, (n) => ({
      step: n() < 0.5 ? [NS, SECOND] : [MS, n() < 0.5 ? SECOND : NS],
      run: { calls: calls(n), seconds: 60, there: anyLatency(n), back: anyLatency(n), work: exponential(0.001, 0.03) },
    }));
    expect(held).toBe(1);
    expect(near).toBe(1);
  });

  it('although one in a hundred edges is plainly wrong', () => {
    const { held, near } = measure(600, 3, (n) => ({
      step: [NS, MS],
      run: { calls: Math.ceil(between(20, 300, n)), seconds: 60, there: anyLatency(n), back: anyLatency(n), work: exponential(0.001, 0.03), wrong: 0.01 },
    }));
    expect(held).toBeGreaterThanOrEqual(0.95);
    expect(near).toBeGreaterThanOrEqual(0.95);
  });

  it('although many answers are logged after their caller has them', () => {
    const { held, near } = measure(600, 4, (n) => ({
      step: [NS, NS],
      run: {
        calls: Math.ceil(between(5, 300, n)),
        seconds: 60,
        there: anyLatency(n),
        back: anyLatency(n),
        work: exponential(0.001, 0.03),
        late: { share: between(0, 1, n), seconds: between(0.00005, 0.0004, n), slack: 0.001 },
      },
    }));
    expect(held).toBeGreaterThanOrEqual(0.95);
    expect(near).toBeGreaterThanOrEqual(0.95);
  });

  it('of very many calls by some of them, evenly', () => {
    const run: Run = { calls: 30_000, seconds: 600, there: exponential(0.0005, 0.002), back: exponential(0.0005, 0.002), work: exponential(0.001, 0.02), wrong: 0.005 };
    const pair = offsetOf(simulate(host('a', 0), host('b', -0.7), run, random(15)));
    expect([pair.forth, pair.back]).toEqual([30_000, 30_000]);
    expect(pair.change).toBeNull();
    expect(pair.low <= -0.7 && -0.7 <= pair.high).toBe(true);
    expect(pair.high - pair.low).toBeLessThan(0.002);
  });

  it('is claimed by no more than the evidence: one slow call leaves a wide range', () => {
    const next = random(5);
    const pair = offsetOf(simulate(host('a', 0), host('b', 0.05), { calls: 1, seconds: 1, there: steady(0.2), back: steady(0.4), work: steady(0.1) }, next));
    expect(pair.high - pair.low).toBeGreaterThan(0.59);
    expect(pair.low).toBeLessThan(0.05);
    expect(pair.high).toBeGreaterThan(0.05);
    expect(pair.smallestRoundTrip).toBeCloseTo(pair.high - pair.low, 6);
  });
});

describe('too little evidence', () => {
  const edges = simulate(host('a', 0), host('b', 0.3), { calls: 50, seconds: 60, there: steady(0.002), back: steady(0.002), work: steady(0.01) }, random(6));

  it('edges in one direction bound one side only', () => {
    const pair = offsetOf(edges.filter((e) => e.before.clock === 'a'));
    expect(pair.offset).toBeNull();
    expect(pair.low).toBe(Number.NEGATIVE_INFINITY);
    expect(pair.high).toBeGreaterThan(0.3);
    expect(new ClockTable(['a', 'b'], [pair]).between('a', 'b', null)).toBeNull();
  });

  it('clocks without a common trace are not compared', () => {
    const table = clockTable(['a', 'b', 'c'], stored(edges));
    expect(table.between('a', 'c', null)).toBeNull();
    expect(table.referenceOf('c')).toBe('c');
    expect(table.onReference('c', START)).toEqual({ at: START, early: 0, late: 0 });
  });
});

describe('an offset that moves', () => {
  const run: Run = { calls: 300, seconds: 600, there: exponential(0.0005, 0.002), back: exponential(0.0005, 0.002), work: exponential(0.001, 0.02) };

  it('a step is told with its moment and both offsets', () => {
    const next = random(7);
    const pair = offsetOf(simulate(host('a', 0), { name: 'b', ahead: (t) => (t < 200 ? 0.4 : -0.1), stepNs: NS }, run, next));
    expect(pair.change?.kind).toBe('step');
    if (pair.change?.kind !== 'step') return;
    expect(pair.change.from.seconds).toBeCloseTo(0.4, 2);
    expect(pair.change.to.seconds).toBeCloseTo(-0.1, 2);
    expect(Number(pair.change.after - START) / 1e9).toBeLessThan(200.5);
    expect(Number(pair.change.by - START) / 1e9).toBeGreaterThan(199.5);
    const early = offsetAt(pair, plusSeconds(START, 100));
    expect(early.low <= 0.4 && early.high >= 0.4).toBe(true);
  });

  it.each([50e-6, -200e-6])('a drift of %f s a second is told', (rate) => {
    const next = random(8);
    let held = 0;
    for (let i = 0; i < 40; i++) {
      const pair = offsetOf(simulate(host('a', 0), { name: 'b', ahead: (t) => 0.05 + rate * t, stepNs: NS }, run, next));
      expect(pair.change?.kind).toBe('drift');
      if (pair.change?.kind !== 'drift') return;
      expect(pair.change.perSecond / rate).toBeGreaterThan(0.85);
      expect(pair.change.perSecond / rate).toBeLessThan(1.15);
      const spots = [0, 150, 300, 450, 600];
      held +=
        spots.filter((t) => {
          const o = offsetAt(pair, plusSeconds(START, t));
          return o.low <= 0.05 + rate * t && 0.05 + rate * t <= o.high;
        }).length / spots.length;
    }
    expect(held / 40).toBeGreaterThanOrEqual(0.95);
  });

  it('near miss: heavy tails, wrong edges and late records are no movement', () => {
    const next = random(9);
    for (let i = 0; i < 60; i++) {
      const still: Run = { calls: 200, seconds: 600, there: anyLatency(next), back: anyLatency(next), work: exponential(0.001, 0.03), wrong: i % 3 === 0 ? 0.008 : 0 };
      const late = i % 3 === 1 ? { late: { share: 0.5, seconds: 0.0003, slack: 0.001 } } : {};
      expect(offsetOf(simulate(host('a', 0), host('b', 1.5), { ...still, ...late }, next)).change).toBeNull();
    }
  });

  it('what moves to and fro is said to be unsteady, and its range holds all of it', () => {
    const pair = offsetOf(simulate(host('a', 0), { name: 'b', ahead: (t) => (Math.floor(t / 100) % 2 === 0 ? 0.3 : 0), stepNs: NS }, run, random(10)));
    expect(pair.change?.kind).toBe('unsteady');
    expect(pair.low).toBeLessThan(0.01);
    expect(pair.high).toBeGreaterThan(0.29);
  });
});

describe('several clocks', () => {
  const run: Run = { calls: 60, seconds: 60, there: exponential(0.0003, 0.001), back: exponential(0.0003, 0.001), work: exponential(0.001, 0.02) };
  const chain = (next: () => number, offsets: readonly number[]): { edges: CausalEdge[]; hosts: Host[] } => {
    const hosts = offsets.map((o, i) => host(`h${i}`, o));
    return { hosts, edges: hosts.slice(1).flatMap((h, i) => simulate(hosts[i]!, h, run, next)) };
  };

  it('that never met are compared through others, with the uncertainty of the whole way', () => {
    const next = random(11);
    for (let i = 0; i < 50; i++) {
      const offsets = [0, 1, 2, 3].map(() => between(-3, 3, next));
      const { edges, hosts } = chain(next, offsets);
      const table = clockTable(
        hosts.map((h) => h.name),
        stored(edges),
      );
      const far = table.between('h0', 'h3', null)!;
      const near = table.between('h0', 'h1', null)!;
      const truth = offsets[3]! - offsets[0]!;
      expect(far.low <= truth && truth <= far.high).toBe(true);
      expect(far.high - far.low).toBeGreaterThan(near.high - near.low);
      expect(table.strain()).toBe(0);
    }
  });

  it('around a cycle each pair is narrowed by the others', () => {
    const next = random(12);
    const { edges, hosts } = chain(next, [0, 0.5, -0.2]);
    const closing = simulate(hosts[0]!, hosts[2]!, { ...run, there: steady(0.05), back: steady(0.08) }, next);
    const alone = offsetOf(closing);
    const table = clockTable(['h0', 'h1', 'h2'], stored([...edges, ...closing]));
    const together = table.between('h0', 'h2', null)!;
    expect(together.high - together.low).toBeLessThan((alone.high - alone.low) / 5);
    expect(together.low <= -0.2 && -0.2 <= together.high).toBe(true);
  });

  it('a cycle that cannot be true is widened until it can, and that is said', () => {
    const next = random(13);
    const { edges } = chain(next, [0, 0.5, -0.2]);
    const lying = simulate(host('h0', 0), host('h2', 0.4), run, next);
    const table = clockTable(['h0', 'h1', 'h2'], stored([...edges, ...lying]));
    expect(table.strain()).toBeGreaterThan(0.1);
    expect(table.between('h0', 'h2', null)).not.toBeNull();
  });

  it('the reference is the clock that most agree with, not the one that is far off', () => {
    const next = random(14);
    const hosts = [host('a', 2.3), host('b', 0.01), host('c', 0), host('d', -0.02)];
    const edges = hosts.slice(1).flatMap((h) => simulate(hosts[0]!, h, run, next));
    const table = clockTable(['a', 'b', 'c', 'd'], stored(edges));
    expect(table.referenceOf('a')).not.toBe('a');
    expect(table.referenceOf('a')).toBe(table.referenceOf('d'));
    const corrected = table.onReference('a', plusSeconds(START, 10))!;
    expect(Number(corrected.at - START) / 1e9).toBeCloseTo(10 - 2.3, 1);
  });
});

describe('the store of edges', () => {
  const run: Run = { calls: 300, seconds: 60, there: exponential(0.0003, 0.001), back: exponential(0.0003, 0.001), work: exponential(0.001, 0.02) };

  it('hands out what was put in, pair by pair', () => {
    const next = random(21);
    const ab = simulate(host('a', 0), host('b', 0.2), run, next).map((e, i) => (i % 7 === 0 ? { ...e, strength: 'derived' as const } : e));
    const cb = simulate(host('c', 0.1, MS), host('b', 0.2), run, next).map((e) => ({ ...e, before: { ...e.before, place: { ...e.before.place, decoders: ['docker'] } } }));
    // one clock says nothing of itself
    const store = stored([...ab, ...cb, { ...ab[0]!, after: { ...ab[0]!.after, clock: 'a' } }]);
    const pairs = store.pairs();
    expect(pairs.map((p) => [p.a, p.b])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    for (const [i, edges] of [ab, cb].entries()) {
      const sample = pairs[i]!.sample();
      expect(sample.edges.map((e) => ({ ...e, call: '' }))).toEqual(edges.map((e) => ({ ...e, call: '' })));
      expect([sample.forth, sample.back]).toEqual([300, 300]);
      // both edges of a call have one name, and no other has it
      expect(new Set(sample.edges.map((e) => e.call)).size).toBe(300);
      expect(sample.edges.every((e, n) => e.call === sample.edges[n - (n % 2)]!.call)).toBe(true);
    }
  });

  it('of very many it hands out whole calls, evenly', () => {
    const calls = EDGES_CAP * 1.5;
    const [pair] = stored(simulate(host('a', 0), host('b', 0.2), { ...run, calls }, random(22))).pairs();
    const { edges, forth, back } = pair!.sample();
    expect([forth, back]).toEqual([calls, calls]);
    expect(edges).toHaveLength(EDGES_CAP);
    expect(edges.filter((e) => e.before.clock === 'a')).toHaveLength(EDGES_CAP / 2);
  });
});
