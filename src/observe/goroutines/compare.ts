/** Dumps beside each other: what came, what went, and whether those that stand there are the same. For `gorca goroutines diff`. */
import { type GoroutineChange, type GoroutineDiff, lastingGoSymbol, secondsBetween } from '../../model/index.ts';
import { type Bucket, mainWait, type Snapshot } from './snapshots.ts';
import { bucketsBy, groupOf, headOf, type Likeness, likeness } from './summary.ts';

export interface CompareOptions {
  readonly by: Likeness;
  /** null: all. */
  readonly first: number | null;
  /** With those of the runtime itself and the one that writes the dump, which come last. */
  readonly system: boolean;
  readonly order: GoroutineDiff['order'];
  readonly ofFile: ReadonlyMap<string, number>;
}

/** `dumps` in order, two at least. */
export function compareDumps(dumps: readonly Snapshot[], options: CompareOptions): GoroutineDiff {
  // a profile ends after 32 or 128 frames, a dump leaves out the middle of 100: their lines agree, their stacks need not
  const mixed = new Set(dumps.map((s) => s.form)).size > 1;
  const by = mixed && (options.by === 'stack' || options.by === 'line') ? 'line alone' : options.by;
  const same = sameProcess(dumps);
  // another build has other lines: the function and what it waits for are what can be compared
  const byFunction = same === false && (by === 'stack' || by === 'line');
  const named = byFunction ? 'function' : by;
  const sides = dumps.map((s) =>
    bucketsBy(s, byFunction ? functionOf : by === 'line alone' ? (b) => `${b.system ? 'system ' : ''}${b.at.symbol}:${b.at.line}` : (b) => likeness(b, by)),
  );
  const keys = new Set(sides.flatMap((side) => [...side.keys()]));
  const first = dumps[0] as Snapshot;
  const last = dumps.at(-1) as Snapshot;
  const changes: (GoroutineChange & { readonly key: string })[] = [];
  let unchangedGroups = 0;
  let unchanged = 0;
  for (const key of keys) {
    const counts = sides.map((side) => sum(side.get(key) ?? []));
    const change = (counts.at(-1) as number) - (counts[0] as number);
    if (counts.every((n) => n === counts[0])) {
      unchangedGroups++;
      unchanged += counts[0] as number;
      continue;
    }
    const at = sides.findLastIndex((side) => side.has(key));
    changes.push({
      key,
      counts,
      change,
      stayed: same === true ? stayedOf(sides[0]?.get(key) ?? [], sides.at(-1)?.get(key) ?? []) : null,
      group: groupOf(sides[at]?.get(key) as readonly Bucket[], dumps[at] as Snapshot),
    });
  }
  const wanted = changes.filter((c) => options.system || !c.group.system);
  wanted.sort((a, b) => Number(a.group.system) - Number(b.group.system) || Math.abs(b.change) - Math.abs(a.change) || (a.key < b.key ? -1 : 1));
  const shown = options.first === null ? wanted : wanted.slice(0, options.first);
  const left = wanted.slice(shown.length);
  return {
    schema: 'gorca.goroutine-diff/1',
    dumps: dumps.map((s) => headOf(s, options.ofFile.get(s.artifact.id) ?? 1)),
    order: options.order,
    seconds: first.at === null || last.at === null ? null : secondsBetween(first.at, last.at),
    by: named,
    sameProcess: same,
    changes: shown.map(({ key: _key, ...c }) => c),
    unchanged: { groups: unchangedGroups, goroutines: unchanged },
    left: { groups: left.length, goroutines: left.reduce((n, c) => n + (c.counts.at(-1) as number), 0) },
  };
}

const functionOf = (b: Bucket): string => `${b.system ? 'system ' : ''}${lastingGoSymbol(b.at.symbol, b.at.file)} ${mainWait(b)}`;

const sum = (buckets: readonly Bucket[]): number => buckets.reduce((n, b) => n + b.count, 0);

function stayedOf(before: readonly Bucket[], after: readonly Bucket[]): number {
  const now = new Set(after.flatMap((b) => b.ids));
  return before.reduce((n, b) => n + b.ids.reduce((m, id) => m + (now.has(id) ? 1 : 0), 0), 0);
}

/** Ids are never used twice in a process: one that is in both dumps with another entry is of another. null: no ids. */
function sameProcess(dumps: readonly Snapshot[]): boolean | null {
  if (dumps.some((s) => s.highestId === null)) return null;
  let before: ReadonlyMap<number, string> | null = null;
  let shared = 0;
  for (const s of dumps) {
    const entries = new Map<number, string>();
    for (const b of s.buckets.values()) for (const id of b.ids) entries.set(id, b.frames.at(-1)?.symbol ?? '');
    if (before !== null)
      for (const [id, entry] of entries) {
        const known = before.get(id);
        if (known === undefined || id === 1) continue;
        if (known !== entry) return false;
        shared++;
      }
    before = entries;
  }
  return shared > 0;
}
