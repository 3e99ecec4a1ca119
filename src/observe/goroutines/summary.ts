/** One dump as groups of goroutines that stand alike: for `gorca goroutines summary`. Linear in the goroutines, and in the different stacks. */
import { type CodeLine, type DumpHead, formatInstant, type GoroutineGroup, type GoroutineSummary, normaliseGoSymbol, type StackLine } from '../../model/index.ts';
import type { Frame } from '../../read/lib/goroutines/table.ts';
import { collapsed, lineOf } from './recursion.ts';
import { type Bucket, mainCreator, mainWait, type Snapshot } from './snapshots.ts';

/** What makes goroutines alike: the whole stack (recursion of any depth is one), the line they wait at and what for, who started them, what they wait for. */
export type Likeness = 'stack' | 'line' | 'creator' | 'wait';

export interface SummaryOptions {
  readonly by: Likeness;
  /** null: all groups. */
  readonly first: number | null;
  /** With those of the runtime itself, which come last. */
  readonly system: boolean;
}

const OBJECTS_SHOWN = 5;
const LABELS_SHOWN = 5;
const IDS_SHOWN = 5;
const PLACES_SHOWN = 2;

type DumpSummary = GoroutineSummary['dumps'][number];

export function summaryOf(s: Snapshot, dumps: number, options: SummaryOptions): DumpSummary {
  const groups = groupsOf(s, options.by).filter((g) => options.system || !g.system);
  const shown = options.first === null ? groups : groups.slice(0, options.first);
  const waits = new Map<string, number>();
  let system = 0;
  let withoutStack = 0;
  for (const b of s.buckets.values()) {
    if (b.frames.length === 0) withoutStack += b.count;
    else if (b.system) system += b.count;
    for (const [wait, count] of b.waits) waits.set(wait, (waits.get(wait) ?? 0) + count);
  }
  return {
    ...headOf(s, dumps),
    system,
    withoutStack,
    stacks: s.buckets.size,
    waits: counted(waits).map(([wait, count]) => ({ wait, count })),
    groups: shown,
    left: { groups: groups.length - shown.length, goroutines: groups.slice(shown.length).reduce((n, g) => n + g.count, 0) },
  };
}

export const headOf = (s: Snapshot, dumps: number): DumpHead => ({
  file: s.artifact.id,
  dump: s.n + 1,
  dumps,
  form: s.form,
  at: s.at === null ? null : formatInstant(s.at),
  goroutines: s.total,
  complete: s.complete,
});

/** Most goroutines first; the runtime's own last. */
function groupsOf(s: Snapshot, by: Likeness): GoroutineGroup[] {
  return [...bucketsBy(s, (b) => likeness(b, by))]
    .map(([key, buckets]) => ({ key, group: groupOf(buckets, s) }))
    .sort((a, b) => Number(a.group.system) - Number(b.group.system) || b.group.count - a.group.count || (a.key < b.key ? -1 : 1))
    .map((g) => g.group);
}

/** Buckets under one key each. */
export function bucketsBy(s: Snapshot, keyOf: (b: Bucket) => string): Map<string, Bucket[]> {
  const groups = new Map<string, Bucket[]>();
  for (const b of s.buckets.values()) {
    const key = keyOf(b);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [b]);
    else list.push(b);
  }
  return groups;
}

/** Goroutines of different keys are never in one group. */
export function likeness(b: Bucket, by: Likeness): string {
  const system = b.system ? 'system ' : '';
  switch (by) {
    case 'stack':
      return `${system}${collapsed(b.frames).map(lineText).join('\n')} ${mainWait(b)}`;
    case 'line':
      return `${system}${frameText(b.at)} ${mainWait(b)}`;
    case 'creator': {
      const creator = mainCreator(b);
      return `${system}${creator === null ? '' : `${normaliseGoSymbol(creator.symbol)}:${creator.line}`}`;
    }
    case 'wait':
      return `${system}${mainWait(b)}`;
  }
}

const frameText = (f: Frame): string => `${f.symbol}:${f.line}`;
const lineText = (l: StackLine): string => `${l.function}:${l.line}${l.times > 1 ? '+' : ''}`;

export function groupOf(buckets: readonly Bucket[], s: Snapshot): GoroutineGroup {
  const largest = buckets.reduce((a, b) => (b.count > a.count ? b : a));
  const waits = new Map<string, number>();
  const objects = new Map<number, number>();
  const labels = new Map<string, number>();
  const creators = new Map<string, { line: CodeLine; count: number }>();
  let count = 0;
  let leaked = 0;
  let lockedToThread = 0;
  let minutes = -1;
  for (const b of buckets) {
    count += b.count;
    leaked += b.leaked;
    lockedToThread += b.lockedToThread;
    minutes = Math.max(minutes, b.longestMinutes);
    add(waits, b.waits);
    add(objects, b.objects);
    add(labels, b.labels);
    for (const c of b.creators.values()) {
      const line = lineOf(c.frame);
      const key = `${line.function}:${line.line}`;
      const known = creators.get(key);
      if (known === undefined) creators.set(key, { line, count: c.count });
      else known.count += c.count;
    }
  }
  return {
    count,
    share: s.total === 0 ? 0 : count / s.total,
    wait: mainWait(largest),
    waits: counted(waits).map(([wait, n]) => ({ wait, count: n })),
    at: lineOf(largest.at),
    system: largest.system,
    stack: collapsed(largest.frames),
    elided: largest.elided,
    stacks: buckets.length,
    createdBy: [...creators.values()].sort((a, b) => b.count - a.count || (a.line.function < b.line.function ? -1 : 1)).map((c) => ({ ...c.line, count: c.count })),
    longestMinutes: minutes < 0 ? null : minutes,
    leaked,
    lockedToThread,
    objects: counted(objects)
      .slice(0, OBJECTS_SHOWN)
      .map(([address, waiters]) => ({ address: `0x${address.toString(16)}`, waiters })),
    labels: counted(labels)
      .slice(0, LABELS_SHOWN)
      .map(([text, n]) => ({ labels: text, count: n })),
    ids: largest.ids.slice(0, IDS_SHOWN),
    places: largest.places.slice(0, PLACES_SHOWN).map((p) => ({ file: p.artifact, offset: p.offset, length: p.length })),
  };
}

function add<K>(to: Map<K, number>, from: ReadonlyMap<K, number>): void {
  for (const [key, n] of from) to.set(key, (to.get(key) ?? 0) + n);
}

/** Most frequent first, then by the key. */
const counted = <K extends string | number>(map: ReadonlyMap<K, number>): [K, number][] => [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
