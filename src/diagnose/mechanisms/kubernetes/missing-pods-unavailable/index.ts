import { containerNotStarting, imageNotPulled } from '../../../../model/conditions/container.ts';
import { podsNotCreated, podUnschedulable, workloadUnavailable } from '../../../../model/conditions/workload.ts';
import { defineMechanism, type Kind } from '../../../../model/index.ts';
import { onParts } from '../../../lib/part-joins.ts';
import { allMissingAreThese, sickReplicas } from '../../../lib/sick-replicas.ts';

const KINDS = [containerNotStarting, imageNotPulled, podUnschedulable, podsNotCreated] as unknown as readonly Kind[];

export const missingPodsUnavailable = defineMechanism({
  id: 'kubernetes/missing-pods-unavailable',
  title: 'replicas are missing because their pods are not created, placed or started',
  to: workloadUnavailable,
  from: [{ kind: containerNotStarting, role: 'amplifier', join: onParts(KINDS) }],
  because: 'a pod that was refused, found no node or cannot start its container never becomes ready',
  requires: [],
  confirms: [allMissingAreThese(KINDS)],
  refutes: [],
  rivals: [],
  accounts: sickReplicas(KINDS),
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? link.effect.entity.key }],
  acceptedFalsePositives: ['a pod of a rollout that waits while pods of the old template fail for another reason'],
});
