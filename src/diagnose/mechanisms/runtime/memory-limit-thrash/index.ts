import { cpuSaturated, cpuSpentOn, memoryLimitNear } from '../../../../model/conditions/cpu.ts';
import { heapGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { classOf, LEAST_OF_CPU, SAME, shareOfClass, spendsOn } from '../../../lib/cpu.ts';
import { withinSame } from '../../../lib/join.ts';
import { setInPod, settingCulprit } from '../../../lib/runtime-setting.ts';

const MIB = 1024 ** 2;

/** Below a memory limit that what is alive fills, collections run one after the other and free next to nothing. */
export const memoryLimitThrash = defineMechanism({
  id: 'runtime/memory-limit-thrash',
  title: 'the memory limit of the runtime leaves no room: it collects all the time',
  to: cpuSaturated,
  from: [
    { kind: memoryLimitNear, role: 'defect', join: withinSame(memoryLimitNear, ...SAME) },
    { kind: cpuSpentOn, role: 'amplifier', optional: true, join: classOf('gc') },
    { kind: heapGrowing, role: 'trigger', optional: true, join: withinSame(heapGrowing, ...SAME) },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${Math.round(Number(f?.['liveBytes']) / MIB)} MiB stay alive and GOMEMLIMIT is ${Math.round(Number(f?.['limitBytes']) / MIB)} MiB: a collection is due again as soon as the little room between them is allocated`;
  },
  requires: [spendsOn('gc', 'garbage collection', 0.25)],
  refutes: [],
  rivals: ['runtime/allocating-site'],
  accounts: (link, ask) => shareOfClass('gc', link, ask),
  leastShare: LEAST_OF_CPU,
  order: 'cause-first',
  status: 'trial',
  supports: [setInPod('GOMEMLIMIT')],
  culprits: (link, ask) => settingCulprit('GOMEMLIMIT', link, ask, link.causes[0]?.entity.key ?? ''),
  mitigation: () => 'a higher GOMEMLIMIT (and container limit), or less kept in memory',
  acceptedFalsePositives: ['a limit that is right while the program keeps more than it should: the limit is named, and the heap that grows beside it where it was seen'],
});
