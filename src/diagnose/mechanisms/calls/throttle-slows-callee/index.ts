import { calleeLatency } from '../../../../model/conditions/calls.ts';
import { containerThrottled } from '../../../../model/conditions/container.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { becameSlower, inSlowProcess } from '../../../lib/slow-callee.ts';

/** A container that has used up its quota stands still until the next period, with all requests it serves. */
export const throttleSlowsCallee = defineMechanism({
  id: 'calls/throttle-slows-callee',
  title: 'the callee waits for CPU quota',
  to: calleeLatency,
  from: [{ kind: containerThrottled, role: 'amplifier', join: (effect, ask) => joinBy(containerThrottled, ask, (c) => inSlowProcess(effect, c, ask)) }],
  because: (link) => {
    const c = link.causes[0];
    const ratio = c != null && isKind(c, containerThrottled) ? Math.round(c.facts.ratio * 100) : 0;
    return `its container was stopped in ${ratio} % of the periods, and every request in it with it`;
  },
  requires: [becameSlower],
  refutes: [],
  rivals: ['calls/convoy-slows-callee', 'calls/own-callee-slows-callee'],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => [{ kind: 'config', ref: `CPU limit of ${link.causes[0]?.entity.key ?? ''}` }],
  mitigation: () => 'a higher CPU limit, or more replicas',
  acceptedFalsePositives: ['a container that is always throttled and became slow for another reason'],
});
