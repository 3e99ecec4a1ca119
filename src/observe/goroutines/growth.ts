/**
 * Which buckets grow, which shrink again, which stand still.
 * Growing alone is not a leak: connections and handlers come and go with demand. What stays is told by goroutine ids (never used twice), by wait
 * minutes, or by a third dump.
 */
import { bucketBlocked, bucketGrowing, bucketSeen, bucketShrinks, goroutinesGrowing, nilChannel } from '../../model/conditions/goroutines.ts';
import {
  bucket as bucketEntity,
  type Condition,
  condition,
  type Instant,
  normaliseGoSymbol,
  type Onset,
  type Place,
  type Quantity,
  type Strength,
  secondsBetween,
  shortGoSymbol,
  uniquePlaces,
  weaker,
} from '../../model/index.ts';
import type { LockWaits } from './locks.ts';
import { creatorOf, type Life, leaksOnly, type Track } from './series.ts';
import type { Snapshot } from './snapshots.ts';
import { type GoroutineThresholds, THRESHOLDS } from './thresholds.ts';
import { isMoving, STUCK_WAITS } from './waits.ts';

const PLACES = 6;
const BLOCKED_CAP = 200;

export const strengthOf = (life: Life): Strength => {
  const owner = life.dumps[0]?.owner.strength ?? 'guessed';
  return life.order === 'file names' && life.dumps.length > 1 ? weaker(owner, 'derived') : owner;
};

export interface Growth {
  readonly track: Track;
  readonly weak: boolean;
  readonly why: string;
}

/** Null: not growing, or nothing distinguishes it from load. */
export function growthOf(t: Track, than: GoroutineThresholds = THRESHOLDS): Growth | null {
  const { counts } = t;
  const last = counts.at(-1) ?? 0;
  // connections that clients hold open are the clients' doing
  if (isServerConnection(t)) return null;
  // one that leaks is no crowd
  if (t.leaked !== null && t.leaked.count >= than.leastGrowth) return { track: t, weak: false, why: 'the garbage collector found that nothing can ever wake them' };
  if (counts.length === 1 || leaksOnly(t.life)) {
    const b = t.last;
    const total = t.life.dumps[0]?.total ?? last;
    if (last >= than.crowd && last >= total * than.crowdShare && STUCK_WAITS.has(t.wait) && (t.longestMinutes ?? -1) >= than.crowdMinutes && b.withMinutes >= last / 2)
      return { track: t, weak: true, why: 'one dump only: a crowd that has waited for minutes where nothing but the program can wake it' };
    return null;
  }
  const first = counts[0] ?? 0;
  const peak = Math.max(...counts);
  if (last - first < than.leastGrowth || last < first * (t.stay === null ? than.leastFactor : than.leastFactorWithIds) || last < peak * than.stepTolerance) return null;
  const pace = than.leastPerMinute > 0 ? perMinute(t.life, counts) : null;
  if (pace !== null && pace < than.leastPerMinute) return null;
  let rises = 0;
  for (let i = 1; i < counts.length; i++) {
    const before = counts[i - 1] as number;
    const now = counts[i] as number;
    if (now < before * than.stepTolerance) return null;
    if (now > before) rises++;
  }
  if (isMoving(t.wait)) return null;
  if (t.stay !== null) {
    if (t.stay < than.stay) return null;
    return { track: t, weak: counts.length < 3, why: `${Math.round(t.stay * 100)} % of them were still there in the next dump` };
  }
  // without ids only a trend over three dumps tells a leak from a burst
  if (counts.length >= 3 && rises >= 2 && last >= first * 2 && last - first >= than.leastGrowthWithoutIds) return { track: t, weak: false, why: 'it grows from dump to dump' };
  const total = t.life.dumps.at(-1)?.total ?? last;
  if (STUCK_WAITS.has(t.wait) || (last >= 100 && last >= first * 5 && last >= total / 2))
    return { track: t, weak: true, why: 'few dumps without goroutine ids: growth, but whether they stay is not shown' };
  return null;
}

/** net/http's goroutine of a client connection, with no frame of the program in it. */
const isServerConnection = (t: Track): boolean =>
  !t.last.own && t.last.frames.some((f) => f.symbol === 'net/http.(*conn).serve' || f.symbol === 'net/http.(*connReader).backgroundRead');

function onsetOf(life: Life, counts: readonly number[]): Onset {
  const times = life.dumps.map((s) => s.at);
  const first = counts[0] ?? 0;
  const last = counts.at(-1) ?? 0;
  // well: the count had not left its beginning yet
  let well = life.firstIsWell === true ? 0 : -1;
  if (counts.length > 1 && first < THRESHOLDS.leastGrowth && first < last / 4) {
    well = 0;
    while (well + 1 < counts.length && (counts[well + 1] as number) <= Math.max(first * 1.2, first + 2)) well++;
  }
  return { lastWell: well < 0 ? null : (times[well] ?? null), firstIll: times[well + 1] ?? null, clock: 'dumps' };
}

export function perMinute(life: Life, counts: readonly number[]): number | null {
  const from = life.dumps[0]?.at ?? null;
  const to = life.dumps.at(-1)?.at ?? null;
  if (from === null || to === null || from === to) return null;
  const minutes = secondsBetween(from, to) / 60;
  return minutes > 0 ? Math.round((((counts.at(-1) ?? 0) - (counts[0] ?? 0)) / minutes) * 10) / 10 : null;
}

export const intervalOf = (life: Life): { from: Instant | null; to: Instant | null } => ({ from: life.dumps[0]?.at ?? null, to: life.dumps.at(-1)?.at ?? null });

function factsOf(t: Track) {
  const creator = creatorOf(t);
  return {
    wait: t.wait,
    function: t.last.at.symbol,
    file: t.last.at.file,
    line: t.last.at.line,
    createdBy: creator === null ? null : normaliseGoSymbol(creator.symbol),
    createdByFile: creator === null ? null : creator.file,
    createdByLine: creator === null ? null : creator.line,
    stack: t.last.frames.map((f) => `${f.symbol} ${f.file}:${f.line}`),
    counts: [...t.counts],
    longestMinutes: t.longestMinutes,
    leaked: t.leaked === null ? null : t.leaked.share,
  };
}

/** From the first and the last dump, and the reason's own place where another form gives it. */
function placesOf(t: Track): Place[] {
  const holding = t.life.dumps.map((s) => s.buckets.get(t.key)).filter((b) => b !== undefined);
  const ends = [holding.at(-1), t.leaked?.bucket ?? undefined, holding[0], ...t.seen];
  return uniquePlaces(
    ends.flatMap((b) => b?.places.slice(0, 1) ?? []),
    PLACES,
  );
}

/** The lock most of them wait for, by the last dump that gives addresses. */
function onLockOf(t: Track, locks: (s: Snapshot) => LockWaits): string | null {
  const withRows = [...t.life.all].reverse().find((s) => s.table !== null && s.buckets.has(t.key));
  return withRows === undefined ? null : locks(withRows).lockOfRows(withRows.buckets.get(t.key)?.rows ?? []);
}

const minutes = (n: number): string => `${n} minute${n === 1 ? '' : 's'}`;
const leakedText = (t: Track): string => (t.leaked === null || t.leaked.count === 0 ? '' : `, ${t.leaked.count} leaked by the runtime’s own word`);

const entityOf = (t: Track) => bucketEntity(t.life.process.key, t.key);
const known = (t: Track): Quantity['known'] => (t.life.dumps.every((s) => s.complete && s.form !== 'leaks') ? 'counted' : 'lower-bound');

export function growing(g: Growth, locks: (s: Snapshot) => LockWaits): Condition {
  const t = g.track;
  const first = t.counts[0] ?? 0;
  const last = t.counts.at(-1) ?? 0;
  const total = t.life.dumps.at(-1)?.total ?? last;
  const span = t.counts.length === 1 ? `${last} goroutines` : `goroutines ${first} → ${last}`;
  const old = t.longestMinutes === null ? '' : `, up to ${minutes(t.longestMinutes)}`;
  return condition(bucketGrowing, {
    entity: entityOf(t),
    during: intervalOf(t.life),
    onset: onsetOf(t.life, t.counts),
    quantity: { value: last, ...(t.counts.length > 1 ? { baseline: first } : {}), unit: 'goroutines', known: known(t) },
    facts: {
      ...factsOf(t),
      onLock: onLockOf(t, locks),
      total,
      share: total === 0 ? 0 : last / total,
      dumps: t.counts.length,
      weak: g.weak,
      perMinute: perMinute(t.life, t.counts),
      stay: t.stay,
    },
    says: `${span} at ${shortGoSymbol(t.last.at.symbol)}:${t.last.at.line} [${t.wait}]${old}${leakedText(t)}, ${Math.round((100 * last) / Math.max(1, total))} % of all${t.life.order === 'file names' && t.counts.length > 1 ? ' (dumps in the order of their file names)' : ''}`,
    places: placesOf(t),
    strength: strengthOf(t.life),
  });
}

/** It grew and went away again within one life: load. Only ids show that the life is the same. */
export function shrinking(t: Track): Condition | null {
  const { counts } = t;
  if (counts.length < 3 || t.life.sameLife !== 'ids') return null;
  const peak = Math.max(...counts);
  const at = counts.indexOf(peak);
  const first = counts[0] ?? 0;
  const low = Math.min(...counts.slice(at));
  if (at === 0 || peak - first < THRESHOLDS.leastGrowth || peak < first * THRESHOLDS.leastFactor || low > peak / 2) return null;
  return condition(bucketShrinks, {
    entity: entityOf(t),
    during: intervalOf(t.life),
    onset: { lastWell: null, firstIll: t.life.dumps[0]?.at ?? null, clock: 'dumps' },
    quantity: { value: low, baseline: peak, unit: 'goroutines', known: known(t) },
    facts: { ...factsOf(t), peak, last: counts.at(-1) ?? 0 },
    says: `goroutines at ${shortGoSymbol(t.last.at.symbol)}:${t.last.at.line} went ${counts.join(' → ')}: they come and go`,
    places: placesOf(t),
    strength: strengthOf(t.life),
  });
}

/** What waits in every dump of the life. */
export function blocked(tracks: readonly Track[], locks: (s: Snapshot) => LockWaits): Condition[] {
  return tracks
    .filter((t) => t.counts.every((n) => n > 0) && !isMoving(t.wait))
    .sort((a, b) => (b.counts.at(-1) ?? 0) - (a.counts.at(-1) ?? 0) || (a.key < b.key ? -1 : 1))
    .slice(0, BLOCKED_CAP)
    .map((t) => {
      const last = t.counts.at(-1) ?? 0;
      const old = t.longestMinutes === null ? '' : ` for up to ${minutes(t.longestMinutes)}`;
      return condition(bucketBlocked, {
        entity: entityOf(t),
        during: intervalOf(t.life),
        onset: { lastWell: null, firstIll: t.life.dumps[0]?.at ?? null, clock: 'dumps' },
        quantity: { value: last, unit: 'goroutines', known: known(t) },
        facts: { ...factsOf(t), onLock: onLockOf(t, locks), total: t.life.dumps.at(-1)?.total ?? last },
        says: `${last} goroutine${last === 1 ? '' : 's'} at ${shortGoSymbol(t.last.at.symbol)}:${t.last.at.line} [${t.wait}]${old}`,
        places: placesOf(t),
        strength: strengthOf(t.life),
      });
    });
}

/** The program's own stacks, whatever their goroutines do. */
export function seen(tracks: readonly Track[]): Condition[] {
  return tracks
    .filter((t) => t.last.own)
    .map((t) => {
      const last = t.counts.at(-1) ?? 0;
      return condition(bucketSeen, {
        entity: entityOf(t),
        during: intervalOf(t.life),
        onset: { lastWell: null, firstIll: t.life.dumps[0]?.at ?? null, clock: 'dumps' },
        quantity: { value: last, unit: 'goroutines', known: known(t) },
        facts: { ...factsOf(t), total: t.life.dumps.at(-1)?.total ?? last },
        says: `${t.counts.length === 1 ? last : t.counts.join(', ')} goroutine${t.counts.join() === '1' ? '' : 's'} at ${shortGoSymbol(t.last.at.symbol)}:${t.last.at.line} [${t.wait}]`,
        places: placesOf(t),
        strength: strengthOf(t.life),
      });
    });
}

const NIL_WAITS: ReadonlySet<string> = new Set(['chan receive (nil chan)', 'chan send (nil chan)']);

export function nilChannels(tracks: readonly Track[]): Condition[] {
  return tracks
    .filter((t) => NIL_WAITS.has(t.wait))
    .map((t) => {
      const last = t.counts.at(-1) ?? 0;
      return condition(nilChannel, {
        entity: entityOf(t),
        during: intervalOf(t.life),
        // a defect stands as long as the process lives
        onset: { lastWell: null, firstIll: null },
        quantity: { value: last, unit: 'goroutines', known: known(t) },
        facts: { ...factsOf(t), total: t.life.dumps.at(-1)?.total ?? last },
        says: `${shortGoSymbol(t.last.at.symbol)}:${t.last.at.line} waits in [${t.wait}]`,
        places: placesOf(t),
        strength: strengthOf(t.life),
      });
    });
}

/** The total grows; judged only where one bucket at least is seen to grow, for totals follow demand. */
export function countGrowing(life: Life, growths: readonly Growth[], than: GoroutineThresholds = THRESHOLDS): Condition | null {
  if (leaksOnly(life)) return null;
  const totals = life.dumps.map((s) => s.total);
  const first = totals[0] ?? 0;
  const last = totals.at(-1) ?? 0;
  if (totals.length < 2 || last < first * than.leastFactor || last - first < than.leastGrowth) return null;
  const grown = growths.reduce((n, g) => n + (g.track.counts.at(-1) ?? 0) - (g.track.counts[0] ?? 0), 0);
  if (grown < (last - first) * 0.3) return null;
  return condition(goroutinesGrowing, {
    entity: life.process,
    during: intervalOf(life),
    onset: onsetOf(life, totals),
    quantity: { value: last, baseline: first, unit: 'goroutines', known: life.dumps.every((s) => s.complete) ? 'counted' : 'lower-bound' },
    facts: { fromCount: first, toCount: last, perMinute: perMinute(life, totals) ?? 0, perDemand: false },
    says: `goroutines ${first} → ${last} over ${totals.length} dumps`,
    places: uniquePlaces([life.dumps[0] as Snapshot, life.dumps.at(-1) as Snapshot].map((s) => s.place)),
    strength: strengthOf(life),
  });
}
