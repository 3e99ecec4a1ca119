import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { edgesOf } from '../../../lib/lock-edges.ts';
import { pilesUpBehind } from '../../../lib/piles-up-behind.ts';

/** Every request that needs the lock adds one goroutine. */
export const lockCyclePilesUp = defineMechanism({
  ...pilesUpBehind(lockCycle, (cycle) => edgesOf(cycle).map((e) => ({ kind: 'code', function: e.function, file: e.file, line: e.line }))),
  id: 'go/lock-cycle-piles-up',
  title: 'goroutines queue at a lock that is never given back',
  because: 'the lock they wait for is held by a goroutine of a circle: none of them ever gets it',
});
