import { cpuSaturated } from '../../../../model/conditions/cpu.ts';
import { assistsHeavy } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism, shortGoSymbol } from '../../../../model/index.ts';
import { LEAST_OF_CPU, SAME } from '../../../lib/cpu.ts';
import { withinSame } from '../../../lib/join.ts';
import { memoryLimitIsNear } from '../../../lib/memory-limit.ts';
import { codeCulprit } from '../../../lib/site-source.ts';

/** Requests work for the collector, because one line makes garbage faster than it is marked: the stack of each assist says whose. */
export const assistsTakeCpu = defineMechanism({
  id: 'runtime/assists-take-cpu',
  title: 'one line allocates so much that requests have to help the collector',
  to: cpuSaturated,
  from: [{ kind: assistsHeavy, role: 'defect', join: withinSame(assistsHeavy, ...SAME) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const percent = (of: unknown): number => Math.round(Number(of) * 100);
    return `collecting takes ${percent(f?.['collecting'])} % of the time that processors are busy; ${percent(f?.['share'])} % of what goroutines run is help with it, ${percent(f?.['ofAssists'])} % of that for what ${shortGoSymbol(String(f?.['function']))} allocates at line ${f?.['line']}`;
  },
  requires: [],
  refutes: [memoryLimitIsNear],
  rivals: ['runtime/memory-limit-thrash'],
  accounts: (link) => Number(link.causes[0]?.facts['collecting'] ?? 0),
  leastShare: LEAST_OF_CPU,
  order: 'standing',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['a service whose work is to make what it allocates there: it is told where, not that it could do without'],
});
