/** Goroutines pile up at a lock that never comes free: the same story whatever keeps it. */
import { bucketGrowing } from '../../model/conditions/goroutines.ts';
import type { Condition, Culprit, Facts, Kind, Mechanism } from '../../model/index.ts';
import { waitsIn } from './buckets.ts';
import { joinBy, tiedWithin } from './join.ts';
import { sameBucket, waitersOf } from './lock-edges.ts';

/** `kind`: what keeps the lock. */
export const pilesUpBehind = <F extends Facts>(kind: Kind<F>, culprits: (cause: Condition) => readonly Culprit[]) =>
  ({
    to: bucketGrowing,
    from: [
      {
        kind: kind as unknown as Kind,
        role: 'amplifier',
        join: (effect, ask) =>
          joinBy(kind, ask, (cause) => {
            const tied = tiedWithin(effect, cause, ask, ['process']);
            return tied !== null && waitersOf(cause, ask).some((b) => sameBucket(b, effect)) ? tied : null;
          }),
      },
    ],
    requires: [waitsIn('sync.Mutex.Lock', 'sync.RWMutex.Lock', 'sync.RWMutex.RLock', 'semacquire')],
    refutes: [],
    rivals: [],
    order: 'same-record',
    status: 'established',
    culprits: (link) => culprits(link.causes[0] ?? link.effect),
    acceptedFalsePositives: ['a lock that is merely busy while load is high; its queue shrinks again'],
  }) satisfies Partial<Mechanism>;
