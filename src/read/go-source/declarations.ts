/**
 * Top-level declarations and the names of functions as tracebacks spell them.
 * Names follow cmd/compile/internal/ir/func.go closureName: a literal in a declared function is `.funcN`, in a literal `.N`,
 * with one counter per enclosing function; bodies of range-over-func loops count in the function that holds the loop;
 * wrappers of `go f(x)` and `defer f(x)` are `.gowrapN` / `.deferwrapN` and share one counter of their own.
 */
import type { Expr, GoFunction, Import, NamedType, PackageVar, Param, StructType, Wrapper } from './ast.ts';
import { at, type Lowering, lowerBody, lowerExpr, specs, textIn, typeText } from './lower.ts';
import { childOf, childrenOf, firstOfType, hasBroken, namedChildren, type SyntaxNode } from './syntax.ts';

export interface Declarations {
  readonly packageName: string | null;
  readonly packageAt: SyntaxNode | null;
  readonly imports: readonly Import[];
  readonly functions: readonly GoFunction[];
  readonly wrappers: readonly Wrapper[];
  readonly structs: readonly StructType[];
  readonly types: readonly NamedType[];
  readonly vars: readonly PackageVar[];
}

/** Mutable while a file is lowered. */
interface Scope {
  readonly index: number | null;
  readonly name: string;
  readonly literal: boolean;
  literals: number;
  wrappers: number;
}

export function declarations(root: SyntaxNode, text: string): Declarations {
  const functions: (GoFunction | null)[] = [];
  const wrappers: Wrapper[] = [];
  const structs: StructType[] = [];
  const types: NamedType[] = [];
  const vars: PackageVar[] = [];
  const imports: Import[] = [];
  // package-level literals belong to the synthetic package initialiser
  const initialiser: Scope = { index: null, name: 'init', literal: false, literals: 0, wrappers: 0 };
  let inits = 0;

  const lowering = (scope: Scope): Lowering => ({
    text,
    literal(node, used) {
      const index = functions.length;
      functions.push(null);
      scope.literals++;
      const name = `${scope.name}${scope.literal ? '.' : '.func'}${scope.literals}`;
      const inner: Scope = { index, name, literal: true, literals: 0, wrappers: 0 };
      const body = childOf(node, 'body');
      functions[index] = {
        ...at(node),
        name,
        receiver: null,
        params: params(childOf(node, 'parameters'), text),
        results: params(childOf(node, 'result'), text),
        body: lowerBody(body, lowering(inner)),
        parent: scope.index,
        literal: true,
        used,
        broken: hasBroken(node) || body === null,
      };
      return index;
    },
    wrapped(word, node, call: Expr) {
      // the compiler wraps only calls that take or return something; a method value's receiver counts
      const plain = call.kind === 'call' && call.args.length === 0 && call.fn.kind === 'ident';
      if (plain) return;
      scope.wrappers++;
      if (scope.index !== null) wrappers.push({ name: `${scope.name}.${word}wrap${scope.wrappers}`, line: node.line, function: scope.index });
    },
  });

  for (const d of root.children) {
    switch (d.type) {
      case 'import_declaration':
        imports.push(...importsOf(d, text));
        break;
      case 'function_declaration':
      case 'method_declaration': {
        const index = functions.length;
        functions.push(null);
        const own = textOf(childOf(d, 'name'), text);
        const receiver = receiverOf(childOf(d, 'receiver'), text);
        const generic = childOf(d, 'type_parameters') !== null;
        const name =
          receiver !== null
            ? `${receiver.pointer ? `(*${receiver.type}${receiver.generic ? '[...]' : ''})` : `${receiver.type}${receiver.generic ? '[...]' : ''}`}.${own}`
            : own === 'init'
              ? `init.${inits++}`
              : `${own}${generic ? '[...]' : ''}`;
        const scope: Scope = { index, name, literal: false, literals: 0, wrappers: 0 };
        functions[index] = {
          ...at(d),
          name,
          receiver: receiver === null ? null : { name: receiver.name, type: receiver.type, pointer: receiver.pointer },
          params: params(childOf(d, 'parameters'), text),
          results: params(childOf(d, 'result'), text),
          body: lowerBody(childOf(d, 'body'), lowering(scope)),
          parent: null,
          literal: false,
          used: null,
          // a function without a body is written in assembly, or its body was lost to an error: either way there is nothing to judge
          broken: hasBroken(d) || childOf(d, 'body') === null,
        };
        break;
      }
      case 'type_declaration':
        for (const s of d.children) {
          const type = childOf(s, 'type');
          if ((s.type !== 'type_spec' && s.type !== 'type_alias') || type === null) continue;
          const name = textOf(childOf(s, 'name'), text);
          types.push({ ...at(s), name, text: typeText(text, type) });
          if (type.type === 'struct_type') structs.push({ ...at(s), name, fields: fieldsOf(type, text) });
        }
        break;
      case 'var_declaration':
      case 'const_declaration':
        for (const s of specs(d)) {
          const names = childrenOf(s, 'name');
          const list = childOf(s, 'value');
          const values = list === null ? [] : list.type === 'expression_list' ? namedChildren(list) : [list];
          const type = childOf(s, 'type');
          const lowered = values.map((v) => lowerExpr(v, lowering(initialiser)));
          names.forEach((n, i) => {
            vars.push({
              ...at(n),
              name: textIn(text, n),
              constant: d.type === 'const_declaration',
              type: type === null ? null : typeText(text, type),
              value: names.length === lowered.length ? (lowered[i] ?? null) : (lowered[0] ?? null),
            });
          });
        }
        break;
    }
  }
  const clause = firstOfType(root, 'package_clause');
  const packageAt = clause === null ? null : firstOfType(clause, 'package_identifier');
  return {
    packageName: packageAt === null ? null : textIn(text, packageAt),
    packageAt,
    imports,
    functions: functions.filter((f): f is GoFunction => f !== null),
    wrappers,
    structs,
    types,
    vars,
  };
}

const textOf = (n: SyntaxNode | null, text: string): string => (n === null ? '' : textIn(text, n));

function importsOf(d: SyntaxNode, text: string): Import[] {
  const found: Import[] = [];
  const visit = (n: SyntaxNode): void => {
    if (n.type !== 'import_spec') {
      for (const c of n.children) visit(c);
      return;
    }
    const path = textOf(childOf(n, 'path'), text).slice(1, -1);
    const name = childOf(n, 'name');
    if (path !== '') found.push({ name: name === null ? defaultName(path) : textIn(text, name), path, line: n.line });
  };
  visit(d);
  return found;
}

/** A guess that holds by convention: the last path element, without /vN and the gopkg.in version. */
function defaultName(path: string): string {
  const parts = path.split('/');
  let last = parts[parts.length - 1] ?? path;
  if (/^v\d+$/.test(last) && parts.length > 1) last = parts[parts.length - 2] ?? last;
  const dot = last.indexOf('.v');
  if (dot > 0) last = last.slice(0, dot);
  if (last.startsWith('go-')) last = last.slice(3);
  return last.replaceAll('-', '_');
}

function params(n: SyntaxNode | null, text: string): Param[] {
  if (n === null) return [];
  if (n.type !== 'parameter_list') return [{ name: '', type: typeText(text, n) }];
  return n.children
    .filter((c) => c.type === 'parameter_declaration' || c.type === 'variadic_parameter_declaration')
    .flatMap((c) => {
      const type = `${c.type === 'variadic_parameter_declaration' ? '...' : ''}${typeText(text, childOf(c, 'type'))}`;
      const names = childrenOf(c, 'name');
      return names.length === 0 ? [{ name: '', type }] : names.map((x) => ({ name: textIn(text, x), type }));
    });
}

function receiverOf(n: SyntaxNode | null, text: string): { name: string; type: string; pointer: boolean; generic: boolean } | null {
  if (n === null) return null;
  const declaration = firstOfType(n, 'parameter_declaration');
  let type = declaration === null ? null : childOf(declaration, 'type');
  if (declaration === null || type === null) return null;
  while (type?.type === 'parenthesized_type') type = namedChildren(type)[0] ?? null;
  const pointer = type?.type === 'pointer_type';
  let base: SyntaxNode | null = pointer && type !== null ? (namedChildren(type)[0] ?? null) : type;
  const generic = base?.type === 'generic_type';
  if (generic && base !== null) base = childOf(base, 'type');
  return { name: textOf(childOf(declaration, 'name'), text), type: textOf(base, text), pointer, generic };
}

function fieldsOf(type: SyntaxNode, text: string): StructType['fields'] {
  const list = firstOfType(type, 'field_declaration_list');
  if (list === null) return [];
  return list.children
    .filter((c) => c.type === 'field_declaration')
    .flatMap((c): StructType['fields'][number][] => {
      const typeNode = childOf(c, 'type');
      const written = typeText(text, typeNode);
      const names = childrenOf(c, 'name');
      if (names.length > 0) return names.map((x) => ({ name: textIn(text, x), type: written, embedded: false, line: x.line }));
      // embedded: the field is named after the type
      const bare = written.replace(/^\*/, '').split('[')[0] ?? written;
      return [{ name: bare.slice(bare.lastIndexOf('.') + 1), type: written, embedded: true, line: c.line }];
    });
}
