import { lockConvoy, lockKept } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** All who need a lock that was never given back queue at it. */
export const keptLockHoldsConvoy = defineMechanism({
  id: 'go/kept-lock-holds-convoy',
  title: 'a lock that nobody gives back lets nobody in',
  to: lockConvoy,
  from: [
    {
      kind: lockKept,
      role: 'amplifier',
      join: (effect, ask) => joinBy(lockKept, ask, (kept) => (kept.facts.lock === effect.facts['lock'] ? tiedWithin(effect, kept, ask, ['process']) : null)),
    },
  ],
  because: 'who took the lock has left without giving it back',
  requires: [],
  refutes: [],
  rivals: ['go/lock-across-io', 'go/lock-cycle-holds-convoy'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'code', function: String(link.effect.facts['waitFunction']) }],
  acceptedFalsePositives: ['none known: both name the lock by its address in one dump'],
});
