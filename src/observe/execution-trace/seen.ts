/** One trace as its conditions need it. */
import {
  type Artifact,
  type Condition,
  condition,
  type Entity,
  type Facts,
  type Instant,
  type Interval,
  type Kind,
  type Place,
  placeAt,
  type Quantity,
  type Strength,
  shortGoSymbol,
  type TraceCodePlace,
  type TraceSummary,
} from '../../model/index.ts';
import type { ExecutionTrace } from '../../read/execution-trace/index.ts';

export interface Seen {
  readonly artifact: Artifact;
  readonly trace: ExecutionTrace;
  readonly summary: TraceSummary;
  /** Time of the first event on the trace's own scale. */
  readonly first: number;
  readonly process: Entity;
  readonly strength: Strength;
  readonly during: Interval;
  /** Its header: for what is said of the whole of it. */
  readonly head: Place;
  /** Wall time of a moment; null where the trace has no wall clock. */
  at(ns: number): Instant | null;
}

/** A type byte, a time and four numbers: more than the longest event, less than what would say nothing. */
const EVENT_BYTES = 16;

/** The bytes of an event. */
export function eventPlace(seen: Seen, offset: number, pointer: string): Place {
  if (offset < 0) return { ...seen.head, pointer };
  return placeAt(seen.artifact.id, { offset, length: Math.max(1, Math.min(EVENT_BYTES, seen.artifact.source.sizeBytes - offset)) }, { pointer });
}

export interface Told<F extends Facts> {
  readonly discriminator?: string;
  readonly facts: F;
  readonly says: string;
  readonly places: readonly Place[];
  readonly quantity?: Quantity;
}

/** A condition that held for as long as was traced; when it began is not known. */
export function tell<F extends Facts>(kind: Kind<F>, seen: Seen, told: Told<F>): Condition {
  return condition(kind, {
    entity: seen.process,
    during: seen.during,
    onset: { lastWell: null, firstIll: seen.during.from },
    strength: seen.strength,
    ...told,
    // of a damaged trace only what its stretches hold is counted
    ...(told.quantity !== undefined && told.quantity.known === 'counted' && seen.summary.stretches.length > 1 ? { quantity: { ...told.quantity, known: 'sampled' as const } } : {}),
  }) as Condition;
}

export const ms = (ns: number): number => Math.round(ns / 1e4) / 100;
export const share = (x: number): number => Math.round(x * 1000) / 1000;
export const msText = (ns: number): string => (ns >= 1e8 ? `${Math.round(ns / 1e6)} ms` : ns >= 1e6 ? `${(ns / 1e6).toFixed(1)} ms` : `${Math.round(ns / 1e3)} µs`);
export const percentText = (x: number): string => `${Math.round(x * 100)} %`;
const base = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
export const siteText = (at: TraceCodePlace): string => `${shortGoSymbol(at.function)} ${base(at.file)}:${at.line}`;
export const timesText = (n: number): string => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`);
