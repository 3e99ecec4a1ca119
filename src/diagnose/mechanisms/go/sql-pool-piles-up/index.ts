import { sqlPoolWaitedFor } from '../../../../model/conditions/error-texts.ts';
import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { statementsHoldThem } from '../../../lib/sql-pool.ts';

/** Each statement that asks a pool without a free connection adds one goroutine. */
export const sqlPoolPilesUp = defineMechanism({
  id: 'go/sql-pool-piles-up',
  title: 'goroutines queue for a connection of a database/sql pool',
  to: bucketGrowing,
  from: [
    {
      kind: sqlPoolWaitedFor,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(sqlPoolWaitedFor, ask, (c) =>
          c.facts.function === effect.facts['function'] && c.facts.line === effect.facts['line'] ? tiedWithin(effect, c, ask, ['process']) : null,
        ),
    },
  ],
  because: 'they stand in (*sql.DB).conn: all connections are held by code that runs no statement, and a statement without a deadline waits for ever',
  requires: [],
  refutes: [statementsHoldThem],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'code', function: String(link.effect.facts['function']), file: String(link.effect.facts['file']), line: Number(link.effect.facts['line']) }],
  acceptedFalsePositives: ['a burst of statements that the pool works off: the crowd shrinks again'],
});
