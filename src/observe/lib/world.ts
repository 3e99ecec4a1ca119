/**
 * The world a diagnosis asks: observers' answers, merged by identity, three-valued, memoised.
 */
import {
  type Alias,
  type Answer,
  type Artifact,
  type Condition,
  type Coverage,
  type Edge,
  type Entity,
  entityId,
  type Facts,
  holdsDuring,
  Identity,
  type Interval,
  isWeaker,
  type Kind,
  mayOverlap,
  type NotObservable,
  type Observation,
  type Observer,
  type Onset,
  type Query,
  type Readings,
  uniquePlaces,
  type World,
} from '../../model/index.ts';
import { aheadOf } from './traces/ahead.ts';

/** Places a merged condition keeps: enough to check, few enough to read. */
const PLACES_KEPT = 6;
const ALWAYS: Interval = { from: null, to: null };

export interface WorldOptions {
  readonly aliases?: readonly Alias[];
  readonly baseline?: Interval | null;
}

export function openWorld(readings: Readings, observers: readonly Observer[], options: WorldOptions = {}): World {
  const sorted = [...observers].sort((a, b) => (a.id < b.id ? -1 : 1));
  const aliases: Alias[] = [...(options.aliases ?? [])];
  const edges: Edge[] = [];
  for (const o of sorted) {
    const found = o.identify?.(readings);
    if (found === undefined) continue;
    aliases.push(...found.aliases);
    edges.push(...found.edges);
  }
  const identity = new Identity(aliases, edges);
  const observations = new Map<string, Observation>();
  const answers = new Map<string, Answer>();
  const asking = new Set<string>();

  const observe = (observer: Observer, kind: Kind, query: Query): Observation => {
    const key = `${observer.id}\u0000${kind.id}\u0000${keyOf(query)}`;
    const known = observations.get(key);
    if (known !== undefined) return known;
    if (asking.has(key)) throw new Error(`observer ${observer.id} asks for ${kind.id} while answering it`);
    asking.add(key);
    const made = observer.look(kind, query, world);
    asking.delete(key);
    observations.set(key, made);
    return made;
  };

  const world: World = {
    readings,
    identity,
    artifacts: readings.artifacts as readonly Artifact[],
    baseline: options.baseline ?? null,
    ahead: (from, to) => aheadOf(readings, from, to),
    look<F extends Facts>(kind: Kind<F>, entity: Entity | null = null, interval: Interval = ALWAYS): Answer<F> {
      const query: Query = { entity, interval };
      const key = `${kind.id}\u0000${keyOf(query)}`;
      const known = answers.get(key);
      if (known !== undefined) return known as Answer<F>;
      const conditions: Condition[] = [];
      const covered: Coverage[] = [];
      const notObservable: NotObservable[] = [];
      for (const o of sorted) {
        if (!o.answers.some((k) => k.id === kind.id)) continue;
        const observation = observe(o, kind as Kind, query);
        conditions.push(...observation.conditions.filter((c) => concerns(c, query, identity)));
        covered.push(...observation.covered.filter((c) => covers(c, query, identity)));
        notObservable.push(...observation.notObservable);
      }
      const merged = mergeConditions(conditions, identity);
      const answer: Answer =
        merged.length > 0
          ? { state: 'observed', conditions: merged, covered }
          : covered.length > 0
            ? { state: 'absent', covered }
            : {
                state: 'not-observable',
                reasons: uniqueReasons(notObservable.length > 0 ? notObservable : [{ why: `nothing at hand shows whether ${kind.title}`, next: kind.next }]),
              };
      answers.set(key, answer);
      return answer as Answer<F>;
    },
  };
  return world;
}

const keyOf = (q: Query): string => `${q.entity === null ? '*' : entityId(q.entity)}|${q.interval.from ?? ''}|${q.interval.to ?? ''}`;

/** About the entity, one of its names, or a part of it; and not outside the interval. */
function concerns(c: Condition, query: Query, identity: Identity): boolean {
  if (!mayOverlap(c.during, query.interval)) return false;
  if (query.entity === null) return true;
  const id = entityId(query.entity);
  return identity.upwards(c.entity).some((r) => entityId(r.entity) === id && holdsDuring(r, c.during));
}

/** Absence is an answer only where the entity (or what it is part of) was looked at. */
function covers(c: Coverage, query: Query, identity: Identity): boolean {
  if (!mayOverlap(c.interval, query.interval)) return false;
  if (c.entity === null || query.entity === null) return true;
  const id = entityId(c.entity);
  return identity.upwards(query.entity).some((r) => entityId(r.entity) === id && holdsDuring(r, c.interval));
}

function uniqueReasons(reasons: readonly NotObservable[]): NotObservable[] {
  const seen = new Map<string, NotObservable>();
  for (const r of reasons) if (!seen.has(`${r.why}\u0000${r.next}`)) seen.set(`${r.why}\u0000${r.next}`, r);
  return [...seen.values()];
}

/** Several observers may see one condition: same kind, same thing, same discriminator. */
export function mergeConditions(conditions: readonly Condition[], identity: Identity): Condition[] {
  const groups = new Map<string, Condition[]>();
  for (const c of conditions) {
    const canonical = canonicalName(c, identity);
    const key = `${c.kind} ${canonical}${c.id.slice(`${c.kind} ${entityId(c.entity)}`.length)}`;
    const list = groups.get(key) ?? [];
    list.push(c);
    groups.set(key, list);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, list]) => mergeOne(id, list));
}

/** One name for all that are surely one thing at the condition's time: the first by letter; never one that was several things' in turn where another is at hand. */
function canonicalName(c: Condition, identity: Identity): string {
  const names = identity.names(c.entity).filter((r) => r.entity.kind === c.entity.kind && r.strength !== 'guessed' && holdsDuring(r, c.during));
  const own = names.filter((r) => !identity.isShared(r.entity));
  // at a time that fits both of its owners it stays itself
  if (identity.isShared(c.entity) && own.some((a) => own.some((b) => identity.same(a.entity, b.entity) === null))) return entityId(c.entity);
  return (own.length > 0 ? own : names).map((r) => entityId(r.entity)).sort()[0] ?? entityId(c.entity);
}

function mergeOne(id: string, list: readonly Condition[]): Condition {
  const sorted = [...list].sort((a, b) => (a.strength !== b.strength ? (isWeaker(a.strength, b.strength) ? 1 : -1) : 0));
  const first = sorted[0] as Condition;
  if (sorted.length === 1) return first.id === id ? first : { ...first, id };
  const facts: Record<string, unknown> = {};
  for (const c of sorted) for (const [name, value] of Object.entries(c.facts)) if (facts[name] === undefined || facts[name] === null) facts[name] = value;
  const quantity = sorted.find((c) => c.quantity !== undefined)?.quantity;
  return {
    ...first,
    id,
    facts: facts as Facts,
    ...(quantity === undefined ? {} : { quantity }),
    onset: sorted.map((c) => c.onset).reduce(tighter),
    during: sorted.map((c) => c.during).reduce(wider),
    places: uniquePlaces(
      sorted.flatMap((c) => c.places),
      PLACES_KEPT,
    ),
  };
}

/** Two witnesses of one onset: the latest "well" and the earliest "ill", as long as they do not contradict each other. */
function tighter(a: Onset, b: Onset): Onset {
  const firstIll = a.firstIll === null ? b.firstIll : b.firstIll === null ? a.firstIll : a.firstIll < b.firstIll ? a.firstIll : b.firstIll;
  const wells = [a.lastWell, b.lastWell].filter((w) => w !== null && (firstIll === null || w <= firstIll));
  const lastWell = wells.length === 0 ? null : wells.reduce((x, y) => ((x as bigint) > (y as bigint) ? x : y));
  return { lastWell: lastWell ?? null, firstIll, ...(a.clock === undefined ? {} : { clock: a.clock }) };
}

const wider = (a: Interval, b: Interval): Interval => ({
  from: a.from === null || b.from === null ? (a.from ?? b.from) : a.from < b.from ? a.from : b.from,
  to: a.to === null || b.to === null ? null : a.to > b.to ? a.to : b.to,
});
