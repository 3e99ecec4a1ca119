import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { collectFiles } from '../../collect/files/index.ts';
import { collectorOff, heapGoal } from '../../model/conditions/memory.ts';
import { type Artifact, decodeText, type Kind, memorySource, type Observation, readSlice } from '../../model/index.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { openWorld } from '../lib/world.ts';
import { collector } from './index.ts';

async function look(kind: unknown, run: string, change: (text: string) => string = (t) => t, keep: (a: Artifact) => boolean = () => true): Promise<Observation> {
  const { artifacts } = await collectFiles([fileURLToPath(new URL(`../../../go/zoo/testdata/${run}`, import.meta.url))]);
  const given = artifacts
    .filter(keep)
    .map((a) => (a.path.includes('/metrics-') ? { ...a, source: memorySource(new TextEncoder().encode(change(decodeText(readSlice(a.source, 0, a.source.sizeBytes))))) } : a));
  const world = openWorld(openReadings(given, readers), [collector]);
  return collector.look(kind as Kind, { entity: null, interval: { from: null, to: null } }, world);
}

test('off is said where no limit makes it run all the same, with how often it ran', async () => {
  const { conditions } = await look(collectorOff, 'gc-off');
  expect(conditions.map((c) => [c.facts['percent'], c.facts['collections'], c.places.length])).toEqual([[null, 0, 2]]);
});

test('off with a memory limit is a sound setting, and an ordinary percentage as well: absent', async () => {
  for (const run of ['gc-off.healthy', 'finalizer-blocks']) {
    const { conditions, covered } = await look(collectorOff, run);
    expect([run, conditions, covered.length]).toEqual([run, [], 1]);
  }
});

test('off without a word of the limit is not known', async () => {
  const { conditions, covered, notObservable } = await look(collectorOff, 'gc-off', (t) => t.replace(/^go_gc_gomemlimit_bytes .*\n/m, ''));
  expect([conditions, covered, notObservable.length]).toEqual([[], [], 1]);
});

test('the goal, what was alive of it, and whether it rises', async () => {
  const { conditions } = await look(heapGoal, 'gc-goal-over-limit');
  expect(conditions.map((c) => [c.facts['goalBytes'], c.facts['firstGoalBytes'], c.facts['liveBytes'], c.facts['memoryLimitBytes']])).toEqual([
    [126877898, 126877898, 63438949, null],
  ]);
  expect((await look(heapGoal, 'gc-goal-over-limit.healthy')).conditions.map((c) => c.facts['memoryLimitBytes'])).toEqual([79691776]);
});

test('gctrace lines have the goal, too', async () => {
  const { conditions } = await look(heapGoal, 'gctrace', undefined, (a) => a.path.endsWith('.log'));
  expect(conditions.map((c) => [c.facts['source'], Number(c.facts['goalBytes']) > Number(c.facts['liveBytes'])])).toEqual([['gctrace', true]]);
});
