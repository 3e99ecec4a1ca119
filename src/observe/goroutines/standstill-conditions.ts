/** Standstills as conditions: circles over a channel or wait group, locks that are not given back, goroutines whose wakers have ended. */
import { lockCycle, lockKept, wakerGone } from '../../model/conditions/goroutines.ts';
import { type Condition, condition, normaliseGoSymbol, secondsBetween, shortGoSymbol, uniquePlaces, type World, weaker } from '../../model/index.ts';
import { strengthOf } from './growth.ts';
import { holderBySource } from './holder-by-source.ts';
import { CONVOY, lockCycles, onsetOf, placeOfRow, withLocks } from './lock-conditions.ts';
import { holderOf, lockWaits, type Waiter } from './locks.ts';
import type { Life } from './series.ts';
import type { Snapshot } from './snapshots.ts';
import { mayHold } from './source-holds.ts';
import { type Forsaken, forsaken, groupCircles, orphanedLocks, waitCircles } from './standstills.ts';

/** Nobody waits this long for a lock that is merely busy. */
const LONG_MINUTES = 2;
const LONG_SECONDS = 120;

const minutesText = (n: number): string => (n < 1 ? '' : ` for ${n} minute${n === 1 ? '' : 's'} and more`);

export function circlesThroughWaits(life: Life, world: World): Condition[] {
  const dumps = withLocks(life);
  const last = dumps.at(-1);
  if (last === undefined) return [];
  return waitCircles(last, world).map((circle) => {
    const waiting = 1 + (lockWaits(last).byLock.get(circle.lock)?.length ?? 0);
    const longest = Math.max(last.table?.minutes[circle.row] ?? -1, circle.waker.minutes);
    return condition(lockCycle, {
      entity: life.process,
      discriminator: circle.edges.map((e) => e.waitsFor).join(' '),
      during: { from: dumps[0]?.at ?? null, to: last.at },
      onset: onsetOf(dumps, (s) => waitCircles(s, world).some((c) => c.lock === circle.lock)),
      quantity: { value: waiting, unit: 'goroutines', known: 'counted' },
      facts: { edges: circle.edges, inferred: true, goroutines: waiting },
      says: `${circle.says}${minutesText(longest)} (what it holds is read from its frames and the source)`,
      places: uniquePlaces([placeOfRow(last, circle.row), placeOfRow(last, circle.waker.row)]),
      strength: weaker(strengthOf(life), 'derived'),
    });
  });
}

export function circlesOfGroups(life: Life, world: World): Condition[] {
  const dumps = withLocks(life);
  const last = dumps.at(-1);
  if (last === undefined) return [];
  return groupCircles(last, world).map((circle) => {
    const places = circle.rows.map((row) => placeOfRow(last, row));
    const longest = Math.max(...circle.rows.map((row) => last.table?.minutes[row] ?? -1));
    const key = circle.edges.map((e) => `${e.function}:${e.line}`).join(' ');
    return condition(lockCycle, {
      entity: life.process,
      discriminator: key,
      during: { from: dumps[0]?.at ?? null, to: last.at },
      onset: onsetOf(dumps, (s) => groupCircles(s, world).some((c) => c.edges.map((e) => `${e.function}:${e.line}`).join(' ') === key)),
      quantity: { value: 2, unit: 'goroutines', known: 'lower-bound' },
      facts: { edges: circle.edges, inferred: true, goroutines: 2 },
      says: `${circle.says}${minutesText(longest)}`,
      places: uniquePlaces(places),
      strength: weaker(strengthOf(life), 'derived'),
    });
  });
}

export function keptLocks(life: Life, world: World): Condition[] {
  const dumps = withLocks(life);
  const last = dumps.at(-1);
  if (last === undefined) return [];
  const waits = lockWaits(last);
  const orphaned = orphanedLocks(last, world);
  const circled = new Set([...lockCycles(life, world), ...circlesThroughWaits(life, world)].flatMap((c) => edgeLocks(c)));
  return [...waits.byLock]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([lock, waiters]) => {
      const first = waiters[0] as Waiter;
      const at = first.frames[0];
      const orphan = orphaned.get(lock) === true;
      if (at === undefined || circled.has(lock)) return [];
      // more of them are a convoy, which tells the same
      if (!orphan && (waiters.length >= CONVOY || !waiters.every((w) => waitsLong(w, dumps, last)))) return [];
      const holder = orphan ? null : (holderOf(lock, waits, last, mayHold(at, world)) ?? holderBySource(lock, waits, last, world));
      const longest = Math.max(...waiters.map((w) => w.minutes));
      const who = `${waiters.length} goroutine${waiters.length === 1 ? ' waits' : 's wait'} for a lock in ${shortGoSymbol(at.symbol)}:${at.line}${minutesText(longest)}`;
      return [
        condition(lockKept, {
          entity: life.process,
          discriminator: lock,
          during: { from: dumps[0]?.at ?? null, to: last.at },
          onset: onsetOf(dumps, (s) => (orphan ? orphanedLocks(s, world).get(lock) === true : lockWaits(s).byLock.has(lock))),
          quantity: { value: waiters.length, unit: 'goroutines', known: last.complete ? 'counted' : 'lower-bound' },
          facts: {
            lock,
            waiters: waiters.length,
            waitFunction: normaliseGoSymbol(at.symbol),
            file: at.file,
            line: at.line,
            longestMinutes: longest < 1 ? null : longest,
            orphaned: orphan ? true : holder === null ? null : false,
          },
          says: orphan
            ? `${who}, and no goroutine stands where it can be held (by the source)`
            : `${who}${holder === null ? '' : `; ${shortGoSymbol(holder.frame.symbol)}:${holder.frame.line} seems to hold it`}`,
          places: uniquePlaces([...waiters.slice(0, 3).map((w) => placeOfRow(last, w.row)), ...(holder === null ? [] : [placeOfRow(last, holder.row)])]),
          strength: orphan ? weaker(strengthOf(life), 'derived') : strengthOf(life),
        }),
      ];
    });
}

function edgeLocks(c: Condition): string[] {
  const edges = c.facts['edges'];
  return Array.isArray(edges) ? edges.flatMap((e) => [String(e.holds), String(e.waitsFor)]) : [];
}

/** By its minutes, or because an earlier dump shows it at the same lock. */
function waitsLong(w: Waiter, dumps: readonly Snapshot[], last: Snapshot): boolean {
  if (w.minutes >= LONG_MINUTES) return true;
  return dumps.some(
    (s) => s !== last && s.at !== null && last.at !== null && secondsBetween(s.at, last.at) >= LONG_SECONDS && lockWaits(s).waiters.some((o) => o.id === w.id && o.lock === w.lock),
  );
}

const WAITS: Readonly<Record<Forsaken['op'], string>> = { receive: 'receives from', 'wait-group': 'waits for', cond: 'waits on' };

export function forsakenGoroutines(life: Life, world: World): Condition[] {
  const dumps = withLocks(life);
  const last = dumps.at(-1);
  if (last === undefined) return [];
  const at = (f: Forsaken): string => `${normaliseGoSymbol(f.frame.symbol)}:${f.frame.line}`;
  const groups = new Map<string, Forsaken[]>();
  for (const f of forsaken(last, world)) groups.set(at(f), [...(groups.get(at(f)) ?? []), f]);
  return [...groups].map(([place, list]) => {
    const first = list[0] as Forsaken;
    const longest = Math.max(...list.map((f) => last.table?.minutes[f.row] ?? -1));
    const waiter = `goroutine ${last.table?.id[first.row]}`;
    return condition(wakerGone, {
      entity: life.process,
      discriminator: place,
      during: { from: dumps[0]?.at ?? null, to: last.at },
      onset: onsetOf(dumps, (s) => forsaken(s, world).some((f) => at(f) === place)),
      quantity: { value: list.length, unit: 'goroutines', known: 'counted' },
      facts: {
        waiter,
        op: first.op,
        object: first.object,
        function: normaliseGoSymbol(first.frame.symbol),
        file: first.frame.file,
        line: first.frame.line,
        waiters: list.length,
        longestMinutes: longest < 1 ? null : longest,
      },
      says: `${list.length === 1 ? waiter : `${list.length} goroutines, ${waiter} first,`} ${WAITS[first.op]} ${first.object} in ${shortGoSymbol(first.frame.symbol)}:${first.frame.line}${minutesText(longest)}, and every goroutine that could end that has ended`,
      places: uniquePlaces(list.slice(0, 3).map((f) => placeOfRow(last, f.row))),
      strength: weaker(strengthOf(life), 'derived'),
    });
  });
}
