/**
 * Two functions that take two locks in opposite order, both held at once; calls into the same package are followed where they are certain.
 * Also one function that locks two values of one type in the order of its arguments, with nothing that orders them first.
 * Rate: 0 claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { lockOrder } from '../../../model/conditions/source.ts';
import { type Expr, eachExprIn, type Stmt } from '../../../read/go-source/index.ts';
import { type Held, lockEvents } from '../locks.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { calleeOf } from '../types.ts';

type Facts = NonNullable<(typeof lockOrder)['facts']>;

/** `ref` holds `first` and takes `second`, itself or in a function it calls. */
interface Pair {
  readonly ref: FunctionRef;
  readonly first: Held;
  readonly second: Held;
  /** Where in `ref` the second is taken or the call that takes it stands. */
  readonly at: Stmt;
  /** The function whose text takes the second. */
  readonly takenIn: FunctionRef;
}

export const rule: SourceRule<Facts> = {
  kind: lockOrder,
  find(pkg) {
    const pairs = pkg.functions.filter((f) => !f.fn.broken).flatMap(pairsOf);
    const found: SourceFinding<Facts>[] = [];
    for (const a of pairs) {
      // two goroutines that read-lock never exclude each other
      if (a.first.read && a.second.read) continue;
      if (a.first.key === a.second.key) {
        if (a.first.instance === a.second.instance || a.takenIn !== a.ref || !bothGiven(a) || comparesThem(a)) continue;
        found.push(finding(a, a, true));
        continue;
      }
      for (const b of pairs)
        if (b.first.key === a.second.key && b.second.key === a.first.key && !(b.first.read && a.second.read) && !(b.second.read && a.first.read)) found.push(finding(a, b, false));
    }
    return found;
  },
};

function finding(a: Pair, b: Pair, instances: boolean): SourceFinding<Facts> {
  return {
    keyed: a.takenIn,
    facts: {
      ...site(a.takenIn, a.second.stmt.line),
      first: instances ? `${a.first.key} of ${a.first.instance}` : a.first.key,
      second: instances ? `${a.second.key} of ${a.second.instance}` : a.second.key,
      firstLine: a.first.stmt.line,
      otherFunction: b.takenIn.symbol,
      otherFile: b.takenIn.file.path,
      otherLine: b.second.stmt.line,
      otherFirstLine: b.first.stmt.line,
      instances,
    },
    says: instances
      ? `${a.ref.symbol.slice(a.ref.symbol.lastIndexOf('/') + 1)} locks ${a.first.spelt} then ${a.second.spelt} in the order of its arguments (${fileLine(a.ref.file, a.second.stmt.line)}): two calls with them swapped wait for each other`
      : `${fileLine(a.takenIn.file, a.second.stmt.line)} takes ${a.second.key} holding ${a.first.key}, ${fileLine(b.takenIn.file, b.second.stmt.line)} takes ${b.second.key} holding ${b.first.key}`,
    spans: [
      { file: a.takenIn.file, span: a.second.stmt },
      { file: a.ref.file, span: a.first.stmt },
      ...(instances
        ? []
        : [
            { file: b.takenIn.file, span: b.second.stmt },
            { file: b.ref.file, span: b.first.stmt },
          ]),
    ],
  };
}

function pairsOf(ref: FunctionRef): Pair[] {
  const pairs: Pair[] = [];
  for (const e of lockEvents(ref)) {
    if (e.held.length === 0) continue;
    if (e.what === 'lock' && e.taken !== null) for (const h of e.held) pairs.push({ ref, first: h, second: e.taken, at: e.stmt, takenIn: ref });
    else if (e.what === 'call' && e.call !== null) {
      const callee = calleeOf(e.call, ref);
      if (callee === null || callee.fn.literal) continue;
      for (const t of takenBy(callee, 2)) for (const h of e.held) if (h.key !== t.held.key) pairs.push({ ref, first: h, second: t.held, at: e.stmt, takenIn: t.in });
    }
  }
  return pairs;
}

/** Locks a function takes on some path, itself or in what it calls. */
function takenBy(ref: FunctionRef, depth: number, seen: readonly FunctionRef[] = []): { held: Held; in: FunctionRef }[] {
  if (ref.fn.broken || seen.includes(ref)) return [];
  return lockEvents(ref).flatMap((e) => {
    if (e.what === 'lock' && e.taken !== null) return [{ held: e.taken, in: ref }];
    if (e.what !== 'call' || e.call === null || depth <= 0) return [];
    const callee = calleeOf(e.call, ref);
    return callee === null || callee.fn.literal ? [] : takenBy(callee, depth - 1, [...seen, ref]);
  });
}

const rootName = (instance: string): string => instance.split('.')[0]?.split('[')[0] ?? instance;

/** Both values come in from outside (parameters, the receiver): their order is the caller's. */
function bothGiven(p: Pair): boolean {
  const given = new Set([...p.ref.fn.params.map((x) => x.name), p.ref.fn.receiver?.name ?? '']);
  return given.has(rootName(p.first.instance)) && given.has(rootName(p.second.instance));
}

/** A comparison of the two before the locks (by id, by address) settles one order. */
function comparesThem(p: Pair): boolean {
  const names = [rootName(p.first.instance), rootName(p.second.instance)];
  let compared = false;
  eachExprIn(p.ref.fn.body, (e) => {
    if (e.kind !== 'binary' || !['<', '>', '<=', '>='].includes(e.op)) return;
    if (names.every((n) => mentions(e, n))) compared = true;
  });
  return compared;
}

function mentions(e: Expr, name: string): boolean {
  if (e.kind === 'ident') return e.name === name;
  if (e.kind === 'selector' || e.kind === 'unary') return mentions(e.of, name);
  if (e.kind === 'binary') return mentions(e.left, name) || mentions(e.right, name);
  if (e.kind === 'call') return mentions(e.fn, name) || e.args.some((a) => mentions(a, name));
  return false;
}
