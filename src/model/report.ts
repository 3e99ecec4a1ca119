/**
 * The report: gorca's answer, a versioned contract. The JSON schema in docs/ is generated from `REPORT_SCHEMA` in report-schema.ts.
 */
import type { Quantity, Role } from './condition.ts';
import type { Culprit } from './mechanism.ts';
import type { CitedPlace } from './place.ts';
import type { Problem } from './problem.ts';

export const REPORT_VERSION = 'gorca.report/2';

export type Verdict = 'confirmed' | 'supported' | 'associated' | 'unproven' | 'refuted';
/** Strongest first. */
export const VERDICTS: readonly Verdict[] = ['confirmed', 'supported', 'associated', 'unproven', 'refuted'];
export const weakest = (verdicts: readonly Verdict[]): Verdict => verdicts.reduce((a, b) => (VERDICTS.indexOf(a) >= VERDICTS.indexOf(b) ? a : b), 'confirmed' as Verdict);
export const atLeast = (v: Verdict, floor: Verdict): boolean => VERDICTS.indexOf(v) <= VERDICTS.indexOf(floor);

export interface ReportLink {
  readonly condition: string;
  /** The mechanism by which this condition brings about the one after it; null for the last (the symptom). */
  readonly by: string | null;
  readonly entity: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly says: string;
  readonly quantity: Quantity | null;
  readonly verdict: Verdict;
  readonly why: string;
  /** Conditions on the same chain, nearer to the root, that it makes worse in turn: the closing link of a loop. */
  readonly amplifies?: readonly string[];
  readonly places: readonly number[];
}

export interface ReportProof {
  readonly experiment: string;
  readonly kind: 'passive' | 'active';
  readonly outcome: 'proved' | 'supported' | 'not-reproduced' | 'refuted' | 'not-run';
  readonly says: string;
  readonly statistics: Readonly<Record<string, number | string>> | null;
  readonly command: string | null;
  readonly places: readonly number[];
}

export interface ReportCause {
  readonly rank: number;
  readonly mechanism: string;
  readonly title: string;
  readonly because: string;
  readonly role: Role;
  readonly verdict: Verdict;
  readonly onset: { readonly from: string | null; readonly to: string | null };
  /** Share of the harm it explains, 0…1; null where that cannot be computed. */
  readonly share: number | null;
  readonly culprits: readonly Culprit[];
  /** Other roots the same effects need: the rollout that set the defect off. */
  readonly with: readonly { readonly title: string; readonly role: Role; readonly verdict: Verdict; readonly culprits: readonly Culprit[]; readonly places: readonly number[] }[];
  /** From root to symptom, in causal order. */
  readonly chain: readonly ReportLink[];
  readonly proofs: readonly ReportProof[];
  readonly places: readonly number[];
  readonly mitigation: string | null;
}

export interface ReportSymptom {
  readonly condition: string;
  readonly entity: string;
  /** The workload the entity is part of (`workload:shop/deployment/orders`), where one is known: what many alike are told together by. */
  readonly workload: string | null;
  readonly says: string;
  readonly from: string | null;
  readonly places: readonly number[];
}

export interface ReportFrontier {
  readonly condition: string;
  readonly entity: string;
  readonly workload: string | null;
  readonly reached: string;
  readonly next: string;
  readonly places: readonly number[];
}

export interface ReportIncident {
  readonly title: string;
  /** cause-found: its first cause's chain is closed with every link at least supported. Of each incident on its own. */
  readonly outcome: 'cause-found' | 'unproven';
  /** Of what the title says. */
  readonly places: readonly number[];
  readonly scope: readonly string[];
  readonly symptoms: readonly ReportSymptom[];
  readonly causes: readonly ReportCause[];
  readonly frontiers: readonly ReportFrontier[];
  readonly rejected: readonly { readonly mechanism: string; readonly title: string; readonly why: string; readonly refutedBy: readonly number[] }[];
  readonly unexplained: readonly { readonly says: string; readonly places: readonly number[] }[];
}

export interface ReportGap {
  readonly what: string;
  readonly why: string;
  readonly next: string;
  /** Where something was seen that may be harm or not; left out where nothing was seen. */
  readonly places?: readonly number[];
}

export interface ReportInput {
  readonly artifact: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Readers that took it; empty when none did. */
  readonly readers: readonly string[];
  /** When none did: how far each reader got. */
  readonly tried: readonly { readonly reader: string; readonly reached: number; readonly why: string }[];
}

export interface Report {
  readonly schema: typeof REPORT_VERSION;
  /** Of the first incident, which is what was paged for where anything was; the others have their own. */
  readonly outcome: 'cause-found' | 'unproven' | 'no-incident';
  readonly incidents: readonly ReportIncident[];
  /** The first incident's causes, repeated for simple readers. */
  readonly causes: readonly ReportCause[];
  readonly gaps: readonly ReportGap[];
  readonly places: readonly CitedPlace[];
  readonly inputs: readonly ReportInput[];
  readonly hints: readonly { readonly flag: string; readonly value: string }[];
  readonly problems: readonly (Omit<Problem, 'place'> & { readonly place: number | null; readonly artifact: string | null })[];
  /** What was checked, for a report without an incident. */
  readonly checked: readonly { readonly condition: string; readonly state: 'observed' | 'absent' | 'not-observable' }[];
}
