import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism, weaker } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { allocatedBy } from '../../../lib/memory.ts';

/**
 * The allocation was made below the function the goroutines were started with, or in the function that starts them and hands it to them:
 * what they refer to stays reachable as long as they live.
 */
export const goroutinesHoldSite = defineMechanism({
  id: 'memory/goroutines-hold-site',
  title: 'goroutines that never end keep what they allocated',
  to: heapSiteGrowing,
  from: [
    {
      kind: bucketGrowing,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(bucketGrowing, ask, (bucket) => {
          const how = allocatedBy(effect, bucket);
          const where = how === null ? null : tiedWithin(effect, bucket, ask, ['process', 'container', 'pod', 'workload']);
          return how === null || where === null ? null : weaker(how, where);
        }),
    },
  ],
  because: 'the allocation was made below the function these goroutines were started with, or in the one that starts them, and they still hold it',
  requires: [],
  refutes: [],
  rivals: ['memory/unbounded-collection'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  acceptedFalsePositives: ['the same function also stores what it allocates somewhere else that is never emptied'],
});
