import { requestsSlow } from '../../../../model/conditions/calls.ts';
import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { convoyCulprits, convoyFacts, handlersWait } from '../../../lib/lock-edges.ts';

/** Handlers queue for one lock: each waits for all before it. */
export const lockConvoySlowsRequests = defineMechanism({
  id: 'go/lock-convoy-slows-requests',
  title: 'requests queue for one lock',
  to: requestsSlow,
  from: [{ kind: lockConvoy, role: 'amplifier', join: withinSame(lockConvoy, 'process', 'container', 'workload', 'service') }],
  because: (link) => {
    const f = convoyFacts(link.causes[0] ?? link.effect);
    return `${f.waiters} goroutines wait in ${f.waitFunction} for a lock${f.holderFunction === null || f.holderFunction === undefined ? '' : ` that ${f.holderFunction} holds`}: each request waits for all before it`;
  },
  requires: [handlersWait],
  refutes: [],
  rivals: [],
  // a dump shows the queue at one moment within the slow stretch
  order: 'same-record',
  status: 'trial',
  culprits: convoyCulprits,
  acceptedFalsePositives: ['a short queue at a busy lock while the slowness comes from elsewhere: compare the handlers that do not wait'],
});
