import { containerCrashLooping, containerExited, containerKilledByLiveness, containerOomKilled } from '../../../../model/conditions/container.ts';
import { workloadUnavailable } from '../../../../model/conditions/workload.ts';
import { defineMechanism, type Kind } from '../../../../model/index.ts';
import { onParts } from '../../../lib/part-joins.ts';
import { allMissingAreThese, sickReplicas } from '../../../lib/sick-replicas.ts';

const KINDS = [containerCrashLooping, containerOomKilled, containerKilledByLiveness, containerExited] as unknown as readonly Kind[];

export const crashLoopUnavailable = defineMechanism({
  id: 'kubernetes/crash-loop-unavailable',
  title: 'replicas are missing because their containers do not stay up',
  to: workloadUnavailable,
  from: [{ kind: containerCrashLooping, role: 'amplifier', join: onParts(KINDS) }],
  because: 'a pod whose container has ended is not ready, and a Deployment counts ready pods only',
  requires: [],
  confirms: [allMissingAreThese(KINDS)],
  refutes: [],
  rivals: [],
  accounts: sickReplicas(KINDS),
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? link.effect.entity.key }],
  acceptedFalsePositives: ['a pod that restarted and was ready again while another reason kept its neighbours away'],
});
