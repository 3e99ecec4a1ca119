import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { collectFiles } from '../../collect/files/index.ts';
import { threadsGrowing } from '../../model/conditions/threads.ts';
import type { Artifact, Kind, Observation } from '../../model/index.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { openWorld } from '../lib/world.ts';
import { threads } from './index.ts';

async function look(run: string, keep: (a: Artifact) => boolean = () => true): Promise<Observation> {
  const { artifacts } = await collectFiles([fileURLToPath(new URL(`../../../go/zoo/testdata/${run}`, import.meta.url))]);
  const world = openWorld(openReadings(artifacts.filter(keep), readers), [threads]);
  return threads.look(threadsGrowing as Kind, { entity: null, interval: { from: null, to: null } }, world);
}

test('two threadcreate profiles of one process show growth, and where it began and ended', async () => {
  const { conditions } = await look('threads-in-c');
  expect(conditions.map((c) => [c.kind, c.facts['fromCount'], c.facts['toCount'], c.places.length])).toEqual([['threads/growing', 66, 281, 2]]);
});

test('threads that stay as few as they were are absent, with what covers it', async () => {
  const { conditions, covered } = await look('threads-in-syscalls.healthy');
  expect([conditions, covered.map((c) => c.places.length)]).toEqual([[], [2]]);
});

test('one count shows no growth', async () => {
  let kept = 0;
  const { conditions, covered, notObservable } = await look('threads-in-c', (a) => !a.path.includes('threadcreate') || ++kept === 1);
  expect([conditions, covered]).toEqual([[], []]);
  expect(notObservable.map((n) => n.why)).toEqual([expect.stringContaining('at one moment only')]);
});

test('lines of schedtrace that a log driver stamped count as well', async () => {
  const { conditions, covered } = await look('gctrace', (a) => a.path.endsWith('.log'));
  // the log has no stamps of its own: nothing is known of when
  expect([conditions, covered]).toEqual([[], []]);
});
