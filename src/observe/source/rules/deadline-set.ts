/**
 * Deadlines the code sets, with their value or the setting it comes from. A value is followed through names, constants, fields and
 * parameters within the captured module, as long as each step has one answer; where it is lost, the last name is given.
 */
import { deadlineSet } from '../../../model/conditions/source.ts';
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, type Stmt, spell } from '../../../read/go-source/index.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { bareType, calleeOf, callsOf, packageNamed, qualifiedCallee, qualify, typeOf, variable } from '../types.ts';

type Facts = NonNullable<(typeof deadlineSet)['facts']>;

interface Origin {
  readonly seconds: number | null;
  readonly from: 'literal' | 'env' | 'flag' | 'field';
  readonly name: string;
}

const CONTEXTS = new Set(['context.WithTimeout', 'context.WithDeadline', 'context.WithTimeoutCause', 'context.WithDeadlineCause']);
const CONN = /^Set(?:Read|Write)?Deadline$/;
const DEPTH = 10;

export const rule: SourceRule<Facts> = {
  kind: deadlineSet,
  find: (pkg, module) => pkg.functions.filter((f) => !f.fn.broken).flatMap((ref) => findIn(ref, module)),
};

function findIn(ref: FunctionRef, module: readonly GoPackage[]): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  const add = (what: string, value: Expr, s: Stmt): void => {
    const origin = trace(value, ref, module, DEPTH) ?? { seconds: null, from: 'field' as const, name: spell(value) };
    found.push({
      keyed: ref,
      facts: { ...site(ref, value.line), ...origin },
      says: `${what} at ${fileLine(ref.file, value.line)} is ${said(origin)}`,
      spans: [{ file: ref.file, span: { offset: s.offset, length: Math.min(s.length, 200) } }],
    });
  };
  eachStmt(ref.fn.body, (s) => {
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind === 'call') {
          const named = qualifiedCallee(x, ref);
          const value = x.args[1];
          if (named !== null && CONTEXTS.has(named) && value !== undefined) add(`the deadline of ${named.slice(named.lastIndexOf('/') + 1)}`, fromNow(value, ref) ?? value, s);
          else if (x.fn.kind === 'selector' && CONN.test(x.fn.field) && x.args[0] !== undefined) {
            const after = fromNow(x.args[0], ref);
            if (after !== null) add(`the deadline of ${spell(x.fn)}`, after, s);
          }
        } else if (x.kind === 'composite' && bareType(qualify(x.type, ref.file)) === 'net/http.Client') {
          for (const el of x.elements) if (el.key?.kind === 'ident' && el.key.name === 'Timeout') add('http.Client.Timeout', el.value, s);
        }
      });
    if (s.kind === 'assign')
      s.left.forEach((l, i) => {
        const value = s.right[i];
        if (l.kind === 'selector' && l.field === 'Timeout' && value !== undefined && typeOf(l.of, ref)?.replace(/^\*/, '') === 'net/http.Client')
          add('http.Client.Timeout', value, s);
      });
  });
  return found;
}

const said = (o: Origin): string =>
  `${o.seconds === null ? '' : `${o.seconds} s, `}${o.from === 'literal' ? 'written in the code' : o.from === 'env' ? `from the environment variable ${o.name}` : o.from === 'flag' ? `from the flag -${o.name}` : `from ${o.name}`}`;

/** `time.Now().Add(d)` → d. */
function fromNow(e: Expr, ref: FunctionRef): Expr | null {
  if (e.kind !== 'call' || e.fn.kind !== 'selector' || e.fn.field !== 'Add' || e.fn.of.kind !== 'call') return null;
  return qualifiedCallee(e.fn.of, ref) === 'time.Now' ? (e.args[0] ?? null) : null;
}

const UNITS: Readonly<Record<string, number>> = { Nanosecond: 1e-9, Microsecond: 1e-6, Millisecond: 1e-3, Second: 1, Minute: 60, Hour: 3600 };

/** A duration known from the text: products and sums of literals, time units and constants. Untyped numbers count as nanoseconds. */
function literalSeconds(e: Expr, ref: FunctionRef, depth: number): { seconds: number; unit: boolean } | null {
  if (depth <= 0) return null;
  if (e.kind === 'literal' && (e.type === 'int' || e.type === 'float')) {
    const n = Number(e.text.replaceAll('_', ''));
    return Number.isFinite(n) ? { seconds: n, unit: false } : null;
  }
  if (e.kind === 'selector' && packageNamed(e.of, ref) === 'time') {
    const unit = UNITS[e.field];
    return unit === undefined ? null : { seconds: unit, unit: true };
  }
  if (e.kind === 'call' && qualifiedCallee(e, ref) === 'time.Duration' && e.args[0] !== undefined) return literalSeconds(e.args[0], ref, depth - 1);
  if (e.kind === 'ident') {
    const v = variable(e.name, ref);
    return v !== null && v.scope === 'package' && v.value !== null && isConstant(v.name, ref) ? literalSeconds(v.value, ref, depth - 1) : null;
  }
  if (e.kind !== 'binary') return null;
  const a = literalSeconds(e.left, ref, depth - 1);
  const b = literalSeconds(e.right, ref, depth - 1);
  if (a === null || b === null) return null;
  if (e.op === '*') return { seconds: a.seconds * b.seconds, unit: a.unit || b.unit };
  if (e.op === '/' && b.seconds !== 0 && !b.unit) return { seconds: a.seconds / b.seconds, unit: a.unit };
  if (e.op === '+' && a.unit === b.unit) return { seconds: a.seconds + b.seconds, unit: a.unit };
  return null;
}

const isConstant = (name: string, ref: FunctionRef): boolean => ref.file.package.files.some((f) => f.model.vars.some((v) => v.name === name && v.constant));
const round = (n: number): number => Number(n.toPrecision(12));

function trace(e: Expr, ref: FunctionRef, module: readonly GoPackage[], depth: number): Origin | null {
  if (depth <= 0) return null;
  const literal = literalSeconds(e, ref, 8);
  if (literal !== null) return { seconds: round(literal.unit ? literal.seconds : literal.seconds * 1e-9), from: 'literal', name: spell(e) };
  const on = (x: Expr | undefined, at: FunctionRef = ref): Origin | null => (x === undefined ? null : trace(x, at, module, depth - 1));
  switch (e.kind) {
    case 'unary':
      return on(e.of);
    case 'binary':
      // time.Duration(n) * time.Millisecond: the setting is what counts
      return [on(e.left), on(e.right)].find((o) => o !== null && o.from !== 'literal') ?? null;
    case 'call':
      return traceCall(e, ref, module, depth);
    case 'ident': {
      const v = variable(e.name, ref);
      if (v === null) return null;
      if (v.scope === 'param' && v.owner !== null) return fromCallers(v.owner, v.name, module, depth);
      if (v.range !== null) return null;
      if (v.value !== null) {
        const scope = v.owner ?? ref;
        const first = on(v.value, scope);
        if (!v.ambiguous || v.owner === null) return overwritten(v.name, scope, module, depth) ?? first;
        return overwritten(v.name, scope, module, depth);
      }
      return v.owner === null ? null : overwritten(v.name, v.owner, module, depth);
    }
    case 'selector': {
      if (packageNamed(e.of, ref) !== null) return null;
      const type = typeOf(e.of, ref);
      return type === null ? null : fromField(bareType(type), e.field, ref, module, depth);
    }
    default:
      return null;
  }
}

function traceCall(e: Expr & { kind: 'call' }, ref: FunctionRef, module: readonly GoPackage[], depth: number): Origin | null {
  const named = qualifiedCallee(e, ref);
  const [first] = e.args;
  const text = first?.kind === 'literal' && first.type === 'string' ? first.text.slice(1, -1) : null;
  if (named === 'os.Getenv' || named === 'os.LookupEnv') return text === null ? null : { seconds: null, from: 'env', name: text };
  if (named === 'flag.Duration' || named === 'flag.Int' || named === 'flag.Float64' || named === 'flag.String')
    return text === null ? null : { seconds: null, from: 'flag', name: text };
  if (named === 'time.ParseDuration' || named === 'time.Duration' || named?.startsWith('strconv.')) return first === undefined ? null : trace(first, ref, module, depth - 1);
  const callee = calleeOf(e, ref);
  if (callee === null) return null;
  // a helper that reads the environment variable its argument names: durationFromEnv("RESERVE_TIMEOUT", 2*time.Second)
  const key = envKeyOf(callee, e.args);
  if (key !== null) return { seconds: null, from: 'env', name: key };
  let found: Origin | null = null;
  eachStmt(callee.fn.body, (s) => {
    if (s.kind === 'return' && s.values[0] !== undefined && (found === null || found.from === 'literal')) found = trace(s.values[0], callee, module, depth - 2) ?? found;
  });
  return found;
}

function envKeyOf(callee: FunctionRef, args: readonly Expr[]): string | null {
  let key: string | null = null;
  eachExprIn(callee.fn.body, (x) => {
    if (x.kind !== 'call') return;
    const named = qualifiedCallee(x, callee);
    const [asked] = x.args;
    if ((named !== 'os.Getenv' && named !== 'os.LookupEnv') || asked?.kind !== 'ident') return;
    const given = args[callee.fn.params.findIndex((p) => p.name === asked.name)];
    if (given?.kind === 'literal' && given.type === 'string') key = given.text.slice(1, -1);
  });
  return key;
}

/** What callers in the module give for a parameter: the settings among them, if they agree. */
function fromCallers(owner: FunctionRef, param: string, module: readonly GoPackage[], depth: number): Origin | null {
  const position = owner.fn.params.findIndex((p) => p.name === param);
  const found: (Origin | null)[] = [];
  const home = owner.file.package;
  const outside = owner.fn.receiver === null && home.importPath !== null ? `${home.importPath}.${owner.fn.name}` : null;
  for (const pkg of module) {
    const calls = callsOf(pkg);
    for (const { call, from } of [...(calls.within.get(owner) ?? []), ...(outside === null ? [] : (calls.outward.get(outside) ?? []))]) {
      const given = call.args[position];
      const origin = given === undefined ? null : trace(given, from, module, depth - 2);
      found.push(origin);
    }
  }
  return agreed(found);
}

function fromField(type: string, field: string, ref: FunctionRef, module: readonly GoPackage[], depth: number): Origin | null {
  const found: (Origin | null)[] = [];
  const from = (value: Expr, at: FunctionRef): void => {
    found.push(trace(value, at, module, depth - 2));
  };
  const home = type.includes('.') ? type.slice(0, type.lastIndexOf('.')) : (ref.file.package.importPath ?? '');
  const name = type.slice(type.lastIndexOf('.') + 1);
  for (const pkg of module) {
    const inside = pkg === ref.file.package ? !type.includes('.') : pkg.importPath === home;
    for (const { value, at } of fieldValues(pkg).get(`${inside ? name : `${home}.${name}`}.${field}`) ?? []) from(value, at);
  }
  return agreed(found) ?? { seconds: null, from: 'field', name: `${type}.${field}` };
}

interface FieldValue {
  readonly value: Expr;
  readonly at: FunctionRef;
}

const fieldMemo = new WeakMap<GoPackage, ReadonlyMap<string, readonly FieldValue[]>>();

/** What fields are given in composite literals and assignments, by `Type.field` as the package sees the type: made once. */
function fieldValues(pkg: GoPackage): ReadonlyMap<string, readonly FieldValue[]> {
  const known = fieldMemo.get(pkg);
  if (known !== undefined) return known;
  const made = new Map<string, FieldValue[]>();
  const add = (key: string, value: Expr, at: FunctionRef): void => {
    const list = made.get(key);
    if (list === undefined) made.set(key, [{ value, at }]);
    else list.push({ value, at });
  };
  for (const at of pkg.functions) {
    eachExprIn(at.fn.body, (x) => {
      if (x.kind !== 'composite' || x.type === '') return;
      for (const el of x.elements) if (el.key?.kind === 'ident') add(`${bareType(qualify(x.type, at.file))}.${el.key.name}`, el.value, at);
    });
    eachStmt(at.fn.body, (s) => {
      if (s.kind !== 'assign') return;
      s.left.forEach((l, i) => {
        const value = s.right[i] ?? s.right[0];
        if (l.kind !== 'selector' || value === undefined) return;
        const on = typeOf(l.of, at);
        if (on !== null) add(`${bareType(on)}.${l.field}`, value, at);
      });
    });
  }
  fieldMemo.set(pkg, made);
  return made;
}

/** `d := def; if v := os.Getenv("K"); v != "" { d, err = time.ParseDuration(v) }`: a later setting replaces the first value. */
function overwritten(name: string, scope: FunctionRef, module: readonly GoPackage[], depth: number): Origin | null {
  const found: (Origin | null)[] = [];
  eachStmt(scope.fn.body, (s) => {
    if (s.kind !== 'assign') return;
    s.left.forEach((l, i) => {
      if (l.kind !== 'ident' || l.name !== name) return;
      const value = s.right[i] ?? s.right[0];
      // `d = min(d, most)` says nothing new
      if (value !== undefined && !mentionsName(value, name)) found.push(trace(value, scope, module, depth - 2));
    });
  });
  eachExprIn(scope.fn.body, (x) => {
    // flag.DurationVar(&d, "name", …)
    if (x.kind !== 'call' || x.args[0]?.kind !== 'unary' || x.args[0].op !== '&' || x.args[0].of.kind !== 'ident' || x.args[0].of.name !== name) return;
    const text = x.args[1];
    if (qualifiedCallee(x, scope)?.startsWith('flag.') === true && text?.kind === 'literal') found.push({ seconds: null, from: 'flag', name: text.text.slice(1, -1) });
  });
  return agreed(found);
}

function mentionsName(e: Expr, name: string): boolean {
  let found = false;
  eachExpr(e, (x) => {
    if (x.kind === 'ident' && x.name === name) found = true;
  });
  return found;
}

/** Settings win over literals (a default); two different settings are no answer, nor is a literal beside a value that was lost. */
function agreed(given: readonly (Origin | null)[]): Origin | null {
  const found = given.filter((o): o is Origin => o !== null);
  const settings = found.filter((o) => o.from === 'env' || o.from === 'flag');
  if (settings.length === 0 && found.length < given.length) return null;
  const pick = settings.length > 0 ? settings : found;
  const first = pick[0];
  return first !== undefined && pick.every((o) => o.from === first.from && o.name === first.name) ? first : null;
}
