/**
 * Texts into patterns. Texts of one level, with the same known errors in them and as many words, are one pattern where many of them differ in one
 * word only; what is left of a large crowd goes down a tree of fixed depth (level, errors, number of words, first word) and is joined with texts
 * that agree in most words. The texts are sorted first: the order in which they came means nothing, unless there were more than the census keeps.
 *
 * Few texts that differ in a word stay apart: "order stored" and "order refused" are two things, the names of nine users are one.
 */
import { type Example, isBefore, NO_LEVEL, TextCount } from './texts.ts';

const ANY = '<*>';
/** So many texts that differ in one word show that it varies. */
const LEAST_VARIANTS = 8;
/** So many left over in one leaf of the tree are joined by likeness. */
const CROWD = 32;
const LIKE = 0.6;
/** More in one leaf: what is like none of them is one. */
const LEAF_CAP = 200;
const WORDS_CAP = 64;

export interface LogPattern {
  readonly level: number;
  readonly pattern: string;
  readonly errors: readonly string[];
  readonly crash: boolean;
  readonly count: TextCount;
  /** Texts it was made of. */
  readonly texts: readonly string[];
}

interface Group {
  words: string[];
  readonly of: TextCount[];
}

export function clusterTexts(texts: Iterable<TextCount>): LogPattern[] {
  const leaves = new Map<string, Group[]>();
  for (const t of [...texts].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const words = t.pattern.split(' ');
    // a crash is its frames
    const key = t.crash || words.length > WORDS_CAP || words.length < 2 ? `= ${t.key}` : `${t.level} ${t.errors.join()} ${words.length}`;
    const leaf = leaves.get(key);
    if (leaf === undefined) leaves.set(key, [{ words, of: [t] }]);
    else leaf.push({ words, of: [t] });
  }
  return [...leaves.values()].flatMap((leaf) => crowds(byOneWord(byOneWord(leaf)))).map(toPattern);
}

/** Joins texts that are alike but for one word, where they are many. */
function byOneWord(groups: Group[]): Group[] {
  if (groups.length < LEAST_VARIANTS) return groups;
  const byRest = new Map<string, Group[]>();
  for (const g of groups) {
    for (let i = 0; i < g.words.length; i++) {
      if (g.words[i] === ANY) continue;
      const rest = `${i} ${[...g.words.slice(0, i), ANY, ...g.words.slice(i + 1)].join(' ')}`;
      const list = byRest.get(rest);
      if (list === undefined) byRest.set(rest, [g]);
      else list.push(g);
    }
  }
  const taken = new Set<Group>();
  const out: Group[] = [];
  for (const [rest, list] of [...byRest].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))) {
    if (list.length < LEAST_VARIANTS) break;
    const free = list.filter((g) => !taken.has(g));
    if (free.length < LEAST_VARIANTS) continue;
    for (const g of free) taken.add(g);
    out.push({ words: rest.slice(rest.indexOf(' ') + 1).split(' '), of: free.flatMap((g) => g.of) });
  }
  // what came to the same words is one
  const merged = new Map<string, Group>();
  for (const g of [...out, ...groups.filter((x) => !taken.has(x))]) {
    const key = g.words.join(' ');
    const known = merged.get(key);
    if (known === undefined) merged.set(key, g);
    else known.of.push(...g.of);
  }
  return [...merged.values()];
}

function crowds(groups: Group[]): Group[] {
  if (groups.length <= CROWD) return groups;
  const byFirst = new Map<string, Group[]>();
  for (const g of groups) {
    const first = g.words[0]!;
    const list = byFirst.get(first) ?? [];
    list.push(g);
    byFirst.set(first, list);
  }
  return [...byFirst.values()].flatMap((list) => (list.length <= CROWD ? list : byLikeness(list)));
}

function byLikeness(groups: Group[]): Group[] {
  const out: Group[] = [];
  for (const g of groups) {
    const like = out.find((o) => o.words.reduce((n, w, i) => n + (w === g.words[i] && w !== ANY ? 1 : 0), 0) >= Math.max(2, LIKE * g.words.length)) ?? out[LEAF_CAP];
    if (like === undefined) {
      out.push({ words: g.words, of: [...g.of] });
      continue;
    }
    like.words = like.words.map((w, i) => (w === g.words[i] ? w : ANY));
    like.of.push(...g.of);
  }
  return out;
}

function toPattern(g: Group): LogPattern {
  const first = g.of[0]!;
  const pattern = g.of.length === 1 ? first.pattern : g.words.join(' ');
  const count = new TextCount({ ...first, key: `${first.level} ${pattern}`, pattern });
  let example: Example = first.example;
  for (const t of g.of) {
    count.merge(t.state());
    if (isBefore(t.example, example)) example = t.example;
  }
  count.example = example;
  return { level: first.level, pattern, errors: first.errors, crash: first.crash, count, texts: g.of.map((t) => t.key) };
}

/** Most frequent first; among equals by text. */
export const byCount = (a: LogPattern, b: LogPattern): number => b.count.count - a.count.count || (a.level % NO_LEVEL) - (b.level % NO_LEVEL) || (a.pattern < b.pattern ? -1 : 1);
