/**
 * A regular expression, template or document that is made with each call out of what never changes, and not kept. Whether the function is
 * called often no source says: only what runs once for certain (init, main, package variables, sync.Once) is left out.
 * Rate: 5 (all true, none on a hot path) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { madeAnew } from '../../../model/conditions/source.ts';
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, type Stmt, spell } from '../../../read/go-source/index.ts';
import type { FunctionRef, GoPackage, SourceFile } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { packageNamed, qualifiedCallee, type Variable, variable } from '../types.ts';

type Facts = NonNullable<(typeof madeAnew)['facts']>;
type Call = Expr & { kind: 'call' };

const FUNCTIONS: Readonly<Record<string, Facts['what']>> = {
  'regexp.MustCompile': 'regexp',
  'regexp.Compile': 'regexp',
  'regexp.MustCompilePOSIX': 'regexp',
  'regexp.CompilePOSIX': 'regexp',
  'encoding/json.Unmarshal': 'json',
  'html/template.ParseFiles': 'template',
  'html/template.ParseGlob': 'template',
  'html/template.ParseFS': 'template',
  'text/template.ParseFiles': 'template',
  'text/template.ParseGlob': 'template',
  'text/template.ParseFS': 'template',
};
const KEEPS = /^(?:Store|LoadOrStore|Swap|CompareAndSwap|Set|Add|Put)$/;
const ONCE = /^sync\.Once(?:Func|Value|Values)$/;

export const rule: SourceRule<Facts> = {
  kind: madeAnew,
  find: (pkg) => pkg.functions.filter((f) => !f.fn.broken && !runsOnce(f)).flatMap((ref) => madeIn(ref, pkg)),
};

/** init, main, a literal of a package variable, or one that is handed to sync.Once. */
function runsOnce(ref: FunctionRef): boolean {
  const { declared } = ref;
  if (declared.fn.literal || /\.(?:init(?:\.\d+)?|main)$/.test(declared.symbol)) return true;
  for (let at: FunctionRef | null = ref; at !== null && at.parent !== null; at = at.parent) {
    const index = at.file.model.functions.indexOf(at.fn);
    let once = false;
    eachExprIn(at.parent.fn.body, (e) => {
      if (e.kind !== 'call' || !e.args.some((a) => a.kind === 'func' && a.function === index)) return;
      if ((e.fn.kind === 'selector' && e.fn.field === 'Do') || ONCE.test(qualifiedCallee(e, at?.parent as FunctionRef) ?? '')) once = true;
    });
    if (once) return true;
  }
  return false;
}

function madeIn(ref: FunctionRef, pkg: GoPackage): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachExprIn(ref.fn.body, (e, stmt) => {
    if (e.kind !== 'call') return;
    const what = whatOf(e, ref);
    if (what === null) return;
    // what is decoded into comes last and is no input
    const inputs = what === 'json' ? e.args.slice(0, 1) : e.args;
    const origin = inputs.map((a) => originOf(a, ref, pkg));
    const first = origin[0];
    if (first === undefined || first === null || origin.some((o) => o === null) || isKept(e, stmt, ref)) return;
    found.push({
      keyed: ref,
      facts: { ...site(ref, e.line), endLine: e.endLine, what, call: spell(e.fn).slice(0, 100), of: first.spelt, ofFile: first.file.path, ofLine: first.line },
      says: `${spell(e.fn).slice(0, 60)} at ${fileLine(ref.file, e.line)} makes the same out of ${first.spelt} with each call`,
      spans: [
        { file: ref.file, span: { offset: e.offset, length: Math.min(e.length, 200) } },
        { file: first.file, span: { offset: first.offset, length: Math.min(first.length, 200) } },
      ],
    });
  });
  return found;
}

function whatOf(e: Call, ref: FunctionRef): Facts['what'] | null {
  const named = qualifiedCallee(e, ref);
  if (named !== null) return FUNCTIONS[named] ?? null;
  // template.New("page").Funcs(f).Parse(text)
  if (e.fn.kind !== 'selector' || e.fn.field !== 'Parse') return null;
  for (let at: Expr = e.fn.of; at.kind === 'call' && at.fn.kind === 'selector'; at = at.fn.of) {
    const pkg = packageNamed(at.fn.of, ref);
    if (pkg !== null) return at.fn.field === 'New' && /^(?:html|text)\/template$/.test(pkg) ? 'template' : null;
  }
  return null;
}

interface Origin {
  readonly spelt: string;
  readonly file: SourceFile;
  readonly line: number;
  readonly offset: number;
  readonly length: number;
}

/** Where the unchanging value of an expression comes from; null when it may be another one with each call. */
function originOf(e: Expr, ref: FunctionRef, pkg: GoPackage, depth = 6): Origin | null {
  if (depth <= 0) return null;
  const here = (of: Expr): Origin => ({ spelt: spell(of).slice(0, 60), file: ref.file, line: of.line, offset: of.offset, length: of.length });
  switch (e.kind) {
    case 'literal':
      return here(e);
    case 'binary': {
      const left = originOf(e.left, ref, pkg, depth - 1);
      return left === null || originOf(e.right, ref, pkg, depth - 1) === null ? null : left;
    }
    case 'call':
      // a conversion
      return e.args.length === 1 && (e.fn.kind === 'type' || (e.fn.kind === 'ident' && (e.fn.name === 'string' || e.fn.name === 'byte'))) && e.args[0] !== undefined
        ? originOf(e.args[0], ref, pkg, depth - 1)
        : null;
    case 'index':
      return originOf(e.index, ref, pkg, depth - 1) === null ? null : originOf(e.of, ref, pkg, depth - 1);
    case 'selector':
      return isOwnField(e, ref) && !isAssigned(e.field, pkg) ? here(e) : null;
    case 'ident': {
      const v = variable(e.name, ref);
      if (v === null || v.ambiguous) return null;
      if (v.scope === 'package') return ofPackage(v, pkg);
      if (v.scope !== 'local' || v.value === null || v.index > 0 || isReassigned(v.name, v.owner)) return null;
      return v.range === 'key' ? null : originOf(v.value, v.owner ?? ref, pkg, depth - 1);
    }
    default:
      return null;
  }
}

const isOwnField = (e: Expr & { kind: 'selector' }, ref: FunctionRef): boolean => e.of.kind === 'ident' && variable(e.of.name, ref)?.scope === 'receiver';

function ofPackage(v: Variable, pkg: GoPackage): Origin | null {
  const declared = v.file.model.vars.find((x) => x.name === v.name);
  if (declared === undefined) return null;
  const exported = /^[A-Z]/.test(v.name) && !declared.constant && pkg.name !== 'main';
  const set = !declared.constant && pkg.functions.some((f) => isReassigned(v.name, f) && variable(v.name, f)?.scope === 'package');
  return exported || set ? null : { spelt: v.name, file: v.file, line: declared.line, offset: declared.offset, length: declared.length };
}

/** `x = …`, `x[i] = …` or `&x` in the function. */
function isReassigned(name: string, ref: FunctionRef | null): boolean {
  if (ref === null) return false;
  const root = (e: Expr): Expr => (e.kind === 'index' || e.kind === 'slice' ? root(e.of) : e);
  let again = false;
  const isIt = (e: Expr): boolean => e.kind === 'ident' && e.name === name;
  eachStmt(ref.fn.body, (s) => {
    if ((s.kind === 'assign' && s.op !== ':=' && s.left.some((l) => isIt(root(l)))) || (s.kind === 'step' && isIt(root(s.of)))) again = true;
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind === 'unary' && x.op === '&' && isIt(root(x.of))) again = true;
      });
  });
  return again;
}

/** A field of that name is assigned, or its address taken, anywhere in the package. */
function isAssigned(field: string, pkg: GoPackage): boolean {
  const isIt = (e: Expr): boolean => (e.kind === 'index' || e.kind === 'slice' ? isIt(e.of) : e.kind === 'selector' && e.field === field);
  return pkg.functions.some((ref) => {
    let set = ref.fn.broken;
    eachStmt(ref.fn.body, (s) => {
      if (s.kind === 'assign' && s.left.some(isIt)) set = true;
    });
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'unary' && e.op === '&' && isIt(e.of)) set = true;
    });
    return set;
  });
}

/** The result goes where it outlives the call: a field, an element, a variable of the package, a store, a value that is built. */
function isKept(call: Call, stmt: Stmt, ref: FunctionRef): boolean {
  const goesOut = (l: Expr): boolean => l.kind === 'selector' || l.kind === 'index' || (l.kind === 'ident' && variable(l.name, ref)?.scope === 'package');
  const isCall = (e: Expr): boolean => e === call || (e.kind === 'call' && e.args.some(isCall));
  const names = new Set<string>();
  if (stmt.kind === 'assign' && stmt.right.some(isCall)) {
    if (stmt.left.some(goesOut)) return true;
    for (const l of stmt.left) if (l.kind === 'ident') names.add(l.name);
  }
  // json.Unmarshal(data, &s.config)
  const into = call.args[1];
  if (into?.kind === 'unary' && into.op === '&') {
    if (goesOut(into.of)) return true;
    if (into.of.kind === 'ident') names.add(into.of.name);
  }
  let kept = false;
  const isIt = (e: Expr): boolean => isCall(e) || (e.kind === 'ident' && names.has(e.name)) || (e.kind === 'unary' && isIt(e.of));
  eachStmt(ref.fn.body, (s) => {
    if (s !== stmt && s.kind === 'assign' && s.left.some(goesOut) && s.right.some(isIt)) kept = true;
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind === 'composite' && x.elements.some((p) => isIt(p.value))) kept = true;
        if (x.kind === 'call' && x.fn.kind === 'selector' && KEEPS.test(x.fn.field) && x.args.some(isIt)) kept = true;
      });
  });
  return kept;
}
