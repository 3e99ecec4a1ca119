/** Lock cycles and convoys as conditions: what stands over time, not what a busy moment shows. */
import { lockConvoy, lockCycle } from '../../model/conditions/goroutines.ts';
import {
  type Condition,
  condition,
  normaliseGoSymbol,
  type Onset,
  type Place,
  placeAt,
  type Strength,
  shortGoSymbol,
  uniquePlaces,
  type World,
  weaker,
} from '../../model/index.ts';
import type { ArgumentFrame } from '../../read/lib/goroutines/arguments.ts';
import { serves } from '../lib/request-frames.ts';
import { strengthOf } from './growth.ts';
import { holderBySource } from './holder-by-source.ts';
import { type Cycle, cyclesOf, holderOf, type LockWaits, lockWaits, ROWS_A_BUCKET, type Waiter } from './locks.ts';
import { type SelfLock, selfLocks } from './self-locks.ts';
import type { Life } from './series.ts';
import { type Bucket, mainWait, type Snapshot } from './snapshots.ts';
import { holdsBySource, mayHold } from './source-holds.ts';

type CycleFacts = NonNullable<(typeof lockCycle)['facts']>;

/** Fewer waiters are a busy lock. */
export const CONVOY = 3;
/** Without minutes and without a second dump a crowd must be most of the process. */
const CONVOY_SINGLE = 20;
const CONVOY_SHARE = 0.3;
const CONVOYS_CAP = 100;

export const withLocks = (life: Life): Snapshot[] => life.all.filter((s) => s.table !== null);

export const placeOfRow = (s: Snapshot, row: number): Place => {
  const t = s.table!;
  return placeAt(
    s.artifact.id,
    { offset: t.offset[row]!, length: t.length[row]! },
    { pointer: `goroutine ${t.id[row]}`, ...(s.wrapper === null ? {} : { decoders: [s.wrapper] }) },
  );
};

/** From the last dump without to the first with it. */
export function onsetOf(dumps: readonly Snapshot[], has: (s: Snapshot) => boolean): Onset {
  const first = dumps.findIndex(has);
  return { lastWell: first > 0 ? (dumps[first - 1]?.at ?? null) : null, firstIll: dumps[first]?.at ?? null, clock: 'dumps' };
}

/** The same goroutines wait for the same locks in a second dump, or have waited for minutes; else a moment may have been caught. */
function standing(waiters: readonly Waiter[], dumps: readonly Snapshot[], last: Snapshot): boolean {
  if (waiters.every((w) => w.minutes >= 1)) return true;
  const before = dumps[dumps.indexOf(last) - 1];
  if (before === undefined) return false;
  const then = locksById(before);
  return waiters.every((w) => then.get(w.id) === w.lock);
}

const byId = new WeakMap<Snapshot, ReadonlyMap<number, string>>();

/** Which lock each goroutine waits for. */
function locksById(s: Snapshot): ReadonlyMap<number, string> {
  const known = byId.get(s) ?? new Map(lockWaits(s).waiters.map((w) => [w.id, w.lock]));
  byId.set(s, known);
  return known;
}

const cycles = new WeakMap<Life, readonly Condition[]>();

/** A life belongs to one world: its circles are found once. */
export function lockCycles(life: Life, world: World): readonly Condition[] {
  const known = cycles.get(life) ?? findCycles(life, world);
  cycles.set(life, known);
  return known;
}

function findCycles(life: Life, world: World): Condition[] {
  const dumps = withLocks(life);
  const last = dumps.at(-1);
  if (last === undefined) return [];
  const waits = lockWaits(last);
  const alone = waitsForItself(life, last, waits, world);
  const known = new Set(alone.flatMap((c) => c.facts.edges.map((e) => e.waitsFor)));
  const circles = cyclesOf(waits, holdsBySource(waits, world)).filter((c) => !c.locks.some((l) => known.has(l)));
  return [
    ...alone,
    ...circles.map((cycle) => {
      const waiters = cycle.edges.map((e) => e.waiter);
      const stands = standing(waiters, dumps, last);
      const strength: Strength = stands ? strengthOf(life) : weaker(strengthOf(life), 'guessed');
      const waiting = cycle.locks.reduce((n, l) => n + (waits.byLock.get(l)?.length ?? 0), 0);
      const names = waiters.map((w) => `${shortGoSymbol(w.frames[0]?.symbol ?? '')}:${w.frames[0]?.line ?? 0}`);
      const longest = Math.max(...waiters.map((w) => w.minutes));
      return condition(lockCycle, {
        entity: life.process,
        discriminator: cycle.locks.join(' '),
        during: { from: dumps[0]?.at ?? null, to: last.at },
        onset: onsetOf(dumps, (s) => holdsCycle(s, cycle)),
        quantity: { value: waiting, unit: 'goroutines', known: last.complete ? 'counted' : 'lower-bound' },
        facts: {
          edges: cycle.edges.map(({ waiter, holds }) => ({
            holder: `goroutine ${waiter.id}`,
            holds,
            waitsFor: waiter.lock,
            function: normaliseGoSymbol(waiter.frames[0]?.symbol ?? ''),
            file: waiter.frames[0]?.file ?? '',
            line: waiter.frames[0]?.line ?? 0,
          })),
          inferred: true,
          goroutines: waiting,
        },
        says: `${names.join(' and ')} wait for each other's locks${longest >= 1 ? ` for ${longest} minutes and more` : ''}, ${waiting} goroutines stand at them (who holds what is inferred from frames and addresses)`,
        places: uniquePlaces(waiters.map((w) => placeOfRow(last, w.row))),
        strength,
      });
    }),
  ];
}

/** A circle of one: no second dump and no minutes are needed, for nobody else can ever unlock it. */
function waitsForItself(life: Life, last: Snapshot, waits: LockWaits, world: World): Condition<CycleFacts>[] {
  const found = new Map<string, SelfLock[]>();
  for (const s of selfLocks(last, waits, world)) {
    const at = s.waiter.frames[0];
    const key = s.waiter.lock === '' ? `${at?.symbol}:${at?.line}` : s.waiter.lock;
    found.set(key, [...(found.get(key) ?? []), s]);
  }
  return [...found].map(([key, list]) => {
    const { waiter, holding } = list.reduce((a, b) => (b.waiter.id < a.waiter.id ? b : a));
    const at = waiter.frames[0] as ArgumentFrame;
    const waiting = Math.max(list.length, waits.byLock.get(key)?.length ?? 0);
    const lock = waiter.lock === '' ? 'a lock' : waiter.lock;
    return condition(lockCycle, {
      entity: life.process,
      discriminator: `itself ${key}`,
      during: { from: life.dumps[0]?.at ?? null, to: last.at },
      onset: { lastWell: null, firstIll: last.at, clock: 'dumps' },
      quantity: { value: waiting, unit: 'goroutines', known: last.complete ? 'counted' : 'lower-bound' },
      facts: {
        edges: [
          {
            holder: `goroutine ${waiter.id}`,
            holds: lock,
            waitsFor: lock,
            function: normaliseGoSymbol(at.symbol),
            file: at.file,
            line: at.line,
            heldIn: { function: normaliseGoSymbol(holding.symbol), file: holding.file, line: holding.line },
          },
        ],
        inferred: true,
        goroutines: waiting,
      },
      says: `goroutine ${waiter.id} waits in ${shortGoSymbol(at.symbol)}:${at.line} for a lock that it took itself in ${shortGoSymbol(holding.symbol)}, ${waiting} goroutine${waiting === 1 ? ' stands' : 's stand'} at it (what it holds is read from its frames and the source)`,
      places: uniquePlaces(list.slice(0, 3).map((s) => placeOfRow(last, s.waiter.row))),
      strength: weaker(strengthOf(life), 'derived'),
    });
  });
}

function holdsCycle(s: Snapshot, cycle: Cycle): boolean {
  const now = locksById(s);
  return cycle.edges.every((e) => now.get(e.waiter.id) === e.waiter.lock);
}

/** Rows beyond those read again wait at the same stack: they are counted with it. */
function countOf(waiters: readonly Waiter[], bucketOf: ReadonlyMap<number, Bucket>): number {
  const buckets = new Set(waiters.map((w) => bucketOf.get(w.row)));
  return [...buckets].reduce((n, b) => n + Math.max(0, (b?.rows.length ?? 0) - ROWS_A_BUCKET), waiters.length);
}

/** A program may have a lock an object: those with the longest queues, in the order of their addresses. */
const largest = <T extends { readonly lock: string; readonly all: number }>(counted: readonly T[]): T[] =>
  counted
    .filter((c) => c.all >= CONVOY)
    .sort((a, b) => b.all - a.all || (a.lock < b.lock ? -1 : 1))
    .slice(0, CONVOYS_CAP)
    .sort((a, b) => (a.lock < b.lock ? -1 : 1));

export function lockConvoys(life: Life, world: World): Condition[] {
  const dumps = withLocks(life);
  const last = dumps.at(-1);
  if (last === undefined) return [];
  const waits = lockWaits(last);
  const out: Condition[] = [];
  const bucketOf = new Map<number, Bucket>();
  for (const b of last.buckets.values()) for (const row of b.rows) bucketOf.set(row, b);
  const counted = [...waits.byLock.keys()].sort().map((lock) => ({ lock, all: countOf(waits.byLock.get(lock) as readonly Waiter[], bucketOf) }));
  for (const { lock, all } of largest(counted)) {
    const waiters = waits.byLock.get(lock) as readonly Waiter[];
    const lasting = waiters.filter((w) => standing([w], dumps, last));
    const crowd = all >= CONVOY_SINGLE && all >= last.total * CONVOY_SHARE;
    if (lasting.length < CONVOY && !crowd) continue;
    const longest = Math.max(...waiters.map((w) => w.minutes));
    const first = waiters[0] as Waiter;
    const holder = holderOf(lock, waits, last, mayHold(first.frames[0], world)) ?? holderBySource(lock, waits, last, world);
    const holderBucket = holder === null ? undefined : bucketOf.get(holder.row);
    const at = first.frames[0];
    out.push(
      condition(lockConvoy, {
        entity: life.process,
        discriminator: lock,
        during: { from: dumps[0]?.at ?? null, to: last.at },
        onset: onsetOf(dumps, (s) => (lockWaits(s).byLock.get(lock)?.length ?? 0) >= CONVOY),
        quantity: { value: all, unit: 'goroutines', known: last.complete ? 'counted' : 'lower-bound' },
        facts: {
          lock,
          waiters: all,
          waitFunction: normaliseGoSymbol(at?.symbol ?? ''),
          ...(at === undefined ? {} : { waitLine: at.line }),
          holderFunction: holder === null ? null : normaliseGoSymbol(holder.frame.symbol),
          holderFile: holder?.frame.file ?? null,
          holderLine: holder?.frame.line ?? null,
          holderWait: holderBucket === undefined ? null : mainWait(holderBucket),
          longestMinutes: longest < 1 ? null : longest,
          serving: countOf(
            waiters.filter((w) => bucketOf.get(w.row)?.frames.some((f) => serves(f.symbol)) === true),
            bucketOf,
          ),
        },
        says: `${all} goroutines wait for one lock in ${shortGoSymbol(at?.symbol ?? '')}:${at?.line ?? 0}${longest >= 1 ? `, up to ${longest} minute${longest === 1 ? '' : 's'}` : ''}${
          holder === null
            ? ''
            : `; ${shortGoSymbol(holder.frame.symbol)}:${holder.frame.line} seems to hold it [${holderBucket === undefined ? 'running' : mainWait(holderBucket)}]`
        }`,
        places: uniquePlaces([...waiters.slice(0, 2).map((w) => placeOfRow(last, w.row)), ...(holder === null ? [] : [placeOfRow(last, holder.row)])]),
        strength: lasting.length >= CONVOY ? strengthOf(life) : weaker(strengthOf(life), 'guessed'),
      }),
    );
  }
  return out;
}
