/** The syntax tree as plain objects: type, text span, children with their field names. Offsets are bytes of the file. */
import type { Tree } from 'web-tree-sitter';

export interface SyntaxNode {
  readonly type: string;
  readonly field: string | null;
  readonly named: boolean;
  readonly broken: boolean;
  /** Byte span. */
  readonly offset: number;
  readonly length: number;
  /** 1-based. */
  readonly line: number;
  readonly endLine: number;
  /** Text of leaves and of nodes that are cut at the depth cap; others are read with `textIn`. */
  readonly start: number;
  readonly end: number;
  readonly children: SyntaxNode[];
}

/** Never the value of a field in the grammar, unlike operators and commas. */
const PUNCTUATION: ReadonlySet<string> = new Set(['(', ')', '{', '}', '[', ']', '.', ';', ':', '\n']);

/** Deeper nesting than any compiler accepts in practice: what lies below is dropped and the node is marked broken. */
const DEPTH_CAP = 300;

export function toSyntax(tree: Tree, text: string, toByte: (index: number) => number): SyntaxNode {
  const cursor = tree.walk();
  const lines = lineStarts(text);
  // every question to the cursor crosses into WebAssembly: what the type's id settles is asked once
  const kinds = new Map<number, { readonly type: string; readonly named: boolean; readonly mayBeField: boolean }>();
  let line = 1;
  const make = (): SyntaxNode => {
    const start = cursor.startIndex;
    const end = cursor.endIndex;
    const offset = toByte(start);
    const id = cursor.nodeTypeId;
    let kind = kinds.get(id);
    if (kind === undefined) {
      const type = cursor.nodeType;
      kind = { type, named: cursor.nodeIsNamed, mayBeField: !PUNCTUATION.has(type) };
      kinds.set(id, kind);
    }
    // nodes come in the order in which they begin
    while (line < lines.length && (lines[line] as number) <= start) line++;
    return {
      type: kind.type,
      field: kind.mayBeField ? cursor.currentFieldName : null,
      named: kind.named,
      // what the parser puts in for a missing token has no width
      broken: kind.type === 'ERROR' || (start === end && cursor.nodeIsMissing),
      offset,
      length: toByte(end) - offset,
      line,
      endLine: end <= (lines[line] ?? text.length + 1) ? line : lineOf(lines, Math.max(start, end - 1)),
      start,
      end,
      children: [],
    };
  };
  try {
    const root = make();
    const stack: SyntaxNode[] = [root];
    if (!cursor.gotoFirstChild()) return root;
    for (;;) {
      let node = make();
      const parent = stack[stack.length - 1] as SyntaxNode;
      const deeper = stack.length < DEPTH_CAP;
      if (!deeper) node = { ...node, broken: true };
      parent.children.push(node);
      if (deeper && cursor.gotoFirstChild()) {
        stack.push(node);
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent() || stack.length <= 1) return root;
        stack.pop();
        if (stack.length === 0) return root;
      }
    }
  } finally {
    cursor.delete();
  }
}

function lineStarts(text: string): Int32Array {
  let n = 1;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) n++;
  const starts = new Int32Array(n);
  let k = 1;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts[k++] = i + 1;
  return starts;
}

function lineOf(starts: Int32Array, index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= index) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

export const childOf = (n: SyntaxNode, field: string): SyntaxNode | null => n.children.find((c) => c.field === field) ?? null;
export const childrenOf = (n: SyntaxNode, field: string): SyntaxNode[] => n.children.filter((c) => c.field === field && c.named);
export const firstOfType = (n: SyntaxNode, type: string): SyntaxNode | null => n.children.find((c) => c.type === type) ?? null;
/** Named children without comments. */
export const namedChildren = (n: SyntaxNode): SyntaxNode[] => n.children.filter((c) => c.named && c.type !== 'comment');

export function hasBroken(n: SyntaxNode): boolean {
  const queue: SyntaxNode[] = [n];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at.broken) return true;
    for (const c of at.children) queue.push(c);
  }
  return false;
}

/** First broken node in text order. */
export function firstBroken(n: SyntaxNode): SyntaxNode | null {
  const queue: SyntaxNode[] = [n];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at.broken) return at;
    for (let i = at.children.length - 1; i >= 0; i--) queue.push(at.children[i] as SyntaxNode);
  }
  return null;
}
