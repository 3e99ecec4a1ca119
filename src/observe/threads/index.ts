/**
 * Observes growth of the number of threads where no metrics were captured: from threadcreate profiles (protobuf or text) and schedtrace lines.
 * Reads: pprof, pprof-text, gctrace · Answers: threads/growing. Absent is said between the first and the last count of one process.
 */
import { threadsGrowing } from '../../model/conditions/threads.ts';
import {
  type Artifact,
  type Condition,
  type Coverage,
  condition,
  type Entity,
  entityId,
  type Instant,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  type Place,
  parseInstant,
  placeAt,
  type Readings,
  type Strength,
  shortName,
  type World,
  weaker,
} from '../../model/index.ts';
import { gctrace } from '../../read/gctrace/index.ts';
import { pprof, typeIndex } from '../../read/pprof/index.ts';
import { pprofText } from '../../read/pprof-text/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';

/** As of go_threads: fewer are the runtime's own coming and going. */
const LEAST = 30;
const TIMES = 2;
/** What counts as having come back. */
const STAYS = 0.7;

interface Counted {
  readonly at: Instant;
  readonly threads: number;
  readonly place: Place;
}

interface Counts {
  readonly process: Entity;
  readonly strength: Strength;
  readonly list: Counted[];
}

export const threads: Observer = {
  id: 'threads',
  answers: [threadsGrowing] as readonly unknown[] as readonly Kind[],

  look(_kind, _query, world: World): Observation {
    const conditions: Condition[] = [];
    const covered: Coverage[] = [];
    const notObservable: NotObservable[] = [];
    for (const { process, strength, list } of countsOf(world.readings)) {
      const points = list.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined || points.length < 2 || first.at === last.at) {
        notObservable.push({ why: `threads of ${shortName(process)} were counted at one moment only`, next: threadsGrowing.next });
        continue;
      }
      covered.push({ entity: process, interval: { from: first.at, to: last.at }, places: [first.place, last.place] });
      const most = Math.max(...points.map((p) => p.threads));
      const grown = last.threads - first.threads;
      if (grown < LEAST || last.threads < first.threads * TIMES || grown < (most - first.threads) * STAYS) continue;
      const ill = points.find((p) => p.threads - first.threads >= LEAST) ?? last;
      const perMinute = Math.round(grown / (Number(last.at - first.at) / 6e10));
      conditions.push(
        condition(threadsGrowing, {
          entity: process,
          during: { from: ill.at, to: last.at },
          onset: { lastWell: null, firstIll: ill.at },
          quantity: { value: last.threads, baseline: first.threads, unit: 'threads', known: 'counted' },
          facts: { fromCount: first.threads, toCount: last.threads, perMinute },
          says: `threads of ${shortName(process)} ${first.threads} → ${last.threads}, ${perMinute} a minute`,
          places: [first.place, last.place],
          // the runtime's series, where at hand, cover more: they speak first where both are one condition
          strength: weaker(strength, 'derived'),
        }) as Condition,
      );
    }
    return { conditions, covered, notObservable };
  },
};

function countsOf(readings: Readings): readonly Counts[] {
  const found = new Map<string, Counts>();
  const add = (artifact: Artifact, at: Instant | null, threads: number, place: Place): void => {
    if (at === null) return;
    const owner = processOfArtifact(artifact, readings);
    const key = entityId(owner.process);
    const counts = found.get(key) ?? { process: owner.process, strength: owner.strength, list: [] };
    counts.list.push({ at, threads, place });
    found.set(key, counts);
  };
  for (const { artifact, model } of readings.of(pprof)) {
    const type = typeIndex(model, 'threadcreate');
    if (type < 0) continue;
    let total = 0;
    for (let s = 0; s < model.samples.count; s++) total += model.samples.value[s * model.sampleTypes.length + type]!;
    add(
      artifact,
      artifact.takenAt ?? null,
      total,
      placeAt(artifact.id, { offset: 0, length: Math.min(16, artifact.source.sizeBytes) }, { pointer: `threadcreate profile: ${total}` }),
    );
  }
  for (const { artifact, model } of readings.of(pprofText)) {
    if (model.profile !== 'threadcreate') continue;
    const total = model.rows.reduce((n, row) => n + (row.values[0] ?? 0), 0);
    add(artifact, artifact.takenAt ?? null, total, placeAt(artifact.id, model.head));
  }
  for (const { artifact, model } of readings.of(gctrace))
    for (const s of model.sched) add(artifact, s.time === null ? null : parseInstant(s.time), s.threads, placeAt(artifact.id, s.span, { pointer: `SCHED ${s.threads} threads` }));
  return [...found.values()];
}
