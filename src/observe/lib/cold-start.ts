/**
 * Growth that was watched from the start of its process. A cache that fills, a pool that is warmed, data that is loaded: all of them grow from the
 * first request on, in proportion to the demand, until they are full; and so does a leak. Within one stretch that begins with the process both are
 * one straight line, and no statistics tells them apart: what does is harm, the code, or more time. Growth that sets in later, in a process that had
 * long kept what a start keeps, is no start.
 */
import type { NotObservable } from '../../model/index.ts';
import { SETTLED } from './heap/growth.ts';

/** A start is over by then: what still grows after it is nobody's warm-up. */
const START_SECONDS = 600;
/** From this share of its limit on, memory is no longer only on its way. */
const NEAR_LIMIT = 0.8;

export interface Watched {
  /** Unix seconds: the begin of the process, null when it is not known; the first and the last look at it. */
  readonly started: number | null;
  readonly from: number;
  readonly to: number;
  readonly grownBytes: number;
  readonly toBytes: number;
  /** Allocated since the process began, at the first look; null not known. */
  readonly allocatedBefore: number | null;
  /** What it may take; null none known. */
  readonly limitBytes: number | null;
}

/** Most of what was lived was watched, and little was lived: growth shows no more than a start does. Of an unknown age it is not said. */
export function isColdStart(w: Watched): boolean {
  if (w.limitBytes !== null && w.toBytes >= NEAR_LIMIT * w.limitBytes) return false;
  if (w.to - (w.started ?? w.from) > START_SECONDS) return false;
  if (w.started !== null) return w.from - w.started < w.to - w.from;
  return w.allocatedBefore !== null && w.allocatedBefore < SETTLED * w.grownBytes;
}

/** What a condition says of itself that may be no more than a start. */
export function mayBeStart(w: Watched, next: string): NotObservable | undefined {
  if (!isColdStart(w)) return undefined;
  const age = w.started === null ? `the ${Math.round(w.to - w.from)} s that were watched from its start` : `the first ${Math.round(w.to - w.started)} s of its life`;
  return { why: `it is growth within ${age}, without harm: filling a cache from empty looks like that too`, next: `ten minutes after its start or later: ${next}` };
}
