import { lockKept } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { pilesUpBehind } from '../../../lib/piles-up-behind.ts';

/** Every request that needs the lock adds one goroutine. */
export const keptLockPilesUp = defineMechanism({
  ...pilesUpBehind(lockKept, (kept) => [{ kind: 'code', function: String(kept.facts['waitFunction']) }]),
  id: 'go/kept-lock-piles-up',
  title: 'goroutines queue at a lock that nobody holds any more',
  because: 'who took the lock they wait for has left without giving it back: none of them ever gets it',
});
