import { probeFailing } from '../../../../model/conditions/container.ts';
import { workloadUnavailable } from '../../../../model/conditions/workload.ts';
import { defineMechanism, isKind, type Kind } from '../../../../model/index.ts';
import { onParts } from '../../../lib/part-joins.ts';
import { allMissingAreThese, sickReplicas } from '../../../lib/sick-replicas.ts';

const KINDS = [probeFailing] as unknown as readonly Kind[];

/** Liveness failures end in kills, which have a way of their own. */
export const readinessUnavailable = defineMechanism({
  id: 'kubernetes/readiness-unavailable',
  title: 'replicas are missing because their readiness probe fails',
  to: workloadUnavailable,
  from: [{ kind: probeFailing, role: 'amplifier', join: onParts(KINDS, (cause) => isKind(cause, probeFailing) && cause.facts.probe !== 'liveness') }],
  because: 'a pod is ready, and counted as available, only while its readiness probe succeeds',
  requires: [],
  confirms: [allMissingAreThese(KINDS)],
  refutes: [],
  rivals: ['kubernetes/crash-loop-unavailable'],
  accounts: sickReplicas(KINDS),
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? link.effect.entity.key }],
  acceptedFalsePositives: ['a probe that failed some times and recovered, while replicas are missing for another reason'],
});
