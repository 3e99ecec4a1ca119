/**
 * Observes whether a process uses all the CPU it may, and what on.
 * Reads: cgroup-files, prometheus-text, prometheus-api, pprof · Answers: cpu/saturated, cpu/burst-throttled, cpu/spent-at, cpu/spent-on, cpu/allocating-site.
 */
import { allocatingSite, burstThrottled, cpuSaturated, cpuSpentAt, cpuSpentOn } from '../../model/conditions/cpu.ts';
import { type Identified, type Kind, NOTHING, type Observation, type Observer, type Query, type Readings, type World } from '../../model/index.ts';
import { type Profile, pprof, typeIndex } from '../../read/pprof/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { lookAllocating } from './allocating.ts';
import { lookBursts, lookSaturated } from './saturated.ts';
import { lookSpentAt, lookSpentOn } from './spent-conditions.ts';

export const cpu: Observer = {
  id: 'cpu',
  answers: [cpuSaturated, burstThrottled, cpuSpentAt, cpuSpentOn, allocatingSite] as readonly unknown[] as readonly Kind[],

  identify: (readings: Readings): Identified => ({
    aliases: [],
    edges: readings.of<Profile>(pprof).flatMap(({ artifact, model }) => (typeIndex(model, 'cpu') < 0 ? [] : processOfArtifact(artifact, readings).edges)),
  }),

  look(kind: Kind, _query: Query, world: World): Observation {
    switch (kind.id) {
      case cpuSaturated.id:
        return lookSaturated(world);
      case burstThrottled.id:
        return lookBursts(world);
      case cpuSpentAt.id:
        return lookSpentAt(world.readings);
      case cpuSpentOn.id:
        return lookSpentOn(world.readings);
      case allocatingSite.id:
        return lookAllocating(world.readings);
      default:
        return NOTHING;
    }
  },
};
