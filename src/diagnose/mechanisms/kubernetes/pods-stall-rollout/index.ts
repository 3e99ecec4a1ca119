import {
  containerCrashLooping,
  containerExited,
  containerKilledByLiveness,
  containerNotStarting,
  containerOomKilled,
  imageNotPulled,
  probeFailing,
} from '../../../../model/conditions/container.ts';
import { podsNotCreated, podUnschedulable, rolloutStuck } from '../../../../model/conditions/workload.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, isKind, type Kind } from '../../../../model/index.ts';
import { onParts } from '../../../lib/part-joins.ts';

const KINDS = [
  containerNotStarting,
  imageNotPulled,
  podUnschedulable,
  podsNotCreated,
  containerCrashLooping,
  containerOomKilled,
  containerKilledByLiveness,
  containerExited,
  probeFailing,
] as unknown as readonly Kind[];

/** Liveness failures end in kills; of a probe that fails, readiness and startup hold the rollout up. */
const holdsUp = (cause: Condition, _effect: Condition, _ask: Ask): boolean => !isKind(cause, probeFailing) || cause.facts.probe !== 'liveness';

export const podsStallRollout = defineMechanism({
  id: 'kubernetes/pods-stall-rollout',
  title: 'the rollout waits for pods that never become ready',
  to: rolloutStuck,
  from: [{ kind: containerNotStarting, role: 'amplifier', join: onParts(KINDS, holdsUp) }],
  because: 'a Deployment moves on only as new pods become ready; after progressDeadlineSeconds it says that it does not',
  requires: [],
  confirms: [
    {
      id: 'no-new-pod-ready',
      title: 'no pod of the new template is ready',
      test(link) {
        const c = link.effect;
        if (!isKind(c, rolloutStuck)) return fails('not a rollout', []);
        return c.facts.newReady === 0
          ? holds(`0 new replicas ready, ${c.facts.oldReady} old still serving`, c.places)
          : fails(`${c.facts.newReady} new replicas are ready`, c.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? link.effect.entity.key }],
  acceptedFalsePositives: ['a sick pod of the old template while new pods are merely slow'],
});
