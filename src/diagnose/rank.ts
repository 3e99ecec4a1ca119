/** Which chain tells the most: one chain a root, upper parts are no rivals, different roots in the order a person should look at them. */
import { type Ask, atLeast, type Condition, type Culprit, orderOf, VERDICTS, type Verdict, weakest } from '../model/index.ts';
import type { Chain } from './chain.ts';
import { CLOCK_SLACK_SECONDS, type EvaluatedLink } from './judge.ts';

export const chainLength = (c: Chain): number => (c.cause === null ? 1 : 1 + chainLength(c.cause));
export const rootOf = (c: Chain): Condition => (c.cause === null ? c.head : rootOf(c.cause));
const chainKey = (c: Chain): string => `${c.link?.mechanism.id ?? ''}<${c.head.id}<${c.cause === null ? '' : chainKey(c.cause)}`;
const rankOfVerdict = (v: Verdict): number => VERDICTS.indexOf(v);

const atLeastSupported = (c: Chain): boolean => rankOfVerdict(c.verdict) <= rankOfVerdict('supported');
/** Closed with every link at least supported: what a report may call a cause. */
export const isUsable = (c: Chain): boolean => c.closed && atLeastSupported(c);

const isAlone = (c: Chain): boolean => c.link === null && !c.closed;

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
  // a symptom alone is the least that can be said of it, however small a part of it a way back explains
  if (isAlone(a) !== isAlone(b)) return isAlone(a) ? 1 : -1;
  // shares are estimates: only a clear difference decides
  const share = (c: Chain): number => Math.round((c.share ?? 1) * 5);
  if (share(a) !== share(b)) return share(b) - share(a);
  if (!a.closed && chainLength(a) !== chainLength(b)) return chainLength(b) - chainLength(a);
  if (a.verdict !== b.verdict) return rankOfVerdict(a.verdict) - rankOfVerdict(b.verdict);
  const onset = (c: Chain): bigint => rootOf(c).onset.firstIll ?? 1n << 62n;
  if (onset(a) !== onset(b)) return onset(a) < onset(b) ? -1 : 1;
  return chainKey(a) < chainKey(b) ? -1 : 1;
}

/** Nothing that ranks chains to different roots tells these two apart; onsets that overlap have no order. */
export const isTie = (a: Chain, b: Chain): boolean =>
  isUsable(a) === isUsable(b) &&
  a.closed === b.closed &&
  a.verdict === b.verdict &&
  Math.round((a.share ?? 1) * 5) === Math.round((b.share ?? 1) * 5) &&
  (a.closed || chainLength(a) === chainLength(b)) &&
  orderOf(rootOf(a).onset, rootOf(b).onset, CLOCK_SLACK_SECONDS) === 'unknown';

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
  // a longer chain that stops at an effect does not take the place of one that ends at a root
  const interior = new Map<string, boolean>();
  for (const c of best) if (atLeastSupported(c)) for (const id of conditionsOn(c).slice(0, -1)) interior.set(id, c.closed || interior.get(id) === true);
  const deepest = best.filter((c) => c.link === null || interior.get(rootOf(c).id) === undefined || (isUsable(c) && interior.get(rootOf(c).id) === false));
  return deepest.sort(compareRoots);
}

/** The part of a chain that is at least supported, counted from its head: what may stand beside another chain without weakening its claim. */
export function surePart(chain: Chain, isRoot: (c: Condition) => boolean): Chain {
  if (atLeastSupported(chain) || chain.link === null || chain.cause === null) return chain;
  const alone: Chain = { head: chain.head, link: null, cause: null, beside: [], closed: isRoot(chain.head), verdict: 'confirmed', share: null };
  if (!atLeast(chain.link.verdict, 'supported')) return alone;
  const cause = surePart(chain.cause, isRoot);
  return { ...chain, cause, closed: cause.closed, verdict: weakest([chain.link.verdict, cause.verdict]) };
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
