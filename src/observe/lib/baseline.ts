/** What the user says of a stretch of time (--baseline): it was well. Growth is judged from there, and nothing that lies wholly in it is ill. */
import type { Instant, Interval } from '../../model/index.ts';

export interface Judged<T> {
  /** From the last moment of the well stretch on; all of it where none is in it. */
  readonly list: readonly T[];
  /** The first of them is said to be well. */
  readonly firstIsWell: boolean;
}

/** Several moments of one process in order of time; one whose time is not known is in no stretch. */
export function fromBaseline<T>(list: readonly T[], at: (item: T) => Instant | null, baseline: Interval | null): Judged<T> {
  const last = baseline === null ? -1 : list.findLastIndex((item) => isWithin(at(item), baseline));
  return last < 0 ? { list, firstIsWell: false } : { list: list.slice(last), firstIsWell: true };
}

const isWithin = (at: Instant | null, { from, to }: Interval): boolean => at !== null && (from === null || at >= from) && (to === null || at <= to);
