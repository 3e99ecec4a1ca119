/** Dumps as lives of processes with what grows in each: made once a world. */
import type { Readings, World } from '../../model/index.ts';
import { fromBaseline } from '../lib/baseline.ts';
import { type Growth, growthOf } from './growth.ts';
import { type Life, livesOf, type Track, tracksOf } from './series.ts';
import type { Snapshot } from './snapshots.ts';
import type { GoroutineThresholds } from './thresholds.ts';

export interface StudiedLife {
  readonly life: Life;
  /** The same from the stretch on that the user says was well. */
  readonly judged: Life;
  readonly tracks: readonly Track[];
  readonly growths: readonly Growth[];
}

export interface Study {
  readonly than: GoroutineThresholds;
  dumps(readings: Readings): readonly Snapshot[];
  lives(world: World): readonly StudiedLife[];
}

export function studiedBy(dumps: (readings: Readings) => readonly Snapshot[], than: GoroutineThresholds): Study {
  const memo = new WeakMap<World, readonly StudiedLife[]>();
  return {
    than,
    dumps,
    lives(world) {
      const known = memo.get(world) ?? livesOf(dumps(world.readings), world).map((life) => studyOf(life, world, than));
      memo.set(world, known);
      return known;
    },
  };
}

function studyOf(life: Life, world: World, than: GoroutineThresholds): StudiedLife {
  const tracks = tracksOf(life);
  const { list, firstIsWell } = fromBaseline(life.dumps, (s) => s.at, world.baseline);
  if (!firstIsWell) return { life, judged: life, tracks, growths: growthsOf(tracks, than) };
  // all that was captured is well: nothing is left that could have grown
  const judged: Life = { ...life, dumps: list, firstIsWell };
  return { life, judged, tracks, growths: list.length < 2 ? [] : growthsOf(tracksOf(judged), than) };
}

const growthsOf = (tracks: readonly Track[], than: GoroutineThresholds): Growth[] => tracks.map((t) => growthOf(t, than)).filter((g) => g !== null);
