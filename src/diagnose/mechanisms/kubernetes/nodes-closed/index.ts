import { nodeNotReady } from '../../../../model/conditions/node.ts';
import { podUnschedulable } from '../../../../model/conditions/workload.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

/** Texts with which the scheduler passes over a node that is ill or closed. Since 1.35 a taint is not named. */
const CLOSED = /node\.kubernetes\.io\/(?:not-ready|unreachable)|untolerated taint\(s\)/;

export const nodesClosed = defineMechanism({
  id: 'kubernetes/nodes-closed',
  title: 'a lost node leaves no place for the pod',
  to: podUnschedulable,
  from: [
    {
      kind: nodeNotReady,
      role: 'trigger',
      // nodes that nobody looked at matter only where the refusal speaks of closed ones
      join: (effect, ask) =>
        isKind(effect, podUnschedulable) && Object.keys(effect.facts.predicates).some((p) => CLOSED.test(p)) ? joinBy(nodeNotReady, ask, () => 'derived') : [],
    },
  ],
  because: 'the node controller taints a node that is not ready, and the scheduler passes over it',
  requires: [],
  refutes: [
    {
      id: 'other-nodes-refuse',
      title: 'most nodes refuse the pod for what it asks',
      test(link) {
        if (!isKind(link.effect, podUnschedulable)) return fails('no refusal', []);
        const closed = Object.entries(link.effect.facts.predicates).reduce((n, [p, count]) => n + (CLOSED.test(p) || /were unschedulable/.test(p) ? count : 0), 0);
        return closed * 2 >= link.effect.facts.nodes
          ? fails(`${closed} of ${link.effect.facts.nodes} nodes are closed`, link.effect.places)
          : holds(`only ${closed} of ${link.effect.facts.nodes} nodes are closed`, link.effect.places);
      },
    },
  ],
  rivals: ['kubernetes/failed-scheduling'],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => [{ kind: 'node', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['a taint of another kind on another node: the text does not name it'],
});
