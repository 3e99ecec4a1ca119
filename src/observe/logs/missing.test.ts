/** What a log does not hold: within a gap nothing is absent, and idleness is no gap. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorBurst, logGap, logSampled } from '../../model/conditions/logs.ts';
import { type Answer, type Instant, interval, type Reader, service } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs as logReader } from '../../read/logs/index.ts';
import { fixtureBytes } from '../../read/testing/check-reader.ts';
import { openWorld } from '../lib/world.ts';
import { logs } from './index.ts';

const T0 = Date.UTC(2026, 10, 22, 14, 0, 0);
const at = (seconds: number): Instant => (BigInt(T0 + seconds * 1000) * 1_000_000n) as Instant;
const log = (name: string, every: number, seconds: number, says: (t: number) => boolean): Uint8Array => {
  const lines: string[] = [];
  for (let t = 0; t < seconds; t += every) if (says(t)) lines.push(`{"time":"${new Date(T0 + t * 1000).toISOString()}","level":"INFO","msg":"request served","service":"${name}"}`);
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
};
const worldOf = (...files: Uint8Array[]) =>
  openWorld(
    openReadings(
      files.map((bytes, i) => testArtifact(bytes, { id: `${i}.log`, path: `${i}.log` })),
      [logReader as Reader<unknown>],
    ),
    [logs],
  );
const state = (a: Answer): string => a.state;

describe('a gap', () => {
  const silent = (t: number): boolean => t < 600 || t >= 720;
  const world = worldOf(
    log('orders', 0.5, 1200, silent),
    log('gateway', 0.5, 1200, () => true),
  );

  it('is seen where one service is silent while others go on', () => {
    const answer = world.look(logGap);
    expect(answer.state).toBe('observed');
    if (answer.state !== 'observed') return;
    expect(answer.conditions.map((c) => [c.facts['service'], c.facts['seconds']])).toEqual([['orders', 120]]);
    expect(answer.conditions[0]?.places.length).toBeGreaterThan(0);
  });
  it('makes what is not in it not observable, and nothing else', () => {
    const ask = (from: number, to: number, name = 'orders'): string => state(world.look(errorBurst, service(name), interval(at(from), at(to))) as Answer);
    expect(ask(630, 700)).toBe('not-observable');
    expect(ask(100, 500)).toBe('absent');
    expect(ask(800, 1100)).toBe('absent');
    expect(ask(630, 700, 'gateway')).toBe('absent');
  });
  it('is none where a service is idle at night, where all are quiet, or where its log ends', () => {
    const day = (t: number): boolean => t % 86_400 > 8 * 3600;
    expect(
      state(
        worldOf(
          log('shop', 30, 259_200, day),
          log('scraper', 30, 259_200, () => true),
        ).look(logGap) as Answer,
      ),
    ).toBe('absent');
    expect(state(worldOf(log('orders', 0.5, 1200, silent), log('gateway', 0.5, 1200, silent)).look(logGap) as Answer)).toBe('absent');
    expect(
      state(
        worldOf(
          log('orders', 0.5, 600, () => true),
          log('gateway', 0.5, 1200, () => true),
        ).look(logGap) as Answer,
      ),
    ).toBe('absent');
  });
});

describe('sampling', () => {
  const recorded = fixtureBytes(join(import.meta.dirname, '../../read/logs/formats/zap-json/testdata/zap-sampled.log'));
  const named = (bytes: Uint8Array): Uint8Array => new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll('"msg"', '"service":"orders","msg"'));

  it('is seen in a log that zap sampled', () => {
    const answer = worldOf(named(recorded)).look(logSampled);
    expect(answer.state === 'observed' ? answer.conditions.map((c) => c.facts) : answer.state).toEqual([{ service: 'orders', how: 'zap 100/100' }]);
  });
  it('is none where a burst merely stops after its hundredth record', () => {
    const hundred = new TextDecoder().decode(recorded).split('\n').slice(0, 101).join('\n');
    expect(state(worldOf(named(new TextEncoder().encode(hundred))).look(logSampled) as Answer)).toBe('absent');
  });
});
