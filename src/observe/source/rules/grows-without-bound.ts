/**
 * A map or slice that belongs to the package or to a struct, is inserted into in running code, and is nowhere in the captured module
 * deleted from, cleared, cut or replaced. Fill-once code (init, main, constructors, package-level literals) is not counted as running.
 * Rate: 79 (command-line tools that fill tables and exit) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { growsWithoutBound } from '../../../model/conditions/source.ts';
import { type Expr, eachExprIn, eachStmt, type Stmt } from '../../../read/go-source/index.ts';
import { longLived } from '../long-lived.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { type Identified, identify, typeOf, underlying } from '../types.ts';

type Facts = NonNullable<(typeof growsWithoutBound)['facts']>;

interface Insert {
  readonly id: Identified;
  readonly kind: 'map' | 'slice';
  readonly ref: FunctionRef;
  readonly stmt: Stmt;
}

export const rule: SourceRule<Facts> = {
  kind: growsWithoutBound,
  find(pkg) {
    const shrunk = shrinking(pkg);
    const found: SourceFinding<Facts>[] = [];
    for (const ref of pkg.functions) {
      if (ref.fn.broken || fillsOnce(ref)) continue;
      for (const i of insertsIn(ref)) {
        if (shrunk.has(i.id.key)) continue;
        found.push({
          keyed: ref,
          facts: { ...site(ref, i.stmt.line), target: i.id.key, kind: i.kind, deletes: 0 },
          says: `${i.id.spelt} gains ${i.kind === 'map' ? 'an entry' : 'an element'} at ${fileLine(ref.file, i.stmt.line)} and nothing in the package takes one away`,
          spans: [{ file: ref.file, span: { offset: i.stmt.offset, length: Math.min(i.stmt.length, 200) } }],
        });
      }
    }
    return found;
  },
};

function insertsIn(ref: FunctionRef): Insert[] {
  const found: Insert[] = [];
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'assign') {
      s.left.forEach((l, i) => {
        if (l.kind === 'index' && s.op !== ':=') {
          const type = typeOf(l.of, ref);
          if (type === null || !underlying(type, ref.file.package).startsWith('map[')) return;
          const id = longLived(l.of, ref);
          if (id !== null) found.push({ id, kind: 'map', ref, stmt: s });
        }
        const r = s.right[i];
        if (r?.kind === 'call' && r.fn.kind === 'ident' && r.fn.name === 'append' && s.op === '=') {
          const id = longLived(l, ref);
          const from = r.args[0] === undefined ? null : identify(r.args[0], ref);
          if (id !== null && from?.key === id.key && from.instance === id.instance) found.push({ id, kind: 'slice', ref, stmt: s });
        }
      });
    }
    if (s.kind === 'step' && s.of.kind === 'index') {
      const type = typeOf(s.of.of, ref);
      const id = type !== null && underlying(type, ref.file.package).startsWith('map[') ? longLived(s.of.of, ref) : null;
      if (id !== null) found.push({ id, kind: 'map', ref, stmt: s });
    }
  });
  return found;
}

/** Keys of what is deleted from, cleared, cut, replaced, or handed out so that it may be. */
function shrinking(pkg: GoPackage): ReadonlySet<string> {
  const keys = new Set<string>();
  const add = (e: Expr | undefined, ref: FunctionRef): void => {
    const id = e === undefined ? null : identify(e, ref);
    if (id !== null) keys.add(id.key);
  };
  for (const ref of pkg.functions) {
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'call') {
        const builtin = e.fn.kind === 'ident' ? e.fn.name : null;
        if (builtin === 'delete' || builtin === 'clear') add(e.args[0], ref);
        // handed to a function: it may delete
        else if (builtin !== 'append' && builtin !== 'len' && builtin !== 'cap' && builtin !== 'copy') for (const a of e.args) if (a.kind !== 'literal') add(a, ref);
      }
      if (e.kind === 'unary' && e.op === '&') add(e.of, ref);
    });
    eachStmt(ref.fn.body, (s) => {
      if (s.kind === 'assign' && s.op === '=')
        s.left.forEach((l, i) => {
          const r = s.right[i];
          const grows =
            r?.kind === 'call' &&
            r.fn.kind === 'ident' &&
            r.fn.name === 'append' &&
            r.args[0]?.kind !== 'slice' &&
            r.args[0] !== undefined &&
            identify(r.args[0], ref)?.key === identify(l, ref)?.key;
          if (l.kind !== 'index' && !grows && !fillsOnce(ref)) add(l, ref);
        });
      // `m := s.entries`: from here on another name may delete
      if (s.kind === 'assign') for (const r of s.right) if (r.kind === 'selector' && isContainer(r, ref)) add(r, ref);
      if (s.kind === 'return') for (const v of s.values) if (isContainer(v, ref)) add(v, ref);
    });
  }
  return keys;
}

function isContainer(e: Expr, ref: FunctionRef): boolean {
  if (e.kind !== 'ident' && e.kind !== 'selector') return false;
  const type = typeOf(e, ref);
  if (type === null) return false;
  const under = underlying(type, ref.file.package);
  return under.startsWith('map[') || under.startsWith('[]');
}

const CONSTRUCTOR = /^(?:new|New|make|Make|must|Must|register|Register|load|Load)/;
const fillsOnce = (ref: FunctionRef): boolean => {
  const { fn } = ref.declared;
  const own = fn.name.slice(fn.name.lastIndexOf('.') + 1);
  return fn.receiver === null && (fn.name.startsWith('init.') || (own === 'main' && !ref.fn.literal) || CONSTRUCTOR.test(own));
};
