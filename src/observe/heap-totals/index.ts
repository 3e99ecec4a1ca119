/**
 * Observes growth of the whole Go heap from the totals of heap profiles, for where no metrics were captured.
 * Reads: pprof, pprof-text · Answers: heap/growing. Absent is said between the first and the last profile of one process life.
 */
import { heapGrowing } from '../../model/conditions/memory.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  type Query,
  secondsOf,
  shortName,
  uniquePlaces,
  type World,
  weaker,
} from '../../model/index.ts';
import { fromBaseline } from '../lib/baseline.ts';
import { mayBeStart } from '../lib/cold-start.ts';
import { growthOfPoints, isSettled } from '../lib/heap/growth.ts';
import { profiledProcesses, type Snapshot, size } from '../lib/heap/snapshots.ts';

const NEXT = 'a third heap profile of the same process, minutes later: curl -s http://HOST:PORT/debug/pprof/heap > heap-3.pb.gz';

export const heapTotals: Observer = {
  id: 'heap-totals',
  answers: [heapGrowing],

  look(_kind: Kind, _query: Query, world: World): Observation {
    const conditions: Condition[] = [];
    const covered: Coverage[] = [];
    const notObservable: NotObservable[] = [];
    for (const p of profiledProcesses(world.readings)) {
      let best: { condition: Condition; grown: number } | null = null;
      for (const whole of p.lives) {
        const { list: life, firstIsWell } = fromBaseline(whole, (s) => s.at, world.baseline);
        const first = life[0] as Snapshot;
        const last = life.at(-1) as Snapshot;
        if (life.length < 2) continue;
        const growth = growthOfPoints(life.map((s) => ({ at: s.at as NonNullable<Snapshot['at']>, bytes: s.totalBytes, variance: s.totalVariance })));
        if (growth !== null && !firstIsWell && !isSettled(growth, first.allocatedBytes)) {
          notObservable.push({ why: `two heap profiles of ${shortName(p.process)}, the first soon after its start: a warm-up looks like that too`, next: NEXT });
          continue;
        }
        covered.push({ entity: p.process, interval: { from: first.at, to: last.at }, places: [first.place, last.place] });
        if (growth === null || (best !== null && growth.to - growth.from <= best.grown)) continue;
        const ill = life[growth.firstIll] as Snapshot;
        best = {
          grown: growth.to - growth.from,
          condition: condition(heapGrowing, {
            entity: p.process,
            during: { from: ill.at, to: last.at },
            onset: { lastWell: firstIsWell ? first.at : null, firstIll: ill.at },
            quantity: { value: growth.to, baseline: growth.from, unit: 'bytes', known: 'sampled' },
            facts: { fromBytes: growth.from, toBytes: growth.to, perMinuteBytes: growth.perMinute, source: 'heap profiles' },
            says: `heap in use of ${shortName(p.process)} ${size(growth.from)} → ${size(growth.to)} over ${growth.points} profiles`,
            places: uniquePlaces([first.place, last.place]),
            mayPass: firstIsWell
              ? undefined
              : mayBeStart(
                  {
                    started: null,
                    from: secondsOf(first.at as NonNullable<Snapshot['at']>),
                    to: secondsOf(last.at as NonNullable<Snapshot['at']>),
                    grownBytes: growth.to - growth.from,
                    toBytes: growth.to,
                    allocatedBefore: first.allocatedBytes,
                    limitBytes: null,
                  },
                  'curl -s http://HOST:PORT/debug/pprof/heap > heap-later.pb.gz',
                ),
            // the runtime's own series, where at hand, knows more than a few sampled moments: it speaks first where both are one condition
            strength: weaker(p.strength, 'derived'),
          }) as Condition,
        };
      }
      if (best !== null) conditions.push(best.condition);
    }
    return { conditions, covered, notObservable };
  },
};
