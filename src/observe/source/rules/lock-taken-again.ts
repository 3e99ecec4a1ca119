/**
 * A mutex taken again by the goroutine that holds it: directly, or in a function called on the same value. Reading twice is another rule.
 * A callee that gives the lock back before it takes it (or calls something that does) is not claimed.
 */
import { lockTakenAgain } from '../../../model/conditions/source.ts';
import { type Expr, eachStmt, type Stmt, spell } from '../../../read/go-source/index.ts';
import { linesOf, sectionsOf } from '../critical-sections.ts';
import { givesBack, type Held, lockEvents } from '../locks.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { calleeOf } from '../types.ts';

type Facts = NonNullable<(typeof lockTakenAgain)['facts']>;

interface Inner {
  readonly held: Held;
  readonly in: FunctionRef;
}

const DEPTH = 3;

export const rule: SourceRule<Facts> = {
  kind: lockTakenAgain,
  find: (pkg) =>
    pkg.functions
      .filter((f) => !f.fn.broken)
      .flatMap((ref) =>
        lockEvents(ref).flatMap((e) => {
          if (e.held.length === 0) return [];
          if (e.what === 'again' && e.taken !== null) return e.taken.read ? [] : [finding(ref, e.taken, e.stmt, { held: e.taken, in: ref }, pkg)];
          if (e.what === 'lock' && e.taken !== null) {
            const again = e.taken;
            const outer = e.held.find((h) => sameValue(h, again));
            return outer === undefined || givenBackBetween(outer, e.stmt, ref) ? [] : [finding(ref, outer, e.stmt, { held: again, in: ref })];
          }
          if (e.what !== 'call' || e.call === null) return [];
          const inner = locksOf(e.call, ref, DEPTH);
          return e.held.flatMap((outer) => {
            const hit = inner.find((i) => sameValue(outer, i.held));
            return hit === undefined || givenBackBetween(outer, e.stmt, ref) ? [] : [finding(ref, outer, e.stmt, hit)];
          });
        }),
      ),
};

const sameValue = (outer: Held, inner: Held): boolean => outer.key === inner.key && outer.instance === inner.instance && !(outer.read && inner.read);

/** A helper between the two that unlocks what the function itself locked, or a name that stands for another value by then. */
function givenBackBetween(outer: Held, at: Stmt, ref: FunctionRef): boolean {
  if (assigns(ref, outer.instance, outer.stmt.offset)) return true;
  return lockEvents(ref).some((e) => {
    if (e.what !== 'call' || e.call === null || e.stmt === at || e.stmt.offset <= outer.stmt.offset || e.stmt.offset >= at.offset) return false;
    const callee = calleeOf(e.call, ref);
    return callee !== null && givesBack(outer.key, callee);
  });
}

/** One of the names in the spelling is given another value behind the offset: the same words mean something else then. */
function assigns(ref: FunctionRef, spelling: string, from: number): boolean {
  const names = new Set(spelling.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  let found = false;
  eachStmt(ref.fn.body, (s) => {
    if (found || s.offset <= from) return;
    const given = s.kind === 'assign' ? s.left : s.kind === 'step' ? [s.of] : [];
    found = given.some((e) => (e.kind === 'ident' && names.has(e.name)) || (e.kind === 'selector' && spelling.startsWith(spell(e))));
  });
  return found;
}

/** Locks a call takes, with their instances spelt in the caller's names. */
function locksOf(call: Expr & { kind: 'call' }, from: FunctionRef, depth: number): Inner[] {
  const callee = calleeOf(call, from);
  if (callee === null || callee.fn.literal || callee.fn.broken || depth <= 0) return [];
  const rename = (held: Held): Held | null => {
    if (held.instance === '') return held;
    const cut = held.instance.indexOf('.');
    const root = cut < 0 ? held.instance : held.instance.slice(0, cut);
    const rest = cut < 0 ? '' : held.instance.slice(cut);
    if (root === callee.fn.receiver?.name && call.fn.kind === 'selector') return { ...held, instance: `${spell(call.fn.of)}${rest}` };
    const param = callee.fn.params.findIndex((p) => p.name === root);
    const given = param < 0 ? undefined : call.args[param];
    return given === undefined ? null : { ...held, instance: `${spell(given)}${rest}` };
  };
  return lockEvents(callee).flatMap((e) => {
    const inner = e.what === 'lock' && e.taken !== null ? [{ held: e.taken, in: callee }] : e.what === 'call' && e.call !== null ? locksOf(e.call, callee, depth - 1) : [];
    return inner.flatMap((i) => {
      const held = rename(i.held);
      return held === null || assigns(callee, i.held.instance, -1) || givesBack(i.held.key, callee, e.stmt.offset) ? [] : [{ held, in: i.in }];
    });
  });
}

/** `loopIn`: the package of a loop whose next turn takes the lock again. */
function finding(ref: FunctionRef, outer: Held, at: Stmt, inner: Inner, loopIn: GoPackage | null = null): SourceFinding<Facts> {
  return {
    keyed: inner.in,
    facts: {
      ...site(ref, at.line),
      lock: outer.key,
      outer: ref.symbol,
      outerLine: outer.stmt.line,
      endLine: at.endLine,
      innerLine: inner.held.stmt.line,
      innerFunction: inner.in.symbol,
      innerFile: inner.in.file.path,
      outerRead: outer.read,
      innerRead: inner.held.read,
      sections: loopIn === null ? null : linesOf(sectionsOf(outer.key, loopIn)),
    },
    says:
      loopIn !== null
        ? `${outer.spelt} is locked at ${fileLine(ref.file, outer.stmt.line)} in each turn of a loop and given back when the function returns: the second turn waits for the first`
        : `${outer.spelt} is locked at ${fileLine(ref.file, outer.stmt.line)}${outer.read ? ' for reading' : ''} and again at ${fileLine(inner.in.file, inner.held.stmt.line)}${inner.held.read ? ' for reading' : ''} by the same goroutine, which waits for itself`,
    spans: [
      { file: inner.in.file, span: inner.held.stmt },
      { file: ref.file, span: outer.stmt },
      { file: ref.file, span: { offset: at.offset, length: Math.min(at.length, 200) } },
    ],
  };
}
