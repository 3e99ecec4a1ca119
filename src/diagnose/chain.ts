/**
 * Backward chaining: from a symptom over mechanisms to conditions that may be roots.
 * Every link carries its verdict and why; evidence is looked at only where a hypothesis asks for it.
 */
import {
  type Ask,
  atLeast,
  type Condition,
  type Culprit,
  isWeaker,
  type Joined,
  type Kind,
  type Link,
  type Mechanism,
  orderOf,
  type Place,
  type Strength,
  uniquePlaces,
  VERDICTS,
  type Verdict,
  weaker,
  weakest,
} from '../model/index.ts';

export interface EvaluatedLink {
  readonly mechanism: Mechanism;
  readonly link: Link;
  readonly verdict: Verdict;
  /** Why it is not better; or what makes it as good as it is. */
  readonly why: string;
  readonly strength: Strength;
  readonly share: number | null;
  /** Places of the checks that decided. */
  readonly places: readonly Place[];
  /** Places of what refuted it. */
  readonly refutedBy: readonly Place[];
  /** What would decide what could not be looked at. */
  readonly missing: readonly { readonly why: string; readonly next: string }[];
}

/** A mechanism whose principal antecedent could not be looked at, or was looked for and is not there. */
export interface Blocked {
  readonly mechanism: Mechanism;
  readonly effect: Condition;
  readonly state: 'unknown' | 'fails';
  readonly why: string;
  readonly next: string | null;
  readonly places: readonly Place[];
}

/** One way back from a condition: the links from it to a root or to where it stops. */
export interface Chain {
  /** The condition explained. */
  readonly head: Condition;
  /** The link into `head`; null where the chain begins (a root, or an effect nobody explains: then it is open). */
  readonly link: EvaluatedLink | null;
  /** How the principal cause came about. */
  readonly cause: Chain | null;
  /** The other antecedents that were found, each with its own way back. */
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
}

/** Alternatives kept a condition: more than any report shows. */
const KEPT = 12;
/** Clocks of different writers agree this well in one cluster; beyond it order is decided. */
const CLOCK_SLACK_SECONDS = 2;

export class Chainer {
  readonly #mechanisms = new Map<string, Mechanism[]>();
  readonly #memo = new Map<string, Explanation>();
  readonly #inProgress = new Set<string>();
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
    this.#inProgress.add(condition.id);
    const links: EvaluatedLink[] = [];
    const blocked: Blocked[] = [];
    for (const mechanism of this.#mechanisms.get(condition.kind) ?? []) this.#apply(mechanism, condition, links, blocked);
    let judged = excludeRivals(links, blocked);
    // an alert that names what it measures tells of that, not of what merely looks like it
    if (this.#kinds.get(condition.kind)?.tellsOnly === true && judged.some((l) => l.verdict === 'confirmed'))
      judged = judged.filter((l) => l.verdict === 'confirmed' || l.verdict === 'refuted');
    const chains: Chain[] = [];
    const tellsOnly = this.#kinds.get(condition.kind)?.tellsOnly === true;
    for (const link of judged) {
      if (link.verdict === 'refuted') continue;
      const principal = link.link.causes[0] as Condition;
      // a cause that is being explained right now would explain itself: the loop is cut here
      if (this.#inProgress.has(principal.id)) continue;
      const beside = link.link.causes.slice(1).flatMap((c) => {
        if (c === null || this.#inProgress.has(c.id)) return [];
        const best = this.explain(c).chains[0];
        return best === undefined ? [] : [best];
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
    const isRoot = this.#kinds.get(condition.kind)?.root !== undefined;
    chains.push({ head: condition, link: null, cause: null, beside: [], closed: isRoot, verdict: 'confirmed', share: null });
    this.#inProgress.delete(condition.id);
    const explanation: Explanation = {
      condition,
      chains: rankChains(chains).slice(0, KEPT),
      refuted: judged.filter((l) => l.verdict === 'refuted'),
      blocked,
    };
    // inside a loop the answer may miss the cut part: keep it only when nothing above is in progress
    if (this.#inProgress.size === 0 || !cutSomething(judged, this.#inProgress)) this.#memo.set(condition.id, explanation);
    return explanation;
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
            this.#apply(m, effect, links, blocked);
            for (const l of links) out.push({ verdict: l.verdict, effect: effect.says, why: l.why, next: l.missing[0]?.next ?? null });
            for (const b of blocked) out.push({ verdict: b.state === 'fails' ? 'refuted' : 'unproven', effect: effect.says, why: b.why, next: b.next });
            if (links.length === 0 && blocked.length === 0)
              out.push({ verdict: 'refuted', effect: effect.says, why: 'its cause was seen elsewhere, never tied to this', next: null });
          }
      }
    }
    return out;
  }

  #apply(mechanism: Mechanism, effect: Condition, links: EvaluatedLink[], blocked: Blocked[]): void {
    const [principal, ...others] = mechanism.from;
    if (principal === undefined) return;
    const found = principal.join(effect, this.#ask);
    if ('state' in found) {
      if (found.state === 'holds') return;
      blocked.push({
        mechanism,
        effect,
        state: found.state,
        why: found.state === 'unknown' ? found.why : found.says,
        next: found.state === 'unknown' ? found.next : null,
        places: found.state === 'unknown' ? [] : found.places,
      });
      return;
    }
    for (const joined of [...found].sort((a, b) => (a.cause.id < b.cause.id ? -1 : 1))) {
      if (joined.cause.id === effect.id) continue;
      links.push(this.#evaluate(mechanism, effect, joined, others));
    }
  }

  #evaluate(mechanism: Mechanism, effect: Condition, principal: Joined, others: Mechanism['from']): EvaluatedLink {
    const limits: Limit[] = [];
    let strength = weaker(principal.strength, effect.strength);
    const causes: (Condition | null)[] = [principal.cause];
    for (const antecedent of others) {
      const found = antecedent.join(effect, this.#ask);
      const best = 'state' in found ? undefined : bestJoined(found, effect);
      causes.push(best?.cause ?? null);
      if (best !== undefined) {
        if (antecedent.optional !== true) strength = weaker(strength, best.strength);
        continue;
      }
      if (antecedent.optional === true) continue;
      if ('state' in found && found.state === 'unknown') limits.push({ verdict: 'unproven', why: found.why, missing: { why: found.why, next: found.next } });
      else limits.push({ verdict: 'refuted', why: `${antecedent.kind.title}: not seen here`, refutedBy: 'state' in found && found.state === 'fails' ? found.places : [] });
    }
    const link: Link = { effect, causes };
    const places: Place[] = [];

    for (const check of mechanism.requires) {
      const f = check.test(link, this.#ask);
      if (f.state === 'holds') {
        places.push(...f.places);
        strength = weaker(strength, f.strength ?? 'stated');
      } else if (f.state === 'fails') limits.push({ verdict: 'refuted', why: f.says, refutedBy: f.places });
      else limits.push({ verdict: 'unproven', why: f.why, missing: { why: f.why, next: f.next } });
    }
    for (const refuter of mechanism.refutes) {
      const f = refuter.test(link, this.#ask);
      if (f.state === 'holds') limits.push({ verdict: refuter.decisive === true ? 'refuted' : 'unproven', why: f.says, refutedBy: f.places });
      else if (f.state === 'unknown')
        limits.push({ verdict: refuter.decisive === true ? 'unproven' : 'supported', why: `not excluded: ${refuter.title} (${f.why})`, missing: { why: f.why, next: f.next } });
    }
    if (mechanism.order === 'cause-first' && orderOf(principal.cause.onset, effect.onset, CLOCK_SLACK_SECONDS) === 'after')
      limits.push({ verdict: 'refuted', why: 'it began after what it should have brought about', refutedBy: principal.cause.places });
    if (mechanism.needsBaseline === true && effect.onset.lastWell === null && effect.quantity?.baseline === undefined)
      limits.push({ verdict: 'unproven', why: 'nothing was captured from before it began', missing: { why: 'no well stretch', next: 'the same capture from before the onset' } });
    if (strength === 'guessed') limits.push({ verdict: 'supported', why: 'two names were taken for one thing by a guess (file name or equal names)' });
    if (mechanism.status === 'trial') limits.push({ verdict: 'supported', why: 'the mechanism is on trial' });

    let named = false;
    for (const check of mechanism.confirms ?? []) {
      const f = check.test(link, this.#ask);
      if (f.state !== 'holds') continue;
      named = true;
      places.push(...f.places);
    }
    for (const check of mechanism.supports ?? []) {
      const f = check.test(link, this.#ask);
      if (f.state === 'holds') places.push(...f.places);
    }
    if (!named) limits.push({ verdict: 'supported', why: 'all that is required is observed and nothing refutes it' });

    if (mechanism.ceiling !== undefined) limits.push(mechanism.ceiling);

    const share = mechanism.accounts?.(link, this.#ask) ?? null;
    if (share !== null && mechanism.leastShare !== undefined && share < mechanism.leastShare)
      limits.push({ verdict: 'associated', why: `it accounts for ${Math.round(share * 100)} % of the effect only` });

    const verdict = weakest(limits.map((l) => l.verdict));
    return {
      mechanism,
      link,
      verdict,
      why: limits.find((l) => l.verdict === verdict)?.why ?? 'raw evidence names the cause itself',
      strength,
      share,
      places: uniquePlaces([...principal.cause.places, ...places]),
      refutedBy: uniquePlaces(limits.flatMap((l) => (l.verdict === 'refuted' || l.verdict === verdict ? (l.refutedBy ?? []) : []))),
      missing: limits.flatMap((l) => (l.missing === undefined ? [] : [l.missing])),
    };
  }
}

interface Limit {
  readonly verdict: Verdict;
  readonly why: string;
  readonly refutedBy?: readonly Place[];
  readonly missing?: { readonly why: string; readonly next: string };
}

/** A confirmed link with a rival that is not excluded is only supported. */
function excludeRivals(links: readonly EvaluatedLink[], blocked: readonly Blocked[]): EvaluatedLink[] {
  return links.map((l) => {
    if (l.verdict !== 'confirmed') return l;
    for (const rival of l.mechanism.rivals) {
      const standing = links.find((o) => o.mechanism.id === rival && o !== l && o.verdict !== 'refuted');
      const unseen = blocked.find((b) => b.mechanism.id === rival && b.state === 'unknown');
      if (standing !== undefined) return { ...l, verdict: 'supported', why: `a rival is not excluded: ${rival}` };
      if (unseen !== undefined && unseen.next !== null)
        return { ...l, verdict: 'supported', why: `a rival could not be looked at: ${rival}`, missing: [...l.missing, { why: unseen.why, next: unseen.next }] };
    }
    return l;
  });
}

/** The strongest, then the nearest before the effect, then by id. */
function bestJoined(found: readonly Joined[], effect: Condition): Joined | undefined {
  return [...found].sort((a, b) => {
    if (a.strength !== b.strength) return isWeaker(a.strength, b.strength) ? 1 : -1;
    const distance = (j: Joined): bigint => {
      const at = j.cause.onset.firstIll;
      const end = effect.onset.firstIll;
      if (at === null || end === null) return 1n << 62n;
      return at <= end ? end - at : at - end;
    };
    const da = distance(a);
    const db = distance(b);
    if (da !== db) return da < db ? -1 : 1;
    return a.cause.id < b.cause.id ? -1 : 1;
  })[0];
}

const cutSomething = (links: readonly EvaluatedLink[], inProgress: ReadonlySet<string>): boolean =>
  links.some((l) => l.link.causes.some((c) => c !== null && inProgress.has(c.id)));

const shareOf = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a * b);

export const chainLength = (c: Chain): number => (c.cause === null ? 1 : 1 + chainLength(c.cause));
export const rootOf = (c: Chain): Condition => (c.cause === null ? c.head : rootOf(c.cause));
const chainKey = (c: Chain): string => `${c.link?.mechanism.id ?? ''}<${c.head.id}<${c.cause === null ? '' : chainKey(c.cause)}`;
const rankOfVerdict = (v: Verdict): number => VERDICTS.indexOf(v);

const atLeastSupported = (c: Chain): boolean => rankOfVerdict(c.verdict) <= rankOfVerdict('supported');
/** Closed with every link at least supported: what a report may call a cause. */
export const isUsable = (c: Chain): boolean => c.closed && atLeastSupported(c);

/** Chains to one root: the longest with all links at least supported, then the better verdict. The upper part of a chain is not its rival. */
function compareSameRoot(a: Chain, b: Chain): number {
  if (atLeastSupported(a) !== atLeastSupported(b)) return atLeastSupported(a) ? -1 : 1;
  const length = chainLength(b) - chainLength(a);
  if (length !== 0) return length;
  if (a.verdict !== b.verdict) return rankOfVerdict(a.verdict) - rankOfVerdict(b.verdict);
  return chainKey(a) < chainKey(b) ? -1 : 1;
}

/** Chains to different roots: share of the effect explained > closed before open > verdict > onset. */
export function compareRoots(a: Chain, b: Chain): number {
  if (isUsable(a) !== isUsable(b)) return isUsable(a) ? -1 : 1;
  if (atLeastSupported(a) !== atLeastSupported(b)) return atLeastSupported(a) ? -1 : 1;
  if (a.closed !== b.closed) return a.closed ? -1 : 1;
  // shares are estimates: only a clear difference decides
  const share = (c: Chain): number => Math.round((c.share ?? 1) * 5);
  if (share(a) !== share(b)) return share(b) - share(a);
  if (!a.closed && chainLength(a) !== chainLength(b)) return chainLength(b) - chainLength(a);
  if (a.verdict !== b.verdict) return rankOfVerdict(a.verdict) - rankOfVerdict(b.verdict);
  const onset = (c: Chain): bigint => rootOf(c).onset.firstIll ?? 1n << 62n;
  if (onset(a) !== onset(b)) return onset(a) < onset(b) ? -1 : 1;
  return chainKey(a) < chainKey(b) ? -1 : 1;
}

function conditionsOn(c: Chain): string[] {
  return c.cause === null ? [c.head.id] : [c.head.id, ...conditionsOn(c.cause)];
}

/** One chain a root, none that is only the upper part of a usable longer one, best first. */
export function rankChains(chains: readonly Chain[]): Chain[] {
  const byRoot = new Map<string, Chain>();
  for (const c of [...chains].sort(compareSameRoot)) {
    const root = rootOf(c).id;
    if (!byRoot.has(root)) byRoot.set(root, c);
  }
  const best = [...byRoot.values()];
  const interior = new Set<string>();
  for (const c of best) if (atLeastSupported(c)) for (const id of conditionsOn(c).slice(0, -1)) interior.add(id);
  const deepest = best.filter((c) => c.link === null || !interior.has(rootOf(c).id));
  return deepest.sort(compareRoots);
}

/** All links of a chain with its branches, each once, causes before effects. */
export function linksOf(chain: Chain): EvaluatedLink[] {
  const out: EvaluatedLink[] = [];
  const seen = new Set<string>();
  const walk = (c: Chain): void => {
    if (c.cause !== null) walk(c.cause);
    for (const b of c.beside) walk(b);
    if (c.link !== null && !seen.has(`${c.link.mechanism.id} ${c.head.id}`)) {
      seen.add(`${c.link.mechanism.id} ${c.head.id}`);
      out.push(c.link);
    }
  };
  walk(chain);
  return out;
}

/** Every root the chain needs: its own end and, where they are at least supported, the ends of its branches. */
export function rootIdsOf(chain: Chain): Set<string> {
  const ids = new Set<string>();
  const walk = (c: Chain): void => {
    if (c.cause === null) {
      if (c.closed) ids.add(c.head.id);
    } else walk(c.cause);
    for (const b of c.beside) if (isUsable(b)) walk(b);
  };
  walk(chain);
  return ids;
}

export const culpritsOf = (chain: Chain, ask: Ask): readonly Culprit[] => {
  let at: Chain | null = chain;
  let last: EvaluatedLink | null = null;
  while (at !== null) {
    if (at.link !== null) last = at.link;
    at = at.cause;
  }
  return last === null ? [] : last.mechanism.culprits(last.link, ask);
};
