/** How the statements of a function use one channel. */
import { type CommCase, type Expr, eachExpr, exprsOf, isDone, isTimer, listsOf, receivedFrom, type Stmt } from '../../read/go-source/index.ts';
import type { FunctionRef, GoPackage } from './packages.ts';
import { callsOf, identify, isChannel, qualify, typeOf, underlying } from './types.ts';

export interface ChannelUse {
  readonly how: 'send' | 'receive' | 'range' | 'close' | 'measure' | 'argument' | 'other';
  readonly stmt: Stmt;
  /** The select the operation is a case of, and its case. */
  readonly select: (Stmt & { kind: 'select' }) | null;
  readonly comm: CommCase | null;
  readonly in: FunctionRef;
  /** argument: the call and which argument. */
  readonly call: (Expr & { kind: 'call' }) | null;
  readonly argument: number;
  readonly channel: Expr;
  /** A received value is bound to this name (second: whether the channel is open). */
  readonly okName: string | null;
}

/** Every use of expressions that `is` accepts as the channel, in one function's own statements. */
export function usesOf(ref: FunctionRef, is: (e: Expr) => boolean): ChannelUse[] {
  const found: ChannelUse[] = [];
  const base = { in: ref, call: null, argument: -1, okName: null };
  const expr = (e: Expr, stmt: Stmt, select: ChannelUse['select'], comm: CommCase | null): void => {
    if (is(e)) {
      found.push({ ...base, how: 'other', stmt, select, comm, channel: e });
      return;
    }
    if (e.kind === 'receive' && is(e.from)) {
      const ok = stmt.kind === 'assign' && stmt.left.length === 2 && stmt.right[0] === e ? stmt.left[1] : undefined;
      found.push({ ...base, how: 'receive', stmt, select, comm, channel: e.from, okName: ok?.kind === 'ident' ? ok.name : null });
      return;
    }
    if (e.kind === 'call') {
      expr(e.fn, stmt, select, comm);
      e.args.forEach((a, i) => {
        if (!is(a)) {
          expr(a, stmt, select, comm);
          return;
        }
        const name = e.fn.kind === 'ident' ? e.fn.name : '';
        const how = name === 'close' ? 'close' : name === 'len' || name === 'cap' ? 'measure' : 'argument';
        found.push({ ...base, how, stmt, select, comm, channel: a, call: e, argument: i });
      });
      return;
    }
    for (const p of directParts(e)) expr(p, stmt, select, comm);
  };
  const stmt = (s: Stmt, select: ChannelUse['select'], comm: CommCase | null): void => {
    if (s.kind === 'send' && is(s.to)) {
      found.push({ ...base, how: 'send', stmt: s, select, comm, channel: s.to });
      expr(s.value, s, select, comm);
    } else if (s.kind === 'for' && s.form === 'range' && s.over !== null && is(s.over)) found.push({ ...base, how: 'range', stmt: s, select: null, comm: null, channel: s.over });
    else {
      // the name on the left of its own declaration is no use
      const parts = s.kind === 'assign' && s.op === ':=' ? s.right : exprsOf(s);
      for (const e of parts) expr(e, s, select, comm);
    }
    if (s.kind === 'select')
      for (const c of s.cases) {
        if (c.comm !== null) stmt(c.comm, s, c);
        for (const b of c.body) stmt(b, null, null);
      }
    else for (const list of listsOf(s)) for (const inner of list) stmt(inner, null, null);
  };
  for (const s of ref.fn.body) stmt(s, null, null);
  return found;
}

function directParts(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'selector':
    case 'unary':
    case 'assert':
      return [e.of];
    case 'receive':
      return [e.from];
    case 'binary':
      return [e.left, e.right];
    case 'index':
      return [e.of, e.index];
    case 'slice':
      return [e.of, ...e.parts];
    case 'composite':
      return e.elements.map((x) => x.value);
    case 'other':
      return e.parts;
    default:
      return [];
  }
}

/** A select that cannot hold its goroutine for ever: default, a Done case, or a timer. */
export const canGoOn = (select: (Stmt & { kind: 'select' }) | null): boolean => select?.cases.some((c) => c.comm === null || isTold(c) || isTimed(c)) === true;

export const isTold = (c: CommCase): boolean => {
  const from = c.comm === null ? null : receivedFrom(c.comm);
  return from !== null && isDone(from);
};
const isTimed = (c: CommCase): boolean => {
  const from = c.comm === null ? null : receivedFrom(c.comm);
  return from !== null && isTimer(from);
};

/** `make(chan T)` or `make(chan T, 0)`: unbuffered; a literal above 0: buffered; anything else is not decided. */
export function capacityOf(e: Expr | null | undefined): number | 'unknown' | null {
  if (e === null || e === undefined || e.kind !== 'call' || e.fn.kind !== 'ident' || e.fn.name !== 'make') return null;
  const type = e.args[0];
  if (type?.kind !== 'type' || !isChannel(type.text)) return null;
  const size = e.args[1];
  if (size === undefined) return 0;
  return size.kind === 'literal' && size.type === 'int' && /^\d+$/.test(size.text) ? Number(size.text) : 'unknown';
}

/** Keys of every channel the package closes, parameters traced to the arguments they are given. */
const closedMemo = new WeakMap<GoPackage, ReadonlySet<string>>();
export function closedChannels(pkg: GoPackage): ReadonlySet<string> {
  const known = closedMemo.get(pkg);
  if (known !== undefined) return known;
  const closed = new Set<string>();
  for (const ref of pkg.functions)
    for (const s of ref.fn.body)
      eachExprOf(s, (e) => {
        const what = e.kind === 'call' && e.fn.kind === 'ident' && e.fn.name === 'close' ? e.args[0] : undefined;
        if (what === undefined) return;
        for (const key of originsOf(what, ref)) closed.add(key);
      });
  closedMemo.set(pkg, closed);
  return closed;
}

function eachExprOf(s: Stmt, see: (e: Expr) => void): void {
  for (const e of exprsOf(s)) eachExpr(e, see);
  for (const list of listsOf(s)) for (const inner of list) eachExprOf(inner, see);
}

/** The key of a channel and, for a parameter, the keys of what callers in the package give for it. */
export function originsOf(e: Expr, from: FunctionRef, depth = 3): readonly string[] {
  const id = identify(e, from);
  if (id === null) return [];
  if (id.scope !== 'param' || depth <= 0 || id.variable?.owner == null) return [id.key];
  const owner = id.variable.owner;
  const position = owner.fn.params.findIndex((p) => p.name === id.variable?.name);
  const keys = [id.key];
  for (const { call, from: caller } of callsOf(from.file.package).within.get(owner) ?? []) {
    const given = call.args[position];
    if (given !== undefined) keys.push(...originsOf(given, caller, depth - 1));
  }
  return keys;
}

/** The written type is a channel. */
export function isChannelExpr(e: Expr, from: FunctionRef): boolean {
  const type = typeOf(e, from);
  return type !== null && isChannel(underlying(type, from.file.package));
}

/** A context is visible: a parameter or variable of type context.Context here or around, or a request whose Context() is. */
export function contextInScope(ref: FunctionRef): boolean {
  for (let at: FunctionRef | null = ref; at !== null; at = at.parent) {
    const { file } = at;
    if (at.fn.params.some((p) => ['context.Context', '*net/http.Request'].includes(qualify(p.type, file)))) return true;
    for (const s of at.fn.body) if (s.kind === 'assign' && s.op === ':=' && s.right.some((r) => typeOf(r, at as FunctionRef) === 'context.Context')) return true;
  }
  return false;
}
