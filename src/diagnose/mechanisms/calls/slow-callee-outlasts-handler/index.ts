import { calleeLatency } from '../../../../model/conditions/calls.ts';
import { handlerTimedOut } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

/** The handler waits for somebody; its own limit does not. */
export const slowCalleeOutlastsHandler = defineMechanism({
  id: 'calls/slow-callee-outlasts-handler',
  title: 'a callee takes longer than the handler that waits for it may',
  to: handlerTimedOut,
  from: [
    {
      kind: calleeLatency,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(calleeLatency, ask, (l) => {
          if (!isKind(effect, handlerTimedOut) || l.facts.steady || l.facts.service === effect.facts.service) return null;
          return ask.identity.neighbours(service(effect.facts.service), 'calls').find((r) => r.entity.kind === 'service' && r.entity.key === l.facts.service)?.strength ?? null;
        }),
    },
  ],
  because: 'http.TimeoutHandler ends the answer, not the handler: that goes on waiting for its callee and writes too late',
  requires: [],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => {
    const l = link.causes[0];
    return l != null && isKind(l, calleeLatency) ? [{ kind: 'endpoint', ref: `${l.facts.service}${l.facts.route === null ? '' : ` ${l.facts.route}`}` }] : [];
  },
  acceptedFalsePositives: ['a callee of another route that became slower at the same time'],
});
