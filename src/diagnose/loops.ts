/**
 * Loops: an effect that feeds its own cause (slow calls are retried, retries make the calls slower) is cut where it began. The link back
 * into the condition with the earliest onset closes the loop: it amplifies, it does not explain. What is cut depends on the loop
 * alone, never on the symptom the search came from.
 */
import { atLeast, type Condition, type Kind } from '../model/index.ts';
import type { EvaluatedLink } from './judge.ts';

/** One antecedent of one link. */
export interface Arc {
  readonly effect: Condition;
  readonly cause: Condition;
  readonly link: EvaluatedLink;
}

/** Arcs that close a loop. `arcsOf` gives the arcs into a condition; `from` is where to begin; what `isSettled` is left alone. */
export function closingArcs(from: Condition, arcsOf: (c: Condition) => readonly Arc[], isSettled: (id: string) => boolean, kinds: ReadonlyMap<string, Kind>): Arc[] {
  const nodes = new Map<string, Condition>([[from.id, from]]);
  const arcs = new Map<string, readonly Arc[]>();
  const queue = [from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const into = arcsOf(at).filter((a) => !isSettled(a.cause.id));
    arcs.set(at.id, into);
    for (const a of into) {
      if (nodes.has(a.cause.id)) continue;
      nodes.set(a.cause.id, a.cause);
      queue.push(a.cause);
    }
  }
  const closed = new Set<Arc>();
  const earlier = (a: Condition, b: Condition): number => compareBeginnings(a, b, kinds);
  // a proven loop is cut by itself first; a weaker link never costs a better one its place
  for (const accept of [isSure, () => true]) {
    for (;;) {
      const loops = components(nodes, (id) => (arcs.get(id) ?? []).filter((a) => accept(a) && !closed.has(a)));
      if (loops.length === 0) break;
      for (const loop of loops) {
        const inside = [...loop].flatMap((id) => (arcs.get(id) ?? []).filter((a) => accept(a) && !closed.has(a) && loop.has(a.cause.id)));
        const weak = inside.filter((a) => !isSure(a));
        const candidates = weak.length > 0 ? weak : inside;
        const first = candidates.map((a) => a.effect).sort(earlier)[0] as Condition;
        for (const a of candidates) if (a.effect.id === first.id) closed.add(a);
      }
    }
  }
  return [...closed];
}

const isSure = (a: Arc): boolean => atLeast(a.link.verdict, 'supported');

/** What stands from the start first (roots without an onset), then by first sight; effects whose beginning is not known come last. */
function compareBeginnings(a: Condition, b: Condition, kinds: ReadonlyMap<string, Kind>): number {
  const at = (c: Condition): bigint => c.onset.firstIll ?? c.onset.lastWell ?? (kinds.get(c.kind)?.root === undefined ? 1n << 80n : -1n);
  const root = (c: Condition): number => (kinds.get(c.kind)?.root === undefined ? 1 : 0);
  if (at(a) !== at(b)) return at(a) < at(b) ? -1 : 1;
  return root(a) - root(b) || (a.id < b.id ? -1 : 1);
}

/** Strongly connected sets of two and more (Tarjan, without recursion). */
function components(nodes: ReadonlyMap<string, Condition>, arcsOf: (id: string) => readonly Arc[]): Set<string>[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: Set<string>[] = [];
  for (const start of nodes.keys()) {
    if (index.has(start)) continue;
    const work: { id: string; causes: readonly string[]; next: number }[] = [];
    const enter = (id: string): void => {
      index.set(id, index.size);
      low.set(id, index.size - 1);
      stack.push(id);
      onStack.add(id);
      work.push({ id, causes: arcsOf(id).map((a) => a.cause.id), next: 0 });
    };
    enter(start);
    while (work.length > 0) {
      const at = work[work.length - 1] as (typeof work)[number];
      const cause = at.causes[at.next++];
      if (cause !== undefined) {
        if (!index.has(cause)) enter(cause);
        else if (onStack.has(cause)) low.set(at.id, Math.min(low.get(at.id) as number, index.get(cause) as number));
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent !== undefined) low.set(parent.id, Math.min(low.get(parent.id) as number, low.get(at.id) as number));
      if (low.get(at.id) !== index.get(at.id)) continue;
      const members = new Set<string>();
      for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
        onStack.delete(id);
        members.add(id);
        if (id === at.id) break;
      }
      if (members.size > 1) found.push(members);
    }
  }
  return found;
}
