import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { heapGrowing, heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { type Check, defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { tiedWithin, withinSame } from '../../../lib/join.ts';
import { allocatedBy, growthOf, sizeText } from '../../../lib/memory.ts';

/** A goroutine that never ends keeps its stack and everything it refers to; less than a stack each cannot be it. */
const LEAST_BYTES_EACH = 2048;

const grownBy = (counts: unknown): number => (Array.isArray(counts) && counts.length > 1 ? Number(counts.at(-1)) - Number(counts[0]) : 0);

const enoughEach: Check = {
  id: 'bytes-each',
  title: 'the heap grew by at least a stack for each goroutine',
  test(link) {
    const bytes = growthOf(link.effect);
    const count = grownBy(link.causes[0]?.facts['counts']);
    if (bytes === null || count <= 0) return unknown('growth of heap and goroutines cannot be compared', 'heap profiles and goroutine dumps of one process, minutes apart');
    const each = bytes / count;
    return each >= LEAST_BYTES_EACH ? holds(`about ${sizeText(each)} for each of them`, link.effect.places) : fails(`only ${sizeText(each)} for each of them`, link.effect.places);
  },
};

/** Where a profile shows what grew: was it allocated by these goroutines? */
const grewElsewhere: Check = {
  id: 'grew-elsewhere',
  title: 'the growth was allocated outside these goroutines',
  test(link, ask) {
    const bucket = link.causes[0];
    const answer = ask.look(heapSiteGrowing);
    if (bucket === null || bucket === undefined || answer.state === 'not-observable')
      return unknown('no two heap profiles of the process show where the growth was allocated', heapSiteGrowing.next);
    if (answer.state === 'absent') return unknown('the heap profiles at hand show no site that grew', heapSiteGrowing.next);
    const here = answer.conditions.filter((c) => tiedWithin(link.effect, c, ask, ['process', 'container', 'pod', 'workload']) !== null && c.facts.profiles >= 2);
    if (here.length === 0) return unknown('no two heap profiles of this process', heapSiteGrowing.next);
    const own = here.filter((c) => allocatedBy(c, bucket) !== null);
    if (own.length > 0) return fails(`${own[0]?.facts.function} allocates in these goroutines`, own[0]?.places ?? []);
    const most = here.reduce((a, b) => (a.facts.share >= b.facts.share ? a : b));
    return most.facts.share >= 0.5
      ? holds(`${Math.round(most.facts.share * 100)} % of the growth was allocated in ${most.facts.function}`, most.places)
      : fails('no single site elsewhere makes up most of the growth', most.places);
  },
};

export const goroutinesHoldHeap = defineMechanism({
  id: 'memory/goroutines-hold-heap',
  title: 'goroutines that never end keep what they hold',
  to: heapGrowing,
  from: [{ kind: bucketGrowing, role: 'defect', join: withinSame(bucketGrowing, 'process', 'container', 'pod') }],
  because: (link) =>
    `each of them keeps its stack and what it refers to reachable; the heap grows with their number${link.causes[0] === null || link.causes[0] === undefined ? '' : ` in ${String(link.causes[0].facts['function'])}`}`,
  requires: [enoughEach],
  supports: [
    {
      ...grewElsewhere,
      id: 'allocated-there',
      test: (link, ask) => {
        const f = grewElsewhere.test(link, ask);
        return f.state === 'fails' ? holds(f.says, f.places) : f.state === 'holds' ? fails(f.says, f.places) : f;
      },
    },
  ],
  refutes: [{ ...grewElsewhere, decisive: false }],
  rivals: ['memory/site-grows-heap'],
  // counts and heap are sampled at different moments: their order says nothing
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  acceptedFalsePositives: ['a queue of waiting requests holds memory in the same way while it lasts; it shrinks when the load does'],
});
