import { describe, expect, it } from 'vitest';
import { clockOffset } from '../../model/conditions/clock.ts';
import { type Condition, orderOf, type Reader } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { type Instant, parseInstant } from '../../model/time.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs } from '../../read/logs/index.ts';
import { openWorld } from '../lib/world.ts';
import { clocks } from './index.ts';

const at = (n: number, ms: number): string => new Date(Date.UTC(2026, 10, 24, 10, 0, n) + ms).toISOString();
const line = (time: string, service: string, msg: string, more: object): string => JSON.stringify({ time, level: 'INFO', msg, service, ...more });

/** a calls b thirty times; b's clock is `ahead` ms ahead. `back`: whether the answers are logged. */
function world(ahead: number, back = true) {
  const a: string[] = [];
  const b: string[] = [];
  for (let n = 0; n < 30; n++) {
    const trace_id = `${String(n).padStart(8, '0')}f3577b34da6a3ce929d0e0e4`;
    const call = { trace_id, peer: 'b', method: 'GET', path: '/b' };
    a.push(line(at(n, 10), 'a', 'calling', call));
    if (back) a.push(line(at(n, 50), 'a', 'call answered', { ...call, status: 200, elapsed_ms: 40 }));
    b.push(line(at(n, 12 + ahead), 'b', 'request started', { trace_id, method: 'GET', path: '/b' }));
    b.push(line(at(n, 48 + ahead), 'b', 'request', { trace_id, method: 'GET', path: '/b', status: 200, elapsed_ms: 36 }));
  }
  const artifacts = [a, b].map((lines, i) => textArtifact(`${lines.join('\n')}\n`, { id: `${'ab'[i]}.log`, path: `${'ab'[i]}.log` }));
  return openWorld(openReadings(artifacts, [logs as Reader<unknown>]), [clocks]);
}

describe('clocks of two logs', () => {
  it('that differ are told, with the calls that their times turn round', () => {
    const answer = world(-700).look(clockOffset);
    const [c] = (answer.state === 'observed' ? answer.conditions : []) as Condition<NonNullable<(typeof clockOffset)['facts']>>[];
    expect(Math.abs(c?.facts.aheadSeconds ?? 0)).toBeCloseTo(0.7, 2);
    expect(c?.facts.impossible).toBe(30);
    expect(c?.places.length).toBeGreaterThan(1);
  });

  it('near miss: that agree to a few milliseconds are no finding, and were looked at', () => expect(world(5).look(clockOffset).state).toBe('absent'));

  it('of which one never hears back are bounded on one side', () => {
    const answer = world(-95_000, false).look(clockOffset);
    expect(answer.state === 'observed' && answer.conditions.map((c) => [c.facts['clock'], c.facts['aheadSeconds'], c.quantity?.known])).toEqual([['a', null, 'lower-bound']]);
    expect(world(300, false).look(clockOffset).state).toBe('not-observable');
  });

  it('are asked when onsets are ordered', () => {
    const w = world(-10_000);
    const t = (s: number) => parseInstant(`2026-11-24T10:00:${String(s).padStart(2, '0')}Z`) as Instant;
    const cause = { lastWell: t(20), firstIll: t(21), clock: 'log of a' };
    const effect = { lastWell: t(11), firstIll: t(12), clock: 'log of b' };
    // as printed the effect came nine seconds before its cause; in truth a second after it
    expect(orderOf(cause, effect, 2)).toBe('after');
    expect(orderOf(cause, effect, 2, w.ahead(cause.clock, effect.clock) ?? undefined)).toBe('unknown');
    expect(orderOf({ ...cause, lastWell: t(15), firstIll: t(16) }, effect, 2, w.ahead(cause.clock, effect.clock) ?? undefined)).toBe('before');
    // of the clock of another source nothing is known: the log may be right or not
    expect(w.ahead('log of a', 'log of a')).toBeNull();
    expect(w.ahead('dumps', 'prometheus')).toBeNull();
    const wide = w.ahead('dumps', 'log of b') ?? w.ahead('dumps', 'log of a');
    expect(wide === null || (wide.low <= 0 && wide.high >= 0)).toBe(true);
    const open = world(-95_000, false).ahead('log of b', 'log of a');
    expect(open?.high).toBe(Number.POSITIVE_INFINITY);
    // a's clock is at least 95 s ahead of b's: what it shows as nine seconds later was long before
    expect(orderOf(effect, cause, 2, open ?? undefined)).toBe('after');
    const minutes = (m: number) => parseInstant(`2026-11-24T10:0${m}:00Z`) as Instant;
    expect(orderOf(effect, { lastWell: minutes(4), firstIll: minutes(5) }, 2, open ?? undefined)).toBe('unknown');
  });
});
