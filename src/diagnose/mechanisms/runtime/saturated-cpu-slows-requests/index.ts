import { requestsSlow } from '../../../../model/conditions/calls.ts';
import { cpuSaturated } from '../../../../model/conditions/cpu.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** A process that has used up its CPU stands still, or works on one request at a time: all others wait. */
export const saturatedCpuSlowsRequests = defineMechanism({
  id: 'runtime/saturated-cpu-slows-requests',
  title: 'requests wait for CPU',
  to: requestsSlow,
  from: [{ kind: cpuSaturated, role: 'amplifier', join: withinSame(cpuSaturated, 'process', 'container', 'pod', 'workload', 'service') }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const throttled = f?.['throttled'];
    return typeof throttled === 'number'
      ? `the kernel held it back in ${Math.round(throttled * 100)} % of the periods, and every request in it with it`
      : `it uses ${f?.['usedCores']} of ${f?.['limitCores']} CPU: each request waits for those before it`;
  },
  requires: [],
  refutes: [],
  rivals: ['go/lock-convoy-slows-requests', 'runtime/channel-wait-slows-requests', 'calls/callee-slows-requests'],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => [{ kind: 'config', ref: `CPU of ${link.causes[0]?.entity.key ?? ''}` }],
  mitigation: () => 'more CPU, or more replicas to share the requests',
  acceptedFalsePositives: ['a service that always uses all its CPU for batch work and became slow for another reason'],
});
