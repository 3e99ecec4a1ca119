/** All patterns at once: one pass finds the anchors, each hit is tried outwards. */
import type { GoError } from './error-pattern.ts';
import { GO_ERRORS } from './list.ts';
import { matchAt, parseTemplate, type Template } from './template.ts';

export interface ErrorMatch {
  readonly pattern: GoError;
  /** Offsets in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly holes: Readonly<Record<string, string>>;
}

/** More in one text is no chain of errors but a page of them. */
const MOST = 64;

interface Compiled {
  readonly pattern: GoError;
  readonly template: Template;
}

const compiled: readonly Compiled[] = GO_ERRORS.map((pattern) => ({ pattern, template: parseTemplate(pattern.text) }));

/**
 * The literals to look for first, without repeats: a text without any of them matches nothing. They hold no character that JSON escapes, so
 * they stand in raw log lines as well. `ERROR_ANCHOR_PATTERNS[i]` are the patterns that `ERROR_ANCHORS[i]` may begin.
 */
export const ERROR_ANCHORS: readonly string[] = [...new Set(compiled.map((c) => c.template.anchor))].sort();
const byAnchor: readonly (readonly Compiled[])[] = ERROR_ANCHORS.map((anchor) => compiled.filter((c) => c.template.anchor === anchor));
export const ERROR_ANCHOR_PATTERNS: readonly (readonly GoError[])[] = byAnchor.map((list) => list.map((c) => c.pattern));

/**
 * Aho–Corasick over the anchors, whose characters are ASCII. Transitions that fall back are followed as the text is read: filling them all in
 * beforehand takes longer than the texts of most incidents.
 */
class Anchors {
  /** Child of a node by a character; 0 for none. */
  readonly #next: Int16Array;
  readonly #fail: Int16Array;
  /** Anchor that ends at a node, −1 for none; anchors that are the end of a longer one are reached over `#suffix`. */
  readonly #ends: Int16Array;
  readonly #suffix: Int16Array;

  constructor(anchors: readonly string[]) {
    const size = anchors.reduce((n, a) => n + a.length, 1);
    this.#next = new Int16Array(size * 128);
    this.#fail = new Int16Array(size);
    this.#ends = new Int16Array(size).fill(-1);
    this.#suffix = new Int16Array(size);
    const parents = new Int16Array(size);
    const characters = new Uint8Array(size);
    const levels: number[][] = [];
    let nodes = 1;
    for (const [i, anchor] of anchors.entries()) {
      let node = 0;
      for (let k = 0; k < anchor.length; k++) {
        const c = anchor.charCodeAt(k);
        const slot = node * 128 + c;
        if (this.#next[slot] === 0) {
          parents[nodes] = node;
          characters[nodes] = c;
          const level = levels[k];
          if (level === undefined) levels[k] = [nodes];
          else level.push(nodes);
          this.#next[slot] = nodes++;
        }
        node = this.#next[slot]!;
      }
      this.#ends[node] = i;
    }
    // what a node falls back to is shorter: level by level it is known
    for (const level of levels)
      for (const node of level) {
        const parent = parents[node]!;
        const fail = parent === 0 ? 0 : this.#after(this.#fail[parent]!, characters[node]!);
        this.#fail[node] = fail;
        this.#suffix[node] = this.#ends[fail] === -1 ? this.#suffix[fail]! : fail;
      }
  }

  #after(from: number, c: number): number {
    let node = from;
    while (node !== 0 && this.#next[node * 128 + c] === 0) node = this.#fail[node]!;
    return this.#next[node * 128 + c]!;
  }

  /** Calls `found` with the anchor and where it ends, until it says stop. */
  find(text: string, found: (anchor: number, end: number) => boolean): void {
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      node = c < 128 ? this.#after(node, c) : 0;
      for (let n = node; n !== 0; n = this.#suffix[n]!) if (this.#ends[n] !== -1 && !found(this.#ends[n]!, i + 1)) return;
    }
  }
}

let anchors: Anchors | null = null;

/** Every known error in the text, outermost first: by where it starts, the longer before what it contains. Linear in the length of the text. */
export function matchErrorText(text: string): readonly ErrorMatch[] {
  anchors ??= new Anchors(ERROR_ANCHORS);
  const matches: ErrorMatch[] = [];
  anchors.find(text, (index, end) => {
    const at = end - ERROR_ANCHORS[index]!.length;
    for (const { pattern, template } of byAnchor[index]!) {
      const m = matchAt(template, text, at);
      if (m === null) continue;
      if (pattern.notAfter?.some((before) => text.startsWith(before, m.start - before.length) && m.start >= before.length) === true) continue;
      if (pattern.notBefore?.some((after) => text.startsWith(after, m.end)) === true) continue;
      if (!matches.some((o) => o.pattern === pattern && o.start === m.start)) matches.push({ pattern, ...m });
    }
    return matches.length < MOST;
  });
  return matches.sort((a, b) => a.start - b.start || b.end - a.end || (a.pattern.id < b.pattern.id ? -1 : 1));
}

/**
 * The chain: without those that another match merely contains by its own words (a dial's "i/o timeout"). What stays is outermost first, and
 * the last is the cause that Go's wrapping puts innermost.
 */
export const outerMatches = (matches: readonly ErrorMatch[]): readonly ErrorMatch[] =>
  matches.filter((m) => !matches.some((o) => o !== m && o.start <= m.start && o.end >= m.end && o.pattern.contains?.includes(m.pattern.id) === true));

export function innermostError(text: string): ErrorMatch | null {
  return outerMatches(matchErrorText(text)).at(-1) ?? null;
}
