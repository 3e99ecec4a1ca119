/** A gap is an exception: silence that idleness, a quiet hour of all, or an ended log explains is none. */
import { describe, expect, it } from 'vitest';
import { gapsOf } from './gaps.ts';
import { Histogram } from './histogram.ts';

const T0 = Date.UTC(2026, 10, 22) / 1000;
const HOUR = 3600;

/** Records at a pace a second, seeded; `pace` may change over time. */
function service(name: string, seconds: number, pace: (t: number) => number): { service: string; over: Histogram } {
  const over = new Histogram(4096);
  let state = [...name].reduce((n, c) => n * 31 + c.charCodeAt(0), 7) >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  const most = 2;
  for (let t = 0; t < seconds; t += -Math.log(random()) / most) if (random() * most < pace(t)) over.add(T0 + t);
  return { service: name, over };
}
const within = (t: number, from: number, to: number): boolean => t >= from && t < to;

describe('gaps', () => {
  it('are found where a service is silent while others go on', () => {
    const found = gapsOf([service('orders', 2 * HOUR, (t) => (within(t, HOUR, HOUR + 300) ? 0 : 1)), service('gateway', 2 * HOUR, () => 1)]);
    expect(found).toHaveLength(1);
    const gap = found[0]!;
    expect(gap.service).toBe('orders');
    expect(Math.abs(gap.from - T0 - HOUR)).toBeLessThan(20);
    expect(Math.abs(gap.to - T0 - HOUR - 300)).toBeLessThan(20);
    expect(gap.expected).toBeGreaterThan(200);
  });
  it('are not where a service is idle at night', () => {
    const day = (t: number): number => (within(t % (24 * HOUR), 8 * HOUR, 22 * HOUR) ? 0.5 : 0);
    expect(gapsOf([service('shop', 72 * HOUR, day), service('scraper', 72 * HOUR, () => 0.2)])).toEqual([]);
  });
  it('nor where all are quiet together', () => {
    const quiet = (t: number): number => (within(t, HOUR, HOUR + 300) ? 0 : 1);
    expect(gapsOf([service('orders', 2 * HOUR, quiet), service('gateway', 2 * HOUR, (t) => quiet(t) + 0.1)])).toEqual([]);
  });
  it('nor where a log begins late, ends early or stands alone', () => {
    const gateway = service('gateway', 2 * HOUR, () => 1);
    expect(gapsOf([service('orders', 2 * HOUR, (t) => (t > HOUR ? 1 : 0)), gateway])).toEqual([]);
    expect(gapsOf([service('orders', HOUR, () => 1), gateway])).toEqual([]);
    expect(gapsOf([service('orders', 2 * HOUR, (t) => (within(t, HOUR, HOUR + 300) ? 0 : 1))])).toEqual([]);
  });
  it('nor of a service that works in batches', () => {
    expect(gapsOf([service('batch', 6 * HOUR, (t) => (t % 600 < 30 ? 2 : 0)), service('gateway', 6 * HOUR, () => 1)])).toEqual([]);
  });
  it('nor of one that seldom says anything', () => {
    expect(gapsOf([service('quiet', 6 * HOUR, () => 0.01), service('gateway', 6 * HOUR, () => 1)])).toEqual([]);
  });
});
