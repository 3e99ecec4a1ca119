/**
 * Who started whom, from main downwards: goroutines that run the same function, started at the same place by goroutines that are one node
 * themselves, are a node. Starters that have ended are nodes by the name that is printed of them. Linear in the goroutines.
 */
import { type CodeLine, type GoroutineTree, normaliseGoSymbol } from '../../model/index.ts';
import { lineOf } from './recursion.ts';
import { type Bucket, mainCreator, mainWait, type Snapshot } from './snapshots.ts';

interface Node {
  readonly entry: string;
  readonly by: CodeLine | null;
  readonly ended: boolean;
  count: number;
  leaked: number;
  longestMinutes: number;
  readonly waits: Map<string, number>;
  readonly children: Map<string, Node>;
}

const WAITS_SHOWN = 3;
/** A goroutine that starts the next one and stays makes a chain as long as there are goroutines: below this all hang side by side. */
const DEPTH_MOST = 32;

const made = (entry: string, by: CodeLine | null, ended: boolean): Node => ({
  entry,
  by,
  ended,
  count: 0,
  leaked: 0,
  longestMinutes: -1,
  waits: new Map(),
  children: new Map(),
});

export function treeOf(s: Snapshot): readonly GoroutineTree[] {
  const root = made('', null, false);
  const bucketOfRow = new Map<number, Bucket>();
  for (const b of s.buckets.values()) if (isShown(b)) for (const row of b.rows) bucketOfRow.set(row, b);
  if (s.table === null) {
    for (const b of s.buckets.values()) if (isShown(b)) add(child(endedBy(root, b), b), b, b.count);
    return listed(root);
  }
  const { table } = s;
  const rowOfId = new Map<number, number>();
  for (const row of bucketOfRow.keys()) rowOfId.set(table.id[row] as number, row);
  const nodeOfRow = new Map<number, { readonly node: Node; readonly depth: number }>();
  for (const start of bucketOfRow.keys()) {
    // up to a starter whose node is known, or that is not there any more; then down again
    const way: number[] = [];
    const seen = new Set<number>();
    let row: number | undefined = start;
    while (row !== undefined && !nodeOfRow.has(row) && !seen.has(row)) {
      way.push(row);
      seen.add(row);
      const creator: number = table.creator[row] as number;
      row = creator < 0 ? undefined : rowOfId.get(creator);
    }
    let above = row === undefined ? undefined : nodeOfRow.get(row);
    for (const at of way.reverse()) {
      const b = bucketOfRow.get(at) as Bucket;
      const parent: Node = above === undefined || above.depth >= DEPTH_MOST ? endedBy(root, b) : above.node;
      const node = child(parent, b);
      add(node, b, 1);
      above = { node, depth: above === undefined || above.depth >= DEPTH_MOST ? 1 : above.depth + 1 };
      nodeOfRow.set(at, above);
    }
  }
  return listed(root);
}

/** The one that writes the dump may have started the others; the runtime's own have no place in the tree. */
const isShown = (b: Bucket): boolean => !b.system || b.own;

/** The node for starters of which only the name is known; main has none. */
function endedBy(root: Node, b: Bucket): Node {
  const creator = mainCreator(b);
  if (creator === null) return root;
  const name = normaliseGoSymbol(creator.symbol);
  const key = `ended ${name}`;
  const known = root.children.get(key) ?? made(name, null, true);
  root.children.set(key, known);
  return known;
}

function child(parent: Node, b: Bucket): Node {
  const creator = mainCreator(b);
  const entry = normaliseGoSymbol(b.frames.at(-1)?.symbol ?? '');
  const key = creator === null ? entry : `${entry} ${normaliseGoSymbol(creator.symbol)}:${creator.line}`;
  const known = parent.children.get(key) ?? made(entry, creator === null ? null : lineOf(creator), false);
  parent.children.set(key, known);
  return known;
}

function add(node: Node, b: Bucket, count: number): void {
  node.count += count;
  if (b.leaked > 0) node.leaked += count === b.count ? b.leaked : (count * b.leaked) / b.count;
  node.longestMinutes = Math.max(node.longestMinutes, b.longestMinutes);
  const wait = mainWait(b);
  node.waits.set(wait, (node.waits.get(wait) ?? 0) + count);
}

/** Most goroutines first, those below counted with them. */
function listed(node: Node): GoroutineTree[] {
  return [...node.children.values()]
    .map((n): GoroutineTree => {
      const children = listed(n);
      return {
        entry: n.entry,
        by: n.by,
        ended: n.ended,
        count: n.count,
        below: children.reduce((sum, c) => sum + c.count + c.below, 0),
        leaked: Math.round(n.leaked),
        longestMinutes: n.longestMinutes < 0 ? null : n.longestMinutes,
        waits: [...n.waits]
          .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
          .slice(0, WAITS_SHOWN)
          .map(([wait, count]) => ({ wait, count })),
        children,
      };
    })
    .sort((a, b) => b.count + b.below - (a.count + a.below) || (a.entry < b.entry ? -1 : 1));
}
