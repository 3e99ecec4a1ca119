import { quotaPeriod, stoodStill } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** The whole process stands still until the kernel gives it its quota anew. */
export const quotaStopsProcess = defineMechanism({
  id: 'runtime/quota-stops-process',
  title: 'the CPU quota is used up early in each period, and the whole process waits for the next',
  to: stoodStill,
  from: [{ kind: quotaPeriod, role: 'defect', join: (effect, ask) => joinBy(quotaPeriod, ask, (c) => tiedWithin(effect, c, ask, ['process', 'container'])) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `it runs again every ${f?.['periodMs']} ms, ${f?.['offMs']} ms off at most over ${f?.['count']} times, and ran ${Math.round(Number(f?.['ranShare'] ?? 0) * 100)} % of the time: that is the kernel's bandwidth control, not a full machine`;
  },
  requires: [],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'trial',
  culprits: (link) => [{ kind: 'config', ref: `CPU limit of ${link.causes[0]?.entity.key ?? ''}` }],
  mitigation: () => 'a higher CPU limit, or none; GOMAXPROCS at the limit rounded up makes the stops shorter',
  acceptedFalsePositives: ['a process that something else stops and continues in a fixed period'],
});
