import { nodeNotReady } from '../../../../model/conditions/node.ts';
import { workloadUnavailable } from '../../../../model/conditions/workload.ts';
import { type Ask, type Condition, defineMechanism, isKind, type Strength, weaker } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { onNodeOf, podsOf } from '../../../lib/part-joins.ts';

const onIt = (effect: Condition, node: Condition, ask: Ask): readonly Strength[] => podsOf(effect.entity, ask).flatMap((p) => onNodeOf(p, node.entity, ask) ?? []);

export const nodeLostUnavailable = defineMechanism({
  id: 'kubernetes/node-lost-unavailable',
  title: 'replicas on a lost node do not count',
  to: workloadUnavailable,
  from: [
    {
      kind: nodeNotReady,
      role: 'trigger',
      join: (effect, ask) =>
        joinBy(nodeNotReady, ask, (c) => {
          const all = onIt(effect, c, ask);
          return all.length === 0 ? null : all.reduce((a, b) => (weaker(a, b) === a ? b : a));
        }),
    },
  ],
  because: 'the node controller marks the pods of a node that is not ready as not ready',
  requires: [],
  refutes: [],
  rivals: ['kubernetes/crash-loop-unavailable', 'kubernetes/missing-pods-unavailable'],
  accounts(link, ask) {
    const [c] = link.causes;
    if (c == null || !isKind(link.effect, workloadUnavailable)) return null;
    const missing = link.effect.facts.desired - link.effect.facts.available;
    return missing <= 0 ? null : Math.min(1, onIt(link.effect, c, ask).length / missing);
  },
  leastShare: 0.3,
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'node', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['replicas that were missing before the node was lost'],
});
