import { requestsSlow } from '../../../../model/conditions/calls.ts';
import { burstThrottled } from '../../../../model/conditions/cpu.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** Whoever is at work when the quota of a period is used up waits for the next one, whatever the average says. */
export const burstThrottlingSlowsRequests = defineMechanism({
  id: 'runtime/burst-throttling-slows-requests',
  title: 'requests stand still until the next CPU period',
  to: requestsSlow,
  from: [{ kind: burstThrottled, role: 'amplifier', join: withinSame(burstThrottled, 'process', 'container', 'pod', 'workload', 'service') }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `in ${Math.round(Number(f?.['throttled']) * 100)} % of the periods the quota was used up before they were over, and every request that was at work stood still; on average it used ${f?.['usedCores']} of ${f?.['quotaCores']} CPU`;
  },
  requires: [],
  refutes: [],
  rivals: ['runtime/saturated-cpu-slows-requests', 'go/lock-convoy-slows-requests', 'runtime/channel-wait-slows-requests'],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => [{ kind: 'config', ref: `CPU limit of ${link.causes[0]?.entity.key ?? ''}` }],
  mitigation: () => 'a higher CPU limit',
  acceptedFalsePositives: ['a service that is always held back a little and became slow for another reason, by more than a period'],
});
