/** Visiting statements and expressions in source order. Function literals are not entered: they are functions of their own. */
import type { Expr, Stmt } from './ast.ts';

/** Expressions directly inside, in source order. */
function partsOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'selector':
    case 'unary':
    case 'assert':
      return [e.of];
    case 'call':
      return [e.fn, ...e.args];
    case 'receive':
      return [e.from];
    case 'binary':
      return [e.left, e.right];
    case 'index':
      return [e.of, e.index];
    case 'slice':
      return [e.of, ...e.parts];
    case 'composite':
      return e.elements.flatMap((x) => (x.key === null ? [x.value] : [x.key, x.value]));
    case 'other':
      return e.parts;
    default:
      return [];
  }
}

export function eachExpr(e: Expr, see: (e: Expr) => void): void {
  see(e);
  for (const p of partsOf(e)) eachExpr(p, see);
}

/** Expressions a statement evaluates itself, without those of the statements inside it. */
export function exprsOf(s: Stmt): readonly Expr[] {
  switch (s.kind) {
    case 'if':
      return [s.cond];
    case 'for':
      return [s.over, ...s.vars, s.cond].filter((e): e is Expr => e !== null);
    case 'switch':
      return [...(s.tag === null ? [] : [s.tag]), ...s.cases.flatMap((c) => c.values)];
    case 'go':
    case 'defer':
      return [s.call];
    case 'return':
      return s.values;
    case 'send':
      return [s.to, s.value];
    case 'assign':
      return [...s.left, ...s.right];
    case 'expr':
      return [s.expr];
    case 'step':
      return [s.of];
    default:
      return [];
  }
}

/** Statement lists directly inside; the statements of a for or if header come as lists of one. */
export function listsOf(s: Stmt): readonly (readonly Stmt[])[] {
  switch (s.kind) {
    case 'block':
      return [s.body];
    case 'if':
      return [...(s.init === null ? [] : [[s.init]]), s.body, ...(s.else === null ? [] : [s.else])];
    case 'for':
      return [...(s.init === null ? [] : [[s.init]]), ...(s.post === null ? [] : [[s.post]]), s.body];
    case 'switch':
      return [...(s.init === null ? [] : [[s.init]]), ...s.cases.map((c) => c.body)];
    case 'select':
      return s.cases.flatMap((c) => (c.comm === null ? [c.body] : [[c.comm], c.body]));
    default:
      return [];
  }
}

/** Every statement, outer before inner. `within` are the statements around it, outermost first. */
export function eachStmt(body: readonly Stmt[], see: (s: Stmt, within: readonly Stmt[]) => void, within: readonly Stmt[] = []): void {
  for (const s of body) {
    see(s, within);
    const deeper = listsOf(s);
    if (deeper.length === 0) continue;
    const around = [...within, s];
    for (const list of deeper) eachStmt(list, see, around);
  }
}

export function eachExprIn(body: readonly Stmt[], see: (e: Expr, s: Stmt, within: readonly Stmt[]) => void): void {
  eachStmt(body, (s, within) => {
    for (const e of exprsOf(s)) eachExpr(e, (x) => see(x, s, within));
  });
}

/** `c.mu`, `client.Do`, `m[key]`, `f()`: how two expressions are told to be the same. '?' stands for what is not spelt. */
export function spell(e: Expr): string {
  switch (e.kind) {
    case 'ident':
      return e.name;
    case 'selector':
      return `${spell(e.of)}.${e.field}`;
    case 'call':
      return `${spell(e.fn)}(${e.args.map(spell).join(', ')})`;
    case 'receive':
      return `<-${spell(e.from)}`;
    case 'unary':
      return e.op === '&' || e.op === '*' ? spell(e.of) : `${e.op}${spell(e.of)}`;
    case 'binary':
      return `${spell(e.left)} ${e.op} ${spell(e.right)}`;
    case 'index':
      return `${spell(e.of)}[${spell(e.index)}]`;
    case 'slice':
      return `${spell(e.of)}[:]`;
    case 'literal':
      return e.text;
    case 'composite':
      return `${e.type}{}`;
    case 'assert':
      return `${spell(e.of)}.(${e.type})`;
    case 'type':
      return e.text;
    case 'func':
      return 'func';
    default:
      return '?';
  }
}
