import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { callersGone } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, fails, holds, isKind, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

/** What the caller calls a timeout its callee sees as "context canceled". */
export const deadlineLeavesCallee = defineMechanism({
  id: 'calls/deadline-leaves-callee',
  title: 'callers go away because their own deadline is over',
  to: callersGone,
  from: [
    {
      kind: deadlineExceeded,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(deadlineExceeded, ask, (c) =>
          isKind(effect, callersGone) && c.facts.callee === effect.facts.service ? ask.identity.same(service(c.facts.callee), effect.entity) : null,
        ),
    },
  ],
  because: 'a client that gives up closes its connection, and net/http cancels the context of the request on the other side',
  requires: [
    {
      id: 'same-traces',
      title: 'the callers that left and the calls over their deadline are of the same traces',
      test(link) {
        const gone = isKind(link.effect, callersGone) ? link.effect.facts.traces : [];
        const c = link.causes[0];
        const late = new Set(c != null && isKind(c, deadlineExceeded) ? c.facts.traces : []);
        const shared = gone.filter((t) => late.has(t));
        const says = `${shared.length} of ${gone.length} traces of callers that left hold a call over its deadline`;
        return shared.length > 0 ? holds(says, [...link.effect.places, ...(c?.places ?? [])]) : fails(says, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  accounts(link) {
    const c = link.causes[0];
    return isKind(link.effect, callersGone) && c != null && isKind(c, deadlineExceeded) ? Math.min(1, c.facts.count / Math.max(1, link.effect.facts.count)) : null;
  },
  leastShare: 0.3,
  order: 'same-record',
  status: 'trial',
  culprits: (link) => {
    const c = link.causes[0];
    return c != null && isKind(c, deadlineExceeded) ? [{ kind: 'endpoint', ref: `${c.facts.caller} → ${c.facts.callee ?? 'unknown'}` }] : [];
  },
  acceptedFalsePositives: ['a caller that leaves for another reason in the traces whose other call was late'],
});
