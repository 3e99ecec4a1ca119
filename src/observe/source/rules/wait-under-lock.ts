/**
 * A goroutine waits for others with a lock held that every one of them takes: a channel operation without another case, WaitGroup.Wait, or
 * Cond.Wait with a second lock. Where one who can end the wait needs no such lock nothing is claimed.
 * Rate: 3 claims (all true; their channels have a buffer, so none is a fault there) on 2,792 non-test files of the Go 1.26 tree.
 */
import { waitUnderLock } from '../../../model/conditions/source.ts';
import { type Expr, type Stmt, spell } from '../../../read/go-source/index.ts';
import { linesOf, sectionsOf } from '../critical-sections.ts';
import { spawnsIn } from '../flow.ts';
import { type Held, type LockEvent, lockEvents } from '../locks.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { calleeOf, identify } from '../types.ts';
import { lockOfCond, type WaitOp, type Waking, waitCall, wakingsOf } from '../wakers.ts';

type Facts = NonNullable<(typeof waitUnderLock)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: waitUnderLock,
  find: (pkg) => pkg.functions.filter((f) => !f.fn.broken).flatMap((ref) => lockEvents(ref).flatMap((e) => findingsAt(e, ref, pkg))),
};

function findingsAt(e: LockEvent, ref: FunctionRef, pkg: GoPackage): SourceFinding<Facts>[] {
  if (e.held.length === 0) return [];
  const wait = waitOf(e, ref);
  const id = wait === null ? null : identify(wait.on, ref);
  if (wait === null || id === null) return [];
  const own = wait.op === 'cond' ? lockOfCond(id.key, pkg) : '';
  if (own === null) return [];
  const wakings = wakingsOf(id.key, wait.op, pkg);
  if (wakings === null) return [];
  // what a goroutine does behind its own wait wakes nobody
  const others = wakings.filter((w) => w.stmt !== e.stmt);
  if (others.length === 0) return [];
  return e.held.filter((h) => h.key !== own && others.every((w) => needs(w, h) || takes(h.key, w.ref, 2))).map((h) => finding(ref, e.stmt, wait, h, others, pkg));
}

function waitOf(e: LockEvent, ref: FunctionRef): { op: WaitOp; on: Expr } | null {
  if ((e.what === 'send' || e.what === 'receive') && e.channel !== null) return { op: e.what, on: e.channel };
  return e.what === 'call' && e.call !== null ? waitCall(e.call, ref) : null;
}

/** The lock is held where it would wake. */
const needs = (w: Waking, h: Held): boolean => lockEvents(w.ref).some((e) => e.stmt === w.stmt && e.held.some((x) => x.key === h.key));

/** The function takes the lock, itself or in what it surely calls. */
function takes(key: string, ref: FunctionRef, depth: number): boolean {
  return lockEvents(ref).some((e) => {
    if (e.what === 'lock') return e.taken?.key === key;
    if (e.what !== 'call' || e.call === null || depth <= 0) return false;
    const callee = calleeOf(e.call, ref);
    return callee !== null && callee !== ref && takes(key, callee, depth - 1);
  });
}

const DOES: Readonly<Record<WaitOp, string>> = { send: 'is sent on', receive: 'is received from', 'wait-group': 'is waited for', cond: 'is waited on' };

function finding(ref: FunctionRef, stmt: Stmt, wait: { op: WaitOp; on: Expr }, held: Held, wakings: readonly Waking[], pkg: GoPackage): SourceFinding<Facts> {
  const object = spell(wait.on);
  const first = wakings[0] as Waking;
  const spawned = spawnsIn(pkg.functions);
  return {
    keyed: ref,
    facts: {
      ...site(ref, stmt.line),
      op: wait.op,
      object,
      endLine: stmt.kind === 'for' ? stmt.line : stmt.endLine,
      lock: held.key,
      lockLine: held.stmt.line,
      wakers: wakings.map((w) => ({
        function: w.ref.symbol,
        file: w.ref.file.path,
        line: w.stmt.line,
        last: w.last,
        needs: needs(w, held),
        here: spawned.some((s) => s.entry === w.ref && s.by.declared === ref.declared) && w.ref.fn.literal,
      })),
      sections: linesOf(sectionsOf(held.key, pkg)),
    },
    says: `${object} ${DOES[wait.op]} at ${fileLine(ref.file, stmt.line)} with ${held.spelt} held since line ${held.stmt.line}; who would end that (${fileLine(first.ref.file, first.stmt.line)}) takes ${held.key} as well`,
    spans: [
      { file: ref.file, span: { offset: stmt.offset, length: Math.min(stmt.length, 120) } },
      { file: ref.file, span: held.stmt },
      { file: first.ref.file, span: { offset: first.stmt.offset, length: Math.min(first.stmt.length, 120) } },
    ],
  };
}
