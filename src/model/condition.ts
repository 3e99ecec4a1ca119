/**
 * A condition is a state that held for an entity during an interval. Kinds are declared in ./conditions/<domain>.ts.
 */

import { type Entity, entityId } from './entity.ts';
import type { Place } from './place.ts';
import type { Strength } from './strength.ts';
import type { Interval, Onset } from './time.ts';

export type Role = 'defect' | 'amplifier' | 'trigger';

/** JSON values only: a condition is data. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact };
export type Facts = { readonly [name: string]: Fact };

export interface Kind<F extends Facts = Facts> {
  /** `<domain>/<what>`, e.g. goroutines/bucket-growing. */
  readonly id: string;
  readonly title: string;
  /** What it means, how it is decided and what it does not mean: shown by `gorca explain`. */
  readonly explain: string;
  /** harm: failed, refused, late work, a crash, kill or stall, a firing alert. outgrowing: a resource growing faster than demand. */
  readonly symptom?: 'harm' | 'outgrowing';
  /** May end a chain: a defect located in code or configuration, a change, an input, demand, an outside fault. All else is an effect. */
  readonly root?: 'defect' | 'change' | 'input' | 'demand' | 'outside';
  /** It only tells of harm seen elsewhere (an alert): its link does not weaken what is known of the harm's cause. */
  readonly tellsOnly?: boolean;
  /** Which command or capture would show it; printed when it could not be looked at. */
  readonly next: string;
  /** Type carrier only. */
  readonly facts?: F;
}

export const defineKind = <F extends Facts>(kind: Omit<Kind<F>, 'facts'>): Kind<F> => kind;

export interface Quantity {
  readonly value: number;
  readonly baseline?: number;
  readonly unit: string;
  readonly known: 'counted' | 'sampled' | 'estimated' | 'lower-bound';
}

export interface Condition<F extends Facts = Facts> {
  /** Deterministic: kind + entity + a discriminator from the facts. */
  readonly id: string;
  readonly kind: string;
  readonly entity: Entity;
  readonly during: Interval;
  readonly onset: Onset;
  readonly quantity?: Quantity;
  readonly facts: F;
  /** One line for a chain, lower-case: "goroutines 212 → 13 904, 98 % in one bucket, [chan send]". */
  readonly says: string;
  readonly places: readonly Place[];
  /** The weakest alias the claim itself leans on. */
  readonly strength: Strength;
  /**
   * Of a resource that outgrows its demand: it may be no more than what a healthy start passes through, and what would tell. It makes no incident
   * by itself, only together with harm, or where code, a setting or a change that may be its cause was seen.
   */
  readonly mayPass?: NotObservable;
}

export interface NewCondition<F extends Facts> {
  readonly entity: Entity;
  /** Distinguishes several conditions of one kind on one entity. */
  readonly discriminator?: string;
  readonly during: Interval;
  readonly onset: Onset;
  readonly quantity?: Quantity;
  readonly facts: F;
  readonly says: string;
  readonly places: readonly Place[];
  readonly strength?: Strength;
  readonly mayPass?: NotObservable | undefined;
}

/** Makes a condition. Throws when it carries no place: a claim without a place is our own bug. */
export function condition<F extends Facts>(kind: Kind<F>, c: NewCondition<F>): Condition<F> {
  if (c.places.length === 0) throw new Error(`condition ${kind.id} on ${entityId(c.entity)} carries no place`);
  return {
    id: `${kind.id} ${entityId(c.entity)}${c.discriminator === undefined ? '' : ` ${c.discriminator}`}`,
    kind: kind.id,
    entity: c.entity,
    during: c.during,
    onset: c.onset,
    ...(c.quantity === undefined ? {} : { quantity: c.quantity }),
    facts: c.facts,
    says: c.says,
    places: c.places,
    strength: c.strength ?? 'stated',
    ...(c.mayPass === undefined ? {} : { mayPass: c.mayPass }),
  };
}

export const isKind = <F extends Facts>(c: Condition, kind: Kind<F>): c is Condition<F> => c.kind === kind.id;

/** A kind was looked at for this entity during this interval by this artifact: what makes "absent" an answer. */
export interface Coverage {
  /** null = everything the artifact's scope contains. */
  readonly entity: Entity | null;
  readonly interval: Interval;
  readonly places: readonly Place[];
}

/** Why a kind could not be looked at, and the command that would show it. */
export interface NotObservable {
  readonly why: string;
  readonly next: string;
}

/** Three different answers, to the end. */
export type Answer<F extends Facts = Facts> =
  /** `covered`: where else it was looked at, and is absent. */
  | { readonly state: 'observed'; readonly conditions: readonly Condition<F>[]; readonly covered?: readonly Coverage[] }
  | { readonly state: 'absent'; readonly covered: readonly Coverage[] }
  | { readonly state: 'not-observable'; readonly reasons: readonly NotObservable[] };
