import { bucketGrowing, lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, weaker } from '../../../../model/index.ts';
import { waitsIn } from '../../../lib/buckets.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { convoyFacts, sameBucket, waitersOf, waitsForHolder } from '../../../lib/lock-edges.ts';

/** They come faster than the holder gives the lock back. */
export const lockConvoyPilesUp = defineMechanism({
  id: 'go/lock-convoy-piles-up',
  title: 'goroutines queue at a lock that is held for long',
  to: bucketGrowing,
  from: [
    {
      kind: lockConvoy,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(lockConvoy, ask, (cause) => {
          const tied = tiedWithin(effect, cause, ask, ['process']);
          if (tied === null) return null;
          if (waitersOf(cause, ask).some((b) => sameBucket(b, effect))) return tied;
          // the dump does not give every bucket's address: source may tell that it is this lock
          return waitsForHolder(effect, cause, ask) ? weaker(tied, 'derived') : null;
        }),
    },
  ],
  because: 'they arrive faster than the lock changes hands',
  requires: [waitsIn('sync.Mutex.Lock', 'sync.RWMutex.Lock', 'sync.RWMutex.RLock', 'semacquire')],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const f = convoyFacts(link.causes[0] ?? link.effect);
    return f.holderFunction === null || f.holderFunction === undefined
      ? [{ kind: 'code', function: f.waitFunction }]
      : [{ kind: 'code', function: f.holderFunction, file: f.holderFile ?? '', ...(f.holderLine === null ? {} : { line: f.holderLine }) }];
  },
  acceptedFalsePositives: ['a lock that is merely busy while load is high; its queue shrinks again'],
});
