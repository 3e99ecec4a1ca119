/** Regular expressions that take time linear in the text, whatever was typed: RE2's grammar, no back-references and no look-around. */
import { linearRegex } from '../../lib/linear-regex.ts';
import { QueryError } from './query.ts';

export interface Regex {
  test(text: string): boolean;
}

/** Loaded only where a query has an expression. */
export async function compileRegexes(texts: readonly { readonly value: string; readonly at: number }[]): Promise<Map<string, Regex>> {
  const out = new Map<string, Regex>();
  for (const { value, at } of texts) {
    try {
      out.set(value, { test: await linearRegex(value) });
    } catch (error) {
      throw new QueryError(`${error instanceof Error ? error.message : String(error)}`, at);
    }
  }
  return out;
}

const META = /[\\^$.|?*+()[\]{}]/;

/**
 * The longest literal that every match must hold, or ''. Only what stands in no group, class or alternative and is not optional:
 * a missed literal costs time, a wrong one would lose matches.
 */
export function requiredLiteral(pattern: string): string {
  if (pattern.includes('|') || pattern.startsWith('(?')) return '';
  const runs: string[] = [];
  let run = '';
  let depth = 0;
  const end = (): void => {
    if (run !== '') runs.push(run);
    run = '';
  };
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] as string;
    const next = pattern[i + 1];
    if (c === '(') {
      end();
      // flags change what follows
      if (next === '?') return '';
      depth++;
    } else if (c === ')') {
      end();
      depth--;
    } else if (c === '[') {
      end();
      const close = endOfClass(pattern, i);
      if (close < 0) return '';
      i = close;
    } else if (c === '{') {
      const close = pattern.indexOf('}', i);
      run = run.slice(0, -1);
      end();
      if (close < 0) return '';
      i = close;
    } else if (c === '*' || c === '?') {
      run = run.slice(0, -1);
      end();
    } else if (c === '\\') {
      if (next === undefined) return '';
      i++;
      if (/[\w]/.test(next)) {
        end();
        // \Q…\E, \pL, \x41: not worth reading
        if (/[QpPx]/.test(next)) return '';
      } else if (depth === 0) run += next;
    } else if (META.test(c)) end();
    else if (depth === 0) run += c;
  }
  end();
  return runs.sort((a, b) => b.length - a.length)[0] ?? '';
}

function endOfClass(pattern: string, open: number): number {
  let i = open + 1;
  if (pattern[i] === '^') i++;
  if (pattern[i] === ']') i++;
  for (; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '[' && pattern[i + 1] === ':') {
      const close = pattern.indexOf(':]', i + 2);
      if (close < 0) return -1;
      i = close + 1;
    } else if (pattern[i] === ']') return i;
  }
  return -1;
}
