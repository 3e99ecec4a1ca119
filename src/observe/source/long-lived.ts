/** What outlives the call that writes to it, and what is written there. */
import { type Expr, eachStmt, type Stmt } from '../../read/go-source/index.ts';
import type { FunctionRef } from './packages.ts';
import { type Identified, identify, typeOf, underlying, variable } from './types.ts';

/** Package-level names and fields, through whatever value; a field of a local value that never leaves is indistinguishable and counts. */
export function longLived(e: Expr, ref: FunctionRef): Identified | null {
  const id = identify(e, ref);
  if (id === null) return null;
  if (id.scope === 'package') return id;
  if (id.scope !== 'field' || e.kind !== 'selector') return null;
  // a field of a value made in this very function is a result being built
  const root = rootOf(e);
  if (root === null) return null;
  const v = variable(root, ref);
  return v !== null && (v.scope === 'receiver' || v.scope === 'package' || v.scope === 'param') ? id : null;
}

function rootOf(e: Expr): string | null {
  if (e.kind === 'ident') return e.name;
  return e.kind === 'selector' || e.kind === 'index' || e.kind === 'unary' ? rootOf(e.of) : null;
}

export interface Stored {
  /** What is kept: a value, an element, or the key of a map. */
  readonly value: Expr;
  readonly into: Identified;
  readonly stmt: Stmt;
}

/** What a function writes into places that outlive it: assigned, appended, inserted (with its key), inside composites. */
export function storesIn(ref: FunctionRef): Stored[] {
  const found: Stored[] = [];
  eachStmt(ref.fn.body, (s) => {
    if (s.kind !== 'assign' || s.op === ':=') return;
    s.left.forEach((l, i) => {
      const into = longLived(l.kind === 'index' ? l.of : l, ref);
      const right = s.left.length === s.right.length ? s.right[i] : undefined;
      if (into === null || right === undefined) return;
      // an append within is one to something new, which copies
      for (const value of isAppend(right) ? right.args.slice(1).flatMap(keptIn) : keptIn(right)) found.push({ value, into, stmt: s });
      if (l.kind === 'index') {
        const type = typeOf(l.of, ref);
        if (type !== null && underlying(type, ref.file.package).startsWith('map[')) found.push({ value: l.index, into, stmt: s });
      }
    });
  });
  return found;
}

function keptIn(e: Expr): Expr[] {
  if (e.kind === 'unary' && e.op === '&') return keptIn(e.of);
  if (e.kind === 'composite') return e.elements.flatMap((x) => keptIn(x.value));
  return isAppend(e) ? [] : [e];
}

export const isAppend = (e: Expr | undefined): e is Expr & { kind: 'call' } => e?.kind === 'call' && e.fn.kind === 'ident' && e.fn.name === 'append';
