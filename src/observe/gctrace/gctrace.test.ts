import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { heapGrowing } from '../../model/conditions/memory.ts';
import { type Answer, container, type Facts, formatInstant, processOf } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { gctrace as reader } from '../../read/gctrace/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs } from '../../read/logs/index.ts';
import { openWorld } from '../lib/world.ts';
import { gctrace } from './index.ts';

const covers = [{ entity: container('shop', 'orders-1', 'orders'), strength: 'stated' as const }];
/** Lines as the runtime writes them, one a second, with these live heaps in MB. */
const trace = (live: readonly number[], seconds = 2, from = 1): string =>
  live
    .map(
      (mb, i) =>
        `gc ${from + i} @${(i + 1) * seconds}.001s 2%: 0.24+0.47+0.003 ms clock, 0.48+0.024/0.071/0.22+0.007 ms cpu, ${mb * 2}->${mb * 2 + 1}->${mb} MB, ${mb * 2} MB goal, 0 MB stacks, 0 MB globals, 2 P`,
    )
    .join('\n');
const look = (text: string): Answer =>
  openWorld(openReadings([textArtifact(text, { id: 'orders.log', path: 'orders.log', covers })], [reader, logs]), [gctrace]).look(heapGrowing as never);
const series = (n: number, f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));
const first = (a: Answer): Facts => (a.state === 'observed' ? (a.conditions[0]?.facts ?? {}) : {});

describe('heap growth from gctrace', () => {
  test('what stays alive grows from collection to collection', () => {
    const answer = look(trace(series(40, (i) => 10 + i + (i % 3))));
    expect(first(answer)).toMatchObject({ source: 'gctrace' });
    expect(answer.state === 'observed' ? answer.conditions[0]?.entity : null).toEqual(processOf('shop/orders-1/orders'));
  });

  test.each([
    ['bursts that are alive at some collections', series(40, (i) => 10 + (i % 5) * 8)],
    ['a warm-up that levels off', series(40, (i) => Math.min(60, 5 + i * 9))],
    ['a level heap', series(40, () => 30)],
    ['a heap that shrinks', series(40, (i) => 60 - i)],
  ])('%s: absent', (_what, live) => expect(look(trace(live)).state).toBe('absent'));

  test('few collections, or a few seconds, tell nothing', () => {
    expect(look(trace([10, 20, 30, 40, 50])).state).toBe('not-observable');
    const short = readFileSync(join(import.meta.dirname, '../../read/gctrace/testdata/waits.gctrace-scavtrace.go1.22.log'), 'utf8');
    expect(look(short).state).toBe('not-observable');
  });

  test('what only grows is collected seldom: each doubling is a point, over a minute at least', () => {
    const doubling = [2, 4, 8, 16, 29, 54, 99];
    const at = (seconds: readonly number[]): string =>
      doubling
        .map((mb, i) => `gc ${i + 1} @${seconds[i]}s 2%: 0.2+0.4+0.1 ms clock, 0.4+0/0.1/0.2+0.1 ms cpu, ${mb}->${mb}->${mb} MB, ${mb} MB goal, 0 MB stacks, 0 MB globals, 2 P`)
        .join('\n');
    expect(first(look(at([4, 8, 15, 27, 49, 89, 164])))).toMatchObject({ fromBytes: 2 * 1024 ** 2, toBytes: 99 * 1024 ** 2 });
    expect(look(at([0.5, 0.8, 1.5, 2.7, 4.9, 8.9, 16.4])).state).toBe('not-observable');
  });

  test('two lives are judged apart: each begins small', () => {
    const flat = trace(series(30, () => 10));
    expect(look(`${flat}\n${trace(series(30, () => 40))}`).state).toBe('absent');
  });

  test('the driver gives the time', () => {
    const stamped = trace(series(40, (i) => 10 + i * 2))
      .split('\n')
      .map((l, i) => `2026-11-24T03:00:${String(2 * i).padStart(2, '0')}.123456789Z stderr F ${l}`)
      .slice(0, 30)
      .join('\n');
    const answer = look(stamped);
    const to = answer.state === 'observed' ? answer.conditions[0]?.during.to : null;
    expect(to === null || to === undefined ? null : formatInstant(to)).toBe('2026-11-24T03:00:58.123456789Z');
  });
});
