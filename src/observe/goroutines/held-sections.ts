/**
 * Who of a complete dump stands where the source says a lock may be held. A dump is taken with the world stopped: what nobody stands in at
 * that moment, nobody is in.
 */
import { lastingGoSymbol, normaliseGoSymbol, parseGoSymbol } from '../../model/index.ts';
import { type ArgumentFrame, argumentFrames } from '../../read/lib/goroutines/arguments.ts';
import { stackFrames } from '../../read/lib/goroutines/table.ts';
import { ROWS_A_BUCKET } from './locks.ts';
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
  at.line <= f.line && f.line <= at.last && sameFile(at.file, f.file) && isNamed(f.symbol, f.file, at.function);

/** Closures are counted over all of the function they end up in, which may have taken in the one they are written in: their lines tell them apart. */
function isNamed(symbol: string, file: string, declared: string): boolean {
  if (withoutPath(normaliseGoSymbol(symbol)) === withoutPath(declared)) return true;
  return parseGoSymbol(declared).closure.length > 0 && parseGoSymbol(symbol).closure.length > 0 && lastingGoSymbol(symbol, file) === lastingGoSymbol(declared, file);
}

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
  return bucketsIn(s, where).flatMap((b) => {
    // of a long queue only the first are read again: who stands at the same stack in the same state waits like them
    const first = b.rows[0] as number;
    const queued = waiting.has(first) ? stateOf(s, first) : null;
    const waits = (row: number, i: number): boolean => waiting.has(row) || (i >= ROWS_A_BUCKET && stateOf(s, row) === queued);
    return b.rows.filter((row, i) => {
      const frames = stackFrames(table, table.stack[row] as number).filter((f) => where.some((w) => isIn(f, w)));
      // the innermost stretch is the one it still waits to enter; any other one around it, it is in
      return waits(row, i) && isParked(s, row) ? frames.length > 1 : frames.length > 0;
    });
  });
}

export const framesOfRow = (s: Snapshot, row: number): ArgumentFrame[] => (s.table === null ? [] : argumentFrames(s.artifact, s.table, row, s.wrapper));
