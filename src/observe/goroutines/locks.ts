/**
 * Who waits for which lock, and who seems to hold it.
 * A dump prints what goroutines wait for, never what they hold. A lock's address is printed by lockSlow; the object that contains it is the argument
 * nearest below. A goroutine whose outer frame runs a method of the object that contains another lock is taken to hold that lock; so is one that
 * waits at the later of two Lock calls of a function for the lock of the earlier. All of that is inferred and said to be.
 */
import { parseGoSymbol } from '../../model/index.ts';
import { type ArgumentFrame, argumentFrames } from '../../read/lib/goroutines/arguments.ts';
import type { Snapshot } from './snapshots.ts';
import { isProgram, mainLockWait } from './waits.ts';

export interface Waiter {
  readonly row: number;
  readonly id: number;
  readonly wait: string;
  /** Address, as hex text. */
  readonly lock: string;
  /** Program frames with their argument words, innermost first; the first one calls Lock. */
  readonly frames: readonly ArgumentFrame[];
  readonly minutes: number;
}

export interface Hold {
  readonly lock: string;
  /** The frame that makes it likely. */
  readonly frame: ArgumentFrame;
}

export interface LockWaits {
  readonly waiters: readonly Waiter[];
  readonly byLock: ReadonlyMap<string, readonly Waiter[]>;
  /** Wait for a lock whose address is not printed; their `lock` is empty. */
  readonly withoutAddress: readonly Waiter[];
  /** Distances from an object to the lock in it, as seen at waiters. */
  readonly offsets: ReadonlySet<number>;
  lockOfRows(rows: readonly number[]): string | null;
}

/** Rows read again a bucket: behind them all wait for the same lock anyway. */
export const ROWS_A_BUCKET = 500;
/** A lock lies this near to the beginning of its object. */
export const OBJECT_BYTES = 4096;

const memo = new WeakMap<Snapshot, LockWaits>();

export function lockWaits(s: Snapshot): LockWaits {
  const known = memo.get(s);
  if (known !== undefined) return known;
  const made = compute(s);
  memo.set(s, made);
  return made;
}

function compute(s: Snapshot): LockWaits {
  const waiters: Waiter[] = [];
  const withoutAddress: Waiter[] = [];
  const ofRow = new Map<number, string>();
  const { table } = s;
  if (table !== null) {
    for (const key of [...s.buckets.keys()].sort()) {
      const b = s.buckets.get(key)!;
      const wait = mainLockWait(b.waits);
      if (wait === null) continue;
      for (const row of b.rows.slice(0, ROWS_A_BUCKET)) {
        const all = argumentFrames(s.artifact, table, row, s.wrapper);
        const frames = all.filter(isProgram);
        const lock = lockOf(all, frames, wait);
        const waiter: Waiter = { row, id: table.id[row]!, wait, lock: lock ?? '', frames, minutes: table.minutes[row]! };
        if (lock === null) {
          withoutAddress.push(waiter);
          continue;
        }
        waiters.push(waiter);
        ofRow.set(row, lock);
      }
    }
  }
  const byLock = new Map<string, Waiter[]>();
  const offsets = new Set<number>();
  for (const w of waiters) {
    const list = byLock.get(w.lock) ?? [];
    list.push(w);
    byLock.set(w.lock, list);
    const offset = nearestOffset(w);
    if (offset !== null) offsets.add(offset);
  }
  return {
    waiters,
    byLock,
    withoutAddress,
    offsets,
    lockOfRows(rows) {
      const count = new Map<string, number>();
      for (const r of rows) {
        const lock = ofRow.get(r);
        if (lock !== undefined) count.set(lock, (count.get(lock) ?? 0) + 1);
      }
      const best = [...count].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0];
      return best?.[0] ?? null;
    },
  };
}

const MUTEX_SLOW: ReadonlySet<string> = new Set(['sync.(*Mutex).lockSlow', 'internal/sync.(*Mutex).lockSlow', 'sync.(*Mutex).Lock', 'internal/sync.(*Mutex).Lock']);

function lockOf(all: readonly ArgumentFrame[], program: readonly ArgumentFrame[], wait: string): string | null {
  if (wait === 'sync.Mutex.Lock') {
    for (const f of all) if (MUTEX_SLOW.has(f.symbol) && sure(f, 0) !== null) return sure(f, 0);
    return null;
  }
  // the RWMutex's own address is rarely printed; reader and writer share the object whose method they stand in
  const receiver = program[0] === undefined ? null : receiverOf(program[0]);
  if (receiver !== null) return receiver;
  for (const f of all) if (f.symbol.startsWith('sync.(*RWMutex).') && sure(f, 0) !== null) return sure(f, 0);
  return null;
}

/** The word, unless it is missing, null or marked as possibly stale. */
export const sure = (f: ArgumentFrame, i: number): string | null => {
  const word = f.words[i] ?? null;
  return word === null || f.stale[i] === true || word === '0x0' ? null : word;
};

export const receiverOf = (f: ArgumentFrame): string | null => (parseGoSymbol(f.symbol).pointer && parseGoSymbol(f.symbol).closure.length === 0 ? sure(f, 0) : null);

export function* pointersOf(f: ArgumentFrame): Generator<string> {
  for (let i = 0; i < f.words.length; i++) {
    const word = sure(f, i);
    // small numbers are numbers
    if (word !== null && word.length > 8) yield word;
  }
}

function nearestOffset(w: Waiter): number | null {
  let best: number | null = null;
  const lock = BigInt(w.lock);
  for (const f of w.frames)
    for (const p of pointersOf(f)) {
      const d = lock - BigInt(p);
      if (d >= 0n && d < BigInt(OBJECT_BYTES) && (best === null || Number(d) < best)) best = Number(d);
    }
  return best;
}

/** Locks that others wait for and that this waiter seems to hold. */
export function holdsOf(w: Waiter, waits: LockWaits): Hold[] {
  const out = new Map<string, Hold>();
  const direct = w.frames[0];
  if (direct === undefined) return [];
  const laterInSameFunction = (lastLineOf(waits).get(direct.symbol) ?? 0) > direct.line;
  for (const frame of w.frames) {
    // a function whose later Lock others wait at has taken nothing yet at its first
    if (frame === direct && laterInSameFunction) continue;
    for (const p of pointersOf(frame)) {
      const object = Number(p);
      for (const offset of waits.offsets) {
        const lock = `0x${(object + offset).toString(16)}`;
        if (lock !== w.lock && waits.byLock.has(lock) && !out.has(lock)) out.set(lock, { lock, frame });
      }
    }
  }
  return [...out.values()].sort((x, y) => (x.lock < y.lock ? -1 : 1));
}

const lastLines = new WeakMap<LockWaits, ReadonlyMap<string, number>>();

/** The last line of each function at which somebody waits for a lock. */
function lastLineOf(waits: LockWaits): ReadonlyMap<string, number> {
  const known = lastLines.get(waits);
  if (known !== undefined) return known;
  const made = new Map<string, number>();
  for (const { frames } of waits.waiters) {
    const f = frames[0];
    if (f !== undefined) made.set(f.symbol, Math.max(made.get(f.symbol) ?? 0, f.line));
  }
  lastLines.set(waits, made);
  return made;
}

export interface CycleEdge {
  readonly waiter: Waiter;
  readonly holds: string;
}

export interface Cycle {
  readonly edges: readonly CycleEdge[];
  readonly locks: readonly string[];
}

const CYCLE_LENGTH = 6;
const CYCLES_CAP = 8;
const STEPS_CAP = 20_000;

/** `more`: holds that the source shows and addresses alone do not. */
export function cyclesOf(waits: LockWaits, more: ReadonlyMap<Waiter, readonly Hold[]>): Cycle[] {
  const cycles = new Map<string, Cycle>();
  for (const c of recursiveReads(waits)) cycles.set(c.locks.join(' '), c);
  const holders = new Map<string, { waiter: Waiter; hold: Hold; mayRead: boolean }[]>();
  for (const w of waits.waiters) {
    const byAddress = holdsOf(w, waits);
    const bySource = (more.get(w) ?? []).filter((h) => !byAddress.some((x) => x.lock === h.lock));
    for (const hold of [...byAddress, ...bySource]) {
      const list = holders.get(hold.lock) ?? [];
      // the source may hold it for reading, which keeps no other reader out
      list.push({ waiter: w, hold, mayRead: bySource.includes(hold) });
      holders.set(hold.lock, list);
    }
  }
  let steps = 0;
  const walk = (path: CycleEdge[], start: Waiter): void => {
    const last = path.at(-1)?.waiter ?? start;
    for (const h of holders.get(last.lock) ?? []) {
      if (++steps > STEPS_CAP || cycles.size >= CYCLES_CAP) return;
      if (h.mayRead && last.wait === 'sync.RWMutex.RLock') continue;
      if (h.waiter === start) {
        const edges = [...path, { waiter: start, holds: h.hold.lock }];
        const locks = edges.map((e) => e.waiter.lock).sort();
        if (new Set(locks).size === locks.length && !cycles.has(locks.join(' '))) cycles.set(locks.join(' '), { edges: edges.sort((a, b) => a.waiter.id - b.waiter.id), locks });
        continue;
      }
      if (path.length + 1 >= CYCLE_LENGTH || path.some((e) => e.waiter === h.waiter || e.waiter.lock === h.waiter.lock)) continue;
      walk([...path, { waiter: h.waiter, holds: h.hold.lock }], start);
    }
  };
  for (const w of waits.waiters) {
    if (steps > STEPS_CAP || cycles.size >= CYCLES_CAP) break;
    walk([], w);
  }
  return [...cycles.values()].sort((a, b) => a.locks.length - b.locks.length || (a.locks.join() < b.locks.join() ? -1 : 1));
}

/** A reader that reads again inside a method of the same object, with a writer waiting in between. */
function recursiveReads(waits: LockWaits): Cycle[] {
  const out: Cycle[] = [];
  for (const [lock, list] of waits.byLock) {
    const writer = list.find((w) => w.wait === 'sync.RWMutex.Lock');
    const reader = list.find((w) => w.wait === 'sync.RWMutex.RLock' && w.frames.slice(1).some((f) => receiverOf(f) === lock));
    if (writer === undefined || reader === undefined) continue;
    out.push({
      edges: [
        { waiter: reader, holds: lock },
        { waiter: writer, holds: lock },
      ].sort((a, b) => a.waiter.id - b.waiter.id),
      locks: [lock],
    });
  }
  return out;
}

export interface Holder {
  readonly row: number;
  readonly frame: ArgumentFrame;
}

const MENTIONS_CAP = 400;

/** A goroutine that does not wait for the lock and stands in a frame of the object that contains it: best, in the function the others wait in, behind the Lock. */
export function holderOf(lock: string, waits: LockWaits, s: Snapshot, mayHold: (f: ArgumentFrame) => boolean): Holder | null {
  const waiting = new Set((waits.byLock.get(lock) ?? []).map((w) => w.row));
  const direct = waits.byLock.get(lock)?.[0]?.frames[0];
  const bases = new Set<string>([lock]);
  for (const o of waits.offsets) bases.add(`0x${(BigInt(lock) - BigInt(o)).toString(16)}`);
  if (s.table === null || direct === undefined) return null;
  let best: { holder: Holder; rank: number } | null = null;
  let read = 0;
  for (const b of s.buckets.values()) {
    if (b.system || !b.own) continue;
    // only stacks with a method of the same type, or the function itself, can be inside the critical section
    const type = parseGoSymbol(direct.symbol);
    if (!b.frames.some((f) => sameType(f.symbol, type.package, type.receiver))) continue;
    for (const row of b.rows.slice(0, 50)) {
      if (waiting.has(row) || ++read > MENTIONS_CAP) continue;
      for (const f of argumentFrames(s.artifact, s.table, row, s.wrapper)) {
        if (!isProgram(f) || ![...pointersOf(f)].some((p) => bases.has(p)) || !mayHold(f)) continue;
        const rank = f.symbol === direct.symbol && f.line > direct.line ? 2 : 1;
        if (best === null || rank > best.rank) best = { holder: { row, frame: f }, rank };
      }
    }
  }
  return best?.holder ?? null;
}

function sameType(symbol: string, pkg: string, receiver: string | null): boolean {
  const s = parseGoSymbol(symbol);
  return s.package === pkg && s.receiver === receiver;
}
