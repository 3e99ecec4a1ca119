/**
 * Dumps of one process life in order. A process that was restarted begins a new life: its goroutines are not those of the life before.
 */
import { containerExited, containerOomKilled } from '../../model/conditions/container.ts';
import { type Entity, entityId, type Instant, type Kind, parseInstant, type World } from '../../model/index.ts';
import { type Bucket, type Form, mainCreator, mainWait, type Snapshot } from './snapshots.ts';
import { UNKNOWN_WAIT } from './waits.ts';

export interface Life {
  readonly process: Entity;
  /** One form only: a bucket must not seem to grow because another form counts differently. Profiles of leaks only where there is nothing else. */
  readonly dumps: readonly Snapshot[];
  /** Every dump of this life, of all forms: for wait reasons and minutes that the chosen form lacks. */
  readonly all: readonly Snapshot[];
  /** How the order is known. */
  readonly order: 'times' | 'one file' | 'as given' | 'file names';
  /** That all belong to one life is shown by goroutine ids; otherwise it is assumed because nothing says that the process was restarted. */
  readonly sameLife: 'ids' | 'assumed';
  /** The user says that the first of the dumps was taken when all was well. */
  readonly firstIsWell?: boolean;
}

const FORMS: readonly Form[] = ['debug2', 'protobuf', 'debug1'];

/** The life is known from profiles of leaked goroutines alone: of all others it says nothing. */
export const leaksOnly = (life: Life): boolean => life.dumps.every((s) => s.form === 'leaks');

/** `given`: the place of each file where somebody named them one by one, by artifact id. */
export function livesOf(all: readonly Snapshot[], world: World, given: ReadonlyMap<string, number> = new Map()): Life[] {
  const byProcess = new Map<string, Snapshot[]>();
  for (const s of all) {
    const key = entityId(s.owner.process);
    const list = byProcess.get(key) ?? [];
    list.push(s);
    byProcess.set(key, list);
  }
  const lives: Life[] = [];
  for (const key of [...byProcess.keys()].sort()) {
    const list = byProcess.get(key) as Snapshot[];
    const process = (list[0] as Snapshot).owner.process;
    const ordered = [...list].sort((a, b) => inOrder(a, b, given));
    const ends = restartsOf(process, world);
    for (const life of split(ordered, ends)) lives.push(lifeOf(process, life, given));
  }
  return lives;
}

function lifeOf(process: Entity, all: readonly Snapshot[], given: ReadonlyMap<string, number>): Life {
  let dumps: readonly Snapshot[] = [];
  for (const form of FORMS) {
    const of = all.filter((s) => s.form === form);
    if (of.length > dumps.length) dumps = of;
  }
  if (dumps.length === 0) dumps = all;
  const timed = dumps.every((s) => s.at !== null);
  const oneFile = new Set(dumps.map((s) => s.artifact.id)).size === 1;
  return {
    process,
    dumps,
    all,
    order: timed ? 'times' : oneFile ? 'one file' : dumps.every((s) => given.has(s.artifact.id)) ? 'as given' : 'file names',
    sameLife: dumps.length > 1 && dumps.every((s) => s.highestId !== null) ? 'ids' : 'assumed',
  };
}

function inOrder(a: Snapshot, b: Snapshot, given: ReadonlyMap<string, number>): number {
  if (a.at !== null && b.at !== null && a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.artifact.id === b.artifact.id) return a.n - b.n;
  const named = (given.get(a.artifact.id) ?? 0) - (given.get(b.artifact.id) ?? 0);
  if (named !== 0) return named;
  return natural(a.artifact.path, b.artifact.path) || (a.artifact.id < b.artifact.id ? -1 : 1);
}

/** dump-2 before dump-10. */
function natural(a: string, b: string): number {
  const split = (t: string): string[] => t.match(/\d{1,15}|\D+/g) ?? [];
  const x = split(a);
  const y = split(b);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const p = x[i] as string;
    const q = y[i] as string;
    if (p === q) continue;
    const m = Number(p);
    const n = Number(q);
    if (!Number.isNaN(m) && !Number.isNaN(n) && m !== n) return m - n;
    return p < q ? -1 : 1;
  }
  return x.length - y.length;
}

/** When containers this process is part of ended, as far as anything says so. */
function restartsOf(process: Entity, world: World): Instant[] {
  const out: Instant[] = [];
  for (const kind of [containerExited, containerOomKilled]) {
    const answer = world.look(kind as Kind);
    if (answer.state !== 'observed') continue;
    for (const c of answer.conditions) {
      if (world.identity.within(process, c.entity, 'container') === null) continue;
      const text = (c.facts as unknown as { finishedAt: string | null }).finishedAt;
      const at = text === null ? c.onset.firstIll : parseInstant(text);
      if (at !== null) out.push(at);
    }
  }
  return out;
}

/** A life ends where a container end lies between two dumps, where goroutine ids begin again (not merely where the youngest have ended), or (without ids) where most goroutines are gone at once. */
function split(ordered: readonly Snapshot[], ends: readonly Instant[]): Snapshot[][] {
  const lives: Snapshot[][] = [];
  let life: Snapshot[] = [];
  let highest: number | null = null;
  for (const s of ordered) {
    const last = life.at(-1);
    let begins = false;
    if (last !== undefined) {
      const from = last.at;
      const to = s.at;
      if (from !== null && to !== null && ends.some((e) => e > from && e < to)) begins = true;
      if (s.highestId !== null && highest !== null && s.highestId < highest && !goesOn(life, s, highest)) begins = true;
      const same = [...life].reverse().find((o) => o.form === s.form);
      if (s.highestId === null && same !== undefined && s.total < same.total / 2) begins = true;
    }
    if (begins) {
      lives.push(life);
      life = [];
      highest = null;
    }
    life.push(s);
    if (s.highestId !== null) highest = highest === null ? s.highestId : Math.max(highest, s.highestId);
  }
  if (life.length > 0) lives.push(life);
  return lives;
}

/** Each processor hands out ids from a small reserve of its own: one that is new may be this far below the highest. */
const ID_RESERVE = 256;

/**
 * The highest id falls also when a burst ends: its goroutines are gone and the old ones remain. Ids are never used twice, so in one life each
 * id is either known from before, with the same entry, or about as high as the highest. One that begins again low is of another process.
 */
function goesOn(life: readonly Snapshot[], s: Snapshot, highest: number): boolean {
  const before = entriesOf([...life].reverse().find((o) => o.highestId !== null));
  let known = 0;
  for (const [id, entry] of entriesOf(s)) {
    if (before.get(id) === entry) {
      if (id !== 1) known++;
    } else if (before.has(id) || highest <= ID_RESERVE || id < highest - ID_RESERVE) return false;
  }
  return known > 0;
}

/** The function each goroutine runs in, by id. */
function entriesOf(s: Snapshot | undefined): ReadonlyMap<number, string> {
  const entries = new Map<number, string>();
  for (const b of s?.buckets.values() ?? []) for (const id of b.ids) entries.set(id, b.frames.at(-1)?.symbol ?? '');
  return entries;
}

/** One bucket through a life. */
export interface Track {
  readonly life: Life;
  readonly key: string;
  /** One a dump; 0 where it is absent. */
  readonly counts: readonly number[];
  /** The bucket in the last dump that holds it. */
  readonly last: Bucket;
  /** The same stack in every dump and form that shows it. */
  readonly seen: readonly Bucket[];
  readonly wait: string;
  readonly longestMinutes: number | null;
  /** Least share of a dump's goroutines that were still there in the next one; null without ids. */
  readonly stay: number | null;
  /** What the runtime itself found leaked of it: the latest word; null where it was not asked in this life. */
  readonly leaked: Leaked | null;
}

export interface Leaked {
  readonly count: number;
  readonly share: number;
  readonly bucket: Bucket | null;
}

export function tracksOf(life: Life): Track[] {
  const keys = new Set<string>();
  for (const s of life.dumps) for (const [key, b] of s.buckets) if (!b.system) keys.add(key);
  return [...keys].sort().map((key) => trackOf(life, key));
}

function trackOf(life: Life, key: string): Track {
  const inDumps = life.dumps.map((s) => s.buckets.get(key));
  const seen = life.all.flatMap((s) => s.buckets.get(key) ?? []);
  const last = [...inDumps].reverse().find((b) => b !== undefined) as Bucket;
  const waits = seen.map(mainWait);
  const wait = waits.find((w) => w !== UNKNOWN_WAIT) ?? UNKNOWN_WAIT;
  const minutes = Math.max(...seen.map((b) => b.longestMinutes));
  return {
    life,
    key,
    counts: inDumps.map((b) => b?.count ?? 0),
    last,
    seen,
    wait: lastKnown(waits) ?? wait,
    longestMinutes: minutes < 0 ? null : minutes,
    stay: stayOf(life, key),
    leaked: leakedOf(life, key),
  };
}

/** Leak tags stay once the runtime set them, and a profile lists all it found: the latest word is the fullest. */
function leakedOf(life: Life, key: string): Leaked | null {
  let found: Leaked | null = null;
  for (const s of life.all) {
    if (!asked(s)) continue;
    const b = s.buckets.get(key);
    if (b === undefined) continue;
    if (b.leaked === 0) {
      found ??= { count: 0, share: 0, bucket: null };
      continue;
    }
    // a profile of leaks does not count the others of the same stack: a dump does
    const all = s.form === 'leaks' ? Math.max(b.count, ...life.dumps.map((d) => d.buckets.get(key)?.count ?? 0)) : b.count;
    found = { count: b.leaked, share: b.leaked / all, bucket: b };
  }
  // the profile lists what it found: what it does not list was not found
  return found ?? (life.all.some((s) => s.form === 'leaks') ? { count: 0, share: 0, bucket: null } : null);
}

/** Only a run of the detecting cycle sets tags; without one of them a dump says nothing. */
function asked(s: Snapshot): boolean {
  const known = askedOf.get(s) ?? (s.form === 'leaks' || [...s.buckets.values()].some((b) => b.leaked > 0));
  askedOf.set(s, known);
  return known;
}

const askedOf = new WeakMap<Snapshot, boolean>();

const lastKnown = (waits: readonly string[]): string | undefined => [...waits].reverse().find((w) => w !== UNKNOWN_WAIT);

/** Goroutine ids are never used twice in one process: those that are gone are gone. */
function stayOf(life: Life, key: string): number | null {
  const withIds = life.all.filter((s) => s.highestId !== null);
  if (withIds.length < 2) return null;
  let least: number | null = null;
  for (let i = 1; i < withIds.length; i++) {
    const before = withIds[i - 1]?.buckets.get(key);
    const after = withIds[i]?.buckets.get(key);
    if (before === undefined || before.ids.length === 0) continue;
    const now = new Set(after?.ids ?? []);
    const share = before.ids.filter((id) => now.has(id)).length / before.ids.length;
    least = least === null ? share : Math.min(least, share);
  }
  return least;
}

export const creatorOf = (t: Track) => {
  for (const b of [t.last, ...t.seen]) {
    const c = mainCreator(b);
    if (c !== null) return c;
  }
  return null;
};
