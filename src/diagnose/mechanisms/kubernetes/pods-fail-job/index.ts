import { containerExited, containerNotStarting, containerOomKilled, imageNotPulled } from '../../../../model/conditions/container.ts';
import { jobFailed, podEvicted, podUnschedulable } from '../../../../model/conditions/workload.ts';
import { defineMechanism, fails, holds, type Kind } from '../../../../model/index.ts';
import { onParts } from '../../../lib/part-joins.ts';

const KINDS = [containerExited, containerOomKilled, containerNotStarting, imageNotPulled, podUnschedulable, podEvicted] as unknown as readonly Kind[];

export const podsFailJob = defineMechanism({
  id: 'kubernetes/pods-fail-job',
  title: 'the job gives up after its pods have failed',
  to: jobFailed,
  from: [{ kind: containerExited, role: 'amplifier', join: onParts(KINDS) }],
  because: 'a job counts the failures of its pods and gives up at backoffLimit, or at activeDeadlineSeconds',
  requires: [],
  confirms: [
    {
      id: 'backoff-limit',
      title: 'the job counted failures of its pods',
      test: ({ effect, causes }) =>
        effect.facts['reason'] === 'BackoffLimitExceeded' && (causes[0]?.kind === containerExited.id || causes[0]?.kind === containerOomKilled.id)
          ? holds('BackoffLimitExceeded', effect.places)
          : fails(`the job says ${String(effect.facts['reason'])}`, effect.places),
    },
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['a deadline that was too short for pods that also failed once'],
});
