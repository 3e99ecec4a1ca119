/**
 * Observes growth of the live heap from the lines GODEBUG=gctrace=1 leaves in a log: what each collection left alive, for where no metrics
 * were captured. Reads: gctrace, logs · Answers: heap/growing. Absent is said of a process life with enough cycles over enough time.
 */
import { heapGrowing } from '../../model/conditions/memory.ts';
import {
  type Artifact,
  type Condition,
  type Coverage,
  condition,
  type Entity,
  entityId,
  type Identified,
  type Instant,
  instant,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  type Place,
  parseInstant,
  placeAt,
  processOf,
  type Query,
  type Readings,
  type Strength,
  shortName,
  type World,
  weaker,
} from '../../model/index.ts';
import { type GcCycle, gctrace as reader } from '../../read/gctrace/index.ts';
import { mayBeStart } from '../lib/cold-start.ts';
import { growthOfPoints } from '../lib/heap/growth.ts';
import { size } from '../lib/heap/snapshots.ts';
import { logOwners } from '../lib/logs/who.ts';

const MIB = 1024 ** 2;
/** The stretches a life is cut into; each is told by the median of its cycles, for a single one may catch a burst alive. */
const STRETCHES = 6;
const MANY_CYCLES = 3 * STRETCHES;
const LEAST_SECONDS = 30;
/**
 * With GOGC=100 the next collection comes when the heap has doubled: what only grows is collected seldom, and each cycle is then a point of its
 * own. Over less than this a program that loads its data at start looks the same.
 */
const FEW_CYCLES = 5;
const FEW_SECONDS = 60;
const LEAST_GROWTH = 6 * MIB;

export const gctrace: Observer = {
  id: 'gctrace',
  answers: [heapGrowing],

  identify(readings: Readings): Identified {
    return {
      aliases: [],
      edges: readings.of(reader).flatMap(({ artifact, model }) => {
        const owner = ownerOf(artifact, readings);
        const place = model.cycles[0] === undefined ? null : placeOf(artifact, model.cycles[0]);
        if (place === null) return [];
        return artifact.covers
          .filter((c) => ['container', 'pod', 'service', 'workload'].includes(c.entity.kind) && entityId(c.entity) !== entityId(owner.process))
          .map((c) => ({ from: owner.process, relation: 'part-of' as const, to: c.entity, strength: c.strength, places: [place] }));
      }),
    };
  },

  look(_kind: Kind, _query: Query, world: World): Observation {
    const conditions: Condition[] = [];
    const covered: Coverage[] = [];
    const notObservable: NotObservable[] = [];
    for (const { artifact, model } of world.readings.of(reader)) {
      const { process, strength } = ownerOf(artifact, world.readings);
      let best: { condition: Condition; grown: number } | null = null;
      for (let life = 0; life < model.lives; life++) {
        const cycles = model.cycles.filter((c) => c.life === life);
        const first = cycles[0];
        const last = cycles.at(-1);
        if (first === undefined || last === undefined) continue;
        const seconds = last.atSeconds - first.atSeconds;
        if (cycles.length < FEW_CYCLES || seconds < (cycles.length < MANY_CYCLES ? FEW_SECONDS : LEAST_SECONDS)) {
          notObservable.push({
            why: `${cycles.length} collections of ${shortName(process)} within ${Math.round(seconds)} s tell no growth`,
            next: 'a longer stretch of the same log',
          });
          continue;
        }
        const timeOf = clock(cycles);
        covered.push({ entity: process, interval: { from: timeOf(first), to: timeOf(last) }, places: [placeOf(artifact, first), placeOf(artifact, last)] });
        const found = growthIn(cycles);
        if (found === null || (best !== null && found.to - found.from <= best.grown)) continue;
        best = {
          grown: found.to - found.from,
          condition: condition(heapGrowing, {
            entity: process,
            during: { from: timeOf(found.ill), to: timeOf(last) },
            onset: { lastWell: null, firstIll: timeOf(found.ill) },
            quantity: { value: found.to, baseline: found.from, unit: 'bytes', known: 'counted' },
            facts: { fromBytes: found.from, toBytes: found.to, perMinuteBytes: found.perMinute, source: 'gctrace' },
            says: `live heap of ${shortName(process)} after collections ${size(found.from)} → ${size(found.to)} over ${cycles.length} of them`,
            places: [placeOf(artifact, found.ill), placeOf(artifact, last)],
            // the lines count from the start of the process
            mayPass: mayBeStart(
              { started: 0, from: first.atSeconds, to: last.atSeconds, grownBytes: found.to - found.from, toBytes: found.to, allocatedBefore: null, limitBytes: null },
              'a longer stretch of the same log',
            ),
            // the runtime's series, where at hand, cover more: they speak first where both are one condition
            strength: weaker(strength, 'derived'),
          }) as Condition,
        };
      }
      if (best !== null) conditions.push(best.condition);
    }
    return { conditions, covered, notObservable };
  },
};

const placeOf = (artifact: Artifact, c: GcCycle): Place => placeAt(artifact.id, c.span, { pointer: `gc ${c.number} @${c.atSeconds}s` });

function ownerOf(artifact: Artifact, readings: Readings): { process: Entity; strength: Strength } {
  const stated = artifact.covers.find((c) => c.entity.kind === 'process');
  if (stated !== undefined) return { process: stated.entity, strength: stated.strength };
  const inside = artifact.covers.find((c) => c.entity.kind === 'container');
  if (inside !== undefined) return { process: processOf(inside.entity.key), strength: inside.strength };
  const log = logOwners(readings).find((o) => o.digest.source.artifact.id === artifact.id);
  if (log !== undefined) return { process: log.process, strength: log.strength };
  const file = artifact.member ?? artifact.path;
  return { process: processOf(`@${file.slice(file.lastIndexOf('/') + 1)}`), strength: 'guessed' };
}

/** Wall time of a cycle, where the log's driver stamps lines: from the stamp of any cycle of the life, the others by the program's own seconds. */
function clock(cycles: readonly GcCycle[]): (c: GcCycle) => Instant | null {
  for (const c of cycles) {
    const at = c.time === null ? null : parseInstant(c.time);
    if (at !== null) return (other) => instant(at + BigInt(Math.round((other.atSeconds - c.atSeconds) * 1e9)));
  }
  return () => null;
}

/** null: no growth. Seconds since the start serve as time: only differences are used. */
export function growthIn(cycles: readonly GcCycle[]): { from: number; to: number; perMinute: number; ill: GcCycle } | null {
  const first = cycles[0] as GcCycle;
  const last = cycles.at(-1) as GcCycle;
  const length = (last.atSeconds - first.atSeconds) / STRETCHES;
  const stretches: GcCycle[][] = Array.from({ length: STRETCHES }, () => []);
  for (const c of cycles) stretches[Math.min(STRETCHES - 1, Math.floor((c.atSeconds - first.atSeconds) / length))]?.push(c);
  const told = cycles.length < MANY_CYCLES ? cycles.map((c) => [c]) : stretches.filter((s) => s.length > 0);
  const points = told.map((s) => {
    const live = s.map((c) => c.liveMb * MIB).sort((a, b) => a - b);
    const middle = live[live.length >> 1] as number;
    // spread of the middle half: what bursts add and take
    const spread = ((live[Math.ceil(live.length * 0.75) - 1] as number) - (live[Math.floor(live.length * 0.25)] as number)) / 2;
    return {
      at: instant(BigInt(Math.round(((s[0] as GcCycle).atSeconds + (s.at(-1) as GcCycle).atSeconds) * 5e8))),
      bytes: middle,
      variance: (spread / Math.sqrt(live.length)) ** 2,
    };
  });
  if (points.length < 3) return null;
  const growth = growthOfPoints(points);
  if (growth === null || growth.to - growth.from < LEAST_GROWTH) return null;
  return { from: growth.from, to: growth.to, perMinute: growth.perMinute, ill: told[growth.firstIll]?.[0] ?? last };
}
