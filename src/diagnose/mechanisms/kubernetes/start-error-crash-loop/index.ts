import { containerCrashLooping, containerNotStarting } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** A program that was never run is restarted like one that ended. */
export const startErrorCrashLoop = defineMechanism({
  id: 'kubernetes/start-error-crash-loop',
  title: 'the container is tried again and again and never starts',
  to: containerCrashLooping,
  from: [{ kind: containerNotStarting, role: 'amplifier', join: withinSame(containerNotStarting, 'container') }],
  because: 'the kubelet tries a container that could not be started again, and waits longer each time',
  requires: [
    {
      id: 'never-ran',
      title: 'its last end is that it never ran',
      test: ({ effect }) =>
        /^(?:StartError|ContainerCannotRun)$/.test(String(effect.facts['reason'] ?? ''))
          ? holds(`lastState says ${String(effect.facts['reason'])}`, effect.places)
          : fails(`its last end is another: ${String(effect.facts['reason'] ?? '')}`, effect.places),
    },
  ],
  confirms: [
    { id: 'runtime-refused', title: 'the runtime says why it could not start it', test: ({ causes }) => holds(String(causes[0]?.facts['message'] ?? ''), causes[0]?.places ?? []) },
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: [],
});
