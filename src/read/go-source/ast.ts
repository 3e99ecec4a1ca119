/** Go as its syntax shows it: functions, statements and expressions, each with its line and byte span. No types are resolved. */

export interface At {
  /** 1-based. */
  readonly line: number;
  readonly endLine: number;
  /** Byte span in the file. */
  readonly offset: number;
  readonly length: number;
}

export type Expr = At &
  (
    | { readonly kind: 'ident'; readonly name: string }
    | { readonly kind: 'selector'; readonly of: Expr; readonly field: string }
    /** Calls, and conversions, which look the same without types. */
    | { readonly kind: 'call'; readonly fn: Expr; readonly args: readonly Expr[] }
    | { readonly kind: 'receive'; readonly from: Expr }
    | { readonly kind: 'unary'; readonly op: string; readonly of: Expr }
    | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
    | { readonly kind: 'index'; readonly of: Expr; readonly index: Expr }
    | { readonly kind: 'slice'; readonly of: Expr; readonly parts: readonly Expr[] }
    | { readonly kind: 'literal'; readonly type: 'int' | 'float' | 'string' | 'rune' | 'imaginary' | 'word'; readonly text: string }
    | { readonly kind: 'composite'; readonly type: string; readonly elements: readonly Element[] }
    /** A function literal: its index in GoFile.functions. */
    | { readonly kind: 'func'; readonly function: number }
    | { readonly kind: 'assert'; readonly of: Expr; readonly type: string }
    /** A type where an expression may stand: the first argument of make and new. */
    | { readonly kind: 'type'; readonly text: string }
    | { readonly kind: 'other'; readonly parts: readonly Expr[] }
  );

interface Element {
  readonly key: Expr | null;
  readonly value: Expr;
}

export type Stmt = At &
  (
    | { readonly kind: 'block'; readonly body: readonly Stmt[] }
    | { readonly kind: 'if'; readonly init: Stmt | null; readonly cond: Expr; readonly body: readonly Stmt[]; readonly else: readonly Stmt[] | null }
    | {
        readonly kind: 'for';
        readonly label: string | null;
        readonly form: 'ever' | 'while' | 'clause' | 'range';
        readonly init: Stmt | null;
        readonly cond: Expr | null;
        readonly post: Stmt | null;
        readonly over: Expr | null;
        readonly vars: readonly Expr[];
        readonly body: readonly Stmt[];
      }
    | { readonly kind: 'switch'; readonly label: string | null; readonly init: Stmt | null; readonly tag: Expr | null; readonly onType: boolean; readonly cases: readonly Case[] }
    | { readonly kind: 'select'; readonly label: string | null; readonly cases: readonly CommCase[] }
    | { readonly kind: 'go'; readonly call: Expr }
    | { readonly kind: 'defer'; readonly call: Expr }
    | { readonly kind: 'return'; readonly values: readonly Expr[] }
    | { readonly kind: 'branch'; readonly word: 'break' | 'continue' | 'goto' | 'fallthrough'; readonly label: string | null }
    | { readonly kind: 'send'; readonly to: Expr; readonly value: Expr }
    /** Also `var x T = v`; op is ':=' there and right may be empty. */
    | { readonly kind: 'assign'; readonly left: readonly Expr[]; readonly right: readonly Expr[]; readonly op: string; readonly type: string | null }
    | { readonly kind: 'expr'; readonly expr: Expr }
    | { readonly kind: 'step'; readonly of: Expr; readonly op: '++' | '--' }
    /** What the parser could not follow. */
    | { readonly kind: 'broken' }
  );

export interface Case extends At {
  readonly values: readonly Expr[];
  readonly types: readonly string[];
  readonly isDefault: boolean;
  readonly body: readonly Stmt[];
}

export interface CommCase extends At {
  /** send, assign (from a receive) or expr (a receive); null for default. */
  readonly comm: Stmt | null;
  readonly body: readonly Stmt[];
}

export interface Param {
  /** '' when unnamed. */
  readonly name: string;
  readonly type: string;
}

export interface GoFunction extends At {
  /**
   * As tracebacks spell it without the package: `Reserve`, `(*Client).Reserve.func1`, `(*Client).Reserve.func1.2`, `T.Close`.
   * Type parameters are written `[...]`. Counters of package-level literals (`init.func1`) and of `init.0` count within this file only.
   */
  readonly name: string;
  readonly receiver: { readonly name: string; readonly type: string; readonly pointer: boolean } | null;
  readonly params: readonly Param[];
  readonly results: readonly Param[];
  readonly body: readonly Stmt[];
  /** Index of the function a literal stands in; null for declared functions and package-level literals. */
  readonly parent: number | null;
  readonly literal: boolean;
  /** How a literal is used where it stands. */
  readonly used: 'go' | 'defer' | 'call' | 'value' | null;
  /** The parser lost its way inside: what is missing may change what the function means. */
  readonly broken: boolean;
}

/** The name a `go f(x)` or `defer f(x)` wrapper gets (Go 1.22 and later); tracebacks elide its frame, profiles show it. */
export interface Wrapper {
  readonly name: string;
  readonly line: number;
  readonly function: number;
}

export interface Import {
  /** The name it is used by in this file: an alias, or the last path element without a version suffix. */
  readonly name: string;
  readonly path: string;
  readonly line: number;
}

export interface StructType extends At {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly embedded: boolean; readonly line: number }[];
}

export interface NamedType extends At {
  readonly name: string;
  /** Text of the underlying type as written, blanks collapsed. */
  readonly text: string;
}

export interface PackageVar extends At {
  readonly name: string;
  readonly constant: boolean;
  readonly type: string | null;
  readonly value: Expr | null;
}
