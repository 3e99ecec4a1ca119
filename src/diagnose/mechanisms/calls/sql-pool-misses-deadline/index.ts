import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { sqlPoolWaitedFor } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { poolCulprit, statementsHoldThem } from '../../../lib/sql-pool.ts';

/** The wait for a connection is part of the statement's deadline, and database/sql has no word of its own for it. */
export const sqlPoolMissesDeadline = defineMechanism({
  id: 'calls/sql-pool-misses-deadline',
  title: 'statements use up their deadline waiting for a connection that nobody gives back',
  to: deadlineExceeded,
  from: [
    {
      kind: sqlPoolWaitedFor,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(sqlPoolWaitedFor, ask, (c) =>
          // a call that names another service is no statement
          isKind(effect, deadlineExceeded) && effect.facts.callee === null ? ask.identity.within(c.entity, service(effect.facts.caller), 'service') : null,
        ),
    },
  ],
  because:
    'all connections of the pool are held by code that runs no statement: a transaction left open, rows not closed, a connection kept; every other statement waits until its context ends',
  requires: [],
  refutes: [statementsHoldThem],
  rivals: [],
  order: 'standing',
  status: 'trial',
  culprits: poolCulprit,
  mitigation: () => 'restart the process, which gives the connections back',
  acceptedFalsePositives: ['a driver that works in goroutines of its own, so that its statements are not seen in the stacks'],
});
