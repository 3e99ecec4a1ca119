import { containerCrashLooping, containerNotStarting, imageNotPulled } from '../../../../model/conditions/container.ts';
import { nodeNotReady } from '../../../../model/conditions/node.ts';
import { workloadUnavailable } from '../../../../model/conditions/workload.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, isKind, type Kind, type Strength, weaker } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { onNodeOf, podsOf } from '../../../lib/part-joins.ts';

/** Reasons of their own for which pods are not ready. */
const OTHER = [containerCrashLooping, containerNotStarting, imageNotPulled] as unknown as readonly Kind[];

const onIt = (effect: Condition, node: Condition, ask: Ask): readonly Strength[] => podsOf(effect.entity, ask).flatMap((p) => onNodeOf(p, node.entity, ask) ?? []);

export const nodeLostUnavailable = defineMechanism({
  id: 'kubernetes/node-lost-unavailable',
  title: (link) => `${link.causes[0]?.says ?? 'a node is lost'}, and replicas on it do not count`,
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
  confirms: [
    {
      id: 'all-missing-on-it',
      title: 'every missing replica is on this node, and nothing else ails them',
      test(link, ask) {
        const [c] = link.causes;
        if (c == null || !isKind(link.effect, workloadUnavailable)) return fails('no node', []);
        const on = onIt(link.effect, c, ask).length;
        const missing = link.effect.facts.desired - link.effect.facts.available;
        if (on < missing) return fails(`${on} of ${missing} missing replicas are on it`, link.effect.places);
        const ailing = OTHER.some((k) => {
          const a = ask.look(k, link.effect.entity);
          return a.state === 'observed';
        });
        return ailing ? fails('some of them have troubles of their own', link.effect.places) : holds(`all ${missing} missing replicas are on it`, c.places);
      },
    },
  ],
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
