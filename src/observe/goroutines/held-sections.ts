/**
 * Who of a complete dump stands where the source says a lock may be held. A dump is taken with the world stopped: what nobody stands in at
 * that moment, nobody is in.
 */
import { normaliseGoSymbol } from '../../model/index.ts';
import { type ArgumentFrame, argumentFrames } from '../../read/lib/goroutines/arguments.ts';
import { stackFrames } from '../../read/lib/goroutines/table.ts';
import type { Bucket, Snapshot } from './snapshots.ts';
import { sameFile } from './source-frames.ts';
import { isMoving } from './waits.ts';

/** Lines of one function, as the source says them. */
export interface Lines {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly last: number;
}

const withoutPath = (symbol: string): string => symbol.slice(symbol.lastIndexOf('/') + 1);

export const isIn = (f: { readonly symbol: string; readonly file: string; readonly line: number }, at: Lines): boolean =>
  at.line <= f.line && f.line <= at.last && sameFile(at.file, f.file) && withoutPath(normaliseGoSymbol(f.symbol)) === withoutPath(at.function);

export const stateOf = (s: Snapshot, row: number): string => s.table?.states[s.table.state[row] as number] ?? '';
export const isParked = (s: Snapshot, row: number): boolean => !isMoving(stateOf(s, row));

/** Every goroutine is there with its stack: nothing is cut off, none ran on another thread while a signal's dump was written. */
export function isWhole(s: Snapshot): boolean {
  const { table } = s;
  if (table === null || !s.complete) return false;
  for (const b of s.buckets.values())
    for (const row of b.rows) {
      const stack = table.stack[row] as number;
      if (table.stacks.start[stack] === table.stacks.start[stack + 1] || table.stacks.elided[stack] !== 0) return false;
    }
  return true;
}

/** Buckets with a frame in one of these stretches. */
export const bucketsIn = (s: Snapshot, where: readonly Lines[]): Bucket[] => [...s.buckets.values()].filter((b) => b.frames.some((f) => where.some((w) => isIn(f, w))));

/** Rows that stand in a stretch otherwise than at the Lock they wait in. `waiting`: rows parked at a lock, whose innermost frame has taken nothing yet. */
export function whoMayHold(s: Snapshot, where: readonly Lines[], waiting: ReadonlySet<number>): number[] {
  const { table } = s;
  if (table === null) return [];
  return bucketsIn(s, where).flatMap((b) =>
    b.rows.filter((row) => {
      const frames = stackFrames(table, table.stack[row] as number).filter((f) => where.some((w) => isIn(f, w)));
      // the innermost stretch is the one it still waits to enter; any other one around it, it is in
      return waiting.has(row) && isParked(s, row) ? frames.length > 1 : frames.length > 0;
    }),
  );
}

export const framesOfRow = (s: Snapshot, row: number): ArgumentFrame[] => (s.table === null ? [] : argumentFrames(s.artifact, s.table, row, s.wrapper));
