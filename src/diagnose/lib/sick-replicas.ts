/** How many of the missing replicas the sick pods make up. */
import { workloadUnavailable } from '../../model/conditions/workload.ts';
import { type Ask, entityId, isKind, type Kind, type Link } from '../../model/index.ts';
import { podsOf } from './part-joins.ts';

/** null where pods are not known one by one (a refused creation has none). */
export const sickReplicas =
  (kinds: readonly Kind[]) =>
  (link: Link, ask: Ask): number | null => {
    const effect = link.effect;
    if (!isKind(effect, workloadUnavailable)) return null;
    const missing = effect.facts.desired - effect.facts.available;
    if (missing <= 0) return null;
    const pods = new Set(podsOf(effect.entity, ask).map(entityId));
    const sick = new Set<string>();
    for (const kind of kinds) {
      const answer = ask.look(kind);
      if (answer.state !== 'observed') continue;
      for (const c of answer.conditions) for (const r of ask.identity.lift(c.entity, 'pod')) if (pods.has(entityId(r.entity))) sick.add(entityId(r.entity));
    }
    return sick.size === 0 ? null : Math.min(1, sick.size / missing);
  };
