/**
 * Locks that a waiting goroutine holds by the source: taken in one of its frames and not given back when it called on or took the next one.
 * The source knows locks by type and field. Which value it is, the addresses say: the object a method runs on, or that everybody who waits for
 * a package variable waits for the same one.
 */
import { callUnderLock, lineLooksLike, lockOrder } from '../../model/conditions/source.ts';
import { parseGoSymbol, type World } from '../../model/index.ts';
import type { ArgumentFrame } from '../../read/lib/goroutines/arguments.ts';
import { type Hold, type LockWaits, OBJECT_BYTES, pointersOf, receiverOf, type Waiter } from './locks.ts';
import { inSource, lockTakenAt, sameFile } from './source-frames.ts';

export function holdsBySource(waits: LockWaits, world: World): ReadonlyMap<Waiter, readonly Hold[]> {
  const memo = new Map<string, unknown>();
  const once = <T>(key: string, make: () => T): T => {
    if (!memo.has(key)) memo.set(key, make());
    return memo.get(key) as T;
  };
  const place = (f: ArgumentFrame): string => `${f.symbol}:${f.line}`;
  const wantedBy = (w: Waiter): string | null => {
    const f = w.frames[0];
    return f === undefined ? null : once(`wants ${place(f)}`, () => lockTakenAt(f, world));
  };
  const addresses = new Map<string, Set<string>>();
  for (const w of waits.waiters) {
    const key = wantedBy(w);
    if (key !== null) addresses.set(key, (addresses.get(key) ?? new Set()).add(w.lock));
  }
  const found = new Map<Waiter, Hold[]>();
  for (const w of waits.waiters) {
    const wanted = wantedBy(w);
    if (wanted === null) continue;
    w.frames.forEach((frame, i) => {
      for (const key of once(`${i === 0 ? 'takes' : 'calls'} ${place(frame)}`, () => (i === 0 ? heldAtLock(frame, world) : heldAtCall(frame, world)))) {
        const known = addresses.get(key);
        if (known === undefined || key === wanted) continue;
        for (const lock of known) if (lock !== w.lock && isItsLock(lock, key, frame, waits, known.size === 1)) found.set(w, [...(found.get(w) ?? []), { lock, frame }]);
      }
    });
  }
  return found;
}

const heldAtCall = (f: ArgumentFrame, world: World): string[] => [
  ...new Set(
    inSource(callUnderLock, f, world)
      .filter((c) => c.facts.line <= f.line && f.line <= c.facts.endLine && sameFile(c.facts.file, f.file))
      .map((c) => c.facts.lock),
  ),
];

/** Two locks in the text of one function: the first is held at the second. */
const heldAtLock = (f: ArgumentFrame, world: World): string[] => {
  const own = inSource(lineLooksLike, f, world);
  return inSource(lockOrder, f, world)
    .filter(
      (c) =>
        !c.facts.instances && c.facts.line === f.line && sameFile(c.facts.file, f.file) && own.some((s) => s.facts.lock === c.facts.first && s.facts.line === c.facts.firstLine),
    )
    .map((c) => c.facts.first);
};

export function isItsLock(lock: string, key: string, f: ArgumentFrame, waits: LockWaits, only: boolean): boolean {
  const symbol = parseGoSymbol(f.symbol);
  const owner = key.slice(0, key.lastIndexOf('.'));
  // a package variable is there once
  if (owner === symbol.package) return only;
  const object = receiverOf(f);
  const objects = symbol.receiver === owner ? (object === null ? [] : [object]) : [...pointersOf(f)];
  return objects.some((o) => {
    const distance = BigInt(lock) - BigInt(o);
    return distance === 0n || (distance > 0n && distance < BigInt(OBJECT_BYTES) && waits.offsets.has(Number(distance)));
  });
}

const TAKES = /lock/i;

/**
 * Whether a frame on the right object can be the one that holds what others wait for at `waiting`. By the source it cannot where nothing at or
 * before its line takes that lock, nor is called anything like it; without the source of both it can.
 */
export function mayHold(waiting: ArgumentFrame | undefined, world: World): (f: ArgumentFrame) => boolean {
  const key = waiting === undefined ? null : lockTakenAt(waiting, world);
  if (key === null) return () => true;
  return (f) => {
    const sites = inSource(lineLooksLike, f, world).filter((c) => sameFile(c.facts.file, f.file));
    if (!sites.some((c) => c.facts.line <= f.line && f.line <= c.facts.endLine)) return true;
    return sites.some(
      (c) =>
        c.facts.line <= f.line &&
        (((c.facts.class === 'lock' || c.facts.class === 'rlock') && (c.facts.lock === key || c.facts.lock === null)) ||
          (c.facts.class === 'call' && TAKES.test(c.facts.expression))),
    );
  };
}
