import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { nodeNotReady } from '../../../../model/conditions/node.ts';
import { type Ask, type Condition, defineMechanism, type Entity, entityId, isWeaker, type Strength, weaker } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { onNodeOf } from '../../../lib/part-joins.ts';

/** The failing service, and those that it is known to call. */
function servicesOf(effect: Condition, ask: Ask): readonly { entity: Entity; strength: Strength }[] {
  const own = ask.identity.lift(effect.entity, 'service');
  return [...own, ...own.flatMap((s) => ask.identity.neighbours(s.entity, 'calls').map((c) => ({ entity: c.entity, strength: weaker(s.strength, c.strength) })))];
}

/** All pods of one of these services stand on the lost node. */
function tie(effect: Condition, node: Entity, ask: Ask): Strength | null {
  let best: Strength | null = null;
  for (const s of servicesOf(effect, ask)) {
    const pods = ask.identity.downwards(s.entity).filter((r) => r.entity.kind === 'pod');
    const on = pods.map((p) => onNodeOf(p.entity, node, ask));
    if (pods.length === 0 || on.some((x) => x === null)) continue;
    const all = on.reduce<Strength>((a, b) => weaker(a, b as Strength), s.strength);
    if (best === null || isWeaker(best, all)) best = all;
  }
  return best;
}

export const nodeLostFailsRequests = defineMechanism({
  id: 'kubernetes/node-lost-fails-requests',
  title: (link) => `${link.causes[0]?.says ?? 'a node is lost'}, and every pod of a service is on it`,
  to: requestsFailing,
  from: [{ kind: nodeNotReady, role: 'trigger', join: (effect, ask) => joinBy(nodeNotReady, ask, (c) => tie(effect, c.entity, ask)) }],
  because: 'pods of a node that is not ready leave the endpoints of their Services: calls find no backend and are refused',
  requires: [],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'node', ref: link.causes[0] == null ? '' : entityId(link.causes[0].entity) }],
  acceptedFalsePositives: ['a failure of the service that began in the minute between the last heartbeat and the verdict on the node'],
});
