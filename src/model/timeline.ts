/**
 * Records of many logs on one time axis: how many, of which service and level, when; and the records themselves in order. JSON as it stands:
 * `gorca logs timeline --json` prints a Timeline.
 */
import type { ClockView, ShownTime } from './trace-tree.ts';

export const TIMELINE_VERSION = 'gorca.timeline/1';

export interface TimelineService {
  readonly service: string;
  /** Of each level, records in each column; levels without a record are left out. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly total: number;
  readonly errors: number;
  /** zap's sampler was at work: counts are lower bounds. */
  readonly sampled: boolean;
}

export interface TimelineFile {
  readonly file: string;
  readonly records: number;
  /** Without a time that could be read: counted here and nowhere else. */
  readonly untimed: number;
  readonly from: string | null;
  readonly to: string | null;
  /** Records that stand below younger ones, and by how much at most. */
  readonly outOfOrder: number;
  readonly worstSeconds: number;
  /** Its clock prints whole seconds, or steps of so many. */
  readonly stepSeconds: number;
}

export interface TimelineRecord {
  readonly file: string;
  readonly line: number | null;
  readonly offset: number;
  readonly length: number;
  readonly service: string;
  readonly level: string | null;
  readonly message: string;
  /** known 'last-record': it has no time of its own (crash text of the runtime), that of the record above it stands for it. */
  readonly time: ShownTime;
  /** Which of this record and the one before was first is not known: their clocks' steps or offsets leave it open. */
  readonly orderUnknown: boolean;
}

export interface Timeline {
  readonly schema: typeof TIMELINE_VERSION;
  readonly reference: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly columnSeconds: number;
  readonly services: readonly TimelineService[];
  readonly clocks: readonly ClockView[];
  readonly files: readonly TimelineFile[];
  /** The first ones in order. */
  readonly records: readonly TimelineRecord[];
  /** Records with a time that match; `records` may hold fewer. */
  readonly matched: number;
  readonly notes: readonly string[];
}
