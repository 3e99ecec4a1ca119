/** Clocks of many processes from all causal edges at hand. */
import { ClockTable, type PairOffset } from '../../../model/index.ts';
import { type CausalEdge, pairOffset } from './pair.ts';

export function clockTable(clocks: readonly string[], edges: readonly CausalEdge[]): ClockTable {
  const byPair = new Map<string, CausalEdge[]>();
  for (const e of edges) {
    const [a, b] = [e.before.clock, e.after.clock];
    if (a === b) continue;
    const key = a < b ? `${a}\u0000${b}` : `${b}\u0000${a}`;
    const list = byPair.get(key);
    if (list === undefined) byPair.set(key, [e]);
    else list.push(e);
  }
  const pairs: PairOffset[] = [];
  for (const [key, list] of [...byPair].sort(([x], [y]) => (x < y ? -1 : 1))) {
    const [a, b] = key.split('\u0000') as [string, string];
    pairs.push(pairOffset(a, b, list));
  }
  return new ClockTable(clocks, pairs);
}
