import { containerMemoryGrowing, containerOomKilled } from '../../../../model/conditions/container.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { reachableLimit } from '../../../lib/limit.ts';

export const growthReachesLimit = defineMechanism({
  id: 'memory/growth-reaches-limit',
  title: 'memory grows until the container limit ends it',
  to: containerOomKilled,
  from: [{ kind: containerMemoryGrowing, role: 'amplifier', join: withinSame(containerMemoryGrowing, 'container', 'pod') }],
  because: 'the kernel kills a process of the container when its memory cgroup passes the limit',
  requires: [],
  refutes: [reachableLimit],
  rivals: ['kubernetes/limit-lowered'],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['a steady growth that was far from the limit when another process of the container allocated much at once'],
});
