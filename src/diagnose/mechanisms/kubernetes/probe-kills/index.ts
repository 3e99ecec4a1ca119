import { containerKilledByLiveness, probeFailing } from '../../../../model/conditions/container.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinNear, tiedWithin } from '../../../lib/join.ts';

export const probeKills = defineMechanism({
  id: 'kubernetes/probe-kills',
  title: 'a failing probe makes the kubelet kill the container',
  to: containerKilledByLiveness,
  from: [
    {
      kind: probeFailing,
      role: 'amplifier',
      join: (effect: Condition, ask: Ask) =>
        joinNear(probeFailing, effect, ask, ['container'], (c) =>
          isKind(effect, containerKilledByLiveness) && c.facts.probe === effect.facts.probe ? tiedWithin(effect, c, ask, ['container']) : null,
        ),
    },
  ],
  because: 'the kubelet kills a container after failureThreshold failures of its liveness or startup probe',
  requires: [],
  confirms: [
    {
      id: 'kubelet-says-so',
      title: 'the kubelet names the probe in its own event',
      test: (link) =>
        /failed (?:liveness|startup) probe/.test(String(link.effect.facts['message'] ?? ''))
          ? holds(String(link.effect.facts['message']), link.effect.places)
          : fails('the event names no probe', link.effect.places),
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'config', ref: `${link.effect.entity.key} ${String(link.effect.facts['probe'] ?? 'liveness')}Probe` }],
  acceptedFalsePositives: ['failures before an earlier kill: events of one text are one object'],
});
