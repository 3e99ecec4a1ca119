/**
 * What a single dump proves when the source is at hand: circles that lead over a channel, wait group or condition variable; locks that nobody
 * in the dump can hold any more; goroutines that wait for others which have all ended. Each is the state of one stopped moment, so neither
 * minutes nor a second dump are needed; where the dump or the source is not whole, nothing is claimed.
 */
import type { lockCycle } from '../../model/conditions/goroutines.ts';
import { lockNotReleased, waitBeforeReceive, waitUnderLock, wakerMayLeave } from '../../model/conditions/source.ts';
import { goFunction, type Kind, normaliseGoSymbol, type World } from '../../model/index.ts';
import type { ArgumentFrame } from '../../read/lib/goroutines/arguments.ts';
import { framesOfRow, isIn, isParked, isWhole, stateOf, whoMayHold } from './held-sections.ts';
import { type LockWaits, lockWaits, type Waiter } from './locks.ts';
import type { Bucket, Snapshot } from './snapshots.ts';
import { inSource, lockTakenAt, sameFile } from './source-frames.ts';
import { isItsLock } from './source-holds.ts';
import { isProgram, waitOf } from './waits.ts';

type UnderLock = NonNullable<(typeof waitUnderLock)['facts']>;
type Edge = NonNullable<(typeof lockCycle)['facts']>['edges'][number];

const OPS: Readonly<Record<string, UnderLock['op']>> = { 'chan send': 'send', 'chan receive': 'receive', 'sync.WaitGroup.Wait': 'wait-group', 'sync.Cond.Wait': 'cond' };
const DOES: Readonly<Record<UnderLock['op'], string>> = { send: 'sends on', receive: 'receives from', 'wait-group': 'waits for', cond: 'waits on' };
const ENDS: Readonly<Record<UnderLock['op'], string>> = { send: 'would receive', receive: 'would send', 'wait-group': 'would be done', cond: 'would signal' };
/** Rows of one stack looked at: they all wait alike. */
const ROWS = 50;

export interface WaitCircle {
  readonly lock: string;
  readonly row: number;
  readonly waker: Waiter;
  readonly edges: readonly Edge[];
  readonly says: string;
}

const short = (symbol: string): string => symbol.slice(symbol.lastIndexOf('/') + 1);
const at = (f: ArgumentFrame): string => `${short(normaliseGoSymbol(f.symbol))}:${f.line}`;

/** Each dump is looked at once in a world, however many conditions and onsets ask. */
function onceADump<T>(look: (s: Snapshot, world: World) => T): (s: Snapshot, world: World) => T {
  const known = new WeakMap<World, WeakMap<Snapshot, { readonly found: T }>>();
  return (s, world) => {
    const ofWorld = known.get(world) ?? new WeakMap<Snapshot, { readonly found: T }>();
    known.set(world, ofWorld);
    const before = ofWorld.get(s);
    if (before !== undefined) return before.found;
    const found = look(s, world);
    ofWorld.set(s, { found });
    return found;
  };
}

/** Rows of the program that wait in something which is no lock, with their innermost program frame. */
function* waitingRows(s: Snapshot, kind: Kind | null, world: World): Generator<{ bucket: Bucket; row: number; op: UnderLock['op']; frames: readonly ArgumentFrame[] }> {
  for (const key of [...s.buckets.keys()].sort()) {
    const bucket = s.buckets.get(key) as Bucket;
    // the source is asked once a stack, before any goroutine of it is read again
    if (bucket.system || !bucket.own || (kind !== null && inSource(kind, bucket.at, world).length === 0)) continue;
    for (const row of bucket.rows.slice(0, ROWS)) {
      const op = OPS[waitOf(stateOf(s, row), bucket.frames)];
      if (op === undefined) continue;
      const frames = framesOfRow(s, row).filter(isProgram);
      if (frames.length > 0) yield { bucket, row, op, frames };
    }
  }
}

/** A goroutine waits with a lock held, and all who could end that wait stand at the lock. */
export const waitCircles = onceADump(circlesUnderLock);

function circlesUnderLock(s: Snapshot, world: World): WaitCircle[] {
  const waits = lockWaits(s);
  if (waits.waiters.length === 0 || !isWhole(s)) return [];
  const found = new Map<string, WaitCircle>();
  for (const { row, op, frames } of waitingRows(s, waitUnderLock as unknown as Kind, world)) {
    const frame = frames[0] as ArgumentFrame;
    for (const c of inSource(waitUnderLock, frame, world)) {
      const f = c.facts;
      if (f.op !== op || frame.line < f.line || frame.line > f.endLine || !sameFile(f.file, frame.file)) continue;
      const lock = lockHeld(s, waits, f, row, frame, world);
      if (lock === null || found.has(`${lock} ${f.object}`)) continue;
      const waker = wakerAt(lock, waits, s, f, row);
      if (waker === null) continue;
      const end = waker.frames[0] as ArgumentFrame;
      const own = edge(s, row, frame, { holds: lock, waitsFor: f.object, op });
      const other = edge(s, waker.row, end, { holds: f.object, waitsFor: lock });
      found.set(`${lock} ${f.object}`, {
        lock,
        row,
        waker,
        edges: [own, other],
        says: `${own.holder} ${DOES[op]} ${f.object} in ${at(frame)} with a lock held that ${other.holder}, which ${ENDS[op]}, waits for in ${at(end)}`,
      });
    }
  }
  return [...found.values()];
}

const edge = (s: Snapshot, row: number, frame: ArgumentFrame, rest: Pick<Edge, 'holds' | 'waitsFor' | 'op'>): Edge => ({
  holder: `goroutine ${s.table?.id[row]}`,
  ...rest,
  function: normaliseGoSymbol(frame.symbol),
  file: frame.file,
  line: frame.line,
});

/** Which of the locks that are waited for the goroutine holds: by the object its frame runs on, or because nobody else stands where such a lock is held. */
function lockHeld(s: Snapshot, waits: LockWaits, f: UnderLock, row: number, frame: ArgumentFrame, world: World): string | null {
  const wanted = [...waits.byLock].filter(([, list]) => list.some((w) => w.frames[0] !== undefined && lockTakenAt(w.frames[0], world) === f.lock)).map(([lock]) => lock);
  const [only] = wanted;
  if (only === undefined) return null;
  const sure = wanted.find((lock) => isItsLock(lock, f.lock, frame, waits, wanted.length === 1));
  if (sure !== undefined) return sure;
  if (wanted.length > 1) return null;
  const waiting = new Set((waits.byLock.get(only) ?? []).map((w) => w.row));
  return whoMayHold(s, f.sections, waiting).every((r) => r === row) ? only : null;
}

/** A goroutine that would end the wait and stands at the lock, if no other one is left that could. */
function wakerAt(lock: string, waits: LockWaits, s: Snapshot, f: UnderLock, row: number): Waiter | null {
  const { table } = s;
  const waiters = (waits.byLock.get(lock) ?? []).filter((w) => isParked(s, w.row));
  const parked = new Set(waiters.map((w) => w.row));
  if (table === null) return null;
  let first: Waiter | null = null;
  for (const waker of f.wakers) {
    // from the function's beginning to the last line at which it still has to do it
    const where = { function: waker.function, file: waker.file, line: 0, last: waker.last };
    let present = 0;
    for (const b of s.buckets.values()) {
      if (!b.frames.some((x) => isIn(x, where))) continue;
      for (const r of b.rows) {
        if (r === row || (waker.here && !startedBy(s, r, row))) continue;
        if (!parked.has(r)) return null;
        present++;
        first ??= waiters.find((w) => w.row === r) ?? null;
      }
    }
    if (present === 0 && !waker.needs && !waker.here) return null;
  }
  // who needs the lock before anything else need not be there by name: whoever stands at it is one of them or comes after
  return first ?? (f.wakers.every((w) => w.needs) ? (waiters[0] ?? null) : null);
}

/** Whether a goroutine was started by another; true where the dump does not print it (before Go 1.21). */
function startedBy(s: Snapshot, row: number, by: number): boolean {
  const creator = s.table?.creator[row] ?? -1;
  return creator < 0 || creator === s.table?.id[by];
}

/** A function waits for goroutines of which one waits to be received from, which only that function does, and only afterwards. */
export const groupCircles = onceADump(circlesOverGroups);

function circlesOverGroups(s: Snapshot, world: World): GroupCircle[] {
  if (!isWhole(s)) return [];
  const found = new Map<string, GroupCircle>();
  let sending: ReturnType<typeof sendingRows> | null = null;
  for (const { row, op, frames } of waitingRows(s, waitBeforeReceive as unknown as Kind, world)) {
    const frame = frames[0] as ArgumentFrame;
    if (op !== 'wait-group') continue;
    for (const { facts: f } of inSource(waitBeforeReceive, frame, world)) {
      if (frame.line < f.line || frame.line > f.endLine || !sameFile(f.file, frame.file)) continue;
      sending ??= sendingRows(s, world);
      const sender = sending.find((w) => startedBy(s, w.row, row) && f.senders.some((x) => isIn(w.frames[0] as ArgumentFrame, { ...x, last: x.endLine })));
      if (sender === undefined) continue;
      const end = sender.frames[0] as ArgumentFrame;
      const own = edge(s, row, frame, { holds: f.channel, waitsFor: f.group, op: 'wait-group' });
      const other = edge(s, sender.row, end, { holds: f.group, waitsFor: f.channel, op: 'send' });
      found.set(`${f.file}:${f.line}`, {
        rows: [row, sender.row],
        edges: [own, other],
        says: `${own.holder} waits for ${f.group} in ${at(frame)}, and ${other.holder}, which it waits for, sends on ${f.channel} in ${at(end)}, which only the first would receive, afterwards`,
      });
    }
  }
  return [...found.values()];
}

const sendingRows = (s: Snapshot, world: World) => [...waitingRows(s, null, world)].filter((w) => w.op === 'send');

export interface GroupCircle {
  readonly rows: readonly [number, number];
  readonly edges: readonly Edge[];
  readonly says: string;
}

/** Locks that are waited for and that, by the source, nobody in the dump can hold. */
export const orphanedLocks = onceADump(locksOfNobody);

function locksOfNobody(s: Snapshot, world: World): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  const waits = lockWaits(s);
  if (waits.byLock.size === 0 || !isWhole(s)) return found;
  const faults = world.look(lockNotReleased);
  if (faults.state !== 'observed') return found;
  for (const [lock, list] of waits.byLock) {
    const keys = new Set(list.map((w) => (w.frames[0] === undefined ? null : lockTakenAt(w.frames[0], world))));
    const [key] = keys;
    const fault = faults.conditions.find((c) => c.facts.lock === key);
    if (keys.size !== 1 || key == null || fault === undefined) continue;
    const atSuchALock = [...waits.waiters, ...waits.withoutAddress].filter((w) => w.frames[0] !== undefined && lockTakenAt(w.frames[0], world) === key);
    // one that was just woken is about to take it
    const stirs = list.some((w) => !isParked(s, w.row));
    found.set(lock, !stirs && whoMayHold(s, fault.facts.sections, new Set(atSuchALock.map((w) => w.row))).length === 0);
  }
  return found;
}

export interface Forsaken {
  readonly row: number;
  readonly op: 'receive' | 'wait-group' | 'cond';
  readonly object: string;
  readonly frame: ArgumentFrame;
}

/** Goroutines whose only wakers were started by themselves and have ended. */
export const forsaken = onceADump(waitersForNobody);

function waitersForNobody(s: Snapshot, world: World): Forsaken[] {
  if (!isWhole(s)) return [];
  const found: Forsaken[] = [];
  for (const { row, op, frames } of waitingRows(s, wakerMayLeave as unknown as Kind, world)) {
    const frame = frames[0] as ArgumentFrame;
    for (const { facts: f } of inSource(wakerMayLeave, frame, world)) {
      if (f.op !== op || frame.line < f.waitLine || frame.line > f.waitEndLine || !sameFile(f.waitFile, frame.file)) continue;
      if (short(normaliseGoSymbol(frame.symbol)) !== short(f.waitFunction)) continue;
      if (f.wakers.some((w) => isAlive(s, w, row))) continue;
      found.push({ row, op: f.op, object: f.object, frame });
      break;
    }
  }
  return found;
}

function isAlive(s: Snapshot, waker: string, by: number): boolean {
  const name = short(goFunction(waker).key);
  for (const b of s.buckets.values()) if (b.frames.some((f) => short(f.symbol) === name) && b.rows.some((r) => r !== by && startedBy(s, r, by))) return true;
  return false;
}
