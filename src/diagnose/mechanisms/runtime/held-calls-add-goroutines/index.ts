import { bucketSeen, goroutinesGrowing } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { codeCulprit } from '../../../lib/site-source.ts';
import { grownIn, joinHeld, shareOfCount } from '../../../lib/threads.ts';

/** Goroutines in system calls count as busy, not as waiting: no bucket of waiting ones speaks of them. */
export const heldCallsAddGoroutines = defineMechanism({
  id: 'runtime/held-calls-add-goroutines',
  title: 'the goroutines that pile up stand in system calls or in C',
  to: goroutinesGrowing,
  from: [{ kind: bucketSeen, role: 'amplifier', join: joinHeld }],
  because: (link) => (link.causes[0] == null ? 'each call that waits keeps its goroutine' : `${grownIn(link.causes[0])} more stand in ${String(link.causes[0].facts['function'])}`),
  requires: [],
  refutes: [],
  rivals: ['go/leak-grows-goroutine-count'],
  accounts: shareOfCount,
  leastShare: 0.3,
  order: 'same-record',
  status: 'established',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['dumps and the counter cover different stretches of the process'],
});
