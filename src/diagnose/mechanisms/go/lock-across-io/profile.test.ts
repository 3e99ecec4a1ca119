import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { collectFiles } from '../../../../collect/files/index.ts';
import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { ioUnderLock } from '../../../../model/conditions/source.ts';
import { type Condition, condition, goFunction, type Kind, placeAt, processOf } from '../../../../model/index.ts';
import { contention } from '../../../../observe/contention/index.ts';
import { openWorld } from '../../../../observe/lib/world.ts';
import { openReadings } from '../../../../read/lib/readings.ts';
import { pprof } from '../../../../read/pprof/index.ts';
import { lockAcrossIo } from './index.ts';

const GET = 'gorca.dev/go/zoo/services/profiles.(*Directory).Get';
const made = (kind: unknown, entity: ReturnType<typeof processOf>, facts: Record<string, string>): Condition =>
  condition(kind as Kind, {
    entity,
    during: { from: null, to: null },
    onset: { lastWell: null, firstIll: null },
    facts,
    says: 'made for the check',
    places: [placeAt('a', { offset: 0, length: 1 })],
  }) as Condition;

/** What the check says of a convoy of one process, with the recorded profiles of profiles@1. */
async function namesHolder(lockFunction: string, process: string, which: RegExp): Promise<string> {
  const { artifacts } = await collectFiles([fileURLToPath(new URL('../../../../../go/zoo/testdata/lock-across-io', import.meta.url))]);
  const kept = artifacts.filter((a) => which.test(a.path)).map((a) => ({ ...a, covers: [{ entity: processOf('profiles@1'), strength: 'stated' as const }] }));
  expect(kept.length).toBeGreaterThan(0);
  const world = openWorld(openReadings(kept, [pprof]), [contention]);
  const link = { effect: made(lockConvoy, processOf(process), {}), causes: [made(ioUnderLock, goFunction(lockFunction), { lockFunction })] };
  return lockAcrossIo.supports!.find((c) => c.id === 'profile-names-holder')!.test(link, world).state;
}

it('the mutex profile names the function that holds the lock; another function, another process and waiters do not count', async () => {
  expect(await namesHolder(GET, 'profiles@1', /mutex-/)).toBe('holds');
  expect(await namesHolder(GET.replace('Get', 'Put'), 'profiles@1', /mutex-/)).toBe('fails');
  expect(await namesHolder(GET, 'accounts@1', /mutex-/)).toBe('unknown');
  expect(await namesHolder(GET, 'profiles@1', /block-/)).toBe('unknown');
});
