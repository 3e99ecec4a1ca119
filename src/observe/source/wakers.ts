/** Who can end the wait of a goroutine at a channel, wait group or condition variable, as far as syntax is sure to see all of them. */
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, listsOf, type Stmt } from '../../read/go-source/index.ts';
import { originsOf, usesOf } from './channels.ts';
import { positions } from './flow.ts';
import type { FunctionRef, GoPackage } from './packages.ts';
import { calleeOf, identify, packageNamed, qualifiedCallee, typeOf } from './types.ts';

export type WaitOp = 'send' | 'receive' | 'wait-group' | 'cond';

export interface Waking {
  readonly ref: FunctionRef;
  readonly stmt: Stmt;
  readonly what: 'receive' | 'send' | 'close' | 'done' | 'signal';
  /** Until which line a goroutine in the function still has it before it. */
  readonly last: number;
}

const SERVED: Readonly<Record<WaitOp, readonly Waking['what'][]>> = { send: ['receive'], receive: ['send', 'close'], 'wait-group': ['done'], cond: ['signal'] };
const WAKES: Readonly<Record<string, Waking['what']>> = { Done: 'done', Signal: 'signal', Broadcast: 'signal' };

/** `all.Wait()` of a sync.WaitGroup, `ready.Wait()` of a sync.Cond. */
export function waitCall(e: Expr & { kind: 'call' }, ref: FunctionRef): { op: 'wait-group' | 'cond'; on: Expr } | null {
  if (e.fn.kind !== 'selector' || e.fn.field !== 'Wait' || e.args.length > 0) return null;
  const type = typeOf(e.fn.of, ref)?.replace(/^\*/, '');
  return type === 'sync.WaitGroup' ? { op: 'wait-group', on: e.fn.of } : type === 'sync.Cond' ? { op: 'cond', on: e.fn.of } : null;
}

/** Null where something else is done with it: returned, stored, given to code that is not at hand. Then nobody knows all who can wake. */
export function wakingsOf(key: string, op: WaitOp, pkg: GoPackage): Waking[] | null {
  const memo = known.get(pkg) ?? new Map<string, Waking[] | null>();
  known.set(pkg, memo);
  const id = `${op} ${key}`;
  if (!memo.has(id)) memo.set(id, searched(key, op, pkg));
  return memo.get(id) ?? null;
}

const known = new WeakMap<GoPackage, Map<string, Waking[] | null>>();

function searched(key: string, op: WaitOp, pkg: GoPackage): Waking[] | null {
  const found: Waking[] = [];
  // a local variable has no field's name
  const field = key.includes('#') ? null : key.slice(key.lastIndexOf('.') + 1);
  for (const ref of pkg.functions) {
    const is = (e: Expr): boolean => (e.kind === 'ident' || e.kind === 'selector') && originsOf(e, ref).includes(key);
    if (namesItUnplaced(field, ref)) return null;
    const at = positions(ref.fn.body);
    if (op === 'send' || op === 'receive') {
      for (const u of usesOf(ref, is)) {
        if (ref.fn.broken) return null;
        const what = u.how === 'range' ? 'receive' : u.how;
        if (what === 'argument') {
          if (u.call === null || calleeOf(u.call, ref) === null) return null;
        } else if (what === 'other') {
          if (!isMade(u.stmt, u.channel)) return null;
        } else if (what !== 'measure' && SERVED[op].includes(what)) found.push({ ref, stmt: u.stmt, what, last: lastLine(u.stmt, ref, at) });
      }
    } else {
      const seen = syncUses(ref, is);
      if (seen === null) return null;
      for (const s of seen) if (SERVED[op].includes(s.what)) found.push({ ref, stmt: s.stmt, what: s.what, last: lastLine(s.stmt, ref, at) });
    }
  }
  return found;
}

/** A field of that name of something whose type syntax does not know: promoted from an embedded struct, or of another type altogether. */
function namesItUnplaced(field: string | null, ref: FunctionRef): boolean {
  let found = false;
  if (field !== null)
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'selector' && e.field === field && typeOf(e, ref) === null && packageNamed(e.of, ref) === null) found = true;
    });
  return found;
}

/** `h.events = make(chan event)`: given its value, not handed on. */
const isMade = (s: Stmt, channel: Expr): boolean => {
  const i = s.kind === 'assign' ? s.left.indexOf(channel) : -1;
  const value = s.kind === 'assign' && i >= 0 ? s.right[i] : undefined;
  return value?.kind === 'call' && value.fn.kind === 'ident' && value.fn.name === 'make';
};

function lastLine(s: Stmt, ref: FunctionRef, at: ReturnType<typeof positions>): number {
  if (s.kind === 'defer') return ref.fn.endLine;
  const loop = (at.get(s) ?? []).map((x) => x.stmt).find((x) => x.kind === 'for');
  return loop?.endLine ?? s.endLine;
}

/** Calls of a WaitGroup's or Cond's methods; null where it goes elsewhere. */
function syncUses(ref: FunctionRef, is: (e: Expr) => boolean): { stmt: Stmt; what: Waking['what'] }[] | null {
  const found: { stmt: Stmt; what: Waking['what'] }[] = [];
  let lost = false;
  const visit = (list: readonly Stmt[]): void => {
    for (const s of list) {
      const known = new Set<Expr>();
      if (s.kind === 'assign') for (const [i, l] of s.left.entries()) if (s.op === ':=' || isNewCond(s.right[i], ref)) known.add(l);
      for (const top of exprsOf(s))
        eachExpr(top, (e) => {
          if (e.kind === 'call') {
            if (e.fn.kind === 'selector' && is(e.fn.of)) {
              known.add(e.fn.of);
              const what = WAKES[e.fn.field];
              if (what !== undefined) found.push({ stmt: s, what });
              // g.Go(f): Done when f has ended
              else if (!['Add', 'Wait'].includes(e.fn.field)) lost = true;
            }
            // handed to a function at hand, which is looked at as well
            if (calleeOf(e, ref) !== null) for (const a of e.args) known.add(a.kind === 'unary' ? a.of : a);
          }
          // ready.L is the lock of a Cond
          if (e.kind === 'selector' && e.field === 'L' && is(e.of)) known.add(e.of);
          if ((e.kind === 'ident' || e.kind === 'selector') && !known.has(e) && is(e)) lost = true;
        });
      for (const inner of listsOf(s)) visit(inner);
    }
  };
  visit(ref.fn.body);
  return lost ? null : found;
}

const isNewCond = (e: Expr | undefined, ref: FunctionRef): boolean => e?.kind === 'call' && qualifiedCallee(e, ref) === 'sync.NewCond';

/** The lock that a Cond gives back while it waits; null when it cannot be told. */
export function lockOfCond(key: string, pkg: GoPackage): string | null {
  const locks = new Set<string>();
  for (const ref of pkg.functions)
    eachStmt(ref.fn.body, (s) => {
      if (s.kind !== 'assign') return;
      s.left.forEach((l, i) => {
        const made = s.right[i];
        if (made?.kind !== 'call' || !isNewCond(made, ref) || identify(l, ref)?.key !== key) return;
        const lock = made.args[0];
        const id = lock === undefined ? null : identify(lock, ref);
        if (id !== null) locks.add(id.key);
      });
    });
  return locks.size === 1 ? ([...locks][0] as string) : null;
}
