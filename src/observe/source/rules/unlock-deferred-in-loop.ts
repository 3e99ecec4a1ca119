/**
 * A loop that takes a lock of each element and defers the Unlock. A turn that surely leaves the function (or the loop) after that takes
 * one lock only and is left out, as is the lock that is the same in each turn (lock-taken-again).
 * Rate: no claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { unlockDeferredInLoop } from '../../../model/conditions/source.ts';
import { eachStmt, type Stmt } from '../../../read/go-source/index.ts';
import { positions } from '../flow.ts';
import { lockCall, lockEvents, variesIn } from '../locks.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';

type Facts = NonNullable<(typeof unlockDeferredInLoop)['facts']>;
type Loop = Stmt & { kind: 'for' };

export const rule: SourceRule<Facts> = {
  kind: unlockDeferredInLoop,
  find: (pkg) => pkg.functions.filter((f) => !f.fn.broken).flatMap(inLoops),
};

function inLoops(ref: FunctionRef): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachStmt(ref.fn.body, (s, within) => {
    if (s.kind !== 'defer') return;
    const unlock = lockCall(s.call, ref);
    const loop = within.findLast((w): w is Loop => w.kind === 'for');
    if (unlock === null || unlock.take || loop === undefined || !variesIn(loop, unlock.id.instance) || leavesAfter(s, loop, ref)) return;
    const taken = lockEvents(ref).find((e) => e.what === 'lock' && e.taken?.key === unlock.id.key && e.taken.instance === unlock.id.instance && isInside(e.stmt, loop));
    if (taken === undefined) return;
    found.push({
      keyed: ref,
      facts: {
        ...site(ref, s.line),
        lock: unlock.id.key,
        lockLine: taken.stmt.line,
        loopLine: loop.line,
        loopEndLine: loop.endLine,
        endLine: ref.fn.endLine,
      },
      says: `${unlock.id.spelt} is taken in each turn of the loop at ${fileLine(ref.file, loop.line)} and given back only when the function ends (deferred at line ${s.line})`,
      spans: [
        { file: ref.file, span: { offset: s.offset, length: Math.min(s.length, 200) } },
        { file: ref.file, span: { offset: taken.stmt.offset, length: Math.min(taken.stmt.length, 200) } },
        { file: ref.file, span: { offset: loop.offset, length: Math.min(loop.length, 60) } },
      ],
    });
  });
  return found;
}

const isInside = (s: Stmt, loop: Loop): boolean => s.offset >= loop.offset && s.offset < loop.offset + loop.length;

/** Some list between the loop and the statement ends with leaving: the turn is the last one. */
function leavesAfter(s: Stmt, loop: Loop, ref: FunctionRef): boolean {
  const path = positions(ref.fn.body).get(s) ?? [];
  const inner = path.slice(path.findIndex((step) => step.stmt === loop) + 1);
  return inner.some(({ list, index }) => list.slice(index).some((x) => x.kind === 'return' || (x.kind === 'branch' && (x.word === 'goto' || x.word === 'break'))));
}
