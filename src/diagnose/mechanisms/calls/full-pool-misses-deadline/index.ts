import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { poolExhausted } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { calleeIsIll } from '../../../lib/callee.ts';
import { ofCallee } from '../../../lib/error-texts.ts';
import { decisive, joinBy } from '../../../lib/join.ts';

/** The time that a call waits for a connection is taken from its deadline. */
export const fullPoolMissesDeadline = defineMechanism({
  id: 'calls/full-pool-misses-deadline',
  title: 'calls use up their deadline waiting for a connection of a full pool',
  to: deadlineExceeded,
  from: [
    {
      kind: poolExhausted,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(poolExhausted, ask, (c) =>
          isKind(effect, deadlineExceeded) &&
          effect.facts.caller === c.facts.service &&
          (c.facts.callee === null || effect.facts.callee === null || effect.facts.callee === c.facts.callee)
            ? 'stated'
            : null,
        ),
    },
  ],
  because: 'more calls are made at once than the pool has connections: those that wait have less time left for the answer, or none',
  requires: [],
  // connections that are held longer fill a pool that was large enough
  refutes: [decisive(calleeIsIll)],
  rivals: ['calls/callee-slow', 'calls/deadline-shorter-than-callee'],
  order: 'same-record',
  status: 'trial',
  culprits: ofCallee,
  mitigation: () => 'raise the pool’s limit, or make fewer calls at once',
  acceptedFalsePositives: ['connections that are held because bodies are not closed: the pool is then full of them, and the leak is the defect'],
});
