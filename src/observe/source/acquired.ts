/**
 * Something a call returns that has to be given back: a response with its body, the rows of a query, a transaction. Is it, on every path of the
 * function that made the call? Handed on, it is somebody else's, and nothing is claimed.
 */
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, listsOf, type Stmt } from '../../read/go-source/index.ts';
import { alwaysBefore, exitsOf, mayFollow, positions } from './flow.ts';
import { type FunctionRef, withLiterals } from './packages.ts';
import { calleeOf, qualifiedCallee, variable } from './types.ts';

export interface Acquired {
  /** The part that is closed and may be handed on by itself: `Body`; null where it is the value. */
  readonly member: string | null;
  /** Methods that give it back. */
  readonly closes: ReadonlySet<string>;
  /** Functions of other packages that read it to its end, which gives it back as well. */
  readonly drains: ReadonlySet<string>;
  /** A loop as long as this method says true ends with it given back. */
  readonly until: string | null;
}

export interface NotReleased {
  readonly variable: string;
  /** Where the function returns without; null where nothing gives it back. */
  readonly returnLine: number | null;
  readonly at: Stmt | null;
}

/** Null where it is given back on every path, or handed on. */
export function judgeAcquired(s: Stmt & { kind: 'assign' }, ref: FunctionRef, what: Acquired): NotReleased | null {
  const [target] = s.left;
  if (target === undefined || target.kind !== 'ident') return null;
  if (target.name === '_') return { variable: '_', returnLine: null, at: null };
  const name = target.name;
  const owner = variable(name, ref)?.owner;
  if (owner !== ref && !(owner !== null && owner !== undefined && withLiterals(owner).includes(ref))) return null;
  const errName = s.left[1]?.kind === 'ident' ? s.left[1].name : null;
  const uses = usesOfValue(name, owner ?? ref, ref, what);
  if (uses.handedOn) return null;
  const at = positions(ref.fn.body);
  // a close in a literal (deferred or started) is one from the line where the literal stands
  if (uses.releases.length === 0 && uses.drained.length === 0) return { variable: name, returnLine: null, at: null };
  // a second assignment of the name between would need values, not names
  const early = returnsBetween(s, uses, ref, errName, name, at);
  return early === null ? null : { variable: name, returnLine: early.line, at: early };
}

/** It is returned, stored or given to code that may keep it. */
export function isHandedOn(s: Stmt & { kind: 'assign' }, ref: FunctionRef, what: Acquired): boolean {
  const [target] = s.left;
  if (target === undefined || target.kind !== 'ident') return true;
  return target.name !== '_' && usesOfValue(target.name, variable(target.name, ref)?.owner ?? ref, ref, what).handedOn;
}

interface Uses {
  /** Statements of the function after which it is closed, drained or somebody else's. */
  readonly releases: readonly Stmt[];
  /** Loops that run to its end. */
  readonly drained: readonly Stmt[];
  /** Returned, stored, or handed to a function that is not known to leave it open. */
  readonly handedOn: boolean;
}

function usesOfValue(name: string, owner: FunctionRef, ref: FunctionRef, what: Acquired): Uses {
  const releases: Stmt[] = [];
  const drained: Stmt[] = [];
  let handedOn = false;
  const isIt = (e: Expr): boolean => e.kind === 'ident' && e.name === name;
  const isPart = (e: Expr): boolean => what.member !== null && e.kind === 'selector' && e.field === what.member && isIt(e.of);
  const isClose = (x: Expr): boolean => x.kind === 'call' && x.fn.kind === 'selector' && what.closes.has(x.fn.field) && (what.member === null ? isIt(x.fn.of) : isPart(x.fn.of));
  const isGiven = (x: Expr): boolean => x.kind === 'call' && x.args.some((a) => isIt(a) || isPart(a));
  const closesInside = (index: number): boolean => {
    let closes = false;
    eachExprIn(ref.file.model.functions[index]?.body ?? [], (x) => {
      if (isClose(x) || isGiven(x)) closes = true;
    });
    return closes;
  };
  const visit = (list: readonly Stmt[]): void => {
    for (const s of list) {
      // what the head of an if does is done in and behind it
      if ('init' in s && s.init !== null && s.kind !== 'for') for (const e of exprsOf(s.init)) eachExpr(e, (x) => isClose(x) && releases.push(s));
      if (s.kind === 'for' && what.until !== null && endsWith(s, what.until, isIt) && exitsOf(s, ref).every((x) => x.kind === 'return')) drained.push(s);
      for (const e of exprsOf(s)) {
        if (s.kind === 'return' && (isIt(e) || isPart(e))) handedOn = true;
        if (s.kind === 'send' && s.value === e && (isIt(e) || isPart(e))) handedOn = true;
        if (s.kind === 'assign' && s.right.includes(e) && (isIt(e) || isPart(e)) && !s.left.every((l) => l.kind === 'ident' && l.name === '_')) handedOn = true;
        eachExpr(e, (x) => {
          if (isClose(x)) releases.push(s);
          else if (x.kind === 'func' && closesInside(x.function)) releases.push(s);
          else if (x.kind === 'composite' && x.elements.some((el) => isIt(el.value) || isPart(el.value))) handedOn = true;
          // io.LimitReader(resp.Body, n) does not read to the end; io.Copy of it does not either
          else if (x.kind === 'call' && isGiven(x)) {
            const std = qualifiedCallee(x, ref);
            if (std !== null && what.drains.has(std)) releases.push(s);
            else if (std === null || !isStd(std)) {
              if (x.fn.kind === 'ident' && variable(x.fn.name, ref) === null && isBuiltin(x.fn.name)) return;
              const callee = calleeOf(x, ref);
              if (callee === null || mayRelease(callee, what)) handedOn = true;
            }
          }
        });
      }
      for (const inner of listsOf(s)) visit(inner);
    }
  };
  visit(ref.fn.body);
  for (const f of owner === ref ? [] : [owner])
    eachExprIn(f.fn.body, (x) => {
      if (isIt(x) || isClose(x)) handedOn = true;
    });
  return { releases, drained, handedOn };
}

/** `for rows.Next() {` */
const endsWith = (loop: Stmt & { kind: 'for' }, method: string, isIt: (e: Expr) => boolean): boolean =>
  exprsOf(loop).some((e) => e.kind === 'call' && e.fn.kind === 'selector' && e.fn.field === method && isIt(e.fn.of));

const isBuiltin = (name: string): boolean => ['len', 'cap', 'panic', 'print', 'println'].includes(name);
/** Functions of the standard library read from what they are given; the few that close it are in package http. */
const isStd = (callee: string): boolean => (!callee.split('/')[0]?.includes('.') || !callee.includes('/') ? !callee.startsWith('net/http/httputil.') : false);

/** A function of the package that mentions a closing method, or drains, may release what it is given. */
function mayRelease(callee: FunctionRef, what: Acquired): boolean {
  let may = callee.fn.broken;
  for (const f of withLiterals(callee))
    eachExprIn(f.fn.body, (x) => {
      if (x.kind === 'selector' && what.closes.has(x.field)) may = true;
      if (x.kind === 'call') {
        const std = qualifiedCallee(x, f);
        if (std !== null && what.drains.has(std)) may = true;
      }
    });
  return may;
}

/** A return that the call reaches, that no release surely precedes, and that is not the handling of the call's own error. */
function returnsBetween(call: Stmt, uses: Uses, ref: FunctionRef, errName: string | null, name: string, at: ReturnType<typeof positions>): Stmt | null {
  const { releases, drained } = uses;
  let early: Stmt | null = null;
  eachStmt(ref.fn.body, (s, within) => {
    if (early !== null || s.kind !== 'return' || !mayFollow(call, s, at)) return;
    if (releases.some((r) => r === s || alwaysBefore(r, s, at) || within.includes(r)) || drained.some((r) => alwaysBefore(r, s, at))) return;
    const guard = within.find((w) => errName !== null && standsBehindError(w, s, errName, name));
    if (guard !== undefined && (('init' in guard && guard.init === call) || !assignedBetween(errName, call, guard, ref))) return;
    if (!releases.some((r) => mayFollow(s, r, at) || r.offset > s.offset) && !drained.some((r) => within.includes(r) || r.offset > s.offset)) return;
    early = s;
  });
  return early;
}

/** The statement is inside a branch that is taken only when the call failed: there is no body then. */
function standsBehindError(w: Stmt, s: Stmt, errName: string, name: string): boolean {
  const inside = (list: readonly Stmt[]): boolean => list.some((x) => x.offset <= s.offset && s.offset < x.offset + x.length);
  if (w.kind === 'if') return (failed(w.cond, errName, name) && inside(w.body)) || (w.else !== null && succeeded(w.cond, errName) && inside(w.else));
  if (w.kind !== 'switch' || w.tag !== null) return false;
  return w.cases.some((c) => inside(c.body) && c.values.length > 0 && c.values.every((v) => failed(v, errName, name)));
}

const isNamed = (e: Expr, name: string): boolean => e.kind === 'ident' && e.name === name;
const isNil = (e: Expr): boolean => e.kind === 'literal' && e.text === 'nil';

/** The condition cannot hold when the call succeeded. */
function failed(e: Expr, errName: string, name: string): boolean {
  if (e.kind === 'call' && e.fn.kind === 'selector' && (e.fn.field === 'Is' || e.fn.field === 'As')) return e.args[0] !== undefined && isNamed(e.args[0], errName);
  if (e.kind !== 'binary') return false;
  if (e.op === '&&') return failed(e.left, errName, name) || failed(e.right, errName, name);
  // `err != nil || resp.StatusCode != 200` also returns with an open body
  if (e.op === '||') return failed(e.left, errName, name) && failed(e.right, errName, name);
  return (e.op === '!=' && isNamed(e.left, errName) && isNil(e.right)) || (e.op === '==' && isNamed(e.left, name) && isNil(e.right));
}

const succeeded = (e: Expr, errName: string): boolean => e.kind === 'binary' && e.op === '==' && isNamed(e.left, errName) && isNil(e.right);

/** The error is given another value between the call and the test of it: then the test is about something else. */
function assignedBetween(name: string | null, call: Stmt, guard: Stmt, ref: FunctionRef): boolean {
  let between =
    guard.kind === 'if' && guard.init !== null && guard.init !== call && guard.init.kind === 'assign' && guard.init.left.some((l) => l.kind === 'ident' && l.name === name);
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'assign' && s !== call && s.offset > call.offset && s.offset < guard.offset && s.left.some((l) => l.kind === 'ident' && l.name === name)) between = true;
  });
  return between;
}
