import { containerMemoryGrowing } from '../../../../model/conditions/container.ts';
import { heapGrowing } from '../../../../model/conditions/memory.ts';
import { type Condition, defineMechanism } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { growthOf, numberFact, shareOfGrowth, sizeText } from '../../../lib/memory.ts';

/** By default (GOGC=100) the heap reaches twice what was alive at the last collection before the next one begins. */
const HEADROOM = 2;

/** Profiles show what is alive, and span less time than series do: paces are compared, with the room the collector takes on top. */
function shareByPace(heap: Condition, memory: Condition): number | null {
  const alive = numberFact(heap, 'perMinuteBytes');
  const resident = numberFact(memory, 'perMinuteBytes');
  return alive === null || resident === null || resident <= 0 ? shareOfGrowth(heap, memory) : Math.max(0, Math.min(1, (alive * HEADROOM) / resident));
}

export const heapFillsContainer = defineMechanism({
  id: 'memory/heap-fills-container',
  title: 'the Go heap fills the container',
  to: containerMemoryGrowing,
  from: [{ kind: heapGrowing, role: 'amplifier', join: withinSame(heapGrowing, 'process', 'container', 'pod') }],
  because: (link) => `the heap grew by ${sizeText(growthOf(link.causes[0]) ?? 0)} while the container grew by ${sizeText(growthOf(link.effect) ?? 0)}`,
  requires: [],
  refutes: [],
  rivals: ['memory/non-heap-fills-container'],
  accounts: (link) => (link.causes[0]?.facts['source'] === 'heap profiles' ? shareByPace(link.causes[0], link.effect) : shareOfGrowth(link.causes[0], link.effect)),
  leastShare: 0.4,
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['resident memory also follows freed heap that was not yet returned to the system'],
});
