/**
 * One request across services, as its logs tell of it. Raw times are as printed; corrected times are those of the reference clock, with what
 * they may be off by. JSON as it stands: `gorca logs trace --json` prints a TraceTree.
 */
import type { Strength } from './strength.ts';

export const TRACE_VERSION = 'gorca.trace/1';

export interface ShownTime {
  /** RFC 3339, as the record's clock showed it. */
  readonly raw: string;
  /** The clock's printed step, seconds: 1 where it prints whole seconds. */
  readonly stepSeconds: number;
  /** On the reference clock, the middle of what it may be; null where the two clocks cannot be compared. */
  readonly corrected: string | null;
  /** The truth is at most so much earlier or later than `corrected`, seconds; offset and printed step included. */
  readonly earlySeconds: number;
  readonly lateSeconds: number;
  /** The range is narrower than its clock allows, because the call that it belongs to was made before and answered after it. */
  readonly narrowed: boolean;
  /** logged: a record says so; computed: a later record less its duration; first-record, last-record: nothing says when it began or ended. */
  readonly known: 'logged' | 'computed' | 'first-record' | 'last-record';
}

export interface TraceSpan {
  readonly service: string;
  readonly clock: string;
  readonly kind: 'server' | 'client' | 'consumer' | 'unknown';
  /** "POST /v1/orders/b00012", or the first message where no route is logged. */
  readonly name: string;
  readonly spanId: string | null;
  /** Index into `spans`. */
  readonly parent: number | null;
  /** How the parent is known; null for a root. */
  readonly linked: Strength | null;
  readonly linkedBy: string;
  readonly start: ShownTime;
  readonly end: ShownTime;
  /**
   * Where it is drawn, seconds since the trace began. Where its clock says less than that its parent called it, it is put into the middle of
   * what both allow.
   */
  readonly fromSeconds: number | null;
  readonly toSeconds: number | null;
  readonly placed: 'measured' | 'within-parent' | 'unknown';
  /** By the service's own measure where it logs one, else between its records. */
  readonly seconds: number | null;
  readonly code: number | null;
  readonly error: string | null;
  readonly failed: 'late' | 'canceled' | 'error' | null;
  /** Indices into `records`. */
  readonly records: readonly number[];
}

export interface TraceRecord {
  readonly file: string;
  readonly line: number | null;
  readonly offset: number;
  readonly length: number;
  readonly service: string;
  readonly clock: string;
  readonly level: string | null;
  readonly message: string;
  readonly error: string | null;
  readonly time: ShownTime | null;
  /** Which of the record's trace ids is the one asked for: of a duplicate key the first or the last; text: it stands in no trace id field. */
  readonly found: 'only' | 'first' | 'last' | 'between' | 'text';
  readonly span: number | null;
}

export interface TraceWait {
  /** Index of the waiting span, and of those waited for. */
  readonly span: number;
  readonly callees: readonly number[];
  readonly calls: number;
  /** In all calls together. */
  readonly seconds: number;
  /** What the callee took by its own measure; the rest was spent on the way, in queues or after giving up. */
  readonly calleeSeconds: number | null;
  readonly gaveUp: number;
  readonly says: string;
}

export interface TraceGap {
  readonly span: number;
  readonly fromSeconds: number;
  readonly seconds: number;
  readonly says: string;
}

export interface ClockView {
  readonly clock: string;
  readonly label: string;
  readonly reference: string;
  /** Seconds this clock is ahead of the reference at the time of the trace; null where it cannot be estimated. */
  readonly ahead: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Calls it was estimated from, over all traces. */
  readonly calls: number;
  readonly strength: Strength;
  readonly says: string;
}

export interface TraceTree {
  readonly schema: typeof TRACE_VERSION;
  readonly id: string;
  /** Why it is no W3C trace id; null when it is one. */
  readonly nonConforming: string | null;
  readonly reference: string | null;
  readonly seconds: number | null;
  readonly spans: readonly TraceSpan[];
  readonly records: readonly TraceRecord[];
  readonly waits: readonly TraceWait[];
  readonly gaps: readonly TraceGap[];
  readonly clocks: readonly ClockView[];
  /** What is missing, cut, sampled or contradictory, in sentences. */
  readonly notes: readonly string[];
}
