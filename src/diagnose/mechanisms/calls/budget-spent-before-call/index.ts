import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { deadlineExhausted } from '../../../../model/conditions/error-texts.ts';
import { type Condition, defineMechanism, isKind, type Link } from '../../../../model/index.ts';
import { calleeIsIll } from '../../../lib/callee.ts';
import { decisive, joinBy } from '../../../lib/join.ts';

const spent = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, deadlineExhausted) ? c.facts : null;
};

/** The error names the last call; the time went into the one before. */
export const budgetSpentBeforeCall = defineMechanism({
  id: 'calls/budget-spent-before-call',
  title: (link) => `${spent(link)?.spentOn ?? 'an earlier call'} uses up the deadline before ${spent(link)?.callee ?? 'the callee'} is called`,
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
  because: 'one deadline covers calls that follow each other: what the first takes longer is missing for the second, which is as quick as ever',
  requires: [],
  refutes: [decisive(calleeIsIll)],
  rivals: ['calls/callee-slow', 'calls/deadline-shorter-than-callee'],
  accounts: (link) => (isKind(link.effect, deadlineExceeded) ? Math.min(1, (spent(link)?.count ?? 0) / Math.max(1, link.effect.facts.count)) : null),
  leastShare: 0.3,
  order: 'same-record',
  status: 'trial',
  culprits: (link) =>
    spent(link) === null
      ? []
      : [{ kind: 'endpoint', ref: `${spent(link)?.service} → ${spent(link)?.spentOn}${spent(link)?.spentRoute === null ? '' : ` ${spent(link)?.spentRoute}`}` }],
  acceptedFalsePositives: ['calls that run side by side, where the earlier one does not delay the later'],
});
