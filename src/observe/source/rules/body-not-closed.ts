/**
 * A response whose body is neither closed nor read to its end on some path. net/http gives the connection back when the body is
 * closed or was read to EOF, so io.ReadAll and io.Copy of the whole body count as closing; a decoder does not.
 * Rate: 1 (a dump helper whose transport needs no close) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { bodyNotClosed } from '../../../model/conditions/source.ts';
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, listsOf, type Stmt, spell } from '../../../read/go-source/index.ts';
import { alwaysBefore, mayFollow, positions } from '../flow.ts';
import { commandsWith, type FunctionRef, withLiterals } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { calleeOf, qualifiedCallee, qualifiedMethod, variable } from '../types.ts';

type Facts = NonNullable<(typeof bodyNotClosed)['facts']>;

const FUNCTIONS = new Set(['Get', 'Head', 'Post', 'PostForm'].map((f) => `net/http.${f}`));
const METHODS = new Set(['Do', 'Get', 'Head', 'Post', 'PostForm'].map((f) => `net/http.Client.${f}`).concat('net/http.Transport.RoundTrip', 'net/http.RoundTripper.RoundTrip'));
const DRAINS = new Set(['io.ReadAll', 'io/ioutil.ReadAll', 'io.Copy', 'io.CopyBuffer']);

export const rule: SourceRule<Facts> = {
  kind: bodyNotClosed,
  find(pkg, module) {
    const commands = commandsWith(pkg, module);
    return pkg.functions.filter((f) => !f.fn.broken).flatMap((f) => findIn(f, commands));
  },
};

function findIn(ref: FunctionRef, linkedInto: readonly string[]): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachStmt(ref.fn.body, (s) => {
    for (const e of exprsOf(s)) {
      if (e.kind !== 'call' || !isHttpCall(e, ref)) continue;
      const judged = s.kind === 'assign' ? judge(s, ref) : s.kind === 'expr' ? { variable: '_', returnLine: null, at: null } : null;
      if (judged === null) continue;
      found.push({
        keyed: ref,
        facts: { ...site(ref, s.line), variable: judged.variable, call: spell(e.fn), returnLine: judged.returnLine, linkedInto },
        says:
          judged.returnLine === null
            ? `the body of ${spell(e.fn)} at ${fileLine(ref.file, s.line)} is never closed`
            : `the body of ${spell(e.fn)} at ${fileLine(ref.file, s.line)} is not closed when the function returns at line ${judged.returnLine}`,
        spans: [{ file: ref.file, span: { offset: s.offset, length: s.length } }, ...(judged.at === null ? [] : [{ file: ref.file, span: judged.at }])],
      });
    }
  });
  return found;
}

function isHttpCall(e: Expr & { kind: 'call' }, ref: FunctionRef): boolean {
  const named = qualifiedCallee(e, ref);
  if (named !== null) return FUNCTIONS.has(named);
  const method = qualifiedMethod(e, ref);
  return method !== null && METHODS.has(method);
}

function judge(s: Stmt & { kind: 'assign' }, ref: FunctionRef): { variable: string; returnLine: number | null; at: Stmt | null } | null {
  const [target] = s.left;
  if (target === undefined || target.kind !== 'ident') return null;
  if (target.name === '_') return { variable: '_', returnLine: null, at: null };
  const name = target.name;
  const owner = variable(name, ref)?.owner;
  if (owner !== ref && !(owner !== null && owner !== undefined && withLiterals(owner).includes(ref))) return null;
  const errName = s.left[1]?.kind === 'ident' ? s.left[1].name : null;
  const uses = bodyUses(name, owner ?? ref, ref);
  if (uses.handedOn) return null;
  const at = positions(ref.fn.body);
  const releases = uses.releases;
  // a close in a literal (deferred or started) is one from the line where the literal stands
  if (releases.length === 0) return { variable: name, returnLine: null, at: null };
  // a second assignment of the name between would need values, not names
  const early = returnsBetween(s, releases, ref, errName, name, at);
  return early === null ? null : { variable: name, returnLine: early.line, at: early };
}

interface BodyUses {
  /** Statements of the function after which the body is closed, drained or somebody else's. */
  readonly releases: readonly Stmt[];
  /** Returned, stored, or handed to a function that is not known to leave it open. */
  readonly handedOn: boolean;
}

function bodyUses(name: string, owner: FunctionRef, ref: FunctionRef): BodyUses {
  const releases: Stmt[] = [];
  let handedOn = false;
  const isIt = (e: Expr): boolean => e.kind === 'ident' && e.name === name;
  const isBody = (e: Expr): boolean => e.kind === 'selector' && e.field === 'Body' && isIt(e.of);
  const closesInside = (index: number): boolean => {
    let closes = false;
    eachExprIn(ref.file.model.functions[index]?.body ?? [], (x) => {
      if (isClose(x) || (x.kind === 'call' && x.args.some((a) => isIt(a) || isBody(a)))) closes = true;
    });
    return closes;
  };
  const isClose = (x: Expr): boolean => x.kind === 'call' && x.fn.kind === 'selector' && x.fn.field === 'Close' && isBody(x.fn.of);
  const visit = (list: readonly Stmt[]): void => {
    for (const s of list) {
      for (const e of exprsOf(s)) {
        if (s.kind === 'return' && (isIt(e) || isBody(e))) handedOn = true;
        if (s.kind === 'send' && s.value === e && (isIt(e) || isBody(e))) handedOn = true;
        if (s.kind === 'assign' && s.right.includes(e) && (isIt(e) || isBody(e)) && !s.left.every((l) => l.kind === 'ident' && l.name === '_')) handedOn = true;
        eachExpr(e, (x) => {
          if (isClose(x)) releases.push(s);
          else if (x.kind === 'func' && closesInside(x.function)) releases.push(s);
          else if (x.kind === 'composite' && x.elements.some((el) => isIt(el.value) || isBody(el.value))) handedOn = true;
          else if (x.kind === 'call') {
            // io.LimitReader(resp.Body, n) does not read to the end; io.Copy of it does not either
            const given = x.args.some((a) => isIt(a) || isBody(a));
            if (!given) return;
            const std = qualifiedCallee(x, ref);
            if (std !== null && DRAINS.has(std)) releases.push(s);
            else if (std === null || !isStd(std)) {
              if (x.fn.kind === 'ident' && variable(x.fn.name, ref) === null && isBuiltin(x.fn.name)) return;
              const callee = calleeOf(x, ref);
              if (callee === null || mayRelease(callee)) handedOn = true;
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
  return { releases, handedOn };
}

const isBuiltin = (name: string): boolean => ['len', 'cap', 'panic', 'print', 'println'].includes(name);
/** Functions of the standard library read from what they are given; the few that close it are in package http. */
const isStd = (callee: string): boolean => (!callee.split('/')[0]?.includes('.') || !callee.includes('/') ? !callee.startsWith('net/http/httputil.') : false);

/** A function of the package that mentions Close, stores or passes on what it is given may release it. */
function mayRelease(callee: FunctionRef): boolean {
  let may = callee.fn.broken;
  for (const f of withLiterals(callee))
    eachExprIn(f.fn.body, (x) => {
      if (x.kind === 'selector' && x.field === 'Close') may = true;
      if (x.kind === 'call') {
        const std = qualifiedCallee(x, f);
        if (std !== null && DRAINS.has(std)) may = true;
      }
    });
  return may;
}

/** A return that the call reaches, that no release surely precedes, and that is not the handling of the call's own error. */
function returnsBetween(call: Stmt, releases: readonly Stmt[], ref: FunctionRef, errName: string | null, name: string, at: ReturnType<typeof positions>): Stmt | null {
  let early: Stmt | null = null;
  eachStmt(ref.fn.body, (s, within) => {
    if (early !== null || s.kind !== 'return' || !mayFollow(call, s, at)) return;
    if (releases.some((r) => r === s || alwaysBefore(r, s, at) || within.includes(r))) return;
    const guard = within.find((w) => errName !== null && standsBehindError(w, s, errName, name));
    if (guard !== undefined && (('init' in guard && guard.init === call) || !assignedBetween(errName, call, guard, ref))) return;
    if (!releases.some((r) => mayFollow(s, r, at) || r.offset > s.offset)) return;
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
