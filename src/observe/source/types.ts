/**
 * What syntax alone says about names: where a variable is declared, the written type of an expression, which function a call means.
 * Every answer is certain or null. Package names in types are replaced by import paths: `*net/http.Client`.
 */
import { type Expr, eachExprIn, eachStmt, type Stmt } from '../../read/go-source/index.ts';
import { type FunctionRef, type GoPackage, literalRef, type SourceFile } from './packages.ts';

export interface Variable {
  readonly scope: 'local' | 'param' | 'receiver' | 'package';
  readonly name: string;
  /** The function that declares it; null for package level. */
  readonly owner: FunctionRef | null;
  /** Declared more than once in the owner: which one is meant is not decided here. */
  readonly ambiguous: boolean;
  /** Text of its type if written; qualified. */
  readonly type: string | null;
  /** What it is first given: the matching right-hand side, or the call whose result number `index` it takes. */
  readonly value: Expr | null;
  readonly index: number;
  /** Declared by a range statement over `value`: as its key or its value. */
  readonly range: 'key' | 'value' | null;
  readonly line: number;
  readonly file: SourceFile;
}

interface Declared {
  readonly type: string | null;
  readonly value: Expr | null;
  readonly index: number;
  readonly line: number;
  readonly range: 'key' | 'value' | null;
  times: number;
}

const locals = new WeakMap<FunctionRef, Map<string, Declared>>();

/** Names a function's own statements declare, first declaration first. */
function localsOf(ref: FunctionRef): Map<string, Declared> {
  const known = locals.get(ref);
  if (known !== undefined) return known;
  const found = new Map<string, Declared>();
  const add = (e: Expr | undefined, d: Omit<Declared, 'times'>): void => {
    if (e === undefined || e.kind !== 'ident' || e.name === '_') return;
    const before = found.get(e.name);
    if (before === undefined) found.set(e.name, { ...d, times: 1 });
    else before.times++;
  };
  const declared = (s: Stmt): void => {
    if (s.kind === 'assign' && s.op === ':=') {
      s.left.forEach((l, i) => {
        const own = s.left.length === s.right.length ? s.right[i] : undefined;
        add(l, { type: s.type, value: own ?? s.right[0] ?? null, index: own === undefined ? i : 0, line: s.line, range: null });
      });
    } else if (s.kind === 'for' && s.form === 'range') {
      add(s.vars[0], { type: null, value: s.over, index: 0, line: s.line, range: 'key' });
      add(s.vars[1], { type: null, value: s.over, index: 0, line: s.line, range: 'value' });
    }
  };
  eachStmt(ref.fn.body, declared);
  locals.set(ref, found);
  return found;
}

export function variable(name: string, from: FunctionRef): Variable | null {
  for (let at: FunctionRef | null = from; at !== null; at = at.parent) {
    const base = { name, owner: at, file: at.file };
    const local = localsOf(at).get(name);
    const param = [...at.fn.params, ...at.fn.results].find((p) => p.name === name);
    if (local !== undefined) {
      const type = local.type === null ? null : qualify(local.type, at.file);
      return { ...base, scope: 'local', ambiguous: local.times > 1 || param !== undefined, type, value: local.value, index: local.index, range: local.range, line: local.line };
    }
    if (param !== undefined) return { ...base, scope: 'param', ambiguous: false, type: qualify(param.type, at.file), value: null, index: 0, range: null, line: at.fn.line };
    if (at.fn.receiver?.name === name && name !== '')
      return {
        ...base,
        scope: 'receiver',
        ambiguous: false,
        type: `${at.fn.receiver.pointer ? '*' : ''}${at.fn.receiver.type}`,
        value: null,
        index: 0,
        range: null,
        line: at.fn.line,
      };
  }
  for (const file of from.file.package.files) {
    const v = file.model.vars.find((x) => x.name === name);
    if (v !== undefined)
      return {
        scope: 'package',
        name,
        owner: null,
        ambiguous: false,
        type: v.type === null ? null : qualify(v.type, file),
        value: v.value,
        index: 0,
        range: null,
        line: v.line,
        file,
      };
  }
  return null;
}

const QUALIFIED = /([A-Za-z_]\w*)\.(?=[A-Za-z_])/g;

/** `map[string]*web.Client` → `map[string]*net/http.Client`, by the imports of the file it is written in. */
export function qualify(type: string, file: SourceFile): string {
  if (!type.includes('.')) return type;
  return type.replace(QUALIFIED, (all, name: string) => {
    const path = file.model.imports.find((i) => i.name === name)?.path;
    return path === undefined ? all : `${path}.`;
  });
}

/** Results of well-known functions of the standard library. */
const KNOWN_RESULTS: Readonly<Record<string, string>> = {
  'time.NewTicker': '*time.Ticker',
  'time.NewTimer': '*time.Timer',
  'time.Tick': '<-chan time.Time',
  'time.After': '<-chan time.Time',
  'database/sql.Open': '*database/sql.DB',
  'net.Dial': 'net.Conn',
  'net.DialTimeout': 'net.Conn',
  'os.Open': '*os.File',
  'os.Create': '*os.File',
  'os.OpenFile': '*os.File',
  'context.Background': 'context.Context',
  'context.TODO': 'context.Context',
  'context.WithCancel': 'context.Context',
  'context.WithTimeout': 'context.Context',
  'context.WithDeadline': 'context.Context',
  'context.WithValue': 'context.Context',
  'context.WithCancelCause': 'context.Context',
  'context.WithoutCancel': 'context.Context',
  'net/http.NewRequest': '*net/http.Request',
  'net/http.NewRequestWithContext': '*net/http.Request',
  'sync.NewCond': '*sync.Cond',
};
const KNOWN_VARS: Readonly<Record<string, string>> = { 'net/http.DefaultClient': '*net/http.Client' };
const DEPTH = 8;

/** Written type of an expression, qualified; null when syntax does not tell. */
export function typeOf(e: Expr, from: FunctionRef, depth = DEPTH): string | null {
  if (depth <= 0) return null;
  switch (e.kind) {
    case 'ident': {
      const v = variable(e.name, from);
      if (v === null || v.ambiguous) return v?.ambiguous === true ? sameType(v, from, depth) : null;
      return typeOfVariable(v, from, depth);
    }
    case 'selector': {
      const pkg = packageNamed(e.of, from);
      if (pkg !== null) return KNOWN_VARS[`${pkg}.${e.field}`] ?? null;
      const on = typeOf(e.of, from, depth - 1);
      return on === null ? null : fieldType(on, e.field, from.file.package);
    }
    case 'call': {
      const made = e.args[0];
      if (e.fn.kind === 'ident' && (e.fn.name === 'make' || e.fn.name === 'new') && made !== undefined && variable(e.fn.name, from) === null) {
        const type = made.kind === 'type' ? made.text : made.kind === 'ident' ? made.name : null;
        return type === null ? null : `${e.fn.name === 'new' ? '*' : ''}${qualify(type, from.file)}`;
      }
      return resultType(e, 0, from, depth);
    }
    case 'composite':
      return e.type === '' ? null : qualify(e.type, from.file);
    case 'unary': {
      const inner = typeOf(e.of, from, depth - 1);
      if (inner === null) return null;
      return e.op === '&' ? `*${inner}` : e.op === '*' ? inner.replace(/^\*/, '') : inner;
    }
    case 'assert':
      return qualify(e.type, from.file);
    case 'index': {
      const on = typeOf(e.of, from, depth - 1);
      return on === null ? null : elementType(underlying(on, from.file.package));
    }
    case 'receive': {
      const on = typeOf(e.from, from, depth - 1);
      return on === null ? null : on.replace(/^(?:<-chan|chan<-|chan) ?/, '');
    }
    default:
      return null;
  }
}

function typeOfVariable(v: Variable, from: FunctionRef, depth: number): string | null {
  if (v.type !== null) return v.type;
  if (v.value === null) return null;
  const scope = v.owner ?? v.file.package.functions[0] ?? from;
  if (v.range !== null) return rangeType(v.value, v.range, scope, depth - 1);
  if (v.value.kind === 'call' && v.index > 0) return resultType(v.value, v.index, scope, depth - 1);
  return v.index === 0 ? typeOf(v.value, scope, depth - 1) : null;
}

/** `ctx, cancel := context.WithTimeout(ctx, d)` declares a name again; it is decided only if the parameter has the same type. */
function sameType(v: Variable, from: FunctionRef, depth: number): string | null {
  const param = v.owner?.fn.params.find((p) => p.name === v.name);
  if (param === undefined || v.owner === null) return null;
  const first = qualify(param.type, v.owner.file);
  return typeOfVariable(v, from, depth) === first ? first : null;
}

function resultType(e: Expr & { kind: 'call' }, index: number, from: FunctionRef, depth: number): string | null {
  const named = qualifiedCallee(e, from);
  if (named !== null && index === 0 && KNOWN_RESULTS[named] !== undefined) return KNOWN_RESULTS[named] as string;
  if (index === 0 && e.fn.kind === 'selector' && e.fn.field === 'Context' && e.args.length === 0) return 'context.Context';
  const callee = calleeOf(e, from, depth - 1);
  const result = callee?.fn.results[index];
  return callee === null || callee === undefined || result === undefined ? null : seenFrom(from.file.package, qualify(result.type, callee.file), callee.file.package);
}

/** A type as another package of the module has to call it: `*Client` of package remote → `*shop/remote.Client`. */
function seenFrom(here: GoPackage, type: string, home: GoPackage): string | null {
  if (here === home) return type;
  const local = /^(\*?)([A-Z]\w*)$/.exec(type);
  if (local !== null) return home.importPath === null ? null : `${local[1]}${home.importPath}.${local[2]}`;
  // composed of types of the other package: not followed
  return /^\*?[\w./]*\.\w+$/.test(type) || /^(?:string|bool|error|u?int\d*|float\d+|byte|rune|any)$/.test(type) ? type : null;
}

/** The package that declares a type, and the type's name there. */
function homeOf(type: string, here: GoPackage): { pkg: GoPackage; name: string } | null {
  const bare = bareType(type);
  const dot = bare.lastIndexOf('.');
  if (dot < 0) return { pkg: here, name: bare };
  const pkg = here.siblings.get(bare.slice(0, dot));
  return pkg === undefined ? null : { pkg, name: bare.slice(dot + 1) };
}

/** The import path when the expression is a package name that nothing shadows. */
export function packageNamed(e: Expr, from: FunctionRef): string | null {
  if (e.kind !== 'ident' || variable(e.name, from) !== null) return null;
  return from.file.model.imports.find((i) => i.name === e.name)?.path ?? null;
}

/** `net/http.Get` for a function of an imported package. */
export function qualifiedCallee(e: Expr & { kind: 'call' }, from: FunctionRef): string | null {
  if (e.fn.kind !== 'selector') return null;
  const pkg = packageNamed(e.fn.of, from);
  return pkg === null ? null : `${pkg}.${e.fn.field}`;
}

/** `net/http.Client.Do` for a method whose receiver's type is known (pointer or not). */
export function qualifiedMethod(e: Expr & { kind: 'call' }, from: FunctionRef): string | null {
  if (e.fn.kind !== 'selector' || packageNamed(e.fn.of, from) !== null) return null;
  const on = typeOf(e.fn.of, from);
  return on === null ? null : `${on.replace(/^\*/, '')}.${e.fn.field}`;
}

/** The function of the same module a call means: a literal, a package-level function, a method of a known type. */
export function calleeOf(e: Expr & { kind: 'call' }, from: FunctionRef, depth = DEPTH): FunctionRef | null {
  const { fn } = e;
  if (fn.kind === 'func') return literalRef(from.file, fn.function) ?? null;
  const pkg = from.file.package;
  if (fn.kind === 'ident') {
    const v = variable(fn.name, from);
    if (v === null) return pkg.byName.get(fn.name) ?? null;
    // a local name for a literal, given once
    if (v.scope === 'local' && !v.ambiguous && v.value?.kind === 'func' && !isReassigned(v)) return literalRef(v.file, v.value.function) ?? null;
    return null;
  }
  if (fn.kind !== 'selector') return null;
  const imported = packageNamed(fn.of, from);
  if (imported !== null) return pkg.siblings.get(imported)?.byName.get(fn.field) ?? null;
  const on = typeOf(fn.of, from, depth - 1);
  const home = on === null ? null : homeOf(on, pkg);
  return home?.pkg.byName.get(`${home.name}.${fn.field}`) ?? null;
}

function isReassigned(v: Variable): boolean {
  let again = false;
  for (const ref of v.owner === null ? [] : [v.owner, ...v.owner.literals])
    eachStmt(ref.fn.body, (s) => {
      if (s.kind === 'assign' && s.op === '=' && s.left.some((l) => l.kind === 'ident' && l.name === v.name)) again = true;
    });
  return again;
}

/** `*pool[K]` → `pool`. */
export const bareType = (type: string): string => type.replace(/^\*/, '').split('[')[0] as string;

function fieldType(on: string, field: string, pkg: GoPackage): string | null {
  if ((on === '*time.Ticker' || on === '*time.Timer') && field === 'C') return '<-chan time.Time';
  const home = homeOf(on, pkg);
  for (const file of home?.pkg.files ?? []) {
    const s = file.model.structs.find((x) => x.name === home?.name);
    const f = s?.fields.find((x) => x.name === field);
    if (f !== undefined) return seenFrom(pkg, qualify(f.type, file), file.package);
  }
  return null;
}

/** Follows `type cache map[string]int` within the package. */
export function underlying(type: string, pkg: GoPackage, depth = 4): string {
  if (depth <= 0 || type.startsWith('*') || type.includes('[') || type.includes('.')) return type;
  for (const file of pkg.files) {
    const t = file.model.types.find((x) => x.name === type);
    if (t !== undefined) return underlying(qualify(t.text, file), pkg, depth - 1);
  }
  return type;
}

/** Element of a map or slice type: `map[string]*T` → `*T`. */
function elementType(type: string): string | null {
  if (type.startsWith('map[')) {
    const end = closing(type, 3);
    return end < 0 ? null : type.slice(end + 1).trim();
  }
  if (type.startsWith('[')) {
    const end = closing(type, 0);
    return end < 0 ? null : type.slice(end + 1).trim();
  }
  return type.startsWith('...') ? type.slice(3) : null;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']' && --depth <= 0) return i;
  }
  return -1;
}

function rangeType(over: Expr, which: 'key' | 'value', from: FunctionRef, depth: number): string | null {
  const type = typeOf(over, from, depth);
  if (type === null) return null;
  const under = underlying(type, from.file.package);
  if (which === 'value') return elementType(under);
  if (under.startsWith('map[')) return under.slice(4, closing(under, 3));
  return isChannel(under) ? under.replace(/^(?:<-chan|chan<-|chan) ?/, '') : null;
}

export const isChannel = (type: string): boolean => /^(?:<-chan|chan<-|chan)\b/.test(type);

export interface CallAt {
  readonly call: Expr & { kind: 'call' };
  readonly from: FunctionRef;
}

const callMemo = new WeakMap<GoPackage, { readonly within: ReadonlyMap<FunctionRef, readonly CallAt[]>; readonly outward: ReadonlyMap<string, readonly CallAt[]> }>();

/** Calls of a package's functions from the package itself, and its calls of other packages by qualified name: made once. */
export function callsOf(pkg: GoPackage): { readonly within: ReadonlyMap<FunctionRef, readonly CallAt[]>; readonly outward: ReadonlyMap<string, readonly CallAt[]> } {
  const known = callMemo.get(pkg);
  if (known !== undefined) return known;
  const within = new Map<FunctionRef, CallAt[]>();
  const outward = new Map<string, CallAt[]>();
  for (const from of pkg.functions)
    eachExprIn(from.fn.body, (e) => {
      if (e.kind !== 'call') return;
      const callee = calleeOf(e, from);
      if (callee !== null) push(within, callee, { call: e, from });
      const named = qualifiedCallee(e, from);
      if (named !== null) push(outward, named, { call: e, from });
    });
  const made = { within, outward };
  callMemo.set(pkg, made);
  return made;
}

function push<K>(map: Map<K, CallAt[]>, key: K, at: CallAt): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [at]);
  else list.push(at);
}

/** What a channel, lock, map or slice expression stands for, so that two spellings can be told to be one. */
export interface Identified {
  readonly key: string;
  readonly scope: 'local' | 'param' | 'field' | 'package';
  /** For people: `s.mu`. */
  readonly spelt: string;
  /** The value the field is reached through, spelt: tells two instances of one type apart within one function. */
  readonly instance: string;
  readonly variable: Variable | null;
}

export function identify(e: Expr, from: FunctionRef): Identified | null {
  const target = e.kind === 'unary' && (e.op === '&' || e.op === '*') ? e.of : e;
  if (target.kind === 'ident') {
    const v = variable(target.name, from);
    if (v === null || v.ambiguous) return null;
    if (v.scope === 'package') return { key: `${from.file.package.symbolPath}.${v.name}`, scope: 'package', spelt: v.name, instance: '', variable: v };
    return { key: `${v.owner?.symbol}#${v.name}`, scope: v.scope === 'local' ? 'local' : 'param', spelt: v.name, instance: '', variable: v };
  }
  if (target.kind !== 'selector') return null;
  const on = typeOf(target.of, from);
  if (on !== null) {
    const instance = spellShort(target.of);
    return { key: `${bareType(on)}.${target.field}`, scope: 'field', spelt: `${instance}.${target.field}`, instance, variable: null };
  }
  // a package-level struct without a name: `var registry struct{ mu sync.Mutex; … }`
  if (target.of.kind === 'ident') {
    const v = variable(target.of.name, from);
    if (v?.scope === 'package')
      return { key: `${from.file.package.symbolPath}.${v.name}.${target.field}`, scope: 'package', spelt: `${v.name}.${target.field}`, instance: v.name, variable: null };
  }
  return null;
}

function spellShort(e: Expr): string {
  return e.kind === 'ident'
    ? e.name
    : e.kind === 'selector'
      ? `${spellShort(e.of)}.${e.field}`
      : e.kind === 'unary'
        ? spellShort(e.of)
        : e.kind === 'index'
          ? `${spellShort(e.of)}[…]`
          : '…';
}
