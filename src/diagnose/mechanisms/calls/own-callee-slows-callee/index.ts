import { calleeLatency } from '../../../../model/conditions/calls.ts';
import { defineMechanism, type Strength, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { becameSlower, latencyOf } from '../../../lib/slow-callee.ts';

/** Slowness comes up the calls: the callee waits for a callee of its own. */
export const ownCalleeSlowsCallee = defineMechanism({
  id: 'calls/own-callee-slows-callee',
  title: (link) => `the callee waits for ${latencyOf(link.causes[0])?.facts.service ?? 'one of its own'}`,
  to: calleeLatency,
  from: [
    {
      kind: calleeLatency,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(calleeLatency, ask, (c): Strength | null => {
          const upper = latencyOf(effect);
          if (upper === null || c.facts.steady || c.facts.service === upper.facts.service) return null;
          return ask.identity.neighbours(service(upper.facts.service), 'calls').find((r) => r.entity.kind === 'service' && r.entity.key === c.facts.service)?.strength ?? null;
        }),
    },
  ],
  because: 'by their own measures both became slower, and the one calls the other',
  requires: [becameSlower],
  refutes: [],
  rivals: ['calls/convoy-slows-callee', 'calls/throttle-slows-callee'],
  // the part of the added time that the lower one added
  accounts(link) {
    const a = latencyOf(link.effect)?.facts;
    const b = latencyOf(link.causes[0])?.facts;
    if (a?.p99LaterSeconds == null || b?.p99LaterSeconds == null) return null;
    const added = a.p99LaterSeconds - a.p99Seconds;
    return added <= 0 ? null : Math.min(1, Math.max(0, (b.p99LaterSeconds - b.p99Seconds) / added));
  },
  leastShare: 0.3,
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => {
    const l = latencyOf(link.causes[0]);
    return l === null ? [] : [{ kind: 'endpoint', ref: `${l.facts.service}${l.facts.route === null ? '' : ` ${l.facts.route}`}` }];
  },
  acceptedFalsePositives: ['two services that slow down together for a reason below both'],
});
