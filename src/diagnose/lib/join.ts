/**
 * Joins and checks that most mechanisms share. A join is stronger than time: it ties cause and effect by process, container,
 * workload, service, function or a value both name.
 */
import {
  type Ask,
  type Check,
  type Condition,
  type EntityKind,
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
  return (effect, ask) => joinBy(kind, ask, (cause) => tiedWithin(effect, cause, ask, levels));
}

export function tiedWithin(a: Condition, b: Condition, ask: Ask, levels: readonly EntityKind[]): Strength | null {
  let best: Strength | null = ask.identity.same(a.entity, b.entity);
  for (const level of levels) {
    const strength = ask.identity.within(a.entity, b.entity, level);
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
