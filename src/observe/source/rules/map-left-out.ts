/**
 * A map field that is written into although one way of making its struct leaves it nil. Claimed only where syntax leaves one place: the type
 * can be made in this package alone, by composite literals with named fields, of which one leaves the field out and all others make it, and
 * nothing sets the field afterwards.
 */
import { mapLeftOut } from '../../../model/conditions/source.ts';
import { decodeText, readSlice } from '../../../model/index.ts';
import { type Expr, eachExprIn, eachStmt, type Stmt, type StructType } from '../../../read/go-source/index.ts';
import type { FunctionRef, GoPackage, SourceFile } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { bareType, typeOf, underlying } from '../types.ts';

type Facts = NonNullable<(typeof mapLeftOut)['facts']>;
type Literal = { readonly ref: FunctionRef; readonly at: Expr & { kind: 'composite' } };

export const rule: SourceRule<Facts> = {
  kind: mapLeftOut,
  find(pkg) {
    if (pkg.functions.some((f) => f.fn.broken)) return [];
    const writes = pkg.functions.flatMap((ref) => writesIn(ref));
    if (writes.length === 0) return [];
    const found: SourceFinding<Facts>[] = [];
    for (const struct of pkg.files.flatMap((f) => f.model.structs)) {
      const here = writes.filter((w) => w.type === struct.name);
      const fields = new Set(here.map((w) => w.field).filter((name) => isMapField(struct, name, pkg)));
      // others could make a value of an exported type; a command has no others
      if (fields.size === 0 || (/^[A-Z]/.test(struct.name) && pkg.name !== 'main')) continue;
      const literals = literalsOf(struct.name, pkg);
      if (literals === null) continue;
      for (const field of fields) {
        if (isSetLater(field, pkg)) continue;
        const without = literals.filter((l) => given(l, field) === null);
        const others = literals.filter((l) => !without.includes(l));
        const maker = without[0];
        if (without.length !== 1 || maker === undefined || !others.every((l) => isMade(given(l, field)))) continue;
        for (const w of here.filter((x) => x.field === field)) {
          found.push({
            keyed: w.ref,
            facts: { ...site(maker.ref, maker.at.line), type: struct.name, field, writeLine: w.stmt.line, writeEndLine: w.stmt.endLine },
            says: `${struct.name} is made without ${field} at ${fileLine(maker.ref.file, maker.at.line)}, and written into at ${fileLine(w.ref.file, w.stmt.line)}`,
            spans: [
              { file: maker.ref.file, span: { offset: maker.at.offset, length: Math.min(maker.at.length, 200) } },
              { file: w.ref.file, span: { offset: w.stmt.offset, length: Math.min(w.stmt.length, 200) } },
            ],
          });
        }
      }
    }
    return found;
  },
};

interface Write {
  readonly ref: FunctionRef;
  readonly stmt: Stmt;
  /** The struct whose field it is. */
  readonly type: string;
  readonly field: string;
}

function writesIn(ref: FunctionRef): Write[] {
  const found: Write[] = [];
  const take = (e: Expr, stmt: Stmt): void => {
    if (e.kind !== 'index' || e.of.kind !== 'selector') return;
    const type = typeOf(e.of.of, ref);
    if (type !== null && !type.includes('.')) found.push({ ref, stmt, type: bareType(type), field: e.of.field });
  };
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'assign' && s.op !== ':=') for (const l of s.left) take(l, s);
    if (s.kind === 'step') take(s.of, s);
  });
  return found;
}

const isMapField = (s: StructType, name: string, pkg: GoPackage): boolean => {
  const field = s.fields.find((f) => f.name === name && !f.embedded);
  return field !== undefined && underlying(field.type, pkg).startsWith('map[');
};

/** Every literal of the struct; null where a value of it can come about in another way, or might. */
function literalsOf(type: string, pkg: GoPackage): Literal[] | null {
  const found: Literal[] = [];
  for (const ref of pkg.functions)
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'composite' && e.type === type) found.push({ ref, at: e });
    });
  if (found.some((l) => l.at.elements.some((x) => x.key === null || x.key.kind !== 'ident'))) return null;
  // each time the name is written it must be the declaration, a pointer, or one of the literals: a zero value, new() and elided types are none
  let literals = 0;
  for (const file of pkg.files) {
    for (const m of codeOf(file).matchAll(new RegExp(`\\b${type}\\b`, 'g'))) {
      const code = codeOf(file);
      const before = code.slice(Math.max(0, m.index - 40), m.index);
      const after = code.slice(m.index + type.length, m.index + type.length + 40);
      if (/\btype\s+$/.test(before) && /^\s+struct\b/.test(after)) continue;
      if (before.endsWith('*')) {
        // map[string]*T{"a": {…}} makes values without naming them
        if (/^\s*\{(?!\s*\})/.test(after) && /[\])]\*$/.test(before.trimEnd()) && !/\)\s*\*$/.test(before)) return null;
        continue;
      }
      if (after.startsWith('{') && !/[\w.\]]$/.test(before)) literals++;
      else return null;
    }
  }
  return literals === found.length ? found : null;
}

const given = (l: Literal, field: string): Expr | null => l.at.elements.find((x) => x.key?.kind === 'ident' && x.key.name === field)?.value ?? null;

const isMade = (e: Expr | null): boolean =>
  e !== null && ((e.kind === 'composite' && e.type.startsWith('map[')) || (e.kind === 'call' && e.fn.kind === 'ident' && e.fn.name === 'make'));

/** A field of that name is assigned or its address is taken, of whatever value. */
function isSetLater(field: string, pkg: GoPackage): boolean {
  let set = false;
  for (const ref of pkg.functions) {
    eachStmt(ref.fn.body, (s) => {
      if (s.kind === 'assign' && s.left.some((l) => l.kind === 'selector' && l.field === field)) set = true;
    });
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'unary' && e.op === '&' && e.of.kind === 'selector' && e.of.field === field) set = true;
    });
  }
  return set;
}

const memo = new WeakMap<SourceFile, string>();

/** The text without comments and strings. */
function codeOf(file: SourceFile): string {
  const known = memo.get(file);
  if (known !== undefined) return known;
  const text = decodeText(readSlice(file.artifact.source, 0, file.artifact.source.sizeBytes));
  const code = text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'/g, (m) => (m.startsWith('/') ? ' ' : '""'));
  memo.set(file, code);
  return code;
}
