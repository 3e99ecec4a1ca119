import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { deadlineExhausted } from '../../../../model/conditions/error-texts.ts';
import { type Check, defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { calleeIsIll, callees, failedCall } from '../../../lib/callee.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { decisive, joinBy } from '../../../lib/join.ts';
import { spenderOf, spent } from '../../../lib/spent-deadline.ts';

/** Attempts that the callee turned away are how the time went: only what makes each of them long speaks against that. */
const calleeItself: Check = {
  ...calleeIsIll,
  test(link, ask) {
    if (spent(link.causes[0])?.how !== 'retries') return calleeIsIll.test(link, ask);
    const slow = callees(failedCall(link), ask)?.find((l) => !l.facts.steady);
    return slow === undefined ? fails('its answers take as long as before', failedCall(link).places) : holds(slow.says, slow.places);
  },
};

/** The error names the last call; the time went before it. */
export const budgetSpentBeforeCall = defineMechanism({
  id: 'calls/budget-spent-before-call',
  title: (link) => {
    const s = spent(link.causes[0]);
    if (s === null) return 'the deadline is used up before the callee is called';
    if (s.how === 'own') return `${s.within} itself uses up the deadline before ${s.callee} is called`;
    if (s.how === 'retries') return `failed attempts to call ${s.callee} and the pauses between them use up the deadline of the last`;
    return `${s.spentOn} uses up the deadline before ${s.callee} is called`;
  },
  to: deadlineExceeded,
  from: [
    {
      kind: deadlineExhausted,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(deadlineExhausted, ask, (c) =>
          isKind(effect, deadlineExceeded) && effect.facts.caller === c.facts.service && effect.facts.callee === c.facts.callee ? 'stated' : null,
        ),
    },
  ],
  because: 'one deadline covers what follows each other: what comes first takes, is missing for the last call, whose callee is as quick as ever',
  requires: [],
  refutes: [decisive(calleeItself)],
  rivals: ['calls/callee-slow', 'calls/deadline-shorter-than-callee'],
  accounts: countedShare(deadlineExceeded, (link) => spent(link.causes[0])?.count),
  leastShare: 0.3,
  order: 'same-record',
  status: 'trial',
  culprits: (link) => spenderOf(link.causes[0]),
  acceptedFalsePositives: ['a caller that does not log its calls and makes them side by side, while their durations add up to its own by chance'],
});
