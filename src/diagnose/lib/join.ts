/**
 * Joins and checks that most mechanisms share. A join is stronger than time: it ties cause and effect by process, container,
 * workload, service, function or a value both name.
 */
import {
  type Ask,
  type Check,
  type Condition,
  type Entity,
  type EntityKind,
  entityId,
  type Facts,
  type Finding,
  fails,
  holds,
  isWeaker,
  type Joined,
  type Kind,
  type Link,
  type Refuter,
  type Strength,
  uniquePlaces,
  unknown,
  weaker,
} from '../../model/index.ts';

/** All conditions of a kind that `tie` accepts; "fails" when the kind was looked at and is absent, "unknown" when it could not be looked at. */
export function joinBy<F extends Facts>(kind: Kind<F>, ask: Ask, tie: (cause: Condition<F>) => Strength | null): Finding | readonly Joined[] {
  const answer = ask.look(kind);
  if (answer.state === 'absent')
    return fails(
      'looked for and not seen',
      uniquePlaces(
        answer.covered.flatMap((c) => c.places),
        3,
      ),
    );
  if (answer.state === 'not-observable') {
    const reason = answer.reasons[0];
    return unknown(reason?.why ?? `${kind.title}: nothing at hand shows it`, reason?.next ?? kind.next);
  }
  const joined: Joined[] = [];
  for (const cause of answer.conditions) {
    const strength = tie(cause);
    if (strength !== null) joined.push({ cause, strength: weaker(strength, cause.strength) });
  }
  return joined;
}

/** Cause and effect belong to one entity of the first of these kinds that ties them. */
export function withinSame<F extends Facts>(kind: Kind<F>, ...levels: readonly EntityKind[]): (effect: Condition, ask: Ask) => Finding | readonly Joined[] {
  return (effect, ask) => {
    const found = joinBy(kind, ask, (cause) => tiedWithin(effect, cause, ask, levels));
    if ('state' in found ? found.state !== 'fails' : found.length > 0) return found;
    // seen or looked for somewhere else says nothing of this entity
    const answer = ask.look(kind);
    if (answer.state === 'observed' && answer.covered === undefined) return found;
    const covered = (answer.state === 'not-observable' ? [] : (answer.covered ?? [])).filter((c) => c.entity === null || touches(c.entity, effect.entity, ask, levels));
    if (covered.length > 0)
      return fails(
        'looked for and not seen',
        uniquePlaces(
          covered.flatMap((c) => c.places),
          3,
        ),
      );
    return unknown(`${kind.title}: nothing that was given shows it here`, kind.next);
  };
}

/** What was looked at is the entity, holds it, is a part of it, or shares with it one of the levels a cause would be tied by. */
function touches(covered: Entity, entity: Entity, ask: Ask, levels: readonly EntityKind[]): boolean {
  const id = entityId(covered);
  if (ask.identity.upwards(entity).some((r) => entityId(r.entity) === id)) return true;
  return levels.some((level) => ask.identity.within(covered, entity, level) !== null);
}

export function tiedWithin(a: Condition, b: Condition, ask: Ask, levels: readonly EntityKind[]): Strength | null {
  let best: Strength | null = ask.identity.same(a.entity, b.entity, a.during, b.during);
  for (const level of levels) {
    const strength = ask.identity.within(a.entity, b.entity, level, a.during, b.during);
    if (strength !== null && (best === null || isWeaker(best, strength))) best = strength;
  }
  return best;
}

/** A check on the link's own facts: always decided. */
export function fact(id: string, title: string, test: (link: Link) => { holds: boolean; says: string }): Check {
  return {
    id,
    title,
    test(link) {
      const r = test(link);
      const places = link.causes[0]?.places ?? link.effect.places;
      return r.holds ? holds(r.says, places) : fails(r.says, places);
    },
  };
}

export const decisive = (check: Check): Refuter => ({ ...check, decisive: true });
