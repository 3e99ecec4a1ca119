/**
 * The identity graph: which names are one entity, and what is part of, runs on or calls what.
 * Observers contribute aliases and edges; mechanisms ask `same`, `lift` and `neighbours`.
 */

import { type Alias, type Edge, type Entity, type EntityKind, entityId, type Reached, type Relation } from './entity.ts';
import { type Place, uniquePlaces } from './place.ts';
import { isWeaker, type Strength, weaker } from './strength.ts';
import { ALWAYS, type Interval, intersect, mayOverlap } from './time.ts';

interface Step {
  readonly to: Entity;
  readonly strength: Strength;
  readonly places: readonly Place[];
  /** An alias that holds for a while. */
  readonly during?: Interval;
}

/** Narrow to wide. Namespaces, nodes and clusters tie nothing. */
const TIES: readonly EntityKind[] = ['bucket', 'process', 'container', 'pod', 'revision', 'workload', 'service'];

/** Whether what was reached is the same thing at a time that is asked about. */
export const holdsDuring = (r: Reached, when: Interval): boolean => r.during === undefined || mayOverlap(r.during, when);

const byId = (a: Reached, b: Reached): number => (entityId(a.entity) < entityId(b.entity) ? -1 : entityId(a.entity) > entityId(b.entity) ? 1 : 0);

export class Identity {
  readonly #aliases = new Map<string, Step[]>();
  readonly #out = new Map<string, Map<Relation, Step[]>>();
  readonly #in = new Map<string, Map<Relation, Step[]>>();
  readonly #memo = new Map<string, readonly Reached[]>();
  readonly #lifts = new Map<string, ReadonlyMap<string, Reached>>();
  readonly #byUser: readonly Alias[];
  /** What is known without the user's statements; the identity itself where there are none. */
  readonly #withoutUser: Identity;

  constructor(aliases: readonly Alias[], edges: readonly Edge[]) {
    this.#byUser = aliases.filter((a) => a.byUser === true);
    this.#withoutUser =
      this.#byUser.length === 0
        ? this
        : new Identity(
            aliases.filter((a) => a.byUser !== true),
            edges,
          );
    for (const a of aliases) {
      const more = { strength: a.strength, places: a.places, ...(a.during === undefined ? {} : { during: a.during }) };
      push(this.#aliases, entityId(a.a), { to: a.b, ...more });
      push(this.#aliases, entityId(a.b), { to: a.a, ...more });
    }
    for (const e of edges) {
      pushIn(this.#out, entityId(e.from), e.relation, { to: e.to, strength: e.strength, places: e.places });
      pushIn(this.#in, entityId(e.to), e.relation, { to: e.from, strength: e.strength, places: e.places });
    }
  }

  /** Every name of the same thing, itself first with strength `stated`. */
  names(e: Entity): readonly Reached[] {
    return this.#reach(`=${entityId(e)}`, [{ entity: e, strength: 'stated', places: [] }], (at) => this.#aliases.get(entityId(at)) ?? []);
  }

  /** How surely two names are one thing, each at its time; null when nothing says so. */
  same(a: Entity, b: Entity, whenA: Interval = ALWAYS, whenB: Interval = ALWAYS): Strength | null {
    const id = entityId(b);
    const found = this.names(a).find((r) => entityId(r.entity) === id);
    return found !== undefined && holdsDuring(found, whenA) && holdsDuring(found, whenB) ? found.strength : null;
  }

  /** A name that was one thing's and then another's (a listen address): it may not stand for either without a time. */
  isShared(e: Entity): boolean {
    const bounded = (this.#aliases.get(entityId(e)) ?? []).filter((s) => s.during !== undefined);
    return bounded.some((x) => bounded.some((y) => !mayOverlap(x.during as Interval, y.during as Interval)));
  }

  /** The entity itself and all it is part of (over aliases), nearest first by strength. */
  upwards(e: Entity): readonly Reached[] {
    return this.#reach(`^${entityId(e)}`, [{ entity: e, strength: 'stated', places: [] }], (at) => [
      ...(this.#aliases.get(entityId(at)) ?? []),
      ...(this.#out.get(entityId(at))?.get('part-of') ?? []),
    ]);
  }

  /** The entity itself and all its parts (over aliases). */
  downwards(e: Entity): readonly Reached[] {
    return this.#reach(`v${entityId(e)}`, [{ entity: e, strength: 'stated', places: [] }], (at) => [
      ...(this.#aliases.get(entityId(at)) ?? []),
      ...(this.#in.get(entityId(at))?.get('part-of') ?? []),
    ]);
  }

  /** What of `kind` an entity is part of (or is). */
  lift(e: Entity, kind: EntityKind): readonly Reached[] {
    return this.upwards(e).filter((r) => r.entity.kind === kind);
  }

  /** True strength with which both, each at its time, are part of one entity of that kind; null when not known to be. */
  within(a: Entity, b: Entity, kind: EntityKind, whenA: Interval = ALWAYS, whenB: Interval = ALWAYS): Strength | null {
    let best: Strength | null = null;
    const ofB = this.#lifted(b, kind);
    for (const [id, mine] of this.#lifted(a, kind)) {
      const other = ofB.get(id);
      if (other === undefined || !holdsDuring(mine, whenA) || !holdsDuring(other, whenB) || !holdsDuring(mine, other.during ?? ALWAYS)) continue;
      const both = weaker(mine.strength, other.strength);
      if (best === null || isWeaker(best, both)) best = both;
    }
    return best;
  }

  /**
   * What the user said that ties two things more narrowly than the inputs do: the statements without which they would share less. Empty where
   * the inputs alone tie them as well, or nothing does.
   */
  userTies(a: Entity, b: Entity): readonly Alias[] {
    if (this.#byUser.length === 0 || this.#narrowest(a, b) >= this.#withoutUser.#narrowest(a, b)) return [];
    const on = new Set([...this.upwards(a), ...this.upwards(b)].map((r) => entityId(r.entity)));
    return this.#byUser.filter((s) => on.has(entityId(s.a)) && on.has(entityId(s.b)));
  }

  /** Index of the narrowest level two things share; past the end where they share none. */
  #narrowest(a: Entity, b: Entity): number {
    if (this.same(a, b) !== null) return -1;
    const level = TIES.findIndex((kind) => this.within(a, b, kind) !== null);
    return level < 0 ? TIES.length : level;
  }

  /** Joins ask this of every pair: each entity is lifted once. */
  #lifted(e: Entity, kind: EntityKind): ReadonlyMap<string, Reached> {
    const key = `${kind} ${entityId(e)}`;
    let known = this.#lifts.get(key);
    if (known === undefined) {
      known = new Map(this.lift(e, kind).map((r) => [entityId(r.entity), r]));
      this.#lifts.set(key, known);
    }
    return known;
  }

  /** One step over a relation, forwards or backwards, from any name of the entity. */
  neighbours(e: Entity, relation: Relation, direction: 'out' | 'in' = 'out'): readonly Reached[] {
    const table = direction === 'out' ? this.#out : this.#in;
    const found: Reached[] = [];
    for (const name of this.names(e)) {
      for (const s of table.get(entityId(name.entity))?.get(relation) ?? []) {
        found.push({ entity: s.to, strength: weaker(name.strength, s.strength), places: uniquePlaces([...name.places, ...s.places]) });
      }
    }
    return strongest(found);
  }

  #reach(key: string, start: readonly Reached[], steps: (at: Entity) => readonly Step[]): readonly Reached[] {
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    // strongest first: a wave a strength, so each entity is reached by its strongest way
    const done = new Map<string, Reached>();
    for (const floor of ['stated', 'derived', 'guessed'] as const) {
      const queue = done.size === 0 ? [...start] : [...done.values()];
      while (queue.length > 0) {
        const at = queue.shift() as Reached;
        if (!done.has(entityId(at.entity))) done.set(entityId(at.entity), at);
        for (const s of [...steps(at.entity)].sort((a, b) => (entityId(a.to) < entityId(b.to) ? -1 : 1))) {
          if (isWeaker(s.strength, floor) || done.has(entityId(s.to))) continue;
          // two aliases that never held at one time lead nowhere
          const during = at.during === undefined ? s.during : s.during === undefined ? at.during : intersect(at.during, s.during);
          if (during === null) continue;
          const next = { entity: s.to, strength: weaker(at.strength, s.strength), places: uniquePlaces([...at.places, ...s.places]), ...(during === undefined ? {} : { during }) };
          done.set(entityId(s.to), next);
          queue.push(next);
        }
      }
    }
    const all = [...done.values()];
    const first = all.shift() as Reached;
    const result = [first, ...all.sort(byId)];
    this.#memo.set(key, result);
    return result;
  }
}

function strongest(found: readonly Reached[]): readonly Reached[] {
  const best = new Map<string, Reached>();
  for (const r of found) {
    const known = best.get(entityId(r.entity));
    if (known === undefined || isWeaker(known.strength, r.strength)) best.set(entityId(r.entity), r);
  }
  return [...best.values()].sort(byId);
}

function push(map: Map<string, Step[]>, key: string, step: Step): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [step]);
  else list.push(step);
}

function pushIn(map: Map<string, Map<Relation, Step[]>>, key: string, relation: Relation, step: Step): void {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  push(inner as Map<string, Step[]>, relation, step);
}
