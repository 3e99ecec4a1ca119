import { requestExceedsNodes } from '../../../../model/conditions/config.ts';
import { podUnschedulable } from '../../../../model/conditions/workload.ts';
import { defineMechanism, fails, holds, isKind, type Link, unknown } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { changedFields, type FieldTest, triggeredByRollout, undo } from '../../../lib/rollout-trigger.ts';

/** resources.requests.cpu → containers[x].resources.requests.cpu; a limit without a request sets the request as well. */
const asks = (path: string, field: string): boolean => {
  const resource = /^resources\.requests\.(.+)$/.exec(field)?.[1];
  if (resource !== undefined) return path.endsWith(`.resources.requests.${resource}`) || path.endsWith(`.resources.limits.${resource}`);
  return path === field || path.startsWith(`${field}[`) || path.startsWith(`${field}.`) || (field === 'nodeSelector' && path.startsWith('affinity.nodeAffinity'));
};
const predicatesOf = (link: Link['effect']): readonly string[] => (isKind(link, podUnschedulable) ? Object.keys(link.facts.predicates) : []);
const changed: FieldTest = (f, effect) => f.after !== null && predicatesOf(effect).some((p) => fieldsOf(p).some((x) => asks(f.path, x)));
const fieldsOf = (predicate: string): readonly string[] => {
  const resource = /^Insufficient (\S+)$/.exec(predicate)?.[1];
  if (resource !== undefined) return [`resources.requests.${resource}`];
  if (/node affinity\/selector|node selector/.test(predicate)) return ['nodeSelector'];
  if (/taint/.test(predicate)) return ['tolerations'];
  if (/topology spread/.test(predicate)) return ['topologySpreadConstraints'];
  return /affinity/.test(predicate) ? ['affinity'] : [];
};

export const failedScheduling = defineMechanism({
  id: 'kubernetes/failed-scheduling',
  title: (link) => link.causes[0]?.says ?? 'the pod asks for what no node has',
  to: podUnschedulable,
  from: [
    {
      kind: requestExceedsNodes,
      role: 'defect',
      join: (effect, ask) => joinBy(requestExceedsNodes, ask, (c) => (predicatesOf(effect).includes(c.facts.predicate) ? partOf(effect.entity, c.entity, ask) : null)),
    },
    triggeredByRollout(podUnschedulable, changed),
  ],
  because: 'the scheduler places a pod only on a node that passes every filter; each node is counted under what refused it',
  requires: [],
  confirms: [
    {
      id: 'every-node-counted',
      title: 'this refuses every node, and the counts are whole',
      test(link) {
        const c = link.causes[0];
        if (c == null || !isKind(c, requestExceedsNodes) || !isKind(link.effect, podUnschedulable)) return fails('no scheduling refusal', []);
        if (!link.effect.facts.complete) return unknown('the message was cut: not every node is accounted for', 'kubectl describe pod POD');
        return c.facts.nodes >= link.effect.facts.nodes && link.effect.facts.nodes > 0
          ? holds(`${c.facts.nodes} of ${link.effect.facts.nodes} nodes: ${c.facts.predicate}`, link.effect.places)
          : fails(`only ${c.facts.nodes} of ${link.effect.facts.nodes} nodes refuse it for this`, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['kubernetes/nodes-closed'],
  accounts(link) {
    const c = link.causes[0];
    if (c == null || !isKind(c, requestExceedsNodes) || !isKind(link.effect, podUnschedulable) || link.effect.facts.nodes === 0) return null;
    return Math.min(1, c.facts.nodes / link.effect.facts.nodes);
  },
  // a pod that some nodes refuse for this and others for that has no single cause
  leastShare: 0.5,
  order: 'standing',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    const fields = changedFields(link.causes[1], changed, link.effect);
    // a limit without a request sets the request as well: named only where no request was
    const requests = fields.filter((f) => f.includes('.resources.requests.'));
    if (fields.length > 0) return (requests.length > 0 ? requests : fields).map((ref) => ({ kind: 'config' as const, ref }));
    return c != null && isKind(c, requestExceedsNodes) ? [{ kind: 'config', ref: `${c.entity.key} ${c.facts.field}` }] : [];
  },
  mitigation: (link) => undo(link.causes[1]),
  acceptedFalsePositives: ['nodes that are full of other pods: the request would fit an empty one'],
});
