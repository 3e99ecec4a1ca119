import { calleeLatency, deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { callees, endedAtTheLimit } from '../../../lib/callee.ts';
import { joinBy } from '../../../lib/join.ts';

/** Blame crosses the call edge: the callee is late or failing by its own measure. Why it is, is the next question. */
export const calleeSlow = defineMechanism({
  id: 'calls/callee-slow',
  title: (link) => {
    const l = link.causes[0];
    return l !== undefined && l !== null && isKind(l, calleeLatency)
      ? `${l.facts.service} ${l.facts.failing ? 'fails' : 'became slower'} by its own measure, and its callers run into their deadlines`
      : 'the callee became slower';
  },
  to: deadlineExceeded,
  from: [
    {
      kind: calleeLatency,
      role: 'amplifier',
      join: (effect, ask) => {
        const near = isKind(effect, deadlineExceeded) ? (callees(effect, ask) ?? []) : [];
        return joinBy(calleeLatency, ask, (l) => ((l.facts.failing || !l.facts.steady) && near.some((n) => n.id === l.id) ? 'stated' : null));
      },
    },
  ],
  because: 'the callee takes longer than its callers wait, or fails, by what it says of itself',
  requires: [endedAtTheLimit],
  refutes: [],
  rivals: ['calls/deadline-shorter-than-callee'],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => {
    const l = link.causes[0];
    return l !== undefined && l !== null && isKind(l, calleeLatency) ? [{ kind: 'endpoint', ref: `${l.facts.service}${l.facts.route === null ? '' : ` ${l.facts.route}`}` }] : [];
  },
  acceptedFalsePositives: ['a callee that is slow because its callers retry what they gave up on: the retries are then the amplifier'],
});
