import { containerCrashLooping, containerExited } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** The program ends by itself each time it is started: why is the next question. */
export const exitCrashLoop = defineMechanism({
  id: 'kubernetes/exit-crash-loop',
  title: 'the container ends by itself again and again',
  to: containerCrashLooping,
  from: [{ kind: containerExited, role: 'amplifier', join: withinSame(containerExited, 'container') }],
  because: 'the kubelet restarts a container that ended, and after some ends makes it wait',
  requires: [],
  confirms: [
    {
      id: 'last-end-is-this',
      title: 'the last end before the wait is this one',
      test(link) {
        const [c] = link.causes;
        const reason = isKind(link.effect, containerCrashLooping) ? link.effect.facts.reason : '';
        return c != null && isKind(c, containerExited) && c.facts.reason === reason
          ? holds(`lastState says ${reason}, exit code ${c.facts.exitCode ?? '?'}`, c.places)
          : fails('the newest end was another', link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['kubernetes/oom-crash-loop', 'kubernetes/liveness-crash-loop'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['older restarts with another reason: only the newest end is kept by the kubelet'],
});
