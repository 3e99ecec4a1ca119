/** Edges of a lock cycle, checks on the frames they cite, and whether request handlers stand at the locks. */
import { bucketBlocked, lockConvoy, type lockCycle } from '../../model/conditions/goroutines.ts';
import { callUnderLock, lockOrder, lockTakenAgain } from '../../model/conditions/source.ts';
import { type Ask, type Check, type Condition, type Culprit, type Finding, fails, holds, type Joined, type Link, unknown } from '../../model/index.ts';
import { bucketsBeside, placesOf, stackHolds } from './buckets.ts';
import { tiedWithin } from './join.ts';
import { type Frame, joinSource, sourceAt, waitingFrame } from './source-frames.ts';

export interface LockEdge extends Frame {
  readonly holder: string;
  readonly holds: string;
  readonly waitsFor: string;
  /** What it waits in, where that is no lock. */
  readonly op?: 'send' | 'receive' | 'wait-group' | 'cond';
  /** Where a goroutine that waits for itself took the lock. */
  readonly heldIn?: Frame;
}

/** The circle leads over something that is no lock: the order of locks has no part in it. */
export const overNoLock = (cycle: Condition): Finding | null => {
  const edge = edgesOf(cycle).find((e) => e.op !== undefined);
  return edge === undefined ? null : fails(`${edge.holder} waits for ${edge.waitsFor}, which is no lock`, cycle.places);
};

/** Both ends of an inversion that the source shows are places where goroutines of the circle wait. */
export function directInversion(cycle: Condition, ask: Ask): Finding | readonly Joined[] {
  const other = overNoLock(cycle);
  if (other !== null) return other;
  const found = joinSource(
    lockOrder,
    ask,
    edgesOf(cycle),
    (c, frame) => c.facts.line === frame.line && edgesOf(cycle).some((e) => e.line === c.facts.otherLine && sameFunction(e.function, c.facts.otherFunction)),
  );
  if ('state' in found) return found;
  // the source says an inversion from both sides: one of them is enough
  const side = (c: Condition): string => [`${c.facts['file']}:${c.facts['line']}`, `${c.facts['otherFile']}:${c.facts['otherLine']}`].sort().join(' ');
  return found.filter((j, i) => found.findIndex((x) => side(x.cause) === side(j.cause)) === i);
}

const sameFunction = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/** The frame below which a goroutine of the circle holds its lock: where the queue at that lock says its holder stands. */
export function holdingFrame(edge: LockEdge, cycle: Condition, ask: Ask): Frame | null {
  const answer = ask.look(lockConvoy);
  if (answer.state !== 'observed') return null;
  for (const c of answer.conditions) {
    const { lock, holderFunction, holderFile, holderLine } = c.facts;
    if (lock === edge.holds && holderFunction !== null && holderLine !== null && tiedWithin(cycle, c, ask, ['process']) !== null)
      return { function: holderFunction, file: holderFile ?? '', line: holderLine };
  }
  return null;
}

export type HeldAt = Condition<NonNullable<(typeof callUnderLock)['facts']>>;

/** Locks that by the source are held at a frame that calls on. */
export function heldAt(frame: Frame, ask: Ask): readonly HeldAt[] {
  const at = sourceAt(frame, ask);
  const site = at.state === 'agrees' ? at.sites[0] : undefined;
  if (site === undefined) return [];
  const answer = ask.look(callUnderLock, site.entity);
  return answer.state !== 'observed'
    ? []
    : answer.conditions.filter((c) => c.facts.artifact === site.facts.artifact && c.facts.line <= frame.line && frame.line <= c.facts.endLine);
}

/** The lock that a Lock call at this frame takes, as the source tells locks apart. */
export function lockWantedAt(frame: Frame, ask: Ask): string | null {
  const at = sourceAt(frame, ask);
  return at.state === 'agrees' ? (at.sites.find((s) => s.facts.lock !== null)?.facts.lock ?? null) : null;
}

/** The bucket's goroutines wait for a lock that, by the source, the holder of the queue holds where it stands. */
export function waitsForHolder(bucket: Condition, convoy: Condition, ask: Ask): boolean {
  const { holderFunction, holderFile, holderLine } = convoyFacts(convoy);
  if (typeof holderFunction !== 'string' || typeof holderLine !== 'number' || !isLockWait(String(bucket.facts['wait']))) return false;
  const wanted = lockWantedAt(waitingFrame(bucket), ask);
  return wanted !== null && heldAt({ function: holderFunction, file: holderFile ?? '', line: holderLine }, ask).some((c) => c.facts.lock === wanted);
}

type CycleFacts = NonNullable<(typeof lockCycle)['facts']>;
type ConvoyFacts = NonNullable<(typeof lockConvoy)['facts']>;

export const edgesOf = (cycle: Condition): readonly LockEdge[] => (Array.isArray(cycle.facts['edges']) ? (cycle.facts as unknown as CycleFacts).edges : []);
export const convoyFacts = (convoy: Condition): ConvoyFacts => convoy.facts as unknown as ConvoyFacts;

/** Where the holder of a queue's lock stands; where it is not known, where the others wait. */
export function convoyCulprits(link: Link): Culprit[] {
  const f = convoyFacts(link.causes[0] ?? link.effect);
  return f.holderFunction === null || f.holderFunction === undefined
    ? [{ kind: 'code', function: f.waitFunction }]
    : [{ kind: 'code', function: f.holderFunction, file: f.holderFile ?? '', ...(f.holderLine === null ? {} : { line: f.holderLine }) }];
}

/** A circle of one: the goroutine that waits is the one that holds. */
export const waitsForItself = (cycle: Condition): boolean => {
  const [only, ...others] = edgesOf(cycle);
  return only !== undefined && others.length === 0 && only.heldIn !== undefined;
};

export const heldIn = (cycle: Condition): Frame | null => (waitsForItself(cycle) ? (edgesOf(cycle)[0]?.heldIn ?? null) : null);

/** The source itself follows the calls from the frame that holds the lock to the one that waits for it. */
export function takenTwice(cycle: Condition, ask: Ask): Finding | readonly Joined[] {
  const holding = heldIn(cycle);
  if (holding === null) return fails('the goroutines of the circle wait for each other, none for itself', cycle.places);
  const found = joinSource(lockTakenAgain, ask, edgesOf(cycle), (c, frame) => c.facts.innerLine === frame.line && c.facts.line <= holding.line && holding.line <= c.facts.endLine);
  return 'state' in found ? found : found.slice(0, 1);
}

/** Locks of a cycle or a convoy by address, as far as the dump gives them. */
export function locksOf(c: Condition): ReadonlySet<string> {
  const edges = edgesOf(c);
  if (edges.length > 0) return new Set(edges.flatMap((e) => [e.holds, e.waitsFor]));
  const lock = c.facts['lock'];
  return new Set(typeof lock === 'string' ? [lock] : []);
}

const SERVES = ['net/http.serverHandler.ServeHTTP', 'net/http.(*conn).serve', 'google.golang.org/grpc.(*Server).handleStream'];
const servesRequests = (b: Condition): boolean => SERVES.some((s) => stackHolds(b, s));

/** Buckets of the process that wait for one of the locks: by address, or, where the dump gives none, by a lock wait in a function of the condition. */
export function waitersOf(c: Condition, ask: Ask): Condition[] {
  const locks = locksOf(c);
  const functions = new Set([...edgesOf(c).map((e) => e.function), String(c.facts['waitFunction'] ?? '')]);
  return bucketsBeside(c, ask).filter((b) => {
    const on = b.facts['onLock'];
    if (typeof on === 'string' && locks.size > 0) return locks.has(on);
    return isLockWait(String(b.facts['wait'])) && functions.has(String(b.facts['function']));
  });
}

export const isLockWait = (wait: string): boolean => /^sync\.(?:RW)?Mutex\.(?:R?Lock)$/.test(wait) || wait === 'semacquire';

/** Goroutines that serve requests wait for the lock of the cause. */
export const handlersWait: Check = {
  id: 'handlers-wait',
  title: 'goroutines that serve requests wait for the lock',
  test(link, ask) {
    const cause = link.causes[0];
    if (cause == null) return unknown('the lock is not known', bucketBlocked.next);
    const waiters = waitersOf(cause, ask);
    if (waiters.length === 0) {
      // the address is not known of every bucket: handlers that wait for some lock of this process most likely wait for this one
      const some = bucketsBeside(cause, ask).filter((b) => isLockWait(String(b.facts['wait'])) && typeof b.facts['onLock'] !== 'string' && servesRequests(b));
      if (some.length > 0) return holds(some[0]?.says ?? 'handlers wait for a lock', placesOf(some), 'guessed');
      // those that came a moment ago are no bucket that stands: the queue itself tells who they are
      const serving = cause.facts['serving'];
      if (typeof serving === 'number') return (serving > 0 ? holds : fails)(`${serving} of those that wait for the lock serve a request`, cause.places);
      return unknown('which goroutines wait for the lock is not known', bucketBlocked.next);
    }
    const serving = waiters.filter(servesRequests);
    return serving.length > 0
      ? holds(serving[0]?.says ?? 'handlers wait for the lock', placesOf(serving))
      : fails('no goroutine that waits for the lock serves a request', placesOf(waiters));
  },
};

/** One bucket may be known as growing and as standing still: the same entity, or the same place and reason. */
export const sameBucket = (a: Condition, b: Condition): boolean =>
  (a.entity.kind === b.entity.kind && a.entity.key === b.entity.key) ||
  (a.facts['function'] === b.facts['function'] && a.facts['line'] === b.facts['line'] && a.facts['wait'] === b.facts['wait']);
