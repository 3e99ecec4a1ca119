/**
 * A goroutine that takes from a shared channel in a loop and may leave it, while senders elsewhere in the package have no other case.
 * Leaving because the channel was closed or the context ended is an orderly end and is not claimed.
 * Rate: 2 (net/http transport internals that end together) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { consumerMayStop } from '../../../model/conditions/source.ts';
import { type Expr, eachExprIn, eachStmt, exprsOf, isDone, listsOf, type Stmt } from '../../../read/go-source/index.ts';
import { canGoOn, isChannelExpr, isTold, originsOf, usesOf } from '../channels.ts';
import { exitsOf, runsIn, spawnsIn } from '../flow.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { identify } from '../types.ts';

type Facts = NonNullable<(typeof consumerMayStop)['facts']>;

interface Consumer {
  readonly ref: FunctionRef;
  readonly keys: readonly string[];
  readonly spelt: string;
  readonly receive: Stmt;
  readonly loop: Stmt;
  readonly exit: Stmt;
  readonly why: string;
}

export const rule: SourceRule<Facts> = {
  kind: consumerMayStop,
  find(pkg) {
    const known = receivers(pkg);
    const consumers = spawnsIn(pkg.functions)
      .flatMap((s) => runsIn(s.entry, 1))
      .filter((r, i, all) => !r.fn.broken && all.indexOf(r) === i)
      .flatMap(consumersIn);
    if (consumers.length === 0) return [];
    const sends = plainSends(pkg);
    const found: SourceFinding<Facts>[] = [];
    for (const c of consumers) {
      // somebody else takes from it too: one that leaves is not the end
      const others = known.filter((r) => r.stmt !== c.receive && r.keys.some((k) => c.keys.includes(k)));
      if (others.length > 0) continue;
      for (const s of sends) {
        if (!s.keys.some((k) => c.keys.includes(k)) || s.ref === c.ref) continue;
        found.push({
          keyed: s.ref,
          facts: {
            ...site(c.ref, c.exit.line),
            channel: c.spelt,
            why: c.why,
            receiveLine: c.receive.line,
            sendFunction: s.ref.symbol,
            sendFile: s.ref.file.path,
            sendLine: s.stmt.line,
            sendEndLine: s.stmt.endLine,
          },
          says: `the only consumer of ${c.spelt} ${c.why} (${fileLine(c.ref.file, c.exit.line)}); the send at ${fileLine(s.ref.file, s.stmt.line)} has no other case`,
          spans: [
            { file: c.ref.file, span: { offset: c.exit.offset, length: Math.min(c.exit.length, 120) } },
            { file: c.ref.file, span: { offset: c.receive.offset, length: Math.min(c.receive.length, 120) } },
            { file: s.ref.file, span: s.stmt },
          ],
        });
      }
    }
    return found;
  },
};

/** Fields, package variables and what is handed over: channels whose other end is elsewhere. */
const shared = (e: Expr, ref: FunctionRef): { keys: readonly string[]; spelt: string } | null => {
  const id = identify(e, ref);
  if (id === null || id.scope === 'local') return null;
  return { keys: originsOf(e, ref), spelt: id.spelt };
};

function consumersIn(ref: FunctionRef): Consumer[] {
  const found: Consumer[] = [];
  const take = (loop: Stmt, receive: Stmt, channel: Expr, okName: string | null): void => {
    const known = shared(channel, ref);
    if (known === null || loop.kind !== 'for') return;
    const exits = exitsOf(loop, ref).filter((x) => x.kind !== 'broken' && !isOrderly(x, loop, receive, okName));
    const exit = exits[0];
    if (exit !== undefined)
      found.push({ ref, ...known, receive, loop, exit, why: exit.kind === 'return' ? 'returns' : exit.kind === 'branch' ? 'leaves its loop' : 'panics or exits' });
    else {
      const rescue = recoversOutside(ref);
      if (rescue !== null && mayPanic(loop)) found.push({ ref, ...known, receive, loop, exit: rescue, why: 'ends when a panic is recovered outside its loop' });
    }
  };
  eachStmt(ref.fn.body, (s, within) => {
    if (s.kind === 'for' && s.form === 'range' && s.over !== null && identify(s.over, ref) !== null) {
      const is = (e: Expr): boolean => e === s.over;
      if (usesOf(ref, is).some((u) => u.how === 'range') && isChannelExpr(s.over, ref)) take(s, s, s.over, null);
      return;
    }
    const loop = [...within].reverse().find((w) => w.kind === 'for');
    if (loop === undefined) return;
    for (const e of exprsOf(s)) {
      if (e.kind !== 'receive' || isDone(e.from)) continue;
      const ok = s.kind === 'assign' && s.left.length === 2 ? s.left[1] : undefined;
      take(loop, s, e.from, ok?.kind === 'ident' ? ok.name : null);
    }
  });
  return found;
}

/** Inside a case on Done or on another channel, or behind `if !ok`. */
function isOrderly(exit: Stmt, loop: Stmt, receive: Stmt, okName: string | null): boolean {
  let orderly = false;
  const visit = (list: readonly Stmt[], calm: boolean): void => {
    for (const s of list) {
      if (s === exit && calm) orderly = true;
      // a case on another channel that leaves is a way to be stopped; only leaving after taking a value abandons the senders
      if (s.kind === 'select') for (const c of s.cases) visit(c.body, calm || isTold(c) || c.comm !== receive);
      else if (s.kind === 'if') {
        const closed = s.cond.kind === 'unary' && s.cond.op === '!' && s.cond.of.kind === 'ident' && (s.cond.of.name === okName || s.cond.of.name === 'ok');
        const ended = endsContext(s.cond) || (s.init?.kind === 'assign' && s.init.right.some(endsContext));
        visit(s.body, calm || closed || ended);
        if (s.else !== null) visit(s.else, calm);
      } else for (const inner of listsOf(s)) visit(inner, calm);
    }
  };
  if (loop.kind === 'for') visit(loop.body, false);
  return orderly;
}

function endsContext(e: Expr): boolean {
  if (e.kind === 'binary') return endsContext(e.left) || endsContext(e.right);
  return e.kind === 'call' && e.args.length === 0 && e.fn.kind === 'selector' && e.fn.field === 'Err';
}

/** `defer func() { recover() … }()` of the function itself: the loop inside it does not go on after a panic. */
function recoversOutside(ref: FunctionRef): Stmt | null {
  for (const s of ref.fn.body) {
    if (s.kind !== 'defer' || s.call.kind !== 'call' || s.call.fn.kind !== 'func') continue;
    const index = s.call.fn.function;
    const fn = ref.file.model.functions[index];
    let recovers = false;
    let restarts = false;
    eachExprIn(fn?.body ?? [], (e) => {
      if (e.kind === 'call' && e.fn.kind === 'ident' && e.fn.name === 'recover') recovers = true;
    });
    eachStmt(fn?.body ?? [], (x) => {
      if (x.kind === 'go') restarts = true;
    });
    if (recovers && !restarts) return s;
  }
  return null;
}

/** Calls, index expressions and assertions: nearly anything; a loop with an empty body cannot. */
function mayPanic(loop: Stmt): boolean {
  let may = false;
  if (loop.kind === 'for')
    eachExprIn(loop.body, (e) => {
      if (e.kind === 'call' || e.kind === 'index' || e.kind === 'assert') may = true;
    });
  return may;
}

function plainSends(pkg: GoPackage): { ref: FunctionRef; stmt: Stmt; keys: readonly string[] }[] {
  const found: { ref: FunctionRef; stmt: Stmt; keys: readonly string[] }[] = [];
  for (const ref of pkg.functions) {
    if (ref.fn.broken) continue;
    eachStmt(ref.fn.body, (s, within) => {
      if (s.kind !== 'send') return;
      const around = within[within.length - 1];
      if (around?.kind === 'select' && around.cases.some((c) => c.comm === s) && (canGoOn(around) || around.cases.length > 1)) return;
      const known = shared(s.to, ref);
      if (known !== null) found.push({ ref, stmt: s, keys: known.keys });
    });
  }
  return found;
}

function receivers(pkg: GoPackage): { stmt: Stmt; keys: readonly string[] }[] {
  const found: { stmt: Stmt; keys: readonly string[] }[] = [];
  for (const ref of pkg.functions)
    eachStmt(ref.fn.body, (s) => {
      if (s.kind === 'for' && s.form === 'range' && s.over !== null && isChannelExpr(s.over, ref)) found.push({ stmt: s, keys: originsOf(s.over, ref) });
      for (const e of exprsOf(s)) if (e.kind === 'receive' && !isDone(e.from)) found.push({ stmt: s, keys: originsOf(e.from, ref) });
    });
  return found;
}
