/** The small parts that count, against what is plainly right. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Durations } from './durations.ts';
import { Series } from './series.ts';
import { Sums } from './sums.ts';
import { Tasks } from './tasks.ts';
import { UtilizationSteps } from './utilization.ts';

it('durations: a percentile is at most 3.2 % below the true one; count, total and longest are exact', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(100), fc.nat(2 ** 31 - 1), fc.maxSafeNat()), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (values, q) => {
        const d = new Durations();
        for (const v of values) d.add(v);
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
        expect(d.quantile(q)).toBeLessThanOrEqual(exact);
        expect(d.quantile(q)).toBeGreaterThanOrEqual(exact / 1.032 - 1);
        expect({ count: d.count, most: d.most }).toEqual({ count: values.length, most: sorted.at(-1) });
      },
    ),
  );
});

it('sums: as a map would have them, however many pairs', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -1, max: 40 }), fc.nat(40), fc.nat(1000)), { maxLength: 2000 }), (rows) => {
      const s = new Sums();
      const map = new Map<string, number>();
      for (const [a, b, ns] of rows) {
        s.add(s.index(a, b), ns, 0, 0);
        map.set(`${a} ${b}`, (map.get(`${a} ${b}`) ?? 0) + ns);
      }
      expect(s.count).toBe(map.size);
      for (let i = 0; i < s.count; i++) expect(s.total[i]).toBe(map.get(`${s.a[i]} ${s.b[i]}`));
      const ranked = s.ranked().map((i) => s.total[i]!);
      expect(ranked).toEqual([...ranked].sort((x, y) => y - x));
    }),
  );
});

it('utilization: the least share over every window that begins or ends at a change, as trying all of them has it', () => {
  const step = fc.record({ after: fc.integer({ min: 1, max: 60_000 }), of: fc.constantFrom(0, 0.25, 0.5, 1) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 400_000 }), (steps, tail) => {
      const u = new UtilizationSteps();
      u.begin(0);
      let t = 0;
      const at: { t: number; of: number }[] = [{ t: 0, of: 0 }];
      u.step(0, 0);
      for (const s of steps) {
        t += s.after;
        u.step(t, s.of);
        at.push({ t, of: s.of });
      }
      const end = t + tail;
      const [least] = u.finish(end);
      const taken = (to: number): number => at.reduce((n, s, i) => n + s.of * Math.max(0, Math.min(to, at[i + 1]?.t ?? end) - s.t), 0);
      const W = 100_000;
      if (end < W) {
        expect(least).toBe(undefined);
        return;
      }
      let exact = 1;
      for (const { t: x } of [...at, { t: end }])
        for (const begin of [x, x - W]) if (begin >= 0 && begin + W <= end) exact = Math.min(exact, 1 - (taken(begin + W) - taken(begin)) / W);
      expect(least!.windowNs).toBe(W);
      expect(least!.least).toBeCloseTo(exact, 9);
      expect(1 - (taken(least!.at + W) - taken(least!.at)) / W).toBeCloseTo(exact, 9);
    }),
  );
});

it('series: however many values, the greatest stays and time goes on', () => {
  const s = new Series();
  for (let i = 0; i < 100_000; i++) s.add(i, i === 31_337 ? 1_000_000 : i % 97);
  const points = s.points();
  expect(points.length).toBeLessThanOrEqual(1024);
  expect(points.some((p) => p.value === 1_000_000 && p.time === 31_337)).toBe(true);
  expect(points.every((p, i) => i === 0 || p.time > points[i - 1]!.time)).toBe(true);
  expect({ count: s.count, least: s.least, most: s.most, last: s.last }).toEqual({ count: 100_000, least: 0, most: 1_000_000, last: 99_999 % 97 });
});

it('tasks: one that began before the trace is told from one that ended twice; of many the slowest are kept', () => {
  const tasks = new Tasks();
  tasks.end(3, 0, 0, 1, 5, 0);
  tasks.begin(7, 0, 1, 1, 10, 0);
  tasks.end(7, 1, 0, 1, 30, 0);
  tasks.end(7, 1, 0, 1, 40, 0);
  expect({ before: tasks.startedBefore, twice: tasks.endedTwice, ends: tasks.list().map((t) => t.end) }).toEqual({ before: 1, twice: 1, ends: [5, 30] });
  for (let i = 0; i < 20_000; i++) {
    tasks.begin(100 + i, 0, 1, 1, 100 + i, 0);
    tasks.end(100 + i, 1, 0, 1, 101 + i + (i === 77 ? 5000 : 0), 0);
  }
  tasks.finish(30_000);
  expect(tasks.list().length).toBeLessThan(8192);
  expect(tasks.list().some((t) => t.id === 177)).toBe(true);
  expect(tasks.types.times[tasks.types.index(1, 0)]).toBe(20_001);
});
