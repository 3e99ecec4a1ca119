import { nodePressure } from '../../../../model/conditions/node.ts';
import { podEvicted } from '../../../../model/conditions/workload.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { onNodeOf } from '../../../lib/part-joins.ts';

/** "The node was low on resource: memory" ↔ condition MemoryPressure. */
const OF: { readonly [condition: string]: RegExp } = { MemoryPressure: /memory/, DiskPressure: /ephemeral-storage|nodefs|imagefs|inodes/, PIDPressure: /pids/ };

export const nodePressureEvicts = defineMechanism({
  id: 'kubernetes/node-pressure-evicts',
  title: 'a node under pressure evicts pods',
  to: podEvicted,
  from: [
    {
      kind: nodePressure,
      role: 'trigger',
      join: (effect, ask) =>
        joinBy(nodePressure, ask, (c) =>
          isKind(effect, podEvicted) && (OF[c.facts.condition]?.test(effect.facts.resource ?? '') ?? false) ? onNodeOf(effect.entity, c.entity, ask) : null,
        ),
    },
  ],
  because: 'the kubelet ends pods, those above their requests first, when a resource of the node runs short',
  requires: [
    {
      id: 'evicted-by-kubelet',
      title: 'the kubelet evicted it',
      test: (link) =>
        link.effect.facts['reason'] === 'Evicted' || link.effect.facts['reason'] === 'TerminationByKubelet'
          ? holds(String(link.effect.facts['message']), link.effect.places)
          : fails(String(link.effect.facts['reason']), link.effect.places),
    },
  ],
  confirms: [
    {
      id: 'resource-named',
      title: 'the message names the resource',
      test: (link) => (link.effect.facts['resource'] === null ? fails('it names none', []) : holds(String(link.effect.facts['message']), link.effect.places)),
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'node', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['an eviction of long ago: the condition may be of a later shortage'],
});
