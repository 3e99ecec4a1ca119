/** Clocks of many processes from all causal edges at hand. */
import { ClockTable } from '../../../model/index.ts';
import type { EdgeStore } from './edge-store.ts';
import { pairOffset } from './pair.ts';

export function clockTable(clocks: readonly string[], edges: EdgeStore): ClockTable {
  return new ClockTable(
    clocks,
    edges.pairs().map((p) => pairOffset(p.a, p.b, p.sample())),
  );
}
