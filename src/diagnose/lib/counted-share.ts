/** How much of a counted effect its cause can account for: an error, a panic, a timer for each of what failed. */
import { isKind, type Kind, type Link } from '../../model/index.ts';

/** 0 to 1; null for an effect of another kind. */
export const countedShare =
  <F extends { readonly count: number }>(effect: Kind<F>, count: (link: Link) => number | undefined) =>
  (link: Link): number | null =>
    isKind(link.effect, effect) ? Math.min(1, (count(link) ?? 0) / Math.max(1, link.effect.facts.count)) : null;
