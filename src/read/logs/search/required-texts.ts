/**
 * What a record that matches a query must hold somewhere in its text or fields, and when it must have been: what a log store can be asked
 * without losing one. Whoever asks filters the rest.
 */
import type { Instant } from '../../../model/index.ts';
import { LEVEL_NAMES } from '../levels.ts';
import { ofLevels, ofText } from './compile.ts';
import type { CompiledQuery } from './index.ts';
import { levelRanks, type MatchContext, timeRange } from './match.ts';
import { namedRole } from './names.ts';
import type { Query } from './query.ts';
import { requiredLiteral } from './regex.ts';

export type RequiredTexts =
  | { readonly kind: 'and' | 'or'; readonly of: readonly RequiredTexts[] }
  /** One of `texts`, each as a word of its own where `word`; or one of `whole`, as a field's whole value. Letters of either case where `fold`. */
  | { readonly kind: 'text'; readonly texts: readonly string[]; readonly whole: readonly string[]; readonly fold: boolean; readonly word: boolean };

export interface Required {
  /** null: nothing that could be looked for. */
  readonly texts: RequiredTexts | null;
  /** Its value must be in the record as a trace id, whatever else must. */
  readonly trace: string | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
}

const decoder = new TextDecoder();
const WORD = /^[A-Za-z0-9]+$/;

export function requiredOf({ query, context }: CompiledQuery): Required {
  const all = query.kind === 'and' ? query.of : [query];
  const trace = all.find((q): q is Query & { kind: 'field' } => q.kind === 'field' && q.op === '=' && namedRole(q.name) === 'trace' && q.value !== '');
  let from: Instant | null = null;
  let to: Instant | null = null;
  for (const q of all) {
    const role = q.kind === 'field' && (q.op === '=' || q.op.startsWith('<') || q.op.startsWith('>')) ? namedRole(q.name) : null;
    if (q.kind !== 'field' || (role !== 'since' && role !== 'until' && role !== 'time')) continue;
    const range = timeRange(q, role, context.day);
    if (range.from !== null && (from === null || range.from > from)) from = range.from;
    if (range.to !== null && (to === null || range.to < to)) to = range.to;
  }
  return { texts: textsIn(query, context), trace: trace?.value ?? null, from, to };
}

function textsIn(query: Query, context: MatchContext): RequiredTexts | null {
  switch (query.kind) {
    case 'and': {
      const of = query.of.map((q) => textsIn(q, context)).filter((t) => t !== null);
      return of.length === 0 ? null : of.length === 1 ? of[0]! : { kind: 'and', of };
    }
    case 'or': {
      const of = query.of.map((q) => textsIn(q, context)).filter((t) => t !== null);
      return of.length < query.of.length ? null : { kind: 'or', of };
    }
    case 'text':
      return literal(query.text);
    case 'field':
      return ofField(query);
    default:
      return null;
  }
}

function ofField(q: Query & { kind: 'field' }): RequiredTexts | null {
  const role = namedRole(q.name);
  // put together from several fields, from labels, or nowhere in the text
  if (role === 'caller' || role === 'format' || role === 'pod' || role === 'since' || role === 'until' || role === 'time') return null;
  if (q.op === '~') return literal(requiredLiteral(q.value));
  if (role === 'level') return q.op === '!=' || q.op === '!~' ? null : levels(levelRanks(q.op, q.value, q.at));
  const found = q.op === '=' ? literal(q.value) : null;
  // a whole value stands in quotes, behind a sign or between blanks
  return found?.kind === 'text' && found.texts[0] === q.value && WORD.test(q.value) ? { ...found, word: true } : found;
}

function literal(text: string): RequiredTexts | null {
  const found = ofText(text);
  return found === null ? null : { kind: 'text', texts: found.map((n) => decoder.decode(n.bytes)), whole: [], fold: false, word: false };
}

function levels(ranks: number): RequiredTexts | null {
  const found = ofLevels(ranks, false);
  if (found === null) return null;
  const whole = LEVEL_NAMES.filter((l) => ((ranks >> l.rank) & 1) === 1).map((l) => l.name);
  const folded = found.filter((n) => n.fold).map((n) => decoder.decode(n.bytes));
  const exact = found.filter((n) => !n.fold).map((n) => decoder.decode(n.bytes));
  const of: RequiredTexts[] = [{ kind: 'text', texts: folded, whole, fold: true, word: false }];
  if (exact.length > 0) of.push({ kind: 'text', texts: exact, whole: [], fold: false, word: false });
  return of.length === 1 ? of[0]! : { kind: 'or', of };
}
