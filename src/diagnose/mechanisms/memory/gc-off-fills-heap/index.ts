import { collectorOff, heapGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { numberFact } from '../../../lib/memory.ts';
import { setInPod, settingCulprit } from '../../../lib/runtime-setting.ts';

/** Nothing frees what is no longer used: the heap is what was ever allocated. */
export const gcOffFillsHeap = defineMechanism({
  id: 'memory/gc-off-fills-heap',
  title: 'the garbage collector is off: the heap is all that was ever allocated',
  to: heapGrowing,
  from: [{ kind: collectorOff, role: 'defect', join: withinSame(collectorOff, 'process', 'container', 'pod') }],
  because: 'with GOGC=off and no memory limit no collection ever begins by itself; GOMEMLIMIT below the memory there is, or a GOGC, makes them run',
  requires: [
    {
      id: 'no-collections',
      title: 'no collection ran while the heap grew',
      test(link) {
        const n = numberFact(link.causes[0], 'collections');
        if (n === null) return unknown('how many collections ran is not known', collectorOff.next);
        return n === 0
          ? holds('none ran', link.causes[0]?.places ?? [])
          : fails(`${n} collections ran, and the heap grew all the same: what stays in use is another matter`, link.causes[0]?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: ['memory/site-grows-heap'],
  order: 'standing',
  status: 'established',
  supports: [setInPod('GOGC')],
  culprits: (link, ask) => settingCulprit('GOGC', link, ask, link.effect.entity.key),
  mitigation: () => 'set GOMEMLIMIT to about nine tenths of the memory there is',
  acceptedFalsePositives: ['a short-lived program that is meant to end before its memory does'],
});
