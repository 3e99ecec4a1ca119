import { cpuSaturated, cpuSpentAt } from '../../../../model/conditions/cpu.ts';
import { defineMechanism, shortGoSymbol } from '../../../../model/index.ts';
import { heaviestLine, LEAST_OF_CPU } from '../../../lib/cpu.ts';
import { codeCulprit } from '../../../lib/site-source.ts';

/**
 * The line at which most of the CPU time goes, where nothing says that it need not: how far the search gets without a reason in the source.
 * No end of a chain: where time goes is no fault by itself.
 */
export const lineTakesCpu = defineMechanism({
  id: 'runtime/line-takes-cpu',
  title: 'most of the CPU time goes to one line',
  to: cpuSaturated,
  from: [{ kind: cpuSpentAt, role: 'amplifier', join: heaviestLine }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const calls = f?.['calls'];
    return `${Math.round(Number(f?.['share']) * 100)} % of the CPU time goes to ${shortGoSymbol(String(f?.['function']))}:${f?.['line']}${typeof calls === 'string' ? `, in ${shortGoSymbol(calls)}` : ''}`;
  },
  requires: [],
  refutes: [],
  rivals: [],
  accounts: (link) => Number(link.causes[0]?.facts['share'] ?? 0),
  leastShare: LEAST_OF_CPU,
  order: 'same-record',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['a line that does the work the service is there for: it is told where the time goes, never that it is wasted'],
});
