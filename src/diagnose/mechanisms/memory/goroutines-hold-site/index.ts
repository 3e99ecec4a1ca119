import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { allocatedBy } from '../../../lib/memory.ts';

/** The allocation site lies on the stack of the very goroutines that never end: what they allocated stays reachable through them. */
export const goroutinesHoldSite = defineMechanism({
  id: 'memory/goroutines-hold-site',
  title: 'goroutines that never end keep what they allocated',
  to: heapSiteGrowing,
  from: [
    {
      kind: bucketGrowing,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(bucketGrowing, ask, (bucket) => (allocatedBy(effect, bucket) ? tiedWithin(effect, bucket, ask, ['process', 'container', 'pod', 'workload']) : null)),
    },
  ],
  because: 'the allocation was made below the function these goroutines were started with, and they still hold it',
  requires: [],
  refutes: [],
  rivals: ['memory/unbounded-collection'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  acceptedFalsePositives: ['the same function also stores what it allocates somewhere else'],
});
