/**
 * A mechanism says how conditions bring about another: data and pure functions, one folder each.
 */

import type { Answer, Condition, Facts, Kind, Role } from './condition.ts';
import type { Entity } from './entity.ts';
import type { Identity } from './identity.ts';
import type { Place } from './place.ts';
import type { Verdict } from './report.ts';
import type { Strength } from './strength.ts';
import type { Ahead, Interval } from './time.ts';

/** What a mechanism may ask. Every question is memoised; asking reads only what is needed. */
export interface Ask {
  readonly identity: Identity;
  look<F extends Facts>(kind: Kind<F>, entity?: Entity | null, interval?: Interval): Answer<F>;
  /** What the clock of one onset shows more than that of another, where the logs tell; null where nothing is known of them. */
  ahead?(from: string | undefined, to: string | undefined): Ahead | null;
}

/** The answer of one check: three different answers, to the end. */
export type Finding =
  | { readonly state: 'holds'; readonly says: string; readonly places: readonly Place[]; readonly strength?: Strength }
  | { readonly state: 'fails'; readonly says: string; readonly places: readonly Place[] }
  | { readonly state: 'unknown'; readonly why: string; readonly next: string };

/** One candidate: the effect and what was found for each antecedent (null: optional and not found). */
export interface Link {
  readonly effect: Condition;
  readonly causes: readonly (Condition | null)[];
}

export interface Check {
  readonly id: string;
  /** What is looked for, as a person would say it. */
  readonly title: string;
  test(link: Link, ask: Ask): Finding;
}

export interface Refuter extends Check {
  /** Decisive: when it holds the link is refuted; when it cannot be looked at the link is unproven. */
  readonly decisive?: boolean;
}

export interface Joined {
  readonly cause: Condition;
  readonly strength: Strength;
}

/** One thing the effect needs to come about. */
export interface Antecedent {
  readonly kind: Kind;
  readonly role: Role;
  /**
   * Picks from the conditions of `kind` those that can have brought about this effect: same process, caller of, names the same line …
   * Time alone is no join.
   */
  join(effect: Condition, ask: Ask): Finding | readonly Joined[];
  /** Optional antecedents add to the story (a trigger) but are not required for it. */
  readonly optional?: boolean;
}

/** What a person should look at and change. */
export interface Culprit {
  readonly kind: 'code' | 'config' | 'object' | 'endpoint' | 'node' | 'input';
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly module?: string;
  /** Object and field, e.g. deployment/orders spec.template…env[RESERVE_TIMEOUT]. */
  readonly ref?: string;
}

export interface Mechanism {
  /** Equal to the folder: <domain>/<name> under src/diagnose/mechanisms/. */
  readonly id: string;
  /** Lower-case, as a heading: "each timed-out call leaks one goroutine". */
  readonly title: string | ((link: Link) => string);
  /** What it brings about. */
  readonly to: Kind;
  /** What it needs; the first is the principal. */
  readonly from: readonly Antecedent[];
  readonly because: string | ((link: Link) => string);
  /** All must hold. fails → refuted, unknown → unproven. */
  readonly requires: readonly Check[];
  /** Raw evidence that names the cause itself: when one holds and nothing else limits the link, it is confirmed. */
  readonly confirms?: readonly Check[];
  /** Strengthen the story; never change a verdict. */
  readonly supports?: readonly Check[];
  readonly refutes: readonly Refuter[];
  /** Mechanisms that would look the same; while one of them is not excluded the link cannot be confirmed. */
  readonly rivals: readonly string[];
  /**
   * Share of the effect this explains, 0…1, or null when it cannot be computed.
   * Below `leastShare` the cause is a contributor only and cannot head a report.
   */
  accounts?(link: Link, ask: Ask): number | null;
  readonly leastShare?: number;
  /** The verdict this cannot exceed whatever is observed, and why, as the report says it. */
  readonly ceiling?: { readonly verdict: Verdict; readonly why: string };
  /** Mechanisms that tell of the same fault by other means: where one of them stands, that this one does not is no news. */
  readonly sameFaultAs?: readonly string[];
  /** Needs a well stretch to compare with; without one the link is unproven. */
  readonly needsBaseline?: boolean;
  /** Whether the cause must come first. standing: configuration and source hold for the life of the process. */
  readonly order: 'cause-first' | 'standing' | 'same-record';
  /** trial: cannot rise above supported. */
  readonly status: 'trial' | 'established';
  culprits(link: Link, ask: Ask): readonly Culprit[];
  /** Stops the harm, labelled as not the fix. */
  mitigation?(link: Link): string | null;
  /** A falsifiable passive prediction: another artifact must then show this. */
  readonly experiment?: { readonly predicts: string; test(link: Link, ask: Ask): Finding };
  readonly acceptedFalsePositives: readonly string[];
}

export const defineMechanism = (m: Mechanism): Mechanism => m;

/** The heading where no link was found to speak of: every title says something without one. */
export function generalTitle(m: Mechanism): string {
  if (typeof m.title === 'string') return m.title;
  const effect: Condition = {
    id: '',
    kind: m.to.id,
    entity: { kind: 'process', key: '' },
    during: { from: null, to: null },
    onset: { lastWell: null, firstIll: null, clock: '' },
    facts: {},
    says: m.to.title,
    places: [],
    strength: 'stated',
  };
  return m.title({ effect, causes: m.from.map(() => null) });
}

export const holds = (says: string, places: readonly Place[], strength?: Strength): Finding => ({
  state: 'holds',
  says,
  places,
  ...(strength === undefined ? {} : { strength }),
});
export const fails = (says: string, places: readonly Place[]): Finding => ({ state: 'fails', says, places });
export const unknown = (why: string, next: string): Finding => ({ state: 'unknown', why, next });
