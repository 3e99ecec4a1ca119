/**
 * Who holds a lock by exclusion: where the source shows every stretch in which it can be held and the dump is whole, the holder stands in one of
 * them. Needed because the compiler keeps receivers in registers: the argument words of most frames are stale and name no object.
 */
import { lockSection } from '../../model/conditions/source.ts';
import type { World } from '../../model/index.ts';
import { framesOfRow, isIn, isWhole, whoMayHold } from './held-sections.ts';
import type { Holder, LockWaits } from './locks.ts';
import type { Snapshot } from './snapshots.ts';
import { lockTakenAt } from './source-frames.ts';

/** Null where nobody, or goroutines on more than one stack, may hold it. */
export function holderBySource(lock: string, waits: LockWaits, s: Snapshot, world: World): Holder | null {
  const keys = new Set((waits.byLock.get(lock) ?? []).map((w) => (w.frames[0] === undefined ? null : lockTakenAt(w.frames[0], world))));
  const [key] = keys;
  if (keys.size !== 1 || key == null || !isWhole(s)) return null;
  const known = world.look(lockSection);
  const found = known.state === 'observed' ? known.conditions.filter((c) => c.facts.lock === key) : [];
  const { sections } = found[0]?.facts ?? { sections: [] };
  // two packages of one name may have a lock of one name
  if (found.length !== 1) return null;
  // a goroutine that waits for any lock of that name has not taken it yet
  const waiting = new Set([...waits.waiters, ...waits.withoutAddress].filter((w) => w.frames[0] !== undefined && lockTakenAt(w.frames[0], world) === key).map((w) => w.row));
  const rows = whoMayHold(s, sections, waiting);
  const stacks = new Set(rows.map((row) => s.table?.stack[row]));
  const row = rows[0];
  if (row === undefined || stacks.size !== 1) return null;
  const frame = framesOfRow(s, row).find((f) => sections.some((at) => isIn(f, at)));
  return frame === undefined ? null : { row, frame };
}
