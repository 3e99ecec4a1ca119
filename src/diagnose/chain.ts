/**
 * Backward chaining: from a symptom over mechanisms to conditions that may be roots.
 * Every link carries its verdict and why; evidence is looked at only where a hypothesis asks for it.
 */
import { type Ask, atLeast, type Condition, type Kind, type Mechanism, type Verdict, weakest } from '../model/index.ts';
import { applyMechanism, type Blocked, type EvaluatedLink, type Judged, judge } from './judge.ts';
import { type Arc, closingArcs } from './loops.ts';
import { rankChains, surePart } from './rank.ts';

export type { Blocked, EvaluatedLink } from './judge.ts';
export * from './rank.ts';

/** One way back from a condition: the links from it to a root or to where it stops. */
export interface Chain {
  /** The condition explained. */
  readonly head: Condition;
  /** The link into `head`; null where the chain begins (a root, or an effect nobody explains: then it is open). */
  readonly link: EvaluatedLink | null;
  /** How the principal cause came about. */
  readonly cause: Chain | null;
  /** The other antecedents that were found, each with its own way back as far as it is at least supported. */
  readonly beside: readonly Chain[];
  readonly closed: boolean;
  readonly verdict: Verdict;
  readonly share: number | null;
}

export interface Explanation {
  readonly condition: Condition;
  /** Best first. Always at least one: the condition alone. */
  readonly chains: readonly Chain[];
  readonly refuted: readonly EvaluatedLink[];
  readonly blocked: readonly Blocked[];
  /** Links back into this condition from what it brought about: they amplify it. */
  readonly amplifiedBy: readonly EvaluatedLink[];
}

/** Alternatives kept a condition: more than any report shows. */
const KEPT = 12;

export class Chainer {
  readonly #mechanisms = new Map<string, Mechanism[]>();
  readonly #judged = new Map<string, Judged>();
  /** Conditions whose loops are known: all that leads to them was seen. */
  readonly #settled = new Set<string>();
  readonly #closing = new Map<string, Arc[]>();
  readonly #memo = new Map<string, Explanation>();
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #ask: Ask;

  constructor(mechanisms: readonly Mechanism[], kinds: ReadonlyMap<string, Kind>, ask: Ask) {
    this.#kinds = kinds;
    this.#ask = ask;
    for (const m of [...mechanisms].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const list = this.#mechanisms.get(m.to.id) ?? [];
      list.push(m);
      this.#mechanisms.set(m.to.id, list);
    }
  }

  explain(condition: Condition): Explanation {
    const known = this.#memo.get(condition.id);
    if (known !== undefined) return known;
    if (!this.#settled.has(condition.id)) this.#settle(condition);
    const judged = this.#judge(condition);
    const closing = this.#closing.get(condition.id) ?? [];
    const closes = (link: EvaluatedLink, cause: Condition): boolean => closing.some((a) => a.link === link && a.cause.id === cause.id);
    const isRoot = this.#kinds.get(condition.kind)?.root !== undefined;
    const tellsOnly = this.#kinds.get(condition.kind)?.tellsOnly === true;
    const chains: Chain[] = [{ head: condition, link: null, cause: null, beside: [], closed: isRoot, verdict: 'confirmed', share: null }];
    for (const link of judged.links) {
      if (link.verdict === 'refuted') continue;
      const principal = link.link.causes[0] as Condition;
      if (closes(link, principal)) continue;
      const beside = link.link.causes.slice(1).flatMap((c) => {
        if (c === null || closes(link, c)) return [];
        const best = this.explain(c).chains[0];
        return best === undefined ? [] : [surePart(best, (at) => this.#kinds.get(at.kind)?.root !== undefined)];
      });
      for (const cause of this.explain(principal).chains) {
        chains.push({
          head: condition,
          link,
          cause,
          beside,
          closed: cause.closed,
          verdict: tellsOnly && atLeast(link.verdict, 'supported') && cause.link !== null ? cause.verdict : weakest([link.verdict, cause.verdict]),
          share: shareOf(link.share, cause.share),
        });
      }
    }
    const explanation: Explanation = {
      condition,
      chains: rankChains(chains).slice(0, KEPT),
      refuted: judged.links.filter((l) => l.verdict === 'refuted'),
      blocked: judged.blocked,
      amplifiedBy: [...new Set(closing.map((a) => a.link))],
    };
    this.#memo.set(condition.id, explanation);
    return explanation;
  }

  #judge(condition: Condition): Judged {
    const known = this.#judged.get(condition.id);
    if (known !== undefined) return known;
    let judged = judge(this.#mechanisms.get(condition.kind) ?? [], condition, this.#ask);
    // an alert that names what it measures tells of that, not of what merely looks like it
    if (this.#kinds.get(condition.kind)?.tellsOnly === true && judged.links.some((l) => l.verdict === 'confirmed'))
      judged = { ...judged, links: judged.links.filter((l) => l.verdict === 'confirmed' || l.verdict === 'refuted') };
    this.#judged.set(condition.id, judged);
    return judged;
  }

  /** Finds the loops among all that may have led to a condition, and where each is cut. */
  #settle(condition: Condition): void {
    const seen = new Set<string>();
    const arcsOf = (effect: Condition): Arc[] => {
      seen.add(effect.id);
      return this.#judge(effect).links.flatMap((link) =>
        link.verdict === 'refuted' ? [] : link.link.causes.flatMap((cause) => (cause === null ? [] : [{ effect, cause, link }])),
      );
    };
    for (const arc of closingArcs(condition, arcsOf, (id) => this.#settled.has(id), this.#kinds)) {
      const list = this.#closing.get(arc.effect.id) ?? [];
      list.push(arc);
      this.#closing.set(arc.effect.id, list);
    }
    for (const id of seen) this.#settled.add(id);
  }

  /** Every effect of the kind a mechanism explains, and what came of it there. */
  whyNot(id: string, kinds: readonly Kind[]): { verdict: string; effect: string; why: string; next: string | null }[] {
    const out: { verdict: string; effect: string; why: string; next: string | null }[] = [];
    for (const list of this.#mechanisms.values()) {
      for (const m of list.filter((x) => x.id === id)) {
        const answer = this.#ask.look(kinds.find((k) => k.id === m.to.id) ?? m.to);
        if (answer.state === 'absent') out.push({ verdict: 'nothing to explain', effect: m.to.title, why: 'it was looked for and is not there', next: null });
        else if (answer.state === 'not-observable')
          out.push({ verdict: 'unproven', effect: m.to.title, why: answer.reasons[0]?.why ?? '', next: answer.reasons[0]?.next ?? m.to.next });
        else
          for (const effect of answer.conditions) {
            const links: EvaluatedLink[] = [];
            const blocked: Blocked[] = [];
            applyMechanism(m, effect, this.#ask, links, blocked);
            for (const l of links) out.push({ verdict: l.verdict, effect: effect.says, why: l.why, next: l.missing[0]?.next ?? null });
            for (const b of blocked) out.push({ verdict: b.state === 'fails' ? 'refuted' : 'unproven', effect: effect.says, why: b.why, next: b.next });
            if (links.length === 0 && blocked.length === 0)
              out.push({ verdict: 'refuted', effect: effect.says, why: 'its cause was seen elsewhere, never tied to this', next: null });
          }
      }
    }
    return out;
  }
}

const shareOf = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a * b);
