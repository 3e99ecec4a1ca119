/** Joins over ownership: what stands on a part of an object, or on the node it runs on. */
import { type Ask, type Condition, type Entity, entityId, type Finding, isWeaker, type Joined, type Kind, type Strength, weaker } from '../../model/index.ts';
import { joinBy } from './join.ts';

/** How surely `part` is the same as, or a part of, `whole`. */
export function partOf(part: Entity, whole: Entity, ask: Ask): Strength | null {
  const id = entityId(whole);
  return ask.identity.upwards(part).find((r) => entityId(r.entity) === id)?.strength ?? null;
}

/** Conditions of several kinds on parts of the effect's object: the pods of a workload. */
export function onParts(
  kinds: readonly Kind[],
  accept: (cause: Condition, effect: Condition, ask: Ask) => boolean = () => true,
): (effect: Condition, ask: Ask) => Finding | readonly Joined[] {
  return (effect, ask) => joinKinds(kinds, ask, (cause) => (accept(cause, effect, ask) ? partOf(cause.entity, effect.entity, ask) : null));
}

/** joinBy over several kinds: absent only when all are, unknown when one of them could not be looked at and none was seen. */
export function joinKinds(kinds: readonly Kind[], ask: Ask, tie: (cause: Condition) => Strength | null): Finding | readonly Joined[] {
  const joined: Joined[] = [];
  let missing: Finding | null = null;
  let absent: Finding | null = null;
  for (const kind of kinds) {
    const found = joinBy(kind, ask, tie);
    if (!('state' in found)) joined.push(...found);
    else if (found.state === 'unknown') missing ??= found;
    else absent ??= found;
  }
  if (joined.length > 0) return joined;
  return missing ?? absent ?? [];
}

/** The node a pod (or the pod of a container) runs on is the cause's object. */
export function onNodeOf(effect: Entity, node: Entity, ask: Ask): Strength | null {
  let best: Strength | null = null;
  for (const at of ask.identity.upwards(effect)) {
    if (at.entity.kind !== 'pod') continue;
    for (const n of ask.identity.neighbours(at.entity, 'runs-on')) {
      if (entityId(n.entity) !== entityId(node)) continue;
      const both = weaker(at.strength, n.strength);
      if (best === null || isWeaker(best, both)) best = both;
    }
  }
  return best;
}

/** Pods of an object, by ownership. */
export const podsOf = (whole: Entity, ask: Ask): readonly Entity[] => ask.identity.downwards(whole).flatMap((r) => (r.entity.kind === 'pod' ? [r.entity] : []));
