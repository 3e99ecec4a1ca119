/** Goroutines that take from a shared channel in a loop, and who sends on it: what the rules about consumers share. */
import { type Expr, eachStmt, exprsOf, isDone, type Stmt } from '../../read/go-source/index.ts';
import { canGoOn, isChannelExpr, originsOf, usesOf } from './channels.ts';
import { runsIn, spawnsIn } from './flow.ts';
import type { FunctionRef, GoPackage } from './packages.ts';
import { identify } from './types.ts';

export interface ConsumerLoop {
  readonly ref: FunctionRef;
  readonly keys: readonly string[];
  readonly spelt: string;
  readonly receive: Stmt;
  readonly loop: Stmt;
  /** Name of the second value of the receive. */
  readonly okName: string | null;
}

/** Fields, package variables and what is handed over: channels whose other end is elsewhere. */
const shared = (e: Expr, ref: FunctionRef): { keys: readonly string[]; spelt: string } | null => {
  const id = identify(e, ref);
  if (id === null || id.scope === 'local') return null;
  return { keys: originsOf(e, ref), spelt: id.spelt };
};

/** Loops over a shared channel in goroutines that the package starts. */
export function consumerLoops(pkg: GoPackage): ConsumerLoop[] {
  return spawnsIn(pkg.functions)
    .flatMap((s) => runsIn(s.entry, 1))
    .filter((r, i, all) => !r.fn.broken && all.indexOf(r) === i)
    .flatMap(loopsIn);
}

function loopsIn(ref: FunctionRef): ConsumerLoop[] {
  const found: ConsumerLoop[] = [];
  const take = (loop: Stmt, receive: Stmt, channel: Expr, okName: string | null): void => {
    const known = shared(channel, ref);
    if (known !== null && loop.kind === 'for') found.push({ ref, ...known, receive, loop, okName });
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

/** Sends that have no other case. */
export function plainSends(pkg: GoPackage): { ref: FunctionRef; stmt: Stmt; keys: readonly string[] }[] {
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

/** Every place that takes from a channel. */
export function receivers(pkg: GoPackage): { stmt: Stmt; keys: readonly string[] }[] {
  const found: { stmt: Stmt; keys: readonly string[] }[] = [];
  for (const ref of pkg.functions)
    eachStmt(ref.fn.body, (s) => {
      if (s.kind === 'for' && s.form === 'range' && s.over !== null && isChannelExpr(s.over, ref)) found.push({ stmt: s, keys: originsOf(s.over, ref) });
      for (const e of exprsOf(s)) if (e.kind === 'receive' && !isDone(e.from)) found.push({ stmt: s, keys: originsOf(e.from, ref) });
    });
  return found;
}
