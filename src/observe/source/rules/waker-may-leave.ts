/**
 * A function waits for goroutines that it starts itself, at something only they can reach, and one of them may end without waking it: a
 * return before Done or before the send, a channel that is ranged over and never closed, a signal that may come before the wait.
 */
import { wakerMayLeave } from '../../../model/conditions/source.ts';
import { type Expr, eachStmt, type Stmt, spell } from '../../../read/go-source/index.ts';
import { alwaysBefore, positions, runsIn, type Spawn, spawnsOf } from '../flow.ts';
import { lockEvents } from '../locks.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { identify } from '../types.ts';
import { type WaitOp, type Waking, waitCall, wakingsOf } from '../wakers.ts';

type Facts = NonNullable<(typeof wakerMayLeave)['facts']>;
type Op = Facts['op'];

interface Wait {
  readonly op: Op;
  readonly on: Expr;
  readonly stmt: Stmt;
}

interface Leaving {
  readonly ref: FunctionRef;
  readonly stmt: Stmt;
  readonly line: number;
  readonly how: string;
}

export const rule: SourceRule<Facts> = {
  kind: wakerMayLeave,
  find: (pkg) => pkg.functions.filter((f) => !f.fn.broken).flatMap((ref) => waitsIn(ref).flatMap((w) => findingAt(w, ref, pkg))),
};

function waitsIn(ref: FunctionRef): Wait[] {
  return lockEvents(ref).flatMap((e): Wait[] => {
    if (e.what === 'receive' && e.channel !== null) return [{ op: 'receive', on: e.channel, stmt: e.stmt }];
    const wait = e.what === 'call' && e.call !== null ? waitCall(e.call, ref) : null;
    return wait === null ? [] : [{ op: wait.op, on: wait.on, stmt: e.stmt }];
  });
}

function findingAt(wait: Wait, ref: FunctionRef, pkg: GoPackage): SourceFinding<Facts>[] {
  const id = identify(wait.on, ref);
  if (id === null || id.scope !== 'local' || id.variable?.owner !== ref) return [];
  const all = wakingsOf(id.key, wait.op as WaitOp, pkg);
  if (all === null) return [];
  const at = positions(ref.fn.body);
  // what the function does itself behind its own wait comes too late
  const wakings = all.filter((w) => w.ref !== ref || !alwaysBefore(wait.stmt, w.stmt, at));
  const spawns = spawnsOf(ref).filter((s) => wakings.some((w) => runsIn(s.entry).includes(w.ref)));
  // only goroutines started before the wait, and all that wakes stands in them
  if (spawns.length === 0 || spawns.some((s) => !isBefore(s, wait.stmt, at))) return [];
  if (wakings.some((w) => !spawns.some((s) => runsIn(s.entry).includes(w.ref)))) return [];
  const leaving = howOneLeaves(wait, wakings, spawns, ref);
  if (leaving === null) return [];
  const object = spell(wait.on);
  return [
    {
      keyed: ref,
      facts: {
        ...site(leaving.ref, leaving.line),
        op: wait.op,
        object,
        waitFunction: ref.symbol,
        waitFile: ref.file.path,
        waitLine: wait.stmt.line,
        waitEndLine: wait.stmt.kind === 'for' ? wait.stmt.line : wait.stmt.endLine,
        wakers: [...new Set(spawns.map((s) => s.entry.symbol))],
        how: leaving.how,
      },
      says: `${ref.symbol.slice(ref.symbol.lastIndexOf('/') + 1)} waits at ${object} (${fileLine(ref.file, wait.stmt.line)}), which only goroutines it started can end; ${leaving.how} (${fileLine(leaving.ref.file, leaving.line)})`,
      spans: [
        { file: leaving.ref.file, span: { offset: leaving.stmt.offset, length: Math.min(leaving.stmt.length, 120) } },
        { file: ref.file, span: { offset: wait.stmt.offset, length: Math.min(wait.stmt.length, 120) } },
        ...spawns.slice(0, 1).map((s) => ({ file: ref.file, span: { offset: s.at.offset, length: Math.min(s.at.length, 60) } })),
      ],
    },
  ];
}

/** Started on every way to the wait, or in a loop before it. */
const isBefore = (s: Spawn, wait: Stmt, at: ReturnType<typeof positions>): boolean => {
  const outer = (at.get(s.at) ?? []).map((x) => x.stmt).find((x) => x.kind === 'for') ?? s.at;
  return alwaysBefore(outer, wait, at);
};

function howOneLeaves(wait: Wait, wakings: readonly Waking[], spawns: readonly Spawn[], ref: FunctionRef): Leaving | null {
  if (wait.op === 'cond') {
    const loop = (positions(ref.fn.body).get(wait.stmt) ?? []).some((x) => x.stmt.kind === 'for');
    return loop
      ? null
      : { ref, stmt: wait.stmt, line: wait.stmt.line, how: 'the wait looks at nothing that would tell it that the signal has been given: one that comes before it is lost' };
  }
  if (wait.op === 'receive' && wait.stmt.kind === 'for') {
    const closes = wakings.some((w) => w.what === 'close');
    return closes ? null : { ref, stmt: wait.stmt, line: wait.stmt.line, how: 'nobody closes it, so that the loop goes on waiting when all have ended' };
  }
  const what = wait.op === 'wait-group' ? 'done' : 'send';
  for (const { entry } of spawns) {
    const own = wakings.filter((w) => w.ref === entry && (w.what === what || w.what === 'close'));
    if (own.length === 0 || own.some((w) => w.stmt.kind === 'defer')) continue;
    const at = positions(entry.fn.body);
    let early: Stmt | null = null;
    eachStmt(entry.fn.body, (s) => {
      if (early === null && s.kind === 'return' && !own.some((w) => alwaysBefore(w.stmt, s, at))) early = s;
    });
    if (early !== null) {
      const s = early as Stmt;
      return { ref: entry, stmt: s, line: s.line, how: `one of them returns before it ${wait.op === 'wait-group' ? 'says Done' : 'sends'}` };
    }
  }
  return null;
}
