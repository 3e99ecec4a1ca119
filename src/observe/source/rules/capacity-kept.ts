/**
 * A buffer that outlives the call is emptied and used again, or goes back to a pool, and nothing in the package looks at how much room it
 * has taken. A package that asks for Cap or cap of it anywhere is believed to bound it.
 * Rate: 6 (HTTP/2 and fcgi frames, which are bounded by the protocol) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { capacityKept } from '../../../model/conditions/source-memory.ts';
import { type Expr, eachExprIn, eachStmt } from '../../../read/go-source/index.ts';
import { isAppend, longLived } from '../long-lived.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { identify, qualifiedMethod, typeOf } from '../types.ts';

type Facts = NonNullable<(typeof capacityKept)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: capacityKept,
  find(pkg) {
    const bounded = boundedIn(pkg);
    const found: SourceFinding<Facts>[] = [];
    for (const ref of pkg.functions) {
      if (ref.fn.broken) continue;
      for (const k of keptBy(ref)) {
        if (bounded.keys.has(k.key) || (k.how === 'pool' && bounded.functions.has(ref.declared))) continue;
        found.push({
          keyed: ref,
          facts: { ...site(ref, k.at.line), buffer: k.spelt, how: k.how },
          says: `${k.spelt} is ${k.how === 'pool' ? 'given back to the pool' : 'emptied and used again'} at ${fileLine(ref.file, k.at.line)} however large it has become`,
          spans: [{ file: ref.file, span: { offset: k.at.offset, length: Math.min(k.at.length, 200) } }],
        });
      }
    }
    return found;
  },
};

interface Kept {
  readonly key: string;
  readonly spelt: string;
  readonly how: Facts['how'];
  readonly at: Expr;
}

function keptBy(ref: FunctionRef): Kept[] {
  const found: Kept[] = [];
  eachExprIn(ref.fn.body, (e) => {
    if (e.kind !== 'call' || e.fn.kind !== 'selector') return;
    const method = qualifiedMethod(e, ref);
    if (method === 'bytes.Buffer.Reset') {
      const id = longLived(e.fn.of, ref);
      if (id !== null) found.push({ key: id.key, spelt: id.spelt, how: 'reset', at: e });
    }
    const [given] = e.args;
    if (method === 'sync.Pool.Put' && given !== undefined && isBuffer(given, ref)) {
      const id = identify(given, ref);
      if (id !== null) found.push({ key: id.key, spelt: id.spelt, how: 'pool', at: e });
    }
  });
  eachStmt(ref.fn.body, (s) => {
    if (s.kind !== 'assign' || s.op !== '=') return;
    s.left.forEach((l, i) => {
      const r = s.right[i];
      if (r?.kind !== 'slice' || r.parts.length !== 1 || r.parts[0]?.kind !== 'literal' || r.parts[0].text !== '0') return;
      const id = longLived(l, ref);
      if (id !== null && identify(r.of, ref)?.key === id.key && typeOf(l, ref) === '[]byte') found.push({ key: id.key, spelt: id.spelt, how: 'reset', at: r });
    });
  });
  return found;
}

function isBuffer(e: Expr, ref: FunctionRef): boolean {
  const type = typeOf(e, ref);
  return type === '*bytes.Buffer' || type === '*[]byte' || type === '[]byte';
}

/** Buffers whose room is asked for or that are replaced, and functions that ask for anybody's. */
function boundedIn(pkg: GoPackage): { readonly keys: ReadonlySet<string>; readonly functions: ReadonlySet<FunctionRef> } {
  const keys = new Set<string>();
  const functions = new Set<FunctionRef>();
  for (const ref of pkg.functions) {
    const add = (e: Expr | undefined): void => {
      const id = e === undefined ? null : identify(e, ref);
      if (id !== null) keys.add(id.key);
    };
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind !== 'call') return;
      const asks = e.fn.kind === 'ident' && e.fn.name === 'cap' ? e.args[0] : e.fn.kind === 'selector' && e.fn.field === 'Cap' ? e.fn.of : null;
      if (asks === null) return;
      functions.add(ref.declared);
      add(asks);
    });
    eachStmt(ref.fn.body, (s) => {
      if (s.kind !== 'assign' || s.op !== '=') return;
      for (const [i, l] of s.left.entries()) if (s.right[i]?.kind !== 'slice' && !isAppend(s.right[i])) add(l);
    });
  }
  return { keys, functions };
}
