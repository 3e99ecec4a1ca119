import { containerMemoryGrowing } from '../../../../model/conditions/container.ts';
import { notHeap } from '../../../../model/conditions/memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** Resident memory grows, the Go heap does not: cgo, mmap or stacks. Which of them is not known, so the chain stays open here. */
export const nonHeapFillsContainer = defineMechanism({
  id: 'memory/non-heap-fills-container',
  title: 'memory outside the Go heap fills the container',
  to: containerMemoryGrowing,
  from: [{ kind: notHeap, role: 'amplifier', join: withinSame(notHeap, 'process', 'container', 'pod') }],
  because: 'resident memory grew while the Go heap stayed flat',
  requires: [],
  refutes: [],
  rivals: ['memory/heap-fills-container'],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['page cache counted in the working set'],
});
