import { containerCrashLooping, containerKilledByLiveness } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** The kubelet ends and restarts it, because the probe goes on failing after each start. */
export const livenessCrashLoop = defineMechanism({
  id: 'kubernetes/liveness-crash-loop',
  title: 'the kubelet restarts the container again and again because its probe fails',
  to: containerCrashLooping,
  from: [{ kind: containerKilledByLiveness, role: 'amplifier', join: withinSame(containerKilledByLiveness, 'container') }],
  because: 'after failureThreshold failed probes the kubelet kills the container and starts it anew',
  requires: [],
  confirms: [
    {
      id: 'kills-make-up-restarts',
      title: 'the kills are as many as the restarts',
      test(link) {
        const [c] = link.causes;
        if (c == null || !isKind(c, containerKilledByLiveness) || !isKind(link.effect, containerCrashLooping)) return fails('not a liveness kill', []);
        const kills = c.facts.count ?? 0;
        return kills >= link.effect.facts.restarts - 1 && kills > 0
          ? holds(`${kills} kills, ${link.effect.facts.restarts} restarts`, c.places)
          : fails(`${kills} kills, ${link.effect.facts.restarts} restarts`, c.places);
      },
    },
  ],
  refutes: [
    {
      id: 'oom-instead',
      title: 'the newest end is an OOM kill',
      test(link) {
        const reason = isKind(link.effect, containerCrashLooping) ? link.effect.facts.reason : '';
        return reason === 'OOMKilled' ? holds('the newest end is OOMKilled', link.effect.places) : fails('it is not', link.effect.places);
      },
    },
  ],
  rivals: ['kubernetes/oom-crash-loop'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['kills that were fewer than the restarts: the others had another reason that is no longer known'],
});
