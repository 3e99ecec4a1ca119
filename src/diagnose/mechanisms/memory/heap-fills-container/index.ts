import { containerMemoryGrowing } from '../../../../model/conditions/container.ts';
import { heapGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { growthOf, shareOfGrowth, sizeText } from '../../../lib/memory.ts';

export const heapFillsContainer = defineMechanism({
  id: 'memory/heap-fills-container',
  title: 'the Go heap fills the container',
  to: containerMemoryGrowing,
  from: [{ kind: heapGrowing, role: 'amplifier', join: withinSame(heapGrowing, 'process', 'container', 'pod') }],
  because: (link) => `the heap grew by ${sizeText(growthOf(link.causes[0]) ?? 0)} while the container grew by ${sizeText(growthOf(link.effect) ?? 0)}`,
  requires: [],
  refutes: [],
  rivals: ['memory/non-heap-fills-container'],
  accounts: (link) => shareOfGrowth(link.causes[0], link.effect),
  leastShare: 0.4,
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['resident memory also follows freed heap that was not yet returned to the system'],
});
