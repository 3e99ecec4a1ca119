import { notHeap, stacksGrowing } from '../../../../model/conditions/memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { growthOf, sizeText } from '../../../lib/memory.ts';

/** Stacks are Go memory, and no part of the heap. */
export const stacksFillMemory = defineMechanism({
  id: 'memory/stacks-fill-memory',
  title: 'the stacks of goroutines are what grows outside the heap',
  to: notHeap,
  from: [{ kind: stacksGrowing, role: 'amplifier', join: withinSame(stacksGrowing, 'process', 'container', 'pod') }],
  because: (link) => `stacks grew by ${sizeText(growthOf(link.causes[0]) ?? 0)}, and no heap profile shows them`,
  requires: [],
  refutes: [],
  rivals: ['memory/mapping-fills-memory'],
  accounts(link) {
    const part = growthOf(link.causes[0]);
    const whole = Number(link.effect.facts['growthBytes']);
    return part === null || !(whole > 0) ? null : Math.max(0, Math.min(1, part / whole));
  },
  leastShare: 0.4,
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['stacks that were needed for a moment only: the runtime gives them back with the next collections'],
});
