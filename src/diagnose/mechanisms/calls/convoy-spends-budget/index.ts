import { deadlineExhausted } from '../../../../model/conditions/error-texts.ts';
import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, type Strength, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { convoyCulprits, convoyFacts, handlersWait } from '../../../lib/lock-edges.ts';
import { spent } from '../../../lib/spent-deadline.ts';

/** The request stands in the queue of a lock before it calls anybody: its deadline runs meanwhile. */
export const convoySpendsBudget = defineMechanism({
  id: 'calls/convoy-spends-budget',
  title: 'requests queue for one lock before they call',
  to: deadlineExhausted,
  from: [
    {
      kind: lockConvoy,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(lockConvoy, ask, (c): Strength | null => {
          const s = spent(effect);
          return s === null || s.how !== 'own' ? null : ask.identity.within(c.entity, service(s.within), 'service');
        }),
    },
  ],
  because: (link) => {
    const f = convoyFacts(link.causes[0] ?? link.effect);
    return `${f.waiters} goroutines wait in ${f.waitFunction} for a lock: what each waits there is taken from the deadline of the call it makes next`;
  },
  requires: [handlersWait],
  refutes: [],
  rivals: [],
  // a dump shows the queue at one moment within the stretch
  order: 'same-record',
  status: 'trial',
  culprits: convoyCulprits,
  acceptedFalsePositives: ['a queue that requests of another route stand in, while those that missed the deadline waited for something else'],
});
