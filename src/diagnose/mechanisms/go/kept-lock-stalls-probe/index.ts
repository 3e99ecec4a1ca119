import { lockKept } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { stallsProbe } from '../../../lib/stalled-probe.ts';

/** A lock that was not given back takes the health endpoint along. */
export const keptLockStallsProbe = defineMechanism({
  ...stallsProbe(lockKept, (kept) => [{ kind: 'code', function: String(kept.facts['waitFunction']) }]),
  id: 'go/kept-lock-stalls-probe',
  title: 'the probe waits for a lock that nobody gives back',
  because: 'the handler of the probe needs the lock and never answers',
});
