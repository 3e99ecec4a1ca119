/**
 * An unbuffered channel made in a function, sent on by goroutines started there, received from only by the function itself, which may be gone.
 * Judged only where every use of the channel is seen: one that is returned, stored or handed to an unknown function is not.
 * Rate: 0 claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { receiverMayLeave } from '../../../model/conditions/source.ts';
import { type Expr, eachStmt, isDone, isTimer, receivedFrom, type Stmt, spell } from '../../../read/go-source/index.ts';
import { type ChannelUse, capacityOf, usesOf } from '../channels.ts';
import { alwaysBefore, exitsOf, insideLoop, leaves, mayFollow, positions, type Spawn, spawnsOf } from '../flow.ts';
import { type FunctionRef, type GoPackage, withLiterals } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { variable } from '../types.ts';

type Facts = NonNullable<(typeof receiverMayLeave)['facts']>;

interface Sender {
  readonly use: ChannelUse;
  readonly spawn: Spawn;
}

interface Leaving {
  readonly how: string;
  readonly line: number;
  readonly receiveLine: number;
  readonly at: Stmt;
}

export const rule: SourceRule<Facts> = {
  kind: receiverMayLeave,
  find: (pkg) => pkg.functions.filter((f) => !f.fn.broken).flatMap((f) => findIn(f, pkg)),
};

function findIn(ref: FunctionRef, _pkg: GoPackage): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachStmt(ref.fn.body, (s) => {
    if (s.kind !== 'assign' || s.op !== ':=') return;
    s.left.forEach((l, i) => {
      if (l.kind !== 'ident' || capacityOf(s.right[i]) !== 0) return;
      const v = variable(l.name, ref);
      if (v === null || v.ambiguous || v.owner !== ref) return;
      found.push(...judge(l.name, s, ref));
    });
  });
  return found;
}

function judge(name: string, made: Stmt, ref: FunctionRef): SourceFinding<Facts>[] {
  const isIt =
    (at: FunctionRef, as: string) =>
    (e: Expr): boolean =>
      e.kind === 'ident' && e.name === as && (as !== name || at.declared !== ref.declared || variable(name, at)?.owner === ref);
  const senders: Sender[] = [];
  const receives: ChannelUse[] = [];
  const spawns = withLiterals(ref).flatMap(spawnsOf);
  const goroutine = (f: FunctionRef): Spawn | undefined => {
    for (let at: FunctionRef | null = f; at !== null && at !== ref; at = at.parent) {
      const spawn = spawns.find((x) => x.entry === at);
      if (spawn !== undefined) return spawn;
    }
    return undefined;
  };
  for (const f of withLiterals(ref)) {
    for (const use of usesOf(f, isIt(f, name))) {
      const spawn = f === ref ? undefined : goroutine(f);
      // a literal that is neither this function nor a goroutine runs who knows when
      if (f !== ref && spawn === undefined) return [];
      if (use.how === 'measure') continue;
      if (use.how === 'argument' && use.call !== null) {
        const started = spawns.find((x) => x.call === use.call);
        if (started === undefined || spawn !== undefined) return [];
        const param = started.entry.fn.params[use.argument];
        if (param === undefined || param.name === '' || started.entry.fn.broken) return [];
        for (const inner of withLiterals(started.entry).flatMap((g) => usesOf(g, isIt(g, param.name)))) {
          if (inner.how === 'send' && inner.in === started.entry) senders.push({ use: inner, spawn: started });
          else if (inner.how !== 'measure') return [];
        }
      } else if (use.how === 'send' && spawn !== undefined) senders.push({ use, spawn });
      else if ((use.how === 'receive' || use.how === 'range') && f === ref) receives.push(use);
      // closed by its sender: a receiver sees the end, a sender that still sends would panic, not wait
      else if (use.how === 'close' && spawn !== undefined) continue;
      else return [];
    }
  }
  // a sender with another way out does not wait for ever
  const waiting = senders.filter((x) => x.use.select === null || x.use.select.cases.length === 1);
  if (waiting.length === 0 || receives.length === 0) return [];
  const starts = [...new Set(waiting.map((w) => w.spawn.at))];
  const leaving = howItLeaves(ref, receives, starts, waiting);
  if (leaving === null) return [];
  return waiting.map(({ use, spawn }) => ({
    keyed: use.in,
    facts: {
      ...site(use.in, use.stmt.line),
      channel: name,
      buffered: false,
      sendLine: use.stmt.line,
      sendEndLine: use.stmt.endLine,
      receiveLine: leaving.receiveLine,
      otherCase: leaving.how,
      leaveLine: leaving.line,
      receiver: ref.symbol,
      madeLine: made.line,
    },
    says: `${name} has no buffer and one receiver, which ${leaving.how} (${fileLine(ref.file, leaving.line)}): the send at ${fileLine(use.in.file, use.stmt.line)} then waits for ever`,
    spans: [
      { file: use.in.file, span: use.stmt },
      { file: ref.file, span: leaving.at },
      { file: ref.file, span: made },
      { file: spawn.by.file, span: { offset: spawn.at.offset, length: Math.min(spawn.at.length, 40) } },
    ],
  }));
}

function howItLeaves(ref: FunctionRef, receives: readonly ChannelUse[], starts: readonly Stmt[], senders: readonly Sender[]): Leaving | null {
  const at = positions(ref.fn.body);
  const standing = (r: ChannelUse): Stmt => r.select ?? r.stmt;
  for (const r of receives) {
    const loop = loopAround(standing(r), at);
    if (r.select !== null) {
      for (const c of r.select.cases) {
        if (c === r.comm || c.body.some((b) => receives.some((x) => x.stmt === b || (at.get(x.stmt) ?? []).some((step) => step.stmt === b)))) continue;
        const named = c.comm === null ? 'default' : caseName(c.comm);
        const exit = leaves(c.body, loop, ref);
        const drained = (from: Stmt): boolean => receives.some((x) => x !== r && standing(x) !== r.select && mayFollow(from, standing(x), at));
        if (exit !== null && (exit.kind !== 'branch' || !drained(r.select)) && !deferredReceive(ref, receives))
          return { how: `leaves when ${named}`, line: exit.line, receiveLine: r.select.line, at: exit };
        // outside a loop any other case ends the waiting, whether it returns or just goes on
        if (exit === null && loop === null && !drained(r.select)) return { how: `goes on when ${named}`, line: c.line, receiveLine: r.select.line, at: c.comm ?? r.select };
      }
      continue;
    }
    // as many turns as senders, unless one of them ends it before
    if (r.how === 'receive' && loop !== null && (loop.form === 'range' || loop.cond !== null) && senders.some((x) => insideLoop(x.spawn.at, at))) {
      const exit = exitsOf(loop, ref).find((x) => x.kind !== 'broken' && !isToldClosed(x, loop));
      if (exit !== undefined && !receives.some((x) => x !== r && mayFollow(exit, standing(x), at) && loopAround(standing(x), at) !== loop) && !deferredReceive(ref, receives))
        return { how: 'leaves its receive loop', line: exit.line, receiveLine: r.stmt.line, at: exit };
    }
    if (r.how === 'range' && r.stmt.kind === 'for') {
      const exit = exitsOf(r.stmt, ref)[0];
      if (exit !== undefined && !receives.some((x) => x !== r && mayFollow(r.stmt, standing(x), at)))
        return { how: 'leaves its receive loop', line: exit.line, receiveLine: r.stmt.line, at: exit };
    }
  }
  // a return on the way from the start of the goroutine to the first receive
  let early: Leaving | null = null;
  eachStmt(ref.fn.body, (s) => {
    if (early !== null || s.kind !== 'return') return;
    const received = receives.some((r) => r.select === null && (alwaysBefore(r.stmt, s, at) || containsIn(s, r)));
    const inCase = receives.some((r) => r.select !== null && (at.get(s) ?? []).some((step) => step.stmt === r.select));
    const selected = receives.some((r) => r.select !== null && alwaysBefore(r.select, s, at));
    const started = starts.find((g) => alwaysBefore(g, s, at) || (mayFollow(g, s, at) && !insideLoop(g, at)));
    const follows = receives.some((r) => mayFollow(s, standing(r), at) || laterInText(s, standing(r)));
    if (started === undefined || received || inCase || selected || !follows) return;
    early = { how: 'returns before it receives', line: s.line, receiveLine: (receives[0] as ChannelUse).stmt.line, at: s };
  });
  if (early !== null) return early;
  // one receive for many senders: the first answer wins, the others wait
  const many = senders.some((x) => x.use.in !== x.spawn.by && insideLoop(x.spawn.at, at) && x.use.select === null);
  const once = receives.every((r) => r.select === null && r.how === 'receive' && !insideLoop(r.stmt, at));
  if (many && once) {
    const r = receives[0] as ChannelUse;
    return {
      how: `receives ${receives.length === 1 ? 'once' : `${receives.length} times`} while a loop starts the senders`,
      line: r.stmt.line,
      receiveLine: r.stmt.line,
      at: r.stmt,
    };
  }
  return null;
}

/** `if !ok`: the channel was closed, nobody sends any more. */
function isToldClosed(exit: Stmt, loop: Stmt & { kind: 'for' }): boolean {
  let told = false;
  eachStmt(loop.body, (s, within) => {
    if (s === exit) told = within.some((w) => w.kind === 'if' && w.cond.kind === 'unary' && w.cond.op === '!' && w.cond.of.kind === 'ident');
  });
  return told;
}

const containsIn = (s: Stmt, r: ChannelUse): boolean => r.stmt === s;
const laterInText = (s: Stmt, r: Stmt): boolean => r.offset > s.offset;

function loopAround(s: Stmt, at: ReturnType<typeof positions>): (Stmt & { kind: 'for' }) | null {
  const path = at.get(s) ?? [];
  for (let i = path.length - 2; i >= 0; i--) {
    const { stmt } = path[i] as { stmt: Stmt };
    if (stmt.kind === 'for') return stmt;
  }
  return null;
}

/** A receive in a deferred literal would be in a literal that is no goroutine and was turned down before; a plain defer has none. */
const deferredReceive = (_ref: FunctionRef, receives: readonly ChannelUse[]): boolean => receives.some((r) => r.stmt.kind === 'defer');

function caseName(comm: Stmt): string {
  const from = receivedFrom(comm);
  if (from === null) return comm.kind === 'send' ? `it can send on ${spell(comm.to)}` : 'another case is ready';
  if (isDone(from)) return from.kind === 'call' && from.fn.kind === 'selector' ? `${spell(from.fn.of)} ends` : 'the context ends';
  return isTimer(from) ? 'the timer fires' : `${spell(from)} is ready`;
}
