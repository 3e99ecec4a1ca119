/** From the syntax tree to statements and expressions. Function literals are handed to `literal`, which gives their index. */
import type { At, Case, CommCase, Expr, Stmt } from './ast.ts';
import { childOf, childrenOf, firstOfType, namedChildren, type SyntaxNode } from './syntax.ts';

export interface Lowering {
  readonly text: string;
  /** Registers a function literal and returns its index in GoFile.functions. */
  literal(node: SyntaxNode, used: 'go' | 'defer' | 'call' | 'value'): number;
  /** Told of every `go` and `defer` whose call is not of a literal. */
  wrapped(word: 'go' | 'defer', at: SyntaxNode, call: Expr): void;
}

export const at = (n: SyntaxNode): At => ({ line: n.line, endLine: n.endLine, offset: n.offset, length: n.length });
export const textIn = (text: string, n: SyntaxNode): string => text.slice(n.start, n.end);
/** Type text with blanks collapsed. */
export const typeText = (text: string, n: SyntaxNode | null): string => (n === null ? '' : textIn(text, n).split(/\s+/).join(' '));

const WORDS = new Set(['nil', 'true', 'false', 'iota']);
const LITERALS: Readonly<Record<string, 'int' | 'float' | 'string' | 'rune' | 'imaginary'>> = {
  int_literal: 'int',
  float_literal: 'float',
  interpreted_string_literal: 'string',
  raw_string_literal: 'string',
  rune_literal: 'rune',
  imaginary_literal: 'imaginary',
};

export function lowerExpr(n: SyntaxNode, to: Lowering, used: 'go' | 'defer' | 'value' = 'value'): Expr {
  const here = at(n);
  const field = (name: string): Expr => {
    const c = childOf(n, name);
    return c === null ? { ...here, kind: 'other', parts: [] } : lowerExpr(c, to);
  };
  const literal = LITERALS[n.type];
  if (literal !== undefined) return { ...here, kind: 'literal', type: literal, text: textIn(to.text, n) };
  if (WORDS.has(n.type)) return { ...here, kind: 'literal', type: 'word', text: n.type };
  switch (n.type) {
    case 'identifier':
    case 'field_identifier':
    case 'package_identifier':
    case 'type_identifier':
    case 'blank_identifier':
      return { ...here, kind: 'ident', name: textIn(to.text, n) };
    case 'parenthesized_expression': {
      const inner = namedChildren(n)[0];
      return inner === undefined ? { ...here, kind: 'other', parts: [] } : lowerExpr(inner, to, used);
    }
    case 'selector_expression':
      return { ...here, kind: 'selector', of: field('operand'), field: textOfField(n, 'field', to) };
    case 'qualified_type': {
      const pkg = childOf(n, 'package');
      return pkg === null ? { ...here, kind: 'type', text: typeText(to.text, n) } : { ...here, kind: 'selector', of: lowerExpr(pkg, to), field: textOfField(n, 'name', to) };
    }
    case 'call_expression': {
      const fn = childOf(n, 'function');
      const args = childOf(n, 'arguments');
      const callee: Expr =
        fn === null
          ? { ...here, kind: 'other', parts: [] }
          : fn.type === 'func_literal'
            ? { ...at(fn), kind: 'func', function: to.literal(fn, used === 'value' ? 'call' : used) }
            : lowerExpr(fn, to);
      return { ...here, kind: 'call', fn: callee, args: args === null ? [] : namedChildren(args).map((a) => lowerExpr(a, to)) };
    }
    case 'type_conversion_expression': {
      // `Gen[int](3)` is parsed as a conversion to a generic type; a call and a conversion look the same here
      const type = childOf(n, 'type');
      const operand = childOf(n, 'operand');
      return { ...here, kind: 'call', fn: type === null ? { ...here, kind: 'other', parts: [] } : lowerExpr(type, to), args: operand === null ? [] : [lowerExpr(operand, to)] };
    }
    case 'generic_type':
    case 'type_instantiation_expression': {
      const type = childOf(n, 'type');
      return type === null ? { ...here, kind: 'type', text: typeText(to.text, n) } : lowerExpr(type, to);
    }
    case 'unary_expression': {
      const op = n.children.find((c) => !c.named)?.type ?? '';
      return op === '<-' ? { ...here, kind: 'receive', from: field('operand') } : { ...here, kind: 'unary', op, of: field('operand') };
    }
    case 'binary_expression':
      return { ...here, kind: 'binary', op: n.children.find((c) => !c.named)?.type ?? '', left: field('left'), right: field('right') };
    case 'index_expression':
      return { ...here, kind: 'index', of: field('operand'), index: field('index') };
    case 'slice_expression':
      return { ...here, kind: 'slice', of: field('operand'), parts: ['start', 'end', 'capacity'].flatMap((f) => childrenOf(n, f).map((c) => lowerExpr(c, to))) };
    case 'type_assertion_expression':
      return { ...here, kind: 'assert', of: field('operand'), type: typeText(to.text, childOf(n, 'type')) };
    case 'func_literal':
      return { ...here, kind: 'func', function: to.literal(n, 'value') };
    case 'composite_literal': {
      const body = childOf(n, 'body');
      return { ...here, kind: 'composite', type: typeText(to.text, childOf(n, 'type')), elements: body === null ? [] : elements(body, to) };
    }
    case 'literal_value':
      return { ...here, kind: 'composite', type: '', elements: elements(n, to) };
    case 'variadic_argument':
    case 'literal_element': {
      const inner = namedChildren(n)[0];
      return inner === undefined ? { ...here, kind: 'other', parts: [] } : lowerExpr(inner, to);
    }
    case 'channel_type':
    case 'map_type':
    case 'slice_type':
    case 'array_type':
    case 'pointer_type':
    case 'struct_type':
    case 'interface_type':
    case 'function_type':
    case 'implicit_length_array_type':
    case 'parenthesized_type':
    case 'negated_type':
      return { ...here, kind: 'type', text: typeText(to.text, n) };
    default:
      return { ...here, kind: 'other', parts: namedChildren(n).map((c) => lowerExpr(c, to)) };
  }
}

function elements(body: SyntaxNode, to: Lowering): { key: Expr | null; value: Expr }[] {
  return namedChildren(body).map((e) => {
    if (e.type !== 'keyed_element') return { key: null, value: lowerExpr(e, to) };
    const parts = namedChildren(e);
    const key = childOf(e, 'key') ?? parts[0];
    const value = childOf(e, 'value') ?? parts[1];
    return { key: key === undefined ? null : lowerExpr(key, to), value: value === undefined ? { ...at(e), kind: 'other', parts: [] } : lowerExpr(value, to) };
  });
}

const textOfField = (n: SyntaxNode, field: string, to: Lowering): string => {
  const c = childOf(n, field);
  return c === null ? '' : textIn(to.text, c);
};

/** Statements of a block, of a case or of a statement list. */
export function lowerBody(n: SyntaxNode | null, to: Lowering): Stmt[] {
  if (n === null) return [];
  const list = n.type === 'statement_list' ? n : (firstOfType(n, 'statement_list') ?? (n.type === 'block' ? n : null));
  if (list === null) return n.type === 'if_statement' ? lowerStmt(n, to) : [];
  return namedChildren(list).flatMap((s) => lowerStmt(s, to));
}

function exprs(n: SyntaxNode | null, to: Lowering): Expr[] {
  if (n === null) return [];
  return n.type === 'expression_list' ? namedChildren(n).map((c) => lowerExpr(c, to)) : [lowerExpr(n, to)];
}

const oneStmt = (n: SyntaxNode | null, to: Lowering): Stmt | null => (n === null ? null : (lowerStmt(n, to)[0] ?? null));

function lowerStmt(n: SyntaxNode, to: Lowering, label: string | null = null): Stmt[] {
  const here = at(n);
  if (n.broken) return [{ ...here, kind: 'broken' }];
  switch (n.type) {
    case 'comment':
    case 'empty_statement':
    case 'type_declaration':
      return [];
    case 'block':
      return [{ ...here, kind: 'block', body: lowerBody(n, to) }];
    case 'labeled_statement': {
      const name = textOfField(n, 'label', to);
      const inner = namedChildren(n).filter((c) => c.field !== 'label');
      return inner.flatMap((s) => lowerStmt(s, to, name));
    }
    case 'expression_statement':
      return namedChildren(n).map((e) => ({ ...here, kind: 'expr', expr: lowerExpr(e, to) }));
    case 'short_var_declaration':
      return [{ ...here, kind: 'assign', left: exprs(childOf(n, 'left'), to), right: exprs(childOf(n, 'right'), to), op: ':=', type: null }];
    case 'assignment_statement':
      return [
        {
          ...here,
          kind: 'assign',
          left: exprs(childOf(n, 'left'), to),
          right: exprs(childOf(n, 'right'), to),
          op: childOf(n, 'operator')?.type ?? n.children.find((c) => !c.named)?.type ?? '=',
          type: null,
        },
      ];
    case 'var_declaration':
    case 'const_declaration':
      return specs(n).map((s) => {
        const type = childOf(s, 'type');
        return {
          ...at(s),
          kind: 'assign' as const,
          left: childrenOf(s, 'name').map((c) => lowerExpr(c, to)),
          right: exprs(childOf(s, 'value'), to),
          op: ':=',
          type: type === null ? null : typeText(to.text, type),
        };
      });
    case 'inc_statement':
    case 'dec_statement': {
      const of = namedChildren(n)[0];
      return of === undefined ? [] : [{ ...here, kind: 'step', of: lowerExpr(of, to), op: n.type === 'inc_statement' ? '++' : '--' }];
    }
    case 'send_statement': {
      const channel = childOf(n, 'channel');
      const value = childOf(n, 'value');
      if (channel === null || value === null) return [{ ...here, kind: 'broken' }];
      return [{ ...here, kind: 'send', to: lowerExpr(channel, to), value: lowerExpr(value, to) }];
    }
    case 'receive_statement': {
      const right = childOf(n, 'right');
      if (right === null) return [{ ...here, kind: 'broken' }];
      const left = childOf(n, 'left');
      if (left === null) return [{ ...here, kind: 'expr', expr: lowerExpr(right, to) }];
      return [{ ...here, kind: 'assign', left: exprs(left, to), right: [lowerExpr(right, to)], op: n.children.some((c) => c.type === ':=') ? ':=' : '=', type: null }];
    }
    case 'go_statement':
    case 'defer_statement': {
      const word = n.type === 'go_statement' ? 'go' : 'defer';
      const inner = namedChildren(n)[0];
      if (inner === undefined) return [{ ...here, kind: 'broken' }];
      const call = lowerExpr(inner, to, word);
      if (call.kind === 'call' && call.fn.kind !== 'func') to.wrapped(word, n, call);
      return [{ ...here, kind: word, call }];
    }
    case 'return_statement':
      return [{ ...here, kind: 'return', values: namedChildren(n).flatMap((c) => exprs(c, to)) }];
    case 'break_statement':
    case 'continue_statement':
    case 'goto_statement':
    case 'fallthrough_statement': {
      const name = firstOfType(n, 'label_name');
      const word = n.type.slice(0, n.type.indexOf('_')) as 'break' | 'continue' | 'goto' | 'fallthrough';
      return [{ ...here, kind: 'branch', word, label: name === null ? null : textIn(to.text, name) }];
    }
    case 'if_statement': {
      const init = childOf(n, 'initializer');
      const cond = childOf(n, 'condition');
      const other = childOf(n, 'alternative');
      const first = oneStmt(init, to);
      const test: Expr = cond === null ? { ...here, kind: 'other', parts: [] } : lowerExpr(cond, to);
      return [{ ...here, kind: 'if', init: first, cond: test, body: lowerBody(childOf(n, 'consequence'), to), else: other === null ? null : lowerBody(other, to) }];
    }
    case 'for_statement':
      return [forStmt(n, to, label)];
    case 'expression_switch_statement':
    case 'type_switch_statement': {
      const init = oneStmt(childOf(n, 'initializer'), to);
      const value = childOf(n, 'value');
      const tag = value === null ? null : lowerExpr(value, to);
      const cases = n.children.filter((c) => c.type === 'expression_case' || c.type === 'type_case' || c.type === 'default_case').map((c) => switchCase(c, to));
      return [{ ...here, kind: 'switch', label, init, tag, onType: n.type === 'type_switch_statement', cases }];
    }
    case 'select_statement': {
      const cases = n.children
        .filter((c) => c.type === 'communication_case' || c.type === 'default_case')
        .map((c): CommCase => {
          const comm = c.type === 'default_case' ? null : oneStmt(childOf(c, 'communication'), to);
          return { ...at(c), comm, body: lowerBody(firstOfType(c, 'statement_list'), to) };
        });
      return [{ ...here, kind: 'select', label, cases }];
    }
    default:
      // an expression where a statement stands (initialisers, for conditions), or something the grammar gained since
      if (n.type.endsWith('_statement') || n.type.endsWith('_declaration')) return [{ ...here, kind: 'broken' }];
      return [{ ...here, kind: 'expr', expr: lowerExpr(n, to) }];
  }
}

/** const_spec and var_spec, grouped or not. */
export const specs = (n: SyntaxNode): SyntaxNode[] =>
  n.children.flatMap((c) => (c.type === 'var_spec' || c.type === 'const_spec' ? [c] : c.type === 'var_spec_list' || c.type === 'const_spec_list' ? specs(c) : []));

function switchCase(c: SyntaxNode, to: Lowering): Case {
  return {
    ...at(c),
    values: c.type === 'expression_case' ? exprs(childOf(c, 'value'), to) : [],
    types: c.type === 'type_case' ? childrenOf(c, 'type').map((t) => typeText(to.text, t)) : [],
    isDefault: c.type === 'default_case',
    body: lowerBody(firstOfType(c, 'statement_list'), to),
  };
}

function forStmt(n: SyntaxNode, to: Lowering, label: string | null): Stmt {
  const here = { ...at(n), kind: 'for' as const, label };
  const none = { init: null, cond: null, post: null, over: null, vars: [] };
  const clause = firstOfType(n, 'for_clause');
  const range = firstOfType(n, 'range_clause');
  const bodyNode = childOf(n, 'body');
  if (range !== null) {
    const over = childOf(range, 'right');
    const vars = exprs(childOf(range, 'left'), to);
    const source = over === null ? null : lowerExpr(over, to);
    return { ...here, ...none, form: 'range', over: source, vars, body: lowerBody(bodyNode, to) };
  }
  if (clause !== null) {
    const init = oneStmt(childOf(clause, 'initializer'), to);
    const cond = childOf(clause, 'condition');
    const test = cond === null ? null : lowerExpr(cond, to);
    const post = oneStmt(childOf(clause, 'update'), to);
    return { ...here, ...none, form: test === null ? 'ever' : 'clause', init, cond: test, post, body: lowerBody(bodyNode, to) };
  }
  const cond = namedChildren(n).find((c) => c.field !== 'body');
  if (cond === undefined) return { ...here, ...none, form: 'ever', body: lowerBody(bodyNode, to) };
  const test = lowerExpr(cond, to);
  const endless = test.kind === 'literal' && test.text === 'true';
  return { ...here, ...none, form: endless ? 'ever' : 'while', cond: test, body: lowerBody(bodyNode, to) };
}
