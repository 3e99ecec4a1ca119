/** `gorca goroutines leaks`: what piles up in a series of dumps, and who waits for whom. */
import { type Artifact, processOf, type Readings } from '../../model/index.ts';
import { goroutinesObserver } from '../../observe/goroutines/index.ts';
import { leaksIn } from '../../observe/goroutines/leaks.ts';
import { snapshotsIn } from '../../observe/goroutines/snapshots.ts';
import { studiedBy } from '../../observe/goroutines/study.ts';
import { type GoroutineThresholds, THRESHOLDS } from '../../observe/goroutines/thresholds.ts';
import { openWorld } from '../../observe/lib/world.ts';
import { source } from '../../observe/source/index.ts';
import { goMod } from '../../read/go-mod/index.ts';
import { goSource } from '../../read/go-source/index.ts';
import { renderGoroutineLeaks } from '../../report/goroutines/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { prepareSource } from '../prepare-source.ts';
import { UsageError } from '../usage-error.ts';
import { givenOrder, openDumps } from './open-dumps.ts';

export const run: Run = async (console, flags, args) => {
  const than = thresholds(flags);
  const { artifacts, readings, dumps, ofFile, exit } = await openDumps(console, args, [goSource, goMod]);
  if (dumps.length === 0) return exit;
  await prepareSource(artifacts);
  // what is given together is of one process, unless a manifest says of which each is
  const owner = (a: Artifact) => {
    const stated = a.covers.find((c) => c.entity.kind === 'process' || c.entity.kind === 'container' || c.entity.kind === 'pod');
    return { process: processOf(stated?.entity.key ?? 'the process'), strength: stated?.strength ?? ('derived' as const), edges: [] };
  };
  const known = new WeakMap<Readings, ReturnType<typeof snapshotsIn>>();
  const study = studiedBy(
    (of) => {
      const made = known.get(of) ?? snapshotsIn(of, owner);
      known.set(of, made);
      return made;
    },
    than,
    givenOrder(dumps, args) ?? undefined,
  );
  const world = openWorld(readings, [goroutinesObserver(study), source]);
  const leaks = leaksIn(world, study, ofFile);
  if (flags['json'] === true) printJson(console, leaks);
  else console.out(renderGoroutineLeaks(leaks, { ...styleOf(console, flags), stacks: flags['stacks'] === true }));
  return EXIT.finished;
};

function thresholds(flags: FlagValues): GoroutineThresholds {
  const count = (name: string, otherwise: number): number => (typeof flags[name] === 'number' ? flags[name] : otherwise);
  const share = (name: string, otherwise: number): number => {
    const percent = count(name, otherwise * 100);
    if (percent > 100) throw new UsageError(`--${name} ${percent}: per cent of the goroutines, from 1 to 100`);
    return percent / 100;
  };
  const least = count('least', THRESHOLDS.leastGrowth);
  return {
    ...THRESHOLDS,
    leastGrowth: least,
    leastGrowthWithoutIds: Math.max(least, (THRESHOLDS.leastGrowthWithoutIds * least) / THRESHOLDS.leastGrowth),
    leastPerMinute: count('per-minute', THRESHOLDS.leastPerMinute),
    stay: share('stay', THRESHOLDS.stay),
    crowd: count('crowd', THRESHOLDS.crowd),
    crowdShare: share('share', THRESHOLDS.crowdShare),
    crowdMinutes: count('minutes', THRESHOLDS.crowdMinutes),
  };
}
