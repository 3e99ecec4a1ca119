/**
 * Goroutines that wait for a lock they hold themselves. A dump never prints who holds a lock; the source says that a function of the same
 * stack took it and has not given it back. Two ways lead there: the source follows the calls itself and knows the value to be the same, or
 * (through a callback or an interface) the stack shows the way and the addresses show the same object.
 */
import { callUnderLock, lineLooksLike, lockTakenAgain } from '../../model/conditions/source.ts';
import { parseGoSymbol, type World } from '../../model/index.ts';
import type { ArgumentFrame } from '../../read/lib/goroutines/arguments.ts';
import { isWhole, whoMayHold } from './held-sections.ts';
import { type LockWaits, receiverOf, type Waiter } from './locks.ts';
import type { Snapshot } from './snapshots.ts';
import { declaredIn, inSource, sameFile } from './source-frames.ts';

export interface SelfLock {
  readonly waiter: Waiter;
  /** The frame in which it took the lock it now waits for. */
  readonly holding: ArgumentFrame;
}

export function selfLocks(s: Snapshot, waits: LockWaits, world: World): SelfLock[] {
  const found: SelfLock[] = [];
  // many goroutines stand at few stacks: the source is asked once a stack
  const asked = new Map<string, number | null>();
  for (const w of [...waits.waiters, ...waits.withoutAddress]) {
    const stack = w.frames.map((f) => `${f.symbol}:${f.line}`).join('\n');
    let at = asked.get(stack);
    if (at === undefined) {
      at = heldBySource(s, waits, w, world);
      asked.set(stack, at);
    }
    const holding = w.frames[at ?? heldByAddress(w, world) ?? -1];
    if (holding !== undefined) found.push({ waiter: w, holding });
  }
  return found;
}

/** The frame whose call, by the source alone, leads to the lock being taken again on the same value. */
function heldBySource(s: Snapshot, waits: LockWaits, w: Waiter, world: World): number | null {
  const inner = w.frames[0];
  if (inner === undefined) return null;
  const again = inSource(lockTakenAgain, inner, world).filter((c) => c.facts.innerLine === inner.line && sameFile(c.facts.innerFile, inner.file));
  for (const c of again) {
    if (c.facts.innerRead !== (w.wait === 'sync.RWMutex.RLock')) continue;
    // in its first turn it may wait for somebody else
    if (c.facts.sections !== null && (!isWhole(s) || whoMayHold(s, c.facts.sections, rowsAtLock(waits)).length > 0)) continue;
    const direct = c.facts.outer === c.facts.innerFunction && c.facts.line === c.facts.innerLine;
    const i = w.frames.findIndex(
      (f, n) => (direct ? n === 0 : n > 0) && c.facts.line <= f.line && f.line <= c.facts.endLine && sameFile(c.facts.file, f.file) && declaredIn(f, c.facts.outer),
    );
    if (i >= 0) return i;
  }
  return null;
}

const rowsAtLock = (waits: LockWaits): Set<number> => new Set([...waits.waiters, ...waits.withoutAddress].map((w) => w.row));

/** The frame that holds a lock of that name by the source and runs on the object whose lock is waited for. */
function heldByAddress(w: Waiter, world: World): number | null {
  const inner = w.frames[0];
  if (inner === undefined || w.lock === '' || w.wait === 'sync.RWMutex.RLock') return null;
  const wanted = inSource(lineLooksLike, inner, world).find(
    (c) => c.facts.class === 'lock' && c.facts.line <= inner.line && inner.line <= c.facts.endLine && c.facts.lock !== null,
  );
  const lock = wanted?.facts.lock;
  if (lock == null || !lock.includes('.')) return null;
  const type = lock.slice(0, lock.indexOf('.'));
  const innerObject = receiverOf(inner);
  for (let i = 1; i < w.frames.length; i++) {
    const f = w.frames[i] as ArgumentFrame;
    const object = receiverOf(f);
    // a lock at the very beginning of an object of that type, or in the object the inner method runs on, is that object's
    const same = object !== null && parseGoSymbol(f.symbol).receiver === type && (object === w.lock || (object === innerObject && parseGoSymbol(inner.symbol).receiver === type));
    if (!same) continue;
    const held = inSource(callUnderLock, f, world).some((c) => c.facts.lock === lock && c.facts.line <= f.line && f.line <= c.facts.endLine && sameFile(c.facts.file, f.file));
    if (held && !w.frames.slice(0, i).some((g) => unlocksBefore(g, world))) return i;
  }
  return null;
}

/** A function on the way that unlocks before it goes on may have given the lock back. */
const unlocksBefore = (f: ArgumentFrame, world: World): boolean =>
  inSource(lineLooksLike, f, world).some((c) => (c.facts.class === 'unlock' || c.facts.class === 'runlock') && c.facts.line < f.line && sameFile(c.facts.file, f.file));
