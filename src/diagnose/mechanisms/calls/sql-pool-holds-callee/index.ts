import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { sqlPoolWaitedFor } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, fails, holds, isKind, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { poolCulprit, statementsHoldThem } from '../../../lib/sql-pool.ts';

/** The callee's handlers wait for a connection of its pool: its callers wait until their own deadline. */
export const sqlPoolHoldsCallee = defineMechanism({
  id: 'calls/sql-pool-holds-callee',
  title: 'the callee’s handlers wait for a database connection that nobody gives back',
  to: deadlineExceeded,
  from: [
    {
      kind: sqlPoolWaitedFor,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(sqlPoolWaitedFor, ask, (c) =>
          isKind(effect, deadlineExceeded) && effect.facts.callee !== null && effect.facts.callee !== effect.facts.caller
            ? ask.identity.within(c.entity, service(effect.facts.callee), 'service')
            : null,
        ),
    },
  ],
  because: 'all connections of the callee’s pool are held by code that runs no statement, so that its handlers never come to an answer',
  requires: [
    {
      id: 'callee-does-not-answer',
      title: 'the callee has not answered those calls',
      test(link) {
        const f = isKind(link.effect, deadlineExceeded) ? link.effect.facts : null;
        const answered = f?.calleeAnswered ?? 0;
        const says = `the callee logs an answer to ${answered} of ${f?.count ?? 0} of the calls`;
        return f !== null && answered < 0.5 * f.count ? holds(says, link.effect.places) : fails(says, link.effect.places);
      },
    },
  ],
  refutes: [statementsHoldThem],
  rivals: ['calls/deadline-shorter-than-callee'],
  order: 'standing',
  status: 'trial',
  culprits: poolCulprit,
  mitigation: () => 'restart the callee, which gives the connections back',
  acceptedFalsePositives: ['a pool that only other routes of the callee wait for, while the called one is slow for a reason of its own'],
});
