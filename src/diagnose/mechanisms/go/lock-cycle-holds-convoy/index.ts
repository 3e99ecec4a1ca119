import { lockConvoy, lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { edgesOf, locksOf } from '../../../lib/lock-edges.ts';

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
          const lock = effect.facts['lock'];
          const waitsThere = edgesOf(cycle).some((e) => e.function === effect.facts['waitFunction']);
          return tied !== null && ((typeof lock === 'string' && locksOf(cycle).has(lock)) || (lock === null && waitsThere)) ? tied : null;
        }),
    },
  ],
  because: 'its holder waits for a goroutine that waits for it, so the lock is never given back',
  requires: [],
  refutes: [],
  rivals: ['go/lock-across-io'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => edgesOf(link.causes[0] ?? link.effect).map((e) => ({ kind: 'code', function: e.function, file: e.file, line: e.line })),
  acceptedFalsePositives: ['none known: the addresses are those of one process life'],
});
