/**
 * Go source as hypotheses: each rule says where a known kind of fault stands in the text. Rules look at one package at a time and follow
 * calls only where syntax is certain; what it cannot resolve is not claimed. The verdict comes from dumps, logs and metrics, never from here.
 */
import { lineLooksLike } from '../../model/conditions/source.ts';
import {
  type Condition,
  type Coverage,
  type Facts,
  goFunction,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  placeAt,
  type Readings,
} from '../../model/index.ts';
import { linesOf } from './lines.ts';
import { type GoPackage, packagesOf } from './packages.ts';
import { type SourceRule, toCondition } from './rule.ts';
import { rule as bodyNotClosed } from './rules/body-not-closed.ts';
import { rule as busySelect } from './rules/busy-select.ts';
import { rule as callUnderLock } from './rules/call-under-lock.ts';
import { rule as capacityKept } from './rules/capacity-kept.ts';
import { rule as channelNeverClosed } from './rules/channel-never-closed.ts';
import { rule as channelUnderLock } from './rules/channel-under-lock.ts';
import { rule as consumerLoop } from './rules/consumer-loop.ts';
import { rule as consumerMayStop } from './rules/consumer-may-stop.ts';
import { rule as deadlines } from './rules/deadline-set.ts';
import { rule as finalizerMayBlock } from './rules/finalizer-may-block.ts';
import { rule as formattedForNothing } from './rules/formatted-for-nothing.ts';
import { rule as growsWithoutBound } from './rules/grows-without-bound.ts';
import { rule as ioUnderLock } from './rules/io-under-lock.ts';
import { rule as lockNotReleased } from './rules/lock-not-released.ts';
import { rule as lockOrder } from './rules/lock-order-inverted.ts';
import { rule as lockSection } from './rules/lock-section.ts';
import { rule as lockTakenAgain } from './rules/lock-taken-again.ts';
import { rule as loopWithoutExit } from './rules/loop-without-exit.ts';
import { rule as madeAnew } from './rules/made-anew.ts';
import { rule as mapLeftOut } from './rules/map-left-out.ts';
import { rule as mappingNotFreed } from './rules/mapping-not-freed.ts';
import { rule as noDoneCase } from './rules/no-done-case.ts';
import { rule as panicForControl } from './rules/panic-for-control.ts';
import { rule as partKept } from './rules/part-kept.ts';
import { rule as receiverMayLeave } from './rules/receiver-may-leave.ts';
import { rule as recursiveGoroutine } from './rules/recursive-goroutine.ts';
import { rule as recursiveReadLock } from './rules/recursive-read-lock.ts';
import { rule as scansWhatGrows } from './rules/scans-what-grows.ts';
import { rule as slotNotReturned } from './rules/slot-not-returned.ts';
import { rule as slotSection } from './rules/slot-section.ts';
import { rule as sqlNotClosed } from './rules/sql-not-closed.ts';
import { rule as threadHeld } from './rules/thread-held.ts';
import { rule as timerLeft } from './rules/timer-left.ts';
import { rule as unbufferedWrites } from './rules/unbuffered-writes.ts';
import { rule as unlockDeferredInLoop } from './rules/unlock-deferred-in-loop.ts';
import { rule as waitBeforeReceive } from './rules/wait-before-receive.ts';
import { rule as waitUnderLock } from './rules/wait-under-lock.ts';
import { rule as wakerMayLeave } from './rules/waker-may-leave.ts';

const rules: readonly SourceRule<Facts>[] = [
  bodyNotClosed,
  busySelect,
  callUnderLock,
  capacityKept,
  channelUnderLock,
  consumerLoop,
  consumerMayStop,
  deadlines,
  formattedForNothing,
  finalizerMayBlock,
  growsWithoutBound,
  ioUnderLock,
  lockNotReleased,
  lockOrder,
  lockSection,
  lockTakenAgain,
  loopWithoutExit,
  channelNeverClosed,
  madeAnew,
  mapLeftOut,
  mappingNotFreed,
  noDoneCase,
  panicForControl,
  partKept,
  receiverMayLeave,
  recursiveGoroutine,
  recursiveReadLock,
  scansWhatGrows,
  slotNotReturned,
  slotSection,
  sqlNotClosed,
  unbufferedWrites,
  unlockDeferredInLoop,
  threadHeld,
  timerLeft,
  waitBeforeReceive,
  waitUnderLock,
  wakerMayLeave,
] as unknown as readonly SourceRule<Facts>[];

const ALWAYS = { from: null, to: null };

/** Packages and findings are made once for one set of readings. */
const packageMemo = new WeakMap<Readings, readonly GoPackage[]>();
const findingMemo = new WeakMap<readonly GoPackage[], Map<string, readonly Condition[]>>();

function packages(readings: Readings): readonly GoPackage[] {
  const known = packageMemo.get(readings);
  if (known !== undefined) return known;
  const made = packagesOf(readings);
  packageMemo.set(readings, made);
  return made;
}

function findings(rule: SourceRule<Facts>, all: readonly GoPackage[]): readonly Condition[] {
  const byKind = findingMemo.get(all) ?? new Map<string, readonly Condition[]>();
  findingMemo.set(all, byKind);
  const known = byKind.get(rule.kind.id);
  if (known !== undefined) return known;
  const made = all.flatMap((pkg) => rule.find(pkg, moduleOf(pkg, all)).map((f, i) => toCondition(rule, f, i)));
  byKind.set(rule.kind.id, made);
  return made;
}

const moduleOf = (pkg: GoPackage, all: readonly GoPackage[]): readonly GoPackage[] => (pkg.module === null ? [pkg] : all.filter((p) => p.module === pkg.module));

/** Every declared function that was wholly parsed was looked at; broken ones were not. */
function covered(all: readonly GoPackage[], entityKey: string | null): { covered: Coverage[]; broken: NotObservable[] } {
  const out: Coverage[] = [];
  const broken: NotObservable[] = [];
  for (const pkg of all)
    for (const ref of pkg.functions) {
      if (ref.parent !== null || (entityKey !== null && ref.symbol !== entityKey)) continue;
      if (ref.fn.broken) broken.push({ why: `${ref.file.path} does not parse around ${ref.symbol}`, next: 'the source of the function as it was built' });
      else out.push({ entity: goFunction(ref.symbol), interval: ALWAYS, places: [placeAt(ref.file.artifact.id, { offset: ref.fn.offset, length: Math.min(ref.fn.length, 120) })] });
    }
  return { covered: out, broken };
}

export const source: Observer = {
  id: 'source',
  answers: [lineLooksLike, ...rules.map((r) => r.kind)] as readonly Kind[],
  look(kind, query, world): Observation {
    const all = packages(world.readings);
    if (all.length === 0) return { conditions: [], covered: [], notObservable: [{ why: 'no Go source is among the inputs', next: kind.next }] };
    const key = query.entity?.kind === 'function' ? query.entity.key : null;
    // a question about a process or a pod is not one about text; the mechanism that asks joins by function
    const { covered: seen, broken } = covered(all, key);
    const rule = rules.find((r) => r.kind.id === kind.id);
    const conditions = rule === undefined ? linesOf(all, key === null ? null : query.entity) : findings(rule, all);
    const unknown = key !== null && seen.length === 0 && broken.length === 0 ? [{ why: `the source of ${key} is not among the inputs`, next: kind.next }] : broken;
    return { conditions: key === null ? conditions : conditions.filter((c) => c.entity.key === key), covered: seen, notObservable: unknown };
  },
};
