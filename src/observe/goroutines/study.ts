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

/** `given`: see livesOf. */
export function studiedBy(dumps: (readings: Readings) => readonly Snapshot[], than: GoroutineThresholds, given?: ReadonlyMap<string, number>): Study {
  const memo = new WeakMap<World, readonly StudiedLife[]>();
  return {
    than,
    dumps,
    lives(world) {
      const known = memo.get(world) ?? livesOf(dumps(world.readings), world, given).map((life) => studyOf(life, world, than));
      memo.set(world, known);
      return known;
    },
  };
}

function studyOf(life: Life, world: World, than: GoroutineThresholds): StudiedLife {
  const tracks = tracksOf(life);
  const { list, firstIsWell } = fromBaseline(life.dumps, (s) => s.at, world.baseline);
  // of a dump that is cut more may have stood there than it shows: it may end a growth, never begin one
  const sound = list.filter((s, i) => s.complete || i === list.length - 1);
  if (!firstIsWell && sound.length === life.dumps.length) return { life, judged: life, tracks, growths: growthsOf(tracks, than) };
  const judged: Life = { ...life, dumps: sound, ...(firstIsWell ? { firstIsWell } : {}) };
  // all that was captured is well: nothing is left that could have grown
  return { life, judged, tracks, growths: firstIsWell && sound.length < 2 ? [] : growthsOf(tracksOf(judged), than) };
}

const growthsOf = (tracks: readonly Track[], than: GoroutineThresholds): Growth[] => tracks.map((t) => growthOf(t, than)).filter((g) => g !== null);
