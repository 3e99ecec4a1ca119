/** Where a lock may be held, over a whole package: what a dump must be free of before a lock can be said to be held by nobody. */
import { type Expr, eachExprIn, type Stmt } from '../../read/go-source/index.ts';
import { givesBack, lockEvents } from './locks.ts';
import type { FunctionRef, GoPackage } from './packages.ts';
import { calleeOf, identify, qualifiedCallee, typeOf } from './types.ts';

/** Lines of one function between a Lock and the last Unlock that can belong to it. */
export interface Section {
  readonly ref: FunctionRef;
  readonly line: number;
  readonly last: number;
}

/** Every stretch of the package in which the lock may be held. */
export function sectionsOf(key: string, pkg: GoPackage): Section[] {
  return pkg.functions.flatMap((ref) => {
    const takes = lockEvents(ref).filter((e) => e.what === 'lock' && e.taken?.key === key);
    const first = takes[0];
    return first === undefined ? [] : [{ ref, line: Math.min(...takes.map((e) => e.stmt.line)), last: lastLineHeld(key, ref) }];
  });
}

/** As conditions carry them. */
export const linesOf = (sections: readonly Section[]) => sections.map((s) => ({ function: s.ref.symbol, file: s.ref.file.path, line: s.line, last: s.last }));

/** The last line at which the function gives the lock back in its own text; its end where that is deferred or left out on some path. */
function lastLineHeld(key: string, ref: FunctionRef): number {
  const events = lockEvents(ref);
  if (events.some((e) => e.held.some((h) => h.key === key && (h.deferred || e.what === 'leave')))) return ref.fn.endLine;
  let last = 0;
  eachExprIn(ref.fn.body, (e, s) => {
    if (e.kind !== 'call' || e.fn.kind !== 'selector' || !/^R?Unlock$/.test(e.fn.field)) return;
    if (s.kind === 'defer') last = ref.fn.endLine;
    else last = Math.max(last, s.endLine);
  });
  return last === 0 ? ref.fn.endLine : last;
}

const LOCK_METHOD = /^(?:R?Lock|R?Unlock)$/;

/**
 * Syntax does not see all that is done to the lock: it is tried (TryLock), handed on as a value or an address, given back by a function that
 * did not take it, or through a Locker.
 */
export function isHandedOver(key: string, pkg: GoPackage): boolean {
  const memo = handedOver.get(pkg) ?? new Map<string, boolean>();
  handedOver.set(pkg, memo);
  const known = memo.get(key);
  if (known !== undefined) return known;
  const made = changesHands(key, pkg);
  memo.set(key, made);
  return made;
}

const handedOver = new WeakMap<GoPackage, Map<string, boolean>>();

function changesHands(key: string, pkg: GoPackage): boolean {
  // other packages may take and give back what they can name
  const names = key.slice(key.lastIndexOf('/') + 1).split('.');
  if (pkg.name !== 'main' && names.slice(names.length === 2 && names[0] !== pkg.name ? 0 : 1).every((n) => /^[A-Z]/.test(n))) return true;
  const field = names[names.length - 1];
  return pkg.functions.some((ref) => {
    if (ref.fn.broken || lockEvents(ref).some((e) => e.what === 'orphan' && e.taken?.key === key)) return true;
    let other = false;
    const plain = new Set<Expr>();
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'call' && e.fn.kind === 'selector' && e.args.length === 0 && LOCK_METHOD.test(e.fn.field)) {
        plain.add(e.fn).add(e.fn.of);
        const type = typeOf(e.fn.of, ref);
        // a field of that name that syntax cannot place (promoted from an embedded struct); a mutex behind a pointer has other owners too
        if (type === null && e.fn.of.kind === 'selector' && e.fn.of.field === field) other = true;
        if (type?.startsWith('*sync.') === true && identify(e.fn.of, ref)?.key === key) other = true;
        // c.L.Unlock() of a sync.Cond, l.Unlock() of a Locker: which lock that is syntax does not say
        if (e.fn.of.kind === 'selector' && e.fn.of.field === 'L') other = true;
      } else if (e.kind === 'call' && qualifiedCallee(e, ref) === 'sync.NewCond') for (const a of e.args) plain.add(a.kind === 'unary' ? a.of : a);
      else if (e.kind === 'selector' && /^R?Unlock$/.test(e.field) && !plain.has(e)) other = true;
      else if ((e.kind === 'selector' || e.kind === 'ident') && !plain.has(e) && identify(e, ref)?.key === key) other = true;
    });
    return other;
  });
}

const MAY_GIVE_BACK = /unlock|release|done|free|leave|exit/i;

/** A call (deferred ones too) that by its name, or by its known text, may give the lock back for the function. */
export function callsWhatGivesBack(key: string, ref: FunctionRef): boolean {
  let may = false;
  const see = (e: Expr, s: Stmt): void => {
    if (may || e.kind !== 'call') return;
    const callee = calleeOf(e, ref);
    if (callee !== null) may = callee !== ref && !callee.fn.literal && givesBack(key, callee);
    else if (e.fn.kind === 'selector') may = !/^R?Unlock$/.test(e.fn.field) && MAY_GIVE_BACK.test(e.fn.field) && s.kind === 'defer';
    else if (e.fn.kind === 'ident') may = MAY_GIVE_BACK.test(e.fn.name);
  };
  eachExprIn(ref.fn.body, see);
  return may;
}
