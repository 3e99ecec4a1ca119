import { containerOomKilled } from '../../../../model/conditions/container.ts';
import { heapGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { reachableLimit } from '../../../lib/limit.ts';

/** The way when the container's own memory series were not captured. */
export const heapReachesLimit = defineMechanism({
  id: 'memory/heap-reaches-limit',
  title: 'the Go heap grows until the container limit ends it',
  to: containerOomKilled,
  from: [{ kind: heapGrowing, role: 'amplifier', join: withinSame(heapGrowing, 'container', 'pod') }],
  because: 'the kernel kills a process of the container when its memory cgroup passes the limit, and the heap is part of it',
  requires: [],
  refutes: [reachableLimit],
  rivals: ['kubernetes/limit-lowered'],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['memory outside the heap that was not captured grew more'],
});
