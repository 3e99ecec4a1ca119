import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { convoyFacts } from '../../../lib/lock-edges.ts';
import { stallsProbe } from '../../../lib/stalled-probe.ts';

/** A lock held for long makes the health endpoint late. */
export const lockConvoyStallsProbe = defineMechanism({
  ...stallsProbe(lockConvoy, (convoy) => [{ kind: 'code', function: String(convoyFacts(convoy).holderFunction ?? convoyFacts(convoy).waitFunction) }]),
  id: 'go/lock-convoy-stalls-probe',
  title: 'the probe waits in the queue for a lock',
  because: 'the handler of the probe needs the lock and does not get it within the probe’s timeout',
});
