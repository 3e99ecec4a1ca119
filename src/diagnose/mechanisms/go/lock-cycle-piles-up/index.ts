import { bucketGrowing, lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { waitsIn } from '../../../lib/buckets.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { edgesOf, sameBucket, waitersOf } from '../../../lib/lock-edges.ts';

/** Every request that needs a lock of the circle adds one goroutine. */
export const lockCyclePilesUp = defineMechanism({
  id: 'go/lock-cycle-piles-up',
  title: 'goroutines queue at a lock that is never given back',
  to: bucketGrowing,
  from: [
    {
      kind: lockCycle,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(lockCycle, ask, (cause) => {
          const tied = tiedWithin(effect, cause, ask, ['process']);
          return tied !== null && waitersOf(cause, ask).some((b) => sameBucket(b, effect)) ? tied : null;
        }),
    },
  ],
  because: 'the lock they wait for is held by a goroutine of a circle: none of them ever gets it',
  requires: [waitsIn('sync.Mutex.Lock', 'sync.RWMutex.Lock', 'sync.RWMutex.RLock', 'semacquire')],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => edgesOf(link.causes[0] ?? link.effect).map((e) => ({ kind: 'code', function: e.function, file: e.file, line: e.line })),
  acceptedFalsePositives: ['a lock that is merely busy while load is high; its queue shrinks again'],
});
