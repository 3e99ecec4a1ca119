/** Says where goroutines stand, pile up, stand still and wait for each other's locks, from dumps of any form. */
import {
  bucketBlocked,
  bucketGrowing,
  bucketSeen,
  bucketShrinks,
  goroutinesGrowing,
  lockConvoy,
  lockCycle,
  lockKept,
  nilChannel,
  slotsExhausted,
  wakerGone,
} from '../../model/conditions/goroutines.ts';
import { type Condition, type Coverage, type Edge, entityId, type Kind, type NotObservable, type Observation, type Observer } from '../../model/index.ts';
import { blocked, countGrowing, growing, intervalOf, nilChannels, seen, shrinking } from './growth.ts';
import { lockConvoys, lockCycles } from './lock-conditions.ts';
import { lockWaits } from './locks.ts';
import { snapshots } from './owned-snapshots.ts';
import { type Life, leaksOnly } from './series.ts';
import { exhaustedSlots } from './slots.ts';
import { circlesOfGroups, circlesThroughWaits, forsakenGoroutines, keptLocks } from './standstill-conditions.ts';
import { type StudiedLife, type Study, studiedBy } from './study.ts';
import { THRESHOLDS } from './thresholds.ts';

export const goroutines: Observer = goroutinesObserver(studiedBy(snapshots, THRESHOLDS));

export function goroutinesObserver(study: Study): Observer {
  return {
    id: 'goroutines',
    answers: [
      bucketGrowing,
      bucketShrinks,
      bucketBlocked,
      bucketSeen,
      goroutinesGrowing,
      lockCycle,
      lockConvoy,
      lockKept,
      nilChannel,
      slotsExhausted,
      wakerGone,
    ] as readonly Kind[],

    identify(readings) {
      const edges = new Map<string, Edge>();
      for (const s of study.dumps(readings)) {
        for (const e of s.owner.edges) edges.set(`${entityId(e.from)} ${e.relation} ${entityId(e.to)}`, e);
        // buckets are entities of their own: what is known of the process holds for them
        for (const [key, b] of s.buckets)
          if (!b.system) {
            const from = { kind: 'bucket' as const, key: `${s.owner.process.key}/${key}` };
            const id = `${entityId(from)} part-of`;
            if (!edges.has(id)) edges.set(id, { from, relation: 'part-of', to: s.owner.process, strength: 'stated', places: b.places.slice(0, 1) });
          }
      }
      return { aliases: [], edges: [...edges.values()] };
    },

    look(kind, _query, world): Observation {
      if (study.dumps(world.readings).length === 0) return { conditions: [], covered: [], notObservable: [{ why: 'no goroutine dump is at hand', next: kind.next }] };
      const lives = study.lives(world);
      switch (kind.id) {
        case bucketGrowing.id:
          return {
            conditions: bestOfLives(lives.flatMap((l) => l.growths.map((g) => growing(g, lockWaits)))),
            ...coverage(lives, 2, kind, 'one dump cannot show growth'),
          };
        case bucketShrinks.id:
          return {
            conditions: bestOfLives(lives.flatMap((l) => l.tracks.map(shrinking).filter((c) => c !== null))),
            ...coverage(lives, 3, kind, 'fewer than three dumps of one process life cannot show that a crowd goes away again', (l) => l.sameLife === 'ids'),
          };
        case goroutinesGrowing.id:
          return {
            conditions: bestOfLives(lives.map((l) => countGrowing(l.judged, l.growths, study.than)).filter((c) => c !== null)),
            ...coverage(lives, 2, kind, 'one dump cannot show growth'),
          };
        case bucketBlocked.id:
          return { conditions: bestOfLives(lives.flatMap((l) => blocked(l.tracks, lockWaits))), ...coverage(lives, 1, kind, '') };
        case bucketSeen.id:
          return { conditions: bestOfLives(lives.flatMap((l) => seen(l.tracks))), ...coverage(lives, 1, kind, '') };
        case nilChannel.id:
          return { conditions: bestOfLives(lives.flatMap((l) => nilChannels(l.tracks))), ...lockCoverage(lives, kind) };
        case lockCycle.id:
          return {
            conditions: bestOfLives(lives.flatMap((l) => [...lockCycles(l.life, world), ...circlesThroughWaits(l.life, world), ...circlesOfGroups(l.life, world)])),
            ...lockCoverage(lives, kind),
          };
        case lockConvoy.id:
          return { conditions: bestOfLives(lives.flatMap((l) => lockConvoys(l.life, world))), ...lockCoverage(lives, kind) };
        case lockKept.id:
          return { conditions: bestOfLives(lives.flatMap((l) => keptLocks(l.life, world))), ...lockCoverage(lives, kind) };
        case slotsExhausted.id:
          return { conditions: bestOfLives(lives.flatMap((l) => exhaustedSlots(l.life, world))), ...lockCoverage(lives, kind) };
        case wakerGone.id:
          return { conditions: bestOfLives(lives.flatMap((l) => forsakenGoroutines(l.life, world))), ...lockCoverage(lives, kind) };
        default:
          return { conditions: [], covered: [], notObservable: [] };
      }
    },
  };
}

/** One condition an entity: of several lives of a process the one that shows most. */
function bestOfLives(conditions: readonly Condition[]): Condition[] {
  const best = new Map<string, Condition>();
  for (const c of conditions) {
    const known = best.get(c.id);
    if (known === undefined || weight(c) > weight(known)) best.set(c.id, c);
  }
  return [...best.values()];
}

const weight = (c: Condition): number => (c.quantity?.value ?? 0) - (c.quantity?.baseline ?? 0);

function coverage(
  lives: readonly StudiedLife[],
  least: number,
  kind: Kind,
  why: string,
  also: (l: Life) => boolean = () => true,
): { covered: Coverage[]; notObservable: NotObservable[] } {
  const covered: Coverage[] = [];
  const notObservable: NotObservable[] = [];
  for (const { life } of lives) {
    if (leaksOnly(life)) notObservable.push({ why: `only leaked goroutines of ${life.process.key} were captured: of the others nothing is known`, next: kind.next });
    else if (life.dumps.length >= least && also(life)) covered.push({ entity: life.process, interval: intervalOf(life), places: life.dumps.map((s) => s.place).slice(0, 3) });
    else if (why !== '') notObservable.push({ why: `${why} (${life.process.key})`, next: kind.next });
  }
  return { covered, notObservable };
}

/** Only debug=2 prints what each goroutine waits for with its addresses. */
function lockCoverage(lives: readonly StudiedLife[], kind: Kind): { covered: Coverage[]; notObservable: NotObservable[] } {
  const covered: Coverage[] = [];
  const notObservable: NotObservable[] = [];
  for (const { life } of lives) {
    const full = life.all.filter((s) => s.table !== null && s.complete);
    if (full.length > 0) covered.push({ entity: life.process, interval: { from: full[0]?.at ?? null, to: full.at(-1)?.at ?? null }, places: full.map((s) => s.place).slice(0, 3) });
    else notObservable.push({ why: `the dumps of ${life.process.key} count stacks only: who waits for which lock is not in them`, next: kind.next });
  }
  return { covered, notObservable };
}
