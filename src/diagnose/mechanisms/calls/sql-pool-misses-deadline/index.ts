import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { sqlPoolWaitedFor } from '../../../../model/conditions/error-texts.ts';
import { type Condition, defineMechanism, fails, holds, isKind, type Link, service, unknown } from '../../../../model/index.ts';
import { decisive, joinBy } from '../../../lib/join.ts';

const pool = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, sqlPoolWaitedFor) ? c.facts : null;
};

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
  refutes: [
    decisive({
      id: 'statements-hold-them',
      title: 'the connections are busy with statements',
      test(link) {
        const p = pool(link);
        if (p === null) return unknown('no dump shows who holds the connections', sqlPoolWaitedFor.next);
        const says = `${p.waiting} goroutines wait, ${p.inStatements} are inside a statement`;
        return p.inStatements > 0 ? holds(says, link.causes[0]?.places ?? []) : fails(says, link.causes[0]?.places ?? []);
      },
    }),
  ],
  rivals: [],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const p = pool(link);
    return p === null ? [] : [{ kind: 'code', function: p.function, file: p.file, line: p.line }];
  },
  mitigation: () => 'restart the process, which gives the connections back',
  acceptedFalsePositives: ['a driver that works in goroutines of its own, so that its statements are not seen in the stacks'],
});
