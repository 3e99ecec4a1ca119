/**
 * Joins and checks that most mechanisms share. A join is stronger than time: it ties cause and effect by process, container,
 * workload, service, function or a value both name.
 */
import {
  type Answer,
  type Ask,
  type Check,
  type Condition,
  type Coverage,
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

/** As joinBy, over those conditions alone that share one of the levels with the effect: of thousands a few, found by an index. */
export function joinNear<F extends Facts>(kind: Kind<F>, effect: Condition, ask: Ask, levels: readonly EntityKind[], tie: (cause: Condition<F>) => Strength | null) {
  const answer = ask.look(kind);
  if (answer.state !== 'observed') return joinBy(kind, ask, tie);
  const index = indexed(answer, levels, () => answer.conditions.map((c) => [c, c.entity]), ask);
  const joined: Joined[] = [];
  for (const cause of found(index, effect.entity, levels, ask) as Condition<F>[]) {
    const strength = tie(cause);
    if (strength !== null) joined.push({ cause, strength: weaker(strength, cause.strength) });
  }
  return joined;
}

/** Cause and effect belong to one entity of the first of these kinds that ties them. */
export function withinSame<F extends Facts>(kind: Kind<F>, ...levels: readonly EntityKind[]): (effect: Condition, ask: Ask) => Finding | readonly Joined[] {
  return (effect, ask) => {
    const joined = joinNear(kind, effect, ask, levels, (cause) => tiedWithin(effect, cause, ask, levels));
    if ('state' in joined ? joined.state !== 'fails' : joined.length > 0) return joined;
    // seen or looked for somewhere else says nothing of this entity
    const answer = ask.look(kind);
    if (answer.state === 'observed' && answer.covered === undefined) return joined;
    const covered = answer.state === 'not-observable' ? [] : coveredNear(answer, effect.entity, levels, ask);
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
function coveredNear(answer: Answer & { readonly state: 'observed' | 'absent' }, entity: Entity, levels: readonly EntityKind[], ask: Ask): readonly Coverage[] {
  const covered = answer.covered ?? [];
  const index = indexed(covered, levels, () => covered.map((c) => [c, c.entity]), ask);
  const near = new Set(found(index, entity, levels, ask) as Coverage[]);
  return covered.filter((c) => c.entity === null || near.has(c));
}

type Index = ReadonlyMap<string, readonly unknown[]>;

/** Things by their own entity and by what that is part of at these levels. Made once for one answer. */
const indexes = new WeakMap<object, Map<string, Index>>();

function indexed(of: object, levels: readonly EntityKind[], things: () => readonly (readonly [unknown, Entity | null])[], ask: Ask): Index {
  const byLevels = indexes.get(of) ?? new Map<string, Index>();
  indexes.set(of, byLevels);
  const key = levels.join();
  const known = byLevels.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, unknown[]>();
  for (const [thing, entity] of things()) {
    if (entity === null) continue;
    const ids = new Set([entityId(entity), ...levels.flatMap((level) => ask.identity.lift(entity, level).map((r) => entityId(r.entity)))]);
    for (const id of ids) push(made, id, thing);
  }
  byLevels.set(key, made);
  return made;
}

/** Each once, in the order they were given. */
function found(index: Index, entity: Entity, levels: readonly EntityKind[], ask: Ask): unknown[] {
  const ids = new Set([
    ...ask.identity.upwards(entity).map((r) => entityId(r.entity)),
    ...levels.flatMap((level) => ask.identity.lift(entity, level).map((r) => entityId(r.entity))),
  ]);
  const out = new Set<unknown>();
  for (const id of ids) for (const thing of index.get(id) ?? []) out.add(thing);
  return [...out];
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

function push(map: Map<string, unknown[]>, key: string, thing: unknown): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [thing]);
  else list.push(thing);
}
