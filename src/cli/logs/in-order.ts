/** Puts hits of one task in the order of their times. Times are compared as halves of 64 bits: a number on the heap for each would be most of the work. */
import type { TaskHits } from './tasks.ts';

export const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
export const LOW = 1 - HIGH;

/** How far hits of one task may stand from where they belong, on average, before sorting them otherwise is quicker. */
const SHIFTS = 16;

/** Places of hits in the order of their times; null when they stand so. Most stand so nearly: each is moved back past the few that are later. */
function orderOf(times: BigInt64Array): Uint32Array | null {
  const signed = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
  const unsigned = new Uint32Array(times.buffer, times.byteOffset, times.length * 2);
  const later = (a: number, b: number): boolean => {
    const high = signed[a * 2 + HIGH]! - signed[b * 2 + HIGH]!;
    return high > 0 || (high === 0 && unsigned[a * 2 + LOW]! > unsigned[b * 2 + LOW]!);
  };
  let first = 1;
  while (first < times.length && !later(first - 1, first)) first++;
  if (first >= times.length) return null;
  const order = new Uint32Array(times.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let left = times.length * SHIFTS;
  for (let i = first; i < order.length; i++) {
    let at = i;
    for (; at > 0 && later(order[at - 1] as number, i); at--) order[at] = order[at - 1] as number;
    order[at] = i;
    left -= i - at;
    if (left < 0) return order.sort((a, b) => (later(a, b) ? 1 : later(b, a) ? -1 : a - b));
  }
  return order;
}

/** Puts the hits of a task in the order of their times, where they are. */
export function putInOrder(hits: Pick<TaskHits, 'times' | 'offsets' | 'lengths'>, times: BigInt64Array): void {
  const order = orderOf(times);
  if (order === null) return;
  // a time is two words: as a number of 64 bits each would be made anew
  for (const t of new Set([times, hits.times])) permute(new Uint32Array(t.buffer, t.byteOffset, t.length * 2), order, 2);
  permute(hits.offsets, order, 1);
  permute(hits.lengths, order, 1);
}

function permute(column: Uint32Array | Float64Array, order: Uint32Array, words: number): void {
  const was = column.slice();
  for (let i = 0; i < order.length; i++) for (let w = 0; w < words; w++) column[i * words + w] = was[(order[i] as number) * words + w] as number;
}
