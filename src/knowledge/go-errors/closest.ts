/** For a text that matches nothing: the patterns whose words it shares, rare words counting most, and what differs. */
import type { GoError } from './error-pattern.ts';
import { GO_ERRORS } from './list.ts';
import { parseTemplate } from './template.ts';

export interface CloseError {
  readonly pattern: GoError;
  /** 0 … 1: the share of the pattern's words, by weight, that the text has. */
  readonly score: number;
  /** Words of the pattern that the text does not have, in order. */
  readonly missing: readonly string[];
  /** Words of the text that are nearly a word of the pattern. */
  readonly nearly: readonly { readonly text: string; readonly pattern: string }[];
}

const WORDS = /[A-Za-z0-9_]+/g;
const LEAST = 0.4;
const TEXT_CAP = 4000;

const wordsOf = (text: string): string[] => [...text.matchAll(WORDS)].map((m) => m[0].toLowerCase());

interface Entry {
  readonly pattern: GoError;
  readonly words: readonly string[];
}

let entries: readonly Entry[] | null = null;
const frequency = new Map<string, number>();

function index(): readonly Entry[] {
  if (entries !== null) return entries;
  entries = GO_ERRORS.map((pattern) => ({
    pattern,
    words: parseTemplate(pattern.text).pieces.flatMap((p) => (typeof p === 'string' ? wordsOf(p) : [])),
  }));
  for (const e of entries) for (const w of new Set(e.words)) frequency.set(w, (frequency.get(w) ?? 0) + 1);
  return entries;
}

const weight = (word: string): number => Math.log(1 + GO_ERRORS.length / (frequency.get(word) ?? 1));

/** At most n, best first; ties by id. */
export function closestPatterns(text: string, n: number): readonly CloseError[] {
  const list = index();
  const words = new Set(wordsOf(text.slice(0, TEXT_CAP)));
  const scored: CloseError[] = [];
  for (const { pattern, words: of } of list) {
    let total = 0;
    let shared = 0;
    const missing: string[] = [];
    const nearly: { text: string; pattern: string }[] = [];
    for (const w of of) {
      const value = weight(w);
      total += value;
      if (words.has(w)) shared += value;
      else {
        const near = nearWord(w, words);
        if (near === null) missing.push(w);
        else {
          shared += value * 0.8;
          if (!nearly.some((n) => n.pattern === w)) nearly.push({ text: near, pattern: w });
        }
      }
    }
    const score = total === 0 ? 0 : shared / total;
    if (score >= LEAST) scored.push({ pattern, score, missing, nearly });
  }
  // of equal scores the one that says more is the closer
  return scored.sort((a, b) => b.score - a.score || b.pattern.text.length - a.pattern.text.length || (a.pattern.id < b.pattern.id ? -1 : 1)).slice(0, n);
}

/** A word of the text one edit away; short words have too many neighbours. */
function nearWord(word: string, words: ReadonlySet<string>): string | null {
  if (word.length < 5) return null;
  for (const other of words) if (Math.abs(other.length - word.length) <= 1 && oneEdit(word, other)) return other;
  return null;
}

function oneEdit(a: string, b: string): boolean {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  const [x, y] = [a.slice(i), b.slice(i)];
  return x.slice(1) === y.slice(1) || x.slice(1) === y || x === y.slice(1) || (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2));
}
