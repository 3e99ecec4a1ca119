import { nodeNotReady } from '../../../../model/conditions/node.ts';
import { podEvicted } from '../../../../model/conditions/workload.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { onNodeOf } from '../../../lib/part-joins.ts';

const BY_NODE = new Set(['DeletionByTaintManager', 'DeletionByPodGC', 'TaintManagerEviction']);

export const nodeLostEvicts = defineMechanism({
  id: 'kubernetes/node-lost-evicts',
  title: (link) => `${link.causes[0]?.says ?? 'a node is lost'}, and its pods are deleted`,
  to: podEvicted,
  from: [{ kind: nodeNotReady, role: 'trigger', join: (effect, ask) => joinBy(nodeNotReady, ask, (c) => onNodeOf(effect.entity, c.entity, ask)) }],
  because: 'the node controller taints a node that is not ready, and deletes pods that tolerate this no longer',
  requires: [
    {
      id: 'deleted-for-the-node',
      title: 'the pod was deleted for its node, not drained or preempted',
      test: (link) =>
        isKind(link.effect, podEvicted) && BY_NODE.has(link.effect.facts.reason)
          ? holds(link.effect.facts.reason, link.effect.places)
          : fails(String(link.effect.facts['reason']), link.effect.places),
    },
  ],
  confirms: [
    {
      id: 'taint-named',
      title: 'the pod says so itself',
      test: (link) =>
        /[Tt]aint/.test(`${String(link.effect.facts['reason'])}${String(link.effect.facts['message'])}`)
          ? holds(String(link.effect.facts['message']), link.effect.places)
          : fails('it does not', []),
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'node', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: [],
});
