/**
 * A goroutine that takes from a shared channel in a loop and may leave it, while senders elsewhere in the package have no other case.
 * Leaving because the channel was closed or the context ended is an orderly end and is not claimed.
 * Rate: 2 (net/http transport internals that end together) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { consumerMayStop } from '../../../model/conditions/source.ts';
import { type Expr, eachExprIn, eachStmt, listsOf, type Stmt } from '../../../read/go-source/index.ts';
import { isTold } from '../channels.ts';
import { type ConsumerLoop, consumerLoops, plainSends, receivers } from '../consumers.ts';
import { exitsOf } from '../flow.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';

type Facts = NonNullable<(typeof consumerMayStop)['facts']>;

interface Consumer extends ConsumerLoop {
  readonly exit: Stmt;
  readonly why: string;
}

export const rule: SourceRule<Facts> = {
  kind: consumerMayStop,
  find(pkg) {
    const known = receivers(pkg);
    const consumers = consumerLoops(pkg).flatMap(consumersIn);
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

function consumersIn(loop: ConsumerLoop): Consumer[] {
  const { ref, receive } = loop;
  const exits = exitsOf(loop.loop, ref).filter((x) => x.kind !== 'broken' && !isOrderly(x, loop.loop, receive, loop.okName));
  const exit = exits[0];
  if (exit !== undefined) return [{ ...loop, exit, why: exit.kind === 'return' ? 'returns' : exit.kind === 'branch' ? 'leaves its loop' : 'panics or exits' }];
  const rescue = recoversOutside(ref);
  return rescue !== null && mayPanic(loop.loop) ? [{ ...loop, exit: rescue, why: 'ends when a panic is recovered outside its loop' }] : [];
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
