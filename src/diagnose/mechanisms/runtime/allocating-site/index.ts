import { allocatingSite, cpuSaturated } from '../../../../model/conditions/cpu.ts';
import { defineMechanism, shortGoSymbol } from '../../../../model/index.ts';
import { LEAST_OF_CPU, SAME } from '../../../lib/cpu.ts';
import { withinSame } from '../../../lib/join.ts';
import { memoryLimitIsNear } from '../../../lib/memory-limit.ts';
import { codeCulprit } from '../../../lib/site-source.ts';

/** One line makes garbage faster than the service can afford to collect. */
export const allocatingSiteTakesCpu = defineMechanism({
  id: 'runtime/allocating-site',
  title: 'one line allocates so much that memory takes the CPU',
  to: cpuSaturated,
  from: [{ kind: allocatingSite, role: 'defect', join: withinSame(allocatingSite, ...SAME) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${shortGoSymbol(String(f?.['function']))} allocates at line ${f?.['line']}: getting that memory and collecting it again takes ${Math.round(Number(f?.['cpuShare']) * 100)} % of the CPU time`;
  },
  requires: [],
  refutes: [memoryLimitIsNear],
  rivals: ['runtime/memory-limit-thrash'],
  accounts: (link) => Number(link.causes[0]?.facts['cpuShare'] ?? 0),
  leastShare: LEAST_OF_CPU,
  order: 'standing',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['a service whose work is to make what it allocates there: it is told where, not that it could do without'],
});
