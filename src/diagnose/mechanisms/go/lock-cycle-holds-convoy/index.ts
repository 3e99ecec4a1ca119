import { lockConvoy, lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, weaker } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { convoyFacts, edgesOf, isLockWait, locksOf } from '../../../lib/lock-edges.ts';

/** Behind two goroutines that wait for each other queue all that need one of their locks. */
export const lockCycleHoldsConvoy = defineMechanism({
  id: 'go/lock-cycle-holds-convoy',
  title: 'a lock whose holder stands in a circle lets nobody in',
  to: lockConvoy,
  from: [
    {
      kind: lockCycle,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(lockCycle, ask, (cycle) => {
          const tied = tiedWithin(effect, cycle, ask, ['process']);
          if (tied === null) return null;
          const { lock, waitFunction, holderFunction, holderLine, holderWait } = convoyFacts(effect);
          if (lock === null) return edgesOf(cycle).some((e) => e.function === waitFunction) ? tied : null;
          if (locksOf(cycle).has(lock)) return tied;
          // the holder itself waits where goroutines of the circle wait: it stands in the queue behind them
          const behind = holderWait !== null && isLockWait(holderWait) && edgesOf(cycle).some((e) => e.function === holderFunction && e.line === holderLine);
          return behind ? weaker(tied, 'derived') : null;
        }),
    },
  ],
  because: 'its holder stands in the circle, or in the queue behind it, so the lock is never given back',
  requires: [],
  refutes: [],
  rivals: ['go/lock-across-io'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => edgesOf(link.causes[0] ?? link.effect).map((e) => ({ kind: 'code', function: e.function, file: e.file, line: e.line })),
  acceptedFalsePositives: ['a holder that waits for a busy lock at the same line as the circle, and gets it later'],
});
