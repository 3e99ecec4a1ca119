import { schedulerLate, stoodStill } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** While no thread of the process runs, no goroutine gets a processor. */
export const standstillDelaysGoroutines = defineMechanism({
  id: 'runtime/standstill-delays-goroutines',
  title: 'the process stands still, and every goroutine in it with it',
  to: schedulerLate,
  from: [{ kind: stoodStill, role: 'amplifier', join: (effect, ask) => joinBy(stoodStill, ask, (c) => tiedWithin(effect, c, ask, ['process', 'container'])) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${f?.['count']} times no thread of it ran, up to ${f?.['mostMs']} ms: what could go on then waited for at least as long`;
  },
  requires: [],
  refutes: [],
  rivals: ['runtime/processors-too-few'],
  accounts: (link) => Math.min(1, Number(link.causes[0]?.facts['mostMs'] ?? 0) / Math.max(1e-9, Number(link.effect.facts['mostMs']))),
  leastShare: 0.3,
  order: 'same-record',
  status: 'trial',
  culprits: () => [],
  acceptedFalsePositives: ['a process that would be late without standing still as well: then both are said'],
});
