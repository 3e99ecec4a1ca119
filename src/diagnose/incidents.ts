/**
 * Symptoms joined through one root are one incident; shared time alone makes two.
 */
import { type Ask, atLeast, type Condition, type EntityKind, entityId, isWeaker, type Strength, shortName } from '../model/index.ts';
import { type Chain, type Chainer, compareRoots, type Explanation, isTie, isUsable, linksOf, rootIdsOf, rootOf } from './chain.ts';

export interface Incident {
  /** Symptoms this incident's chains explain, and those that stand at their ends. */
  readonly symptoms: readonly Explanation[];
  /** Best first; every chain explains at least one symptom of the incident. */
  readonly chains: readonly Chain[];
  /** Symptoms on the same object that no chain reaches. */
  readonly unexplained: readonly Explanation[];
}

/** Conditions a chain passes through, branches included. */
export function conditionsOf(chain: Chain): Set<string> {
  const ids = new Set<string>([chain.head.id]);
  for (const l of linksOf(chain)) {
    ids.add(l.link.effect.id);
    for (const c of l.link.causes) if (c !== null) ids.add(c.id);
  }
  return ids;
}

export function groupIncidents(symptoms: readonly Condition[], chainer: Chainer, ask: Ask): Incident[] {
  const explanations = symptoms.map((s) => chainer.explain(s));
  const parent = explanations.map((_, i) => i);
  const find = (i: number): number => (parent[i] === i ? i : find(parent[i] as number));
  const union = (a: number, b: number): void => {
    parent[Math.max(find(a), find(b))] = Math.min(find(a), find(b));
  };
  const index = new Map(explanations.map((e, i) => [e.condition.id, i]));
  const byRoot = new Map<string, number>();
  explanations.forEach((e, i) => {
    const best = e.chains[0];
    if (best === undefined || best.link === null) return;
    // a symptom on the way to another's root belongs to it, and so do symptoms whose best chains end at one condition
    // a way back that is not proven ties nothing together
    for (const id of atLeast(best.verdict, 'supported') ? conditionsOf(best) : []) {
      const other = index.get(id);
      if (other !== undefined) union(i, other);
    }
    // a cause that is found decides alone; where the way back stays open every end that was reached counts
    const ends = isUsable(best) ? [best] : e.chains.filter((c) => c.link !== null && atLeast(c.verdict, 'supported'));
    for (const end of ends) {
      const root = rootOf(end);
      for (const key of isUsable(end) ? [root.id] : [root.id, ...alikeKeys(root, ask)]) {
        const known = byRoot.get(key) ?? index.get(key);
        byRoot.set(key, known ?? i);
        if (known !== undefined) union(i, known);
      }
    }
  });
  const groups = new Map<number, Explanation[]>();
  explanations.forEach((e, i) => {
    const list = groups.get(find(i)) ?? [];
    list.push(e);
    groups.set(find(i), list);
  });
  const incidents = [...groups.values()].map((members) => ({ symptoms: members, chains: chainsOf(members), unexplained: [] as Explanation[] }));
  return adopt(incidents, ask).sort(compareIncidents);
}

/**
 * Pods of one workload run one template: where the way back from several of them stops at the same state of the same container, whatever brought
 * that about is looked for once. A name that was only guessed makes no workload of them.
 */
const alikeKeys = (end: Condition, ask: Ask): string[] =>
  ['container', 'pod'].includes(end.entity.kind)
    ? ask.identity
        .lift(end.entity, 'workload')
        .filter((r) => r.strength !== 'guessed')
        .map((r) => `${end.kind} ${end.entity.kind === 'container' ? shortName(end.entity) : ''} ${entityId(r.entity)}`)
    : [];

/**
 * Distinct roots over the members: for each root the chain that tells the most. First the one that explains most of the members;
 * a chain whose roots another needs as well (the rollout that also set a defect off) is part of that one's story and not its rival.
 */
function chainsOf(members: readonly Explanation[]): Chain[] {
  const byRoot = new Map<string, Chain>();
  for (const m of members) {
    for (const chain of m.chains) {
      const root = rootOf(chain).id;
      const known = byRoot.get(root);
      if (known === undefined || better(chain, known)) byRoot.set(root, chain);
    }
  }
  const explains = explainer(members);
  const ranked = [...byRoot.values()].map((chain) => ({ chain, roots: rootIdsOf(chain) })).map((r) => ({ ...r, explained: isUsable(r.chain) ? explains(r.roots) : 0 }));
  ranked.sort((a, b) => {
    if (isUsable(a.chain) !== isUsable(b.chain)) return isUsable(a.chain) ? -1 : 1;
    // a lone symptom is the least that can be said of it
    if ((a.chain.link === null) !== (b.chain.link === null)) return a.chain.link === null ? 1 : -1;
    if (a.explained !== b.explained) return b.explained - a.explained;
    return compareRoots(a.chain, b.chain);
  });
  return ranked.filter((r, i) => !isUsable(r.chain) || !ranked.slice(0, i).some((o) => isUsable(o.chain) && [...r.roots].every((id) => o.roots.has(id)))).map((r) => r.chain);
}

/** How many of the symptoms are explained by these roots and no others. */
function explainer(members: readonly Explanation[]): (roots: ReadonlySet<string>) => number {
  const needs = members.map((m) => m.chains.filter(isUsable).map((c) => [...rootIdsOf(c)]));
  return (roots) => needs.filter((ways) => ways.some((ids) => ids.every((id) => roots.has(id)))).length;
}

/** Nothing tells the two causes apart: neither how they are known nor how many of the symptoms they explain. */
export function areTied(a: Chain, b: Chain, members: readonly Explanation[]): boolean {
  if (!isTie(a, b)) return false;
  const explains = explainer(members);
  return explains(rootIdsOf(a)) === explains(rootIdsOf(b));
}

const depth = (c: Chain): number => linksOf(c).length;
const better = (a: Chain, b: Chain): boolean => (isUsable(a) !== isUsable(b) ? isUsable(a) : depth(a) > depth(b));

const LEVELS: readonly EntityKind[] = ['container', 'pod', 'workload', 'service', 'process'];
/** Alerts may name nothing but a node. */
const LEVELS_ALONE: readonly EntityKind[] = [...LEVELS, 'node'];

/** Which incidents stand on an object, in the order they were put in. */
class OnObject<I> {
  readonly #byId = new Map<string, I[]>();
  readonly #levels: readonly EntityKind[];
  readonly #ask: Ask;

  constructor(levels: readonly EntityKind[], ask: Ask) {
    this.#levels = levels;
    this.#ask = ask;
  }

  #ids(c: Condition): string[] {
    return this.#levels.flatMap((level) => this.#ask.identity.lift(c.entity, level).map((r) => entityId(r.entity)));
  }

  add(incident: I, symptoms: readonly Explanation[]): void {
    for (const s of symptoms)
      for (const id of this.#ids(s.condition)) {
        const list = this.#byId.get(id);
        if (list === undefined) this.#byId.set(id, [incident]);
        else if (list[list.length - 1] !== incident) list.push(incident);
      }
  }

  near(symptoms: readonly Explanation[]): Set<I> {
    return new Set(symptoms.flatMap((s) => this.#ids(s.condition).flatMap((id) => this.#byId.get(id) ?? [])));
  }
}

function tied(a: Explanation, b: Explanation, levels: readonly EntityKind[], ask: Ask): Strength | null {
  let best: Strength | null = null;
  for (const level of levels) {
    const strength = ask.identity.within(a.condition.entity, b.condition.entity, level, a.condition.during, b.condition.during);
    if (strength !== null && (best === null || isWeaker(best, strength))) best = strength;
  }
  return best;
}

/** A symptom nobody explains, on the same container, pod or workload as an incident with a cause: named there as unexplained. */
function adopt(incidents: readonly Incident[], ask: Ask): Incident[] {
  const alone = new Set(incidents.filter((i) => i.chains.every((c) => c.link === null)));
  const rest = incidents.filter((i) => !alone.has(i)).map((i) => ({ ...i, unexplained: [...i.unexplained] }));
  const onObject = new OnObject<(typeof rest)[number]>(LEVELS, ask);
  for (const i of rest) onObject.add(i, i.symptoms);
  const order = new Map(rest.map((i, n) => [i, n]));
  const left: Incident[] = [];
  for (const one of alone) {
    let best: { host: (typeof rest)[number]; strength: Strength } | null = null;
    for (const host of [...onObject.near(one.symptoms)].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)))
      for (const s of one.symptoms)
        for (const other of host.symptoms) {
          const strength = tied(s, other, LEVELS, ask);
          if (strength === null || strength === 'guessed') continue;
          if (best === null || isWeaker(best.strength, strength)) best = { host, strength };
        }
    if (best === null) left.push(one);
    else best.host.unexplained.push(...one.symptoms);
  }
  return [...rest, ...mergeAlone(left, ask)];
}

/** Lone symptoms of one object are one incident: nobody knows more of them than that. */
function mergeAlone(alone: readonly Incident[], ask: Ask): Incident[] {
  const merged: { symptoms: Explanation[]; chains: Chain[]; unexplained: Explanation[] }[] = [];
  const onObject = new OnObject<(typeof merged)[number]>(LEVELS_ALONE, ask);
  for (const one of alone) {
    const host = [...onObject.near(one.symptoms)].find((m) => m.symptoms.some((a) => one.symptoms.some((b) => tied(a, b, LEVELS_ALONE, ask) !== null)));
    if (host === undefined) {
      const made = { symptoms: [...one.symptoms], chains: [...one.chains], unexplained: [...one.unexplained] };
      merged.push(made);
      onObject.add(made, one.symptoms);
    } else {
      host.symptoms.push(...one.symptoms);
      host.chains.push(...one.chains);
      onObject.add(host, one.symptoms);
    }
  }
  return merged;
}

/** Somebody was paged > harm > a cause is known > more symptoms > earlier. */
function compareIncidents(a: Incident, b: Incident): number {
  const paged = (i: Incident): boolean => i.symptoms.some((s) => s.condition.kind === 'alert/firing');
  if (paged(a) !== paged(b)) return paged(a) ? -1 : 1;
  const known = (i: Incident): boolean => i.chains[0] !== undefined && isUsable(i.chains[0]);
  if (known(a) !== known(b)) return known(a) ? -1 : 1;
  if (a.symptoms.length !== b.symptoms.length) return b.symptoms.length - a.symptoms.length;
  const onset = (i: Incident): bigint =>
    i.symptoms.reduce<bigint>((least, s) => {
      const at = s.condition.onset.firstIll ?? 1n << 62n;
      return at < least ? at : least;
    }, 1n << 62n);
  if (onset(a) !== onset(b)) return onset(a) < onset(b) ? -1 : 1;
  const key = (i: Incident): string => entityId((i.symptoms[0] as Explanation).condition.entity) + (i.symptoms[0] as Explanation).condition.id;
  return key(a) < key(b) ? -1 : 1;
}
