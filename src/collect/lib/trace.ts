/** Where the other lines of a trace may be, once some are known. */
import { type Instant, instant } from '../../model/index.ts';

/** Clocks differ, and work goes on after the answer. */
const AROUND_NS = 300n * 1_000_000_000n;

export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** Around times that were found, within what was asked for; null when nothing was found. */
export function around(times: Iterable<bigint>, within: Stretch): Stretch | null {
  let first: bigint | null = null;
  let last = 0n;
  for (const t of times) {
    if (first === null || t < first) first = t;
    if (first === null || t > last) last = t;
  }
  if (first === null) return null;
  const from = first - AROUND_NS;
  const to = last + AROUND_NS;
  return { from: instant(from < within.from ? within.from : from), to: instant(to > within.to ? within.to : to) };
}
