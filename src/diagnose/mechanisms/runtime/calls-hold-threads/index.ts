import { bucketSeen } from '../../../../model/conditions/goroutines.ts';
import { threadsGrowing } from '../../../../model/conditions/threads.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { codeCulprit } from '../../../lib/site-source.ts';
import { grownIn, joinHeld, shareOfCount } from '../../../lib/threads.ts';

/** A goroutine in a system call or in C has its thread for itself. */
export const callsHoldThreads = defineMechanism({
  id: 'runtime/calls-hold-threads',
  title: 'goroutines wait in calls that each hold a thread',
  to: threadsGrowing,
  from: [{ kind: bucketSeen, role: 'amplifier', join: joinHeld }],
  because: (link) =>
    `the runtime cannot take the thread from a goroutine in a system call or in C and starts another one${link.causes[0] == null ? '' : `: ${grownIn(link.causes[0])} more stand in ${String(link.causes[0].facts['function'])}`}`,
  requires: [],
  refutes: [],
  rivals: [],
  accounts: shareOfCount,
  leastShare: 0.5,
  // counts of goroutines and of threads are sampled at different moments
  order: 'same-record',
  status: 'established',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['file I/O on a slow disk holds threads in the same way while it lasts'],
});
