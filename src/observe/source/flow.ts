/** Order and exits within one function, as far as its statements show them. */
import { type Expr, eachExpr, eachStmt, exprsOf, listsOf, type Stmt } from '../../read/go-source/index.ts';
import { type FunctionRef, literalRef } from './packages.ts';
import { calleeOf, packageNamed } from './types.ts';

interface Step {
  readonly list: readonly Stmt[];
  readonly index: number;
  readonly stmt: Stmt;
}

/** Where each statement stands: the lists from the body down to it. */
export type Positions = ReadonlyMap<Stmt, readonly Step[]>;

const memo = new WeakMap<readonly Stmt[], Positions>();

export function positions(body: readonly Stmt[]): Positions {
  const known = memo.get(body);
  if (known !== undefined) return known;
  const found = new Map<Stmt, readonly Step[]>();
  const visit = (list: readonly Stmt[], above: readonly Step[]): void => {
    list.forEach((stmt, index) => {
      const path = [...above, { list, index, stmt }];
      found.set(stmt, path);
      for (const inner of listsOf(stmt)) visit(inner, path);
    });
  };
  visit(body, []);
  memo.set(body, found);
  return found;
}

/** b may run after a, by order of statements or in a later turn of a loop around both. */
export function mayFollow(a: Stmt, b: Stmt, at: Positions): boolean {
  const pa = at.get(a);
  const pb = at.get(b);
  if (pa === undefined || pb === undefined) return false;
  for (let i = 0; i < Math.min(pa.length, pb.length); i++) {
    const x = pa[i] as Step;
    const y = pb[i] as Step;
    if (x.stmt === y.stmt) {
      if (x.stmt.kind === 'for' && i + 1 < pa.length) return true;
      continue;
    }
    return x.list === y.list && x.index < y.index;
  }
  return pb.length > pa.length;
}

/** a has always run when b runs: it stands before b in a list b's path goes through, and not inside a branch. */
export function alwaysBefore(a: Stmt, b: Stmt, at: Positions): boolean {
  const pa = at.get(a);
  const pb = at.get(b);
  if (pa === undefined || pb === undefined) return false;
  const last = pa[pa.length - 1] as Step;
  return pb.some((s) => s.list === last.list && last.index < s.index);
}

export const insideLoop = (s: Stmt, at: Positions): boolean => (at.get(s) ?? []).slice(0, -1).some((x) => x.stmt.kind === 'for');

const NEVER_RETURNS = new Set(['os.Exit', 'log.Fatal', 'log.Fatalf', 'log.Fatalln', 'log.Panic', 'log.Panicf', 'log.Panicln', 'runtime.Goexit']);

/** A call after which nothing more of the function runs. */
export function ends(s: Stmt, from: FunctionRef): boolean {
  if (s.kind !== 'expr' || s.expr.kind !== 'call') return false;
  const { fn } = s.expr;
  if (fn.kind === 'ident') return fn.name === 'panic';
  if (fn.kind !== 'selector') return false;
  const pkg = packageNamed(fn.of, from);
  return pkg === null ? /^(?:Fatal|Fatalf|FailNow|Goexit)$/.test(fn.field) : NEVER_RETURNS.has(`${pkg}.${fn.field}`);
}

/** Statements by which control leaves a loop for good: return, break of it, a goto, a call that ends the goroutine. */
export function exitsOf(loop: Stmt, from: FunctionRef): Stmt[] {
  if (loop.kind !== 'for') return [];
  const found: Stmt[] = [];
  const visit = (list: readonly Stmt[], breakIsOurs: boolean): void => {
    for (const s of list) {
      if (s.kind === 'return' || ends(s, from) || s.kind === 'broken') found.push(s);
      else if (s.kind === 'branch') {
        if (s.word === 'goto') found.push(s);
        else if (s.word === 'break' && (s.label === null ? breakIsOurs : s.label === loop.label)) found.push(s);
        else if (s.label !== null && s.label !== loop.label && !labelInside(loop, s.label)) found.push(s);
      } else for (const inner of listsOf(s)) visit(inner, breakIsOurs && s.kind !== 'for' && s.kind !== 'switch' && s.kind !== 'select');
    }
  };
  visit(loop.body, true);
  return found;
}

function labelInside(loop: Stmt & { kind: 'for' }, label: string): boolean {
  let inside = false;
  eachStmt(loop.body, (s) => {
    if ((s.kind === 'for' || s.kind === 'switch' || s.kind === 'select') && s.label === label) inside = true;
  });
  return inside;
}

/** What was taken was taken in the same turn of the innermost loop around `leaving`. */
export function takenInsideLoop(taken: Stmt, leaving: Stmt, body: readonly Stmt[]): boolean {
  const around = [...(positions(body).get(leaving) ?? [])].reverse().find((x) => x.stmt.kind === 'for')?.stmt;
  return around !== undefined && taken.offset >= around.offset && taken.offset < around.offset + around.length;
}

/** The case's statements leave the function, or the loop around the select. */
export function leaves(body: readonly Stmt[], loop: (Stmt & { kind: 'for' }) | null, from: FunctionRef): Stmt | null {
  let found: Stmt | null = null;
  const visit = (list: readonly Stmt[], depth: number): void => {
    for (const s of list) {
      if (found !== null) return;
      if (s.kind === 'return' || ends(s, from)) found = s;
      else if (s.kind === 'branch' && s.word === 'goto') found = s;
      else if (s.kind === 'branch' && s.word === 'break' && loop !== null && s.label !== null && s.label === loop.label) found = s;
      else for (const inner of listsOf(s)) visit(inner, depth + 1);
    }
  };
  visit(body, 0);
  return found;
}

export interface Spawn {
  /** The function that runs in the new goroutine. */
  readonly entry: FunctionRef;
  /** Where it is started. */
  readonly by: FunctionRef;
  readonly at: Stmt;
  readonly call: Expr & { kind: 'call' };
}

/** Goroutines a function starts itself: `go f()`, and `g.Go(func)` of sync.WaitGroup (Go 1.25) and errgroup. */
export function spawnsOf(ref: FunctionRef): Spawn[] {
  const found: Spawn[] = [];
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'go' && s.call.kind === 'call') {
      const entry = calleeOf(s.call, ref);
      if (entry !== null) found.push({ entry, by: ref, at: s, call: s.call });
      return;
    }
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        const given = x.kind === 'call' && x.fn.kind === 'selector' && x.fn.field === 'Go' && x.args.length === 1 ? x.args[0] : undefined;
        if (given?.kind !== 'func' || x.kind !== 'call') return;
        const entry = literalRef(ref.file, given.function);
        if (entry !== undefined) found.push({ entry, by: ref, at: s, call: x });
      });
  });
  return found;
}

/** All spawns of a package whose entry function is known. */
const spawnMemo = new WeakMap<object, readonly Spawn[]>();
export function spawnsIn(functions: readonly FunctionRef[]): readonly Spawn[] {
  const known = spawnMemo.get(functions);
  if (known !== undefined) return known;
  const found = functions.filter((f) => !f.fn.broken).flatMap(spawnsOf);
  spawnMemo.set(functions, found);
  return found;
}

/** The goroutine's entry and what it surely calls in the same package, to a depth of two. */
export function runsIn(entry: FunctionRef, depth = 2): FunctionRef[] {
  const found = [entry];
  if (depth <= 0) return found;
  eachStmt(entry.fn.body, (s) => {
    if (s.kind === 'go' || s.kind === 'defer') return;
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind !== 'call') return;
        const callee = calleeOf(x, entry);
        if (callee !== null && !found.includes(callee)) for (const f of runsIn(callee, depth - 1)) if (!found.includes(f)) found.push(f);
      });
  });
  return found;
}
