/**
 * The query language of log search, as a tree. `level>=warn service=orders msg~"reserve.*timeout" not user=health "text"`:
 * what stands side by side must all hold; `or`, `not` (or a leading !) and parentheses as everywhere.
 * A value is a word or stands in double quotes, where \" is a quote and any other backslash stands for itself; a name that holds other signs stands in double quotes, too.
 */
export type Operator = '=' | '!=' | '~' | '!~' | '>' | '>=' | '<' | '<=';

export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly of: readonly Query[] }
  | { readonly kind: 'or'; readonly of: readonly Query[] }
  | { readonly kind: 'not'; readonly of: Query }
  /** `name=*`: the field is there. */
  | { readonly kind: 'exists'; readonly name: string }
  | { readonly kind: 'field'; readonly name: string; readonly op: Operator; readonly value: string; readonly at: number }
  /** Stands in the record's text or in a decoded value. */
  | { readonly kind: 'text'; readonly text: string };

/** What is wrong with a query and where: for whoever typed it. */
export class QueryError extends Error {
  /** Offset in the query. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const DEPTH_CAP = 64;
const NAME = /[A-Za-z_@][A-Za-z0-9_.@/-]*/y;
const OPERATOR = /!=|!~|>=|<=|=|~|>|</y;
const WORD = /[^\s()"]+/y;
const SPACE = /\s*/y;

export function parseQuery(text: string): Query {
  const parser = new Parser(text);
  const query = parser.all();
  return query ?? { kind: 'all' };
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** null when nothing but space is there. */
  all(): Query | null {
    this.#skip();
    if (this.#at >= this.#text.length) return null;
    const query = this.#or();
    this.#skip();
    if (this.#at < this.#text.length) throw new QueryError(`")" closes nothing`, this.#at);
    return query;
  }

  #skip(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const m = pattern.exec(this.#text);
    if (m === null) return null;
    this.#at = pattern.lastIndex;
    return m[0];
  }

  /** A keyword, where a space, parenthesis or the end follows it. */
  #keyword(word: string): boolean {
    this.#skip();
    const end = this.#at + word.length;
    if (this.#text.slice(this.#at, end).toLowerCase() !== word) return false;
    const next = this.#text[end];
    if (next !== undefined && !/[\s()]/.test(next)) return false;
    this.#at = end;
    return true;
  }

  #or(): Query {
    const of = [this.#and()];
    while (this.#keyword('or')) of.push(this.#and());
    return of.length === 1 ? (of[0] as Query) : { kind: 'or', of };
  }

  #and(): Query {
    const of = [this.#unary()];
    for (;;) {
      this.#skip();
      const next = this.#text[this.#at];
      if (next === undefined || next === ')') break;
      const before = this.#at;
      if (this.#keyword('or')) {
        this.#at = before;
        break;
      }
      this.#keyword('and');
      of.push(this.#unary());
    }
    return of.length === 1 ? (of[0] as Query) : { kind: 'and', of };
  }

  #unary(): Query {
    if (++this.#depth > DEPTH_CAP) throw new QueryError('the query is nested too deep', this.#at);
    try {
      if (this.#keyword('not')) return { kind: 'not', of: this.#unary() };
      this.#skip();
      const c = this.#text[this.#at];
      if (c === undefined) throw new QueryError('something to look for is missing here', this.#at);
      if (c === '!' && this.#text[this.#at + 1] !== '=') {
        this.#at++;
        return { kind: 'not', of: this.#unary() };
      }
      if (c === '(') {
        const open = this.#at++;
        const inner = this.#or();
        this.#skip();
        if (this.#text[this.#at] !== ')') throw new QueryError('this "(" is not closed', open);
        this.#at++;
        return inner;
      }
      if (c === ')') throw new QueryError('")" closes nothing', this.#at);
      return this.#term();
    } finally {
      this.#depth--;
    }
  }

  #term(): Query {
    const start = this.#at;
    let name: string | null;
    if (this.#text[this.#at] === '"') {
      const quoted = this.#quoted();
      OPERATOR.lastIndex = this.#at;
      if (!OPERATOR.test(this.#text)) return { kind: 'text', text: quoted };
      name = quoted;
    } else name = this.#match(NAME);
    const op = name === null ? null : (this.#match(OPERATOR) as Operator | null);
    if (name === null || op === null) {
      // no field: a word to be found anywhere
      this.#at = start;
      const word = this.#match(WORD);
      if (word === null) throw new QueryError('this is no word and no condition', start);
      return { kind: 'text', text: word };
    }
    const at = this.#at;
    const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#match(WORD);
    if (value === null) {
      // go-kit writes an empty value as nothing
      if (op === '=' || op === '!=') return { kind: 'field', name, op, value: '', at };
      throw new QueryError(`a value is missing after ${name}${op}`, at);
    }
    if (value === '*' && this.#text[at] !== '"' && (op === '=' || op === '!=')) {
      const exists: Query = { kind: 'exists', name };
      return op === '=' ? exists : { kind: 'not', of: exists };
    }
    return { kind: 'field', name, op, value, at };
  }

  #quoted(): string {
    const open = this.#at;
    let out = '';
    for (let i = open + 1; i < this.#text.length; i++) {
      const c = this.#text[i] as string;
      if (c === '"') {
        this.#at = i + 1;
        return out;
      }
      // \" is a quote; every other pair stays as it is, for a regular expression has escapes of its own
      if (c === '\\' && i + 1 < this.#text.length) {
        const next = this.#text[++i] as string;
        out += next === '"' ? next : c + next;
      } else out += c;
    }
    throw new QueryError('this quote is not closed', open);
  }
}
