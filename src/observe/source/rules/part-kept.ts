/**
 * A part of a body or file that was read whole is kept where it outlives the call, itself or through a function of the package it is handed to:
 * the part, which that function keeps, or the whole, of which it keeps a part.
 * Only what is known not to copy counts as a part, and only what is read whole as a whole: of a buffer that was read into, most may be used.
 * Rate: 0 claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { partKept } from '../../../model/conditions/source-memory.ts';
import { type Expr, eachExprIn, eachStmt, type Stmt } from '../../../read/go-source/index.ts';
import { storesIn } from '../long-lived.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { calleeOf, type Identified, qualifiedCallee, variable } from '../types.ts';

type Facts = NonNullable<(typeof partKept)['facts']>;

const READS = new Set(['io.ReadAll', 'io/ioutil.ReadAll', 'os.ReadFile', 'io/ioutil.ReadFile']);
/** Of strings and bytes alike: their results share the memory of the first argument, and are less than it. */
const CUTS = new Set(['Cut', 'Split', 'SplitN', 'SplitAfter', 'SplitAfterN', 'Fields', 'FieldsFunc', 'SplitSeq', 'FieldsSeq', 'Lines']);
/** What these give back shares memory, too, but is mostly all of it. */
const TRIMS = /^(?:Trim\w{0,10}|CutPrefix|CutSuffix)$/;
const DEPTH = 12;

interface Whole {
  readonly name: string;
  readonly read: string;
  /** Lines that allocate it: the read, and the conversion that copies it. */
  readonly lines: readonly number[];
}

export const rule: SourceRule<Facts> = {
  kind: partKept,
  find(pkg) {
    const keeping = keepingParams(pkg);
    const found: SourceFinding<Facts>[] = [];
    const add = (ref: FunctionRef, whole: Whole, part: Expr, stmt: Stmt, into: Identified): void => {
      found.push({
        keyed: ref,
        facts: { ...site(ref, stmt.line), buffer: whole.name, read: whole.read, keptIn: into.spelt, what: part.kind === 'slice' ? 'slice' : 'part', madeLines: whole.lines },
        says: `${into.spelt} keeps a part of ${whole.name}, and with it all that ${whole.read} read (${fileLine(ref.file, stmt.line)})`,
        spans: [{ file: ref.file, span: { offset: stmt.offset, length: Math.min(stmt.length, 200) } }],
      });
    };
    for (const ref of pkg.functions) {
      if (ref.fn.broken) continue;
      for (const s of storesIn(ref)) {
        const whole = partOf(s.value, ref);
        if (whole !== null) add(ref, whole, s.value, s.stmt, s.into);
      }
      eachExprIn(ref.fn.body, (e, stmt) => {
        if (e.kind !== 'call') return;
        const callee = calleeOf(e, ref);
        const kept = callee === null ? undefined : keeping.get(callee);
        if (kept === undefined) return;
        e.args.forEach((a, i) => {
          const param = kept.get(i);
          if (param === undefined) return;
          const whole = partOf(a, ref) ?? (param.part === null ? null : wholeOf(a, ref, DEPTH));
          if (whole !== null) add(ref, whole, param.part ?? a, stmt, param.into);
        });
      });
    }
    return found;
  },
};

interface Kept {
  readonly into: Identified;
  /** Null: the parameter is stored as it is. */
  readonly part: Expr | null;
}

/** Parameters that a function stores, as they are or a slice of them, by their number. */
function keepingParams(pkg: GoPackage): ReadonlyMap<FunctionRef, ReadonlyMap<number, Kept>> {
  const found = new Map<FunctionRef, Map<number, Kept>>();
  for (const ref of pkg.functions)
    for (const { value, into } of storesIn(ref)) {
      const index = paramOf(value, ref);
      if (index === null) continue;
      const known = found.get(ref) ?? new Map<number, Kept>();
      // the whole is kept as well: its part costs nothing more
      if (known.get(index)?.part !== null || value.kind !== 'slice') known.set(index, { into, part: value.kind === 'slice' ? value : null });
      found.set(ref, known);
    }
  return found;
}

/** `word` or `word[:n]`, of a parameter that nothing else is assigned to: by the time of the store it may be another value. */
function paramOf(value: Expr, ref: FunctionRef): number | null {
  const of = value.kind === 'slice' && value.parts.length > 0 ? value.of : value;
  if (of.kind !== 'ident' || variable(of.name, ref)?.scope !== 'param') return null;
  const index = ref.fn.params.findIndex((p) => p.name === of.name);
  return index < 0 || (value.kind === 'slice' && isAssigned(of.name, ref)) ? null : index;
}

function isAssigned(name: string, ref: FunctionRef): boolean {
  let assigned = false;
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'assign' && s.left.some((l) => l.kind === 'ident' && l.name === name)) assigned = true;
  });
  return assigned;
}

/** What the expression is a part of; null: it is no part, or a copy of one. */
function partOf(e: Expr, ref: FunctionRef, depth = DEPTH): Whole | null {
  if (depth <= 0) return null;
  if (e.kind === 'slice') return e.parts.length === 0 ? partOf(e.of, ref, depth - 1) : (partOf(e.of, ref, depth - 1) ?? wholeOf(e.of, ref, depth - 1));
  if (e.kind === 'index') return listOf(e.of, ref, depth - 1);
  if (e.kind === 'call') {
    const named = textFunction(e, ref);
    const first = e.args[0];
    if (named === null || first === undefined) return null;
    if (CUTS.has(named)) return partOf(first, ref, depth - 1) ?? wholeOf(first, ref, depth - 1);
    return TRIMS.test(named) ? partOf(first, ref, depth - 1) : null;
  }
  if (e.kind !== 'ident') return null;
  const v = variable(e.name, ref);
  if (v === null || v.scope !== 'local' || v.ambiguous || v.value === null) return null;
  const from = v.owner ?? ref;
  if (v.range === 'value') return listOf(v.value, from, depth - 1);
  if (v.range !== null || isList(v.value, from)) return null;
  // of Cut the third result says whether it was found
  return v.index > 1 ? null : partOf(v.value, from, depth - 1);
}

/** A list of parts: what Split and its like give. */
function listOf(e: Expr, ref: FunctionRef, depth: number): Whole | null {
  if (depth <= 0) return null;
  if (e.kind === 'call') return isList(e, ref) ? partOf(e, ref, depth - 1) : null;
  if (e.kind !== 'ident') return null;
  const v = variable(e.name, ref);
  return v === null || v.ambiguous || v.value === null || v.range !== null ? null : listOf(v.value, v.owner ?? ref, depth - 1);
}

const isList = (e: Expr, ref: FunctionRef): boolean => e.kind === 'call' && /^(?:Split|Fields|Lines)/.test(textFunction(e, ref) ?? '');

/** `Cut` for strings.Cut and bytes.Cut. */
function textFunction(e: Expr & { kind: 'call' }, ref: FunctionRef): string | null {
  const named = qualifiedCallee(e, ref);
  return named === null ? null : (/^(?:strings|bytes)\.(\w+)$/.exec(named)?.[1] ?? null);
}

/** A body or file read whole, or its copy as a string. */
function wholeOf(e: Expr, ref: FunctionRef, depth: number): Whole | null {
  if (depth <= 0) return null;
  if (e.kind === 'call') {
    const named = qualifiedCallee(e, ref);
    if (named !== null && READS.has(named)) return { name: 'what it read', read: named, lines: [e.line] };
    const arg = e.args[0];
    if (e.fn.kind !== 'ident' || e.fn.name !== 'string' || arg === undefined) return null;
    const inner = wholeOf(arg, ref, depth - 1);
    return inner === null ? null : { ...inner, lines: [...inner.lines, e.line] };
  }
  if (e.kind !== 'ident') return null;
  const v = variable(e.name, ref);
  if (v === null || v.scope !== 'local' || v.ambiguous || v.value === null || v.range !== null || v.index !== 0) return null;
  const whole = wholeOf(v.value, v.owner ?? ref, depth - 1);
  return whole === null ? null : { ...whole, name: e.name };
}
