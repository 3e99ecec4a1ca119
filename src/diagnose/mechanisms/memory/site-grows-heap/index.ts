import { heapGrowing, heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism, holds, unknown } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { numberFact, sizeText } from '../../../lib/memory.ts';

/** What stays in use was allocated at one place. The site says where, never why it is kept: that is the next link's job. */
export const siteGrowsHeap = defineMechanism({
  id: 'memory/site-grows-heap',
  title: (link) => `memory allocated in ${String(link.causes[0]?.facts['function'] ?? 'one function')} stays in use`,
  to: heapGrowing,
  from: [{ kind: heapSiteGrowing, role: 'defect', join: withinSame(heapSiteGrowing, 'process', 'container', 'pod') }],
  because: (link) => `what is in use from this allocation site grew to ${sizeText(numberFact(link.causes[0], 'toBytes') ?? 0)} and garbage collections do not free it`,
  requires: [
    {
      id: 'site-grew',
      title: 'in-use memory of the site grew between two profiles',
      test(link) {
        const profiles = numberFact(link.causes[0], 'profiles') ?? 1;
        return profiles >= 2
          ? holds(`seen in ${profiles} profiles`, link.causes[0]?.places ?? [])
          : unknown('only one heap profile: it shows a share in use, no growth', heapSiteGrowing.next);
      },
    },
  ],
  refutes: [],
  rivals: [],
  // of the growth between the same profiles: series of the runtime span another time and count garbage too
  accounts: (link) => numberFact(link.causes[0], 'share'),
  leastShare: 0.3,
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  acceptedFalsePositives: ['a cache that is still filling towards its bound looks the same until it stops growing'],
});
