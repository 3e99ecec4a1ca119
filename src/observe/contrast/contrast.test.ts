import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast } from '../../model/conditions/contrast.ts';
import type { Condition, Facts, Reader } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs as logReader } from '../../read/logs/index.ts';
import { prometheusApi } from '../../read/prometheus-api/index.ts';
import { fixtureBytes } from '../../read/testing/check-reader.ts';
import { calls } from '../calls/index.ts';
import { association, standing, unevenness } from '../lib/chance.ts';
import { openWorld } from '../lib/world.ts';
import { logs } from '../logs/index.ts';
import { contrasts } from './index.ts';

const folder = join(import.meta.dirname, '..', 'calls', 'testdata');
const artifacts = (story: string) =>
  ['front', 'stock'].map((part) => testArtifact(fixtureBytes(join(folder, `${story}.${part}.log.gz`)), { id: `${part}.log`, path: `${part}.log` }));
const look = (list: ReturnType<typeof artifacts>) =>
  openWorld(openReadings(list, [logReader as Reader<unknown>, prometheusApi as Reader<unknown>]), [logs, calls, contrasts]).look(contrast);
const seen = (story: string): readonly Condition<Facts>[] => {
  const answer = look(artifacts(story));
  return answer.state === 'observed' ? answer.conditions : [];
};

describe('contrast', () => {
  it('a new error text, by its share of the log', () => {
    const found = seen('shortened').filter((c) => c.facts['what'] === 'pattern-new');
    expect(found.map((c) => c.facts['subject'])).toEqual(
      ['error: stock not known: Get "http://stock:<*>/stock/teapot?region=<*>: context deadline exceeded'].map(() => expect.stringContaining('context deadline exceeded')),
    );
    expect(found[0]?.facts['before']).toBe(0);
  });

  it('the value that the failing requests share', () => {
    const values = seen('region').filter((c) => c.facts['what'] === 'value-over-represented');
    expect(values.map((c) => c.facts['subject'])).toEqual(['region=port']);
    expect(values[0]?.facts['after']).toBe(100);
    expect(values[0]?.places[0]?.pointer).toBe('region=port');
  });

  it('near miss: failures spread over all values', () => {
    expect(seen('failing').filter((c) => c.facts['what'] === 'value-over-represented')).toEqual([]);
  });

  it('without harm there is nothing to compare', () => {
    for (const story of ['healthy', 'noise']) expect(look(artifacts(story)).state, story).toBe('not-observable');
  });

  it('a series that left its usual range at the onset', () => {
    const onset = 1795488803;
    const points = (f: (i: number) => number): string => JSON.stringify(Array.from({ length: 30 }, (_, i) => [onset - 100 + 5 * i, String(f(i))]));
    const answer = (name: string, f: (i: number) => number) =>
      `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"${name}","service":"front"},"values":${points(f)}}]}}`;
    const story = artifacts('shortened');
    const first = new TextDecoder().decode(fixtureBytes(join(folder, 'shortened.front.log.gz'))).match(/"time":"([^"]+)"[^\n]*"ERROR"/)?.[1] ?? '';
    const shift = Date.parse(first) / 1000 - onset;
    const moved = (text: string) => text.replaceAll(/\[(1795\d{6}),/g, (_m, t: string) => `[${Number(t) + shift},`);
    const found = look([
      ...story,
      textArtifact(moved(answer('queue_length', (i) => (i < 20 ? 3 + (i % 2) : 40))), { id: 'queue.json', path: 'queue.json' }),
      textArtifact(moved(answer('go_threads', (i) => 10 + (i % 3))), { id: 'threads.json', path: 'threads.json' }),
    ]);
    const series = found.state === 'observed' ? found.conditions.filter((c) => c.facts.what === 'series-moved') : [];
    expect(series.map((c) => c.facts.subject)).toEqual(['queue_length{service="front"}']);
  });
});

describe('chance', () => {
  it('agrees with the exact tail where that is simple', () => {
    // a χ² of 6.635 with one degree of freedom has 1 %
    expect(unevenness(0, 0, 0.5)).toBe(1);
    expect(association(10, 20, 10, 20)).toBe(1);
    expect(association(20, 20, 0, 20)).toBeLessThan(1e-9);
    expect(unevenness(0, 10, 0.5)).toBeLessThan(0.001);
    expect(unevenness(5, 5, 0.5)).toBe(1);
  });

  it('many looks need more evidence: chance alone hardly ever stands', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }), (ps) => {
        expect(
          standing(
            ps.map((p, i) => ({ p, of: i })),
            ps.length,
          ),
        ).toEqual([]);
      }),
    );
    expect(standing([{ p: 0.004, of: 'a' }], 1)).toEqual(['a']);
    expect(standing([{ p: 0.004, of: 'a' }], 100)).toEqual([]);
    expect(
      standing(
        [
          { p: 1e-9, of: 'a' },
          { p: 1e-8, of: 'b' },
          { p: 0.5, of: 'c' },
        ],
        3,
      ),
    ).toEqual(['a', 'b']);
  });
});
