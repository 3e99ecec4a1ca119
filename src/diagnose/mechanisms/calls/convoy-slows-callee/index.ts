import { calleeLatency } from '../../../../model/conditions/calls.ts';
import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { convoyCulprits, convoyFacts, handlersWait } from '../../../lib/lock-edges.ts';
import { becameSlower, inSlowProcess } from '../../../lib/slow-callee.ts';

/** The callee's handlers queue for one lock: its callers wait as long as the queue is. */
export const convoySlowsCallee = defineMechanism({
  id: 'calls/convoy-slows-callee',
  title: 'the callee’s requests queue for one lock',
  to: calleeLatency,
  from: [{ kind: lockConvoy, role: 'amplifier', join: (effect, ask) => joinBy(lockConvoy, ask, (c) => inSlowProcess(effect, c, ask)) }],
  because: (link) => {
    const f = convoyFacts(link.causes[0] ?? link.effect);
    return `${f.waiters} goroutines of the callee wait in ${f.waitFunction} for a lock: each answer waits for all before it`;
  },
  requires: [becameSlower, handlersWait],
  refutes: [],
  rivals: ['calls/throttle-slows-callee', 'calls/own-callee-slows-callee'],
  // a dump shows the queue at one moment within the slow stretch
  order: 'same-record',
  status: 'trial',
  culprits: convoyCulprits,
  acceptedFalsePositives: ['a short queue at a busy lock while the slowness comes from elsewhere'],
});
