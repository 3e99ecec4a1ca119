/** Who started goroutines, and who started those: as far up as the starters are still in the dump, else as far as one is named. */
import type { CodeLine } from '../../model/index.ts';
import { lineOf } from './recursion.ts';
import { type Bucket, mainCreator, type Snapshot } from './snapshots.ts';

/** Goroutines asked a step: they stand at one stack, so a few speak for all. */
const ASKED = 200;
const STEPS = 8;

export type Lineage = readonly (CodeLine & { readonly alive: boolean })[];

export function lineageOf(b: Bucket, s: Snapshot): Lineage {
  const out: (CodeLine & { alive: boolean })[] = [];
  const { table } = s;
  let bucket = b;
  const seen = new Set<Bucket>([b]);
  for (let step = 0; step < STEPS; step++) {
    const creator = mainCreator(bucket);
    if (creator === null) return out;
    const parent = table === null ? null : mostOf(bucket.rows.slice(0, ASKED).map((row) => bucketOfId(s).get(table.creator[row] as number)));
    out.push({ ...lineOf(creator), alive: parent !== null });
    if (parent === null || seen.has(parent)) return out;
    seen.add(parent);
    bucket = parent;
  }
  return out;
}

const memo = new WeakMap<Snapshot, ReadonlyMap<number, Bucket>>();

function bucketOfId(s: Snapshot): ReadonlyMap<number, Bucket> {
  const known = memo.get(s);
  if (known !== undefined) return known;
  const made = new Map<number, Bucket>();
  for (const b of s.buckets.values()) for (const id of b.ids) made.set(id, b);
  memo.set(s, made);
  return made;
}

/** The bucket that most starters stand in; null where most have ended. */
function mostOf(parents: readonly (Bucket | undefined)[]): Bucket | null {
  const counts = new Map<Bucket, number>();
  let known = 0;
  for (const p of parents) {
    if (p === undefined) continue;
    known++;
    counts.set(p, (counts.get(p) ?? 0) + 1);
  }
  if (known * 2 <= parents.length) return null;
  return [...counts].sort((x, y) => y[1] - x[1] || (x[0].key < y[0].key ? -1 : 1))[0]?.[0] ?? null;
}
