/** Every number held against golang.org/x/exp/trace, which does the same by other means: bench/peers/execution-trace-summary. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memorySource, type TraceSummary } from '../../../model/index.ts';
import { readTrace, type TraceTables } from '../../../read/execution-trace/index.ts';
import type { TraceAnalysis } from './analysis.ts';
import { RUNNABLE_BY_NAMES } from './goroutines.ts';
import { analyseTrace } from './summary.ts';
import type { Sums } from './sums.ts';
import { SPENT_NAMES, SYSCALL_KEY } from './waits.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
/** Stories with known answers, and what the reader is held against: every version, cgo, a flight recorder. */
const traces = [join(root, 'go', 'zoo', 'testdata', 'trace-stories'), join(root, 'src', 'read', 'execution-trace', 'testdata')].flatMap((folder) =>
  readdirSync(folder)
    .filter((n) => /\.trace(?:\.gz)?$/.test(n))
    .map((n) => join(folder, n)),
);
const hasGo = spawnSync('go', ['version'], { encoding: 'utf8' }).status === 0;

interface GoSum {
  count: number;
  total: number;
  most: number;
}
interface GoSummary {
  wall: number;
  created: number;
  ended: number;
  alive: number;
  states: Record<string, number>;
  waits: (GoSum & { reason: string; stack: string })[];
  syscalls: (GoSum & { stack: string })[];
  latencies: Record<string, GoSum & { P50: number; P90: number; P99: number }>;
  edges: (GoSum & { by: string; reason: string; stack: string })[];
  entries: Record<string, { created: number; ended: number; running: number }>;
  capacity: number;
  ledger: Record<string, number>;
  pauses: Record<string, GoSum>;
  assists: Record<string, GoSum>;
  assistRunning: Record<string, number>;
  cycles: GoSum;
  heapAlloc: { count: number; least: number; most: number; last: number };
  heapGoal: { count: number; least: number; most: number; last: number };
  tasks: { id: number; parent: number; type: string; begin: number; end: number }[] | undefined;
  regions: Record<string, GoSum> | undefined;
  logs: Record<string, number> | undefined;
  mmu: Record<string, number>;
}

let folder = '';
let program = '';
beforeAll(() => {
  if (!hasGo) return;
  folder = mkdtempSync(join(tmpdir(), 'gorca-reference-'));
  program = join(folder, 'execution-trace-summary');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: join(root, 'bench', 'peers', 'execution-trace-summary'), stdio: ['ignore', 'ignore', 'inherit'] });
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spell = (tables: TraceTables, stack: number): string =>
  tables
    .stackFrames(stack)
    .map((f) => `${f.function} ${f.file}:${f.line}`)
    .join('\n');

/** Sums by text: stacks that differ in program counters only are one. */
function texts(of: Sums, key: (i: number) => string | null): Record<string, GoSum> {
  const out: Record<string, GoSum> = {};
  for (let i = 0; i < of.count; i++) {
    const k = key(i);
    if (k === null || of.times[i] === 0) continue;
    const sum = out[k] ?? { count: 0, total: 0, most: 0 };
    out[k] = sum;
    sum.count += of.times[i]!;
    sum.total += of.total[i]!;
    sum.most = Math.max(sum.most, of.most[i]!);
  }
  return out;
}
const keyed = <R extends GoSum>(rows: readonly R[], key: (r: R) => string): Record<string, GoSum> =>
  Object.fromEntries(rows.map((r) => [key(r), { count: r.count, total: r.total, most: r.most }]));
const only = (rows: Record<string, GoSum>): Record<string, GoSum> =>
  keyed(
    Object.entries(rows).map(([k, r]) => ({ ...r, k })),
    (r) => r.k,
  );

/** Their rows, by ours. */
const ROWS: Record<string, string> = {
  scheduler: 'scheduler-loop',
  assist: 'gc-assist',
  sweep: 'gc-sweep',
  'GC background sweep': 'gc-sweep',
  'GC (dedicated)': 'gc-background',
  'GC (fractional)': 'gc-background',
  'GC (idle)': 'gc-idle',
  'GC (worker of unknown mode)': 'gc-worker',
  scavenger: 'gc-scavenge',
  finalizers: 'finalizer',
};
/** Rows of ours that are parts of theirs, or that theirs do not tell apart. */
const joined = (id: string): string => (id.startsWith('undetermined') ? 'undetermined' : id.replace(/^stopped: /, 'stop-the-world: '));
const RUNTIME_REST = new Set(['gc-cycle', 'scheduler', 'runtime', 'timers', 'cgo']);

function add(into: Record<string, number>, id: string, ns: number): void {
  into[id] = (into[id] ?? 0) + ns;
}

describe.skipIf(!hasGo)('as golang.org/x/exp/trace', () => {
  test('there are traces', () => expect(traces.length).toBeGreaterThan(25));
  for (const path of traces) {
    const name = basename(path);
    test(name, () => {
      const bytes = path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);
      const file = join(folder, 'trace.out');
      writeFileSync(file, bytes);
      const theirs = JSON.parse(execFileSync(program, ['-all', file], { encoding: 'utf8', maxBuffer: 1 << 28 })) as GoSummary;
      const { model, problems } = readTrace(memorySource(bytes), name);
      expect(problems).toEqual([]);
      const { analysis: a, summary, result } = analyseTrace(model!)!;
      expect(result.broken).toBe(null);
      const { tables } = a;
      if (model!.version < 22) roughly(theirs, a, summary);
      else {
        compare(theirs, a, tables);
        ledger(theirs, a, summary);
      }
    }, 60_000);
  }
});

function compare(theirs: GoSummary, a: TraceAnalysis, tables: TraceTables): void {
  expect({ wall: a.last - a.first, created: a.created, ended: a.ended }).toEqual({ wall: theirs.wall, created: theirs.created, ended: theirs.ended });
  const spent: Record<string, number> = {};
  const entries: GoSummary['entries'] = {};
  for (const e of a.entries.all()) {
    entries[tables.text(e.entry)] = { created: e.created, ended: e.ended, running: e.spent[SPENT_NAMES.indexOf('running')]! };
    e.spent.forEach((ns, i) => {
      const name = SPENT_NAMES[i]!;
      const state = ['undetermined', 'running', 'runnable', 'syscall'].includes(name) ? name[0]!.toUpperCase() + name.slice(1) : 'Waiting';
      if (ns > 0) add(spent, state, ns);
    });
  }
  expect(spent).toEqual(Object.fromEntries(Object.entries(theirs.states).filter(([, ns]) => ns > 0)));
  expect(entries).toEqual(theirs.entries);
  const reason = (w: number): string | null => (a.waits.a[w] === SYSCALL_KEY ? null : tables.text(a.waits.a[w]!));
  const waitKey = (i: number): string | null => (reason(i) === null ? null : `${reason(i)}\n${spell(tables, a.waits.b[i]!)}`);
  expect(texts(a.waits, waitKey)).toEqual(keyed(theirs.waits, (w) => `${w.reason}\n${w.stack}`));
  expect(texts(a.waits, (i) => (reason(i) === null ? spell(tables, a.waits.b[i]!) : null))).toEqual(keyed(theirs.syscalls ?? [], (w) => w.stack));
  expect(texts(a.wakes, (i) => `${spell(tables, a.wakes.a[i]!)}\n→ ${waitKey(a.wakes.b[i]!)}`)).toEqual(keyed(theirs.edges, (e) => `${e.by}\n→ ${e.reason}\n${e.stack}`));
  a.latencies.forEach((d, i) => {
    const t = theirs.latencies[RUNNABLE_BY_NAMES[i]!] ?? { count: 0, total: 0, most: 0, P50: 0, P90: 0, P99: 0 };
    expect({ count: d.count, total: d.total, most: d.most }).toEqual({ count: t.count, total: t.total, most: t.most });
    for (const [q, exact] of [
      [0.5, t.P50],
      [0.9, t.P90],
      [0.99, t.P99],
    ] as const) {
      expect(d.quantile(q)).toBeLessThanOrEqual(exact);
      expect(d.quantile(q)).toBeGreaterThanOrEqual(exact / 1.032 - 1);
    }
  });
  expect(texts(a.collector.pauses, (i) => tables.text(a.collector.pauses.a[i]!))).toEqual(only(theirs.pauses ?? {}));
  expect(texts(a.collector.assists, (i) => spell(tables, a.collector.assists.b[i]!))).toEqual(only(theirs.assists ?? {}));
  const running: Record<string, number> = {};
  for (let i = 0; i < a.collector.assists.count; i++)
    if ((a.processors.assistRunning[i] ?? 0) > 0) add(running, spell(tables, a.collector.assists.b[i]!), a.processors.assistRunning[i]!);
  expect(running).toEqual(theirs.assistRunning ?? {});
  const { marks } = a.collector;
  expect({ count: marks.times[0], total: marks.total[0], most: marks.most[0] }).toEqual(theirs.cycles);
  for (const [ours, go] of [
    [a.collector.allocated, theirs.heapAlloc],
    [a.collector.goals, theirs.heapGoal],
  ] as const)
    expect({ count: ours.count, least: ours.least, most: ours.most, last: ours.last }).toEqual(go);
  expect(
    a.tasks
      .list()
      .map((t) => ({ id: t.id, parent: t.parent, type: tables.text(t.type), begin: t.begin < 0 ? -1 : t.begin - a.first, end: t.end < 0 ? -1 : t.end - a.first }))
      .sort((x, y) => x.id - y.id),
  ).toEqual(theirs.tasks ?? []);
  expect(texts(a.tasks.regions, (i) => tables.text(a.tasks.regions.a[i]!))).toEqual(only(theirs.regions ?? {}));
  expect(Object.fromEntries([...a.tasks.logs].map(([c, n]) => [tables.text(c), n]))).toEqual(theirs.logs ?? {});
}

/**
 * Events of the first format may have one time: Go's reader leaves them so and their order within it open, ours moves the later ones on by a
 * nanosecond. So sums differ by some nanoseconds, and what lies between such events may go to the one or the other row. Totals are equal.
 */
function roughly(theirs: GoSummary, a: TraceAnalysis, { processors, goroutines }: TraceSummary): void {
  expect({ created: a.created, ended: a.ended, capacity: processors.capacityNs }).toEqual({ created: theirs.created, ended: theirs.ended, capacity: theirs.capacity });
  expect(processors.rows.reduce((n, r) => n + r.ns, 0)).toBe(processors.capacityNs);
  const least = 0.001 * theirs.wall;
  for (const [state, ns] of [
    ['Running', goroutines.spent.running],
    ['Runnable', goroutines.spent.runnable],
    ['Syscall', goroutines.spent.syscall],
  ] as const)
    expect(Math.abs(ns - theirs.states[state]!)).toBeLessThan(least);
  const ours: Record<string, number> = {};
  for (const r of processors.rows) add(ours, RUNTIME_REST.has(r.id) ? 'runtime goroutines' : joined(r.id), r.ns);
  const go: Record<string, number> = {};
  for (const [id, ns] of Object.entries(theirs.ledger)) add(go, ROWS[id] ?? id, ns);
  for (const id of new Set([...Object.keys(ours), ...Object.keys(go)])) expect(Math.abs((ours[id] ?? 0) - (go[id] ?? 0)), id).toBeLessThan(least);
  expect(a.wakes.times.reduce((n, x) => n + x, 0)).toBe(theirs.edges.reduce((n, e) => n + e.count, 0));
}

function ledger(theirs: GoSummary, a: TraceAnalysis, summary: { processors: { capacityNs: number; rows: readonly { id: string; ns: number }[] } }): void {
  const { rows, capacityNs } = summary.processors;
  // every nanosecond of every processor is in exactly one row
  expect(capacityNs).toBe(theirs.capacity);
  expect(rows.reduce((n, r) => n + r.ns, 0)).toBe(capacityNs);
  const ours: Record<string, number> = {};
  for (const r of rows) add(ours, RUNTIME_REST.has(r.id) ? 'runtime goroutines' : joined(r.id), r.ns);
  const go: Record<string, number> = {};
  for (const [id, ns] of Object.entries(theirs.ledger)) add(go, ROWS[id] ?? id, ns);
  expect(ours).toEqual(go);
  expect(a.utilization.length).toBe(Object.keys(theirs.mmu).length);
  const names: Record<number, string> = { 100000: '100us', 1000000: '1ms', 10000000: '10ms', 100000000: '100ms', 1000000000: '1s' };
  for (const u of a.utilization) expect(u.least).toBeCloseTo(theirs.mmu[names[u.windowNs]!]!, 9);
}
