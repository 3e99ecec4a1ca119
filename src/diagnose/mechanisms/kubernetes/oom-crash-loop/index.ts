import { containerCrashLooping, containerOomKilled } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** Each kill at the memory limit restarts the container; the kubelet waits longer each time. */
export const oomCrashLoop = defineMechanism({
  id: 'kubernetes/oom-crash-loop',
  title: 'the container is killed at its memory limit again and again',
  to: containerCrashLooping,
  from: [{ kind: containerOomKilled, role: 'amplifier', join: withinSame(containerOomKilled, 'container') }],
  because: 'the kubelet restarts a container that the kernel killed, and after some kills makes it wait',
  requires: [],
  confirms: [
    {
      id: 'last-end-was-oom',
      title: 'the last end before the wait was OOMKilled',
      test(link) {
        const c = link.effect;
        if (isKind(c, containerCrashLooping) && c.facts.reason === 'OOMKilled') return holds('lastState.terminated.reason is OOMKilled', link.causes[0]?.places ?? []);
        return fails('the newest end was another', c.places);
      },
    },
  ],
  refutes: [
    {
      id: 'other-end',
      title: 'the newest end has another reason',
      test(link) {
        const c = link.effect;
        const reason = isKind(c, containerCrashLooping) ? c.facts.reason : '';
        return reason === '' || reason === 'OOMKilled' ? fails('no other reason is seen', c.places) : holds(`the newest end is ${reason}`, c.places);
      },
    },
  ],
  rivals: ['kubernetes/exit-crash-loop', 'kubernetes/liveness-crash-loop'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['older restarts with another reason: only the newest end is kept by the kubelet'],
});
