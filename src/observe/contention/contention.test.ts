import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collectFiles } from '../../collect/files/index.ts';
import { lockContended } from '../../model/conditions/contention.ts';
import { type Kind, processOf } from '../../model/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { pprof } from '../../read/pprof/index.ts';
import { pprofText } from '../../read/pprof-text/index.ts';
import { openWorld } from '../lib/world.ts';
import { contention } from './index.ts';

async function seen(name: string, which: RegExp) {
  const { artifacts } = await collectFiles([fileURLToPath(new URL(`../../../${name.includes('/') ? name : `go/zoo/testdata/${name}`}`, import.meta.url))]);
  const kept = artifacts.filter((a) => which.test(a.path)).map((a) => ({ ...a, covers: [{ entity: processOf('profiles@1'), strength: 'stated' as const }] }));
  expect(kept.length).toBeGreaterThan(0);
  const answer = openWorld(openReadings(kept, [pprof, pprofText]), [contention]).look(lockContended as Kind);
  return answer.state !== 'observed'
    ? [answer.state]
    : answer.conditions.map((c) => `${c.facts['side']} ${String(c.facts['function']).replace(/^.*\//, '')} ${Number(c.facts['share']) > 0.9}`);
}

describe('locks/contended', () => {
  it('a mutex profile names who gave the lock back, a block profile who waited', async () => {
    expect(await seen('lock-across-io', /mutex-/)).toEqual(['released profiles.(*Directory).Get true']);
    expect(await seen('lock-across-io', /block-/)).toEqual(['waited profiles.(*Directory).Get true']);
    expect(await seen('lock-across-io', /mutex-|block-/)).toHaveLength(2);
  });

  it('as text (debug=1) they say the same; a heap as text says nothing', async () => {
    const folder = 'src/read/pprof-text/testdata';
    expect(await seen(folder, /mutex\.go1\.26\.txt$/)).toEqual(['released main.contend.func1 true']);
    expect(await seen(folder, /block\.go1\.26\.txt$/)).toEqual(['waited main.contend.func1 true']);
    expect(await seen(folder, /heap\.go1\.26\.txt$/)).toEqual(['not-observable']);
  });

  it('milliseconds of waiting are no contention', async () => {
    expect(await seen('lock-across-io.healthy', /mutex-|block-/)).toEqual(['not-observable']);
  });

  it('locks that are never given back are not in it: a circle is not seen', async () => {
    expect(await seen('lock-cycle', /mutex-|block-/)).toEqual(['not-observable']);
  });

  it('waiting for channels and the network is no waiting for locks, and other profiles say nothing', async () => {
    expect(await seen('lock-across-io', /heap-|goroutine-.*pb/)).toEqual(['not-observable']);
  });
});
