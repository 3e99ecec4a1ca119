/**
 * How far the clock of a server is from this one's, from Date headers: whole seconds, rounded down, set when the headers are written. Each
 * exchange bounds the offset; several narrow it, because they fall into different parts of a second.
 */
import type { Exchange } from './exchange.ts';

export interface Offset {
  /** What the server's clock shows more than this one's, in milliseconds: it lies in between. */
  readonly leastMs: number;
  readonly mostMs: number;
}

/** null: no header, or clocks were set in between. */
export function offsetOf(exchanges: readonly Pick<Exchange, 'sentMs' | 'answeredMs' | 'serverMs'>[]): Offset | null {
  let [leastMs, mostMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const e of exchanges) {
    if (e.serverMs === null || e.answeredMs === null) continue;
    // the server's time was within [Date, Date + 1 s) at some moment between sending and the answer
    leastMs = Math.max(leastMs, e.serverMs - e.answeredMs);
    mostMs = Math.min(mostMs, e.serverMs + 1000 - e.sentMs);
  }
  return leastMs <= mostMs && Number.isFinite(leastMs) ? { leastMs, mostMs } : null;
}

/** What to add to this clock to get the server's; 0 where they may well be the same. */
export const correctionMs = (o: Offset | null): number => (o === null || (o.leastMs <= 0 && o.mostMs >= 0) ? 0 : Math.round((o.leastMs + o.mostMs) / 2));

export function offsetText(o: Offset | null): string {
  if (o === null) return 'its answers carry no usable Date header: how far its clock is off is not known';
  const within = `between ${(o.leastMs / 1000).toFixed(2)} s and ${(o.mostMs / 1000).toFixed(2)} s ahead of this machine's (Date headers)`;
  return correctionMs(o) === 0 ? `its clock may be the same as this machine's: ${within}` : `its clock is ${within}; times of captures were corrected to it`;
}
