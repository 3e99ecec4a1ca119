/**
 * A damaged trace is analysed over all of its stretches: every sum is that of the stretches, each analysed by itself, and what lies between is said.
 * Recorded traces, injured at several places.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../model/index.ts';
import { type ExecutionTrace, readTrace, type TraceTables } from '../../../read/execution-trace/index.ts';
import { TraceAnalysis } from './analysis.ts';
import { ChromeWriter } from './chrome.ts';
import { RUNNABLE_BY_NAMES } from './goroutines.ts';
import { ledgerOf, ledgerOfTrace } from './ledger.ts';
import { criticalPath } from './path.ts';
import { analyseTrace } from './summary.ts';
import type { Sums } from './sums.ts';
import { goroutineTimeline } from './timeline.ts';
import { SPENT_NAMES, SYSCALL_KEY } from './waits.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const many = new Uint8Array(readFileSync(join(root, 'go', 'zoo', 'testdata', 'trace-stories', 'many-generations.go1.26.trace')));
const readers = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(join(root, 'src', 'read', 'execution-trace', 'testdata', `${name}.trace.gz`))));
const all26 = readers('all.go1.26');
const all22 = readers('all.go1.22');

const opened = (bytes: Uint8Array): ExecutionTrace => readTrace(memorySource(bytes), 'x').model!;
/** The first byte of these generations is no begin of a batch any more. */
function injured(bytes: Uint8Array, ...places: number[]): Uint8Array {
  const { generations } = opened(bytes);
  const copy = bytes.slice();
  for (const p of places) copy[generations.at(p)!.offset] = 0xff;
  return copy;
}

type Additive = Record<string, number>;
const put = (to: Additive, key: string, n: number): void => {
  if (n !== 0) to[key] = (to[key] ?? 0) + n;
};
const most = (to: Additive, key: string, n: number): void => {
  to[key] = Math.max(to[key] ?? 0, n);
};

/** Everything that adds up, by what it is of. */
function additive(a: TraceAnalysis, into: Additive): void {
  const { tables } = a;
  const stack = (id: number): string =>
    tables
      .stackFrames(id)
      .map((f) => `${f.function}:${f.line}`)
      .join('<');
  const sums = (name: string, of: Sums, key: (i: number) => string): void => {
    for (let i = 0; i < of.count; i++) {
      if (of.times[i] === 0) continue;
      put(into, `${name} ${key(i)} times`, of.times[i]!);
      put(into, `${name} ${key(i)} ns`, of.total[i]!);
      most(into, `${name} ${key(i)} most`, of.most[i]!);
    }
  };
  const wait = (i: number): string => `${a.waits.a[i] === SYSCALL_KEY ? 'syscall' : tables.text(a.waits.a[i]!)} ${stack(a.waits.b[i]!)}`;
  sums('wait', a.waits, wait);
  sums('wake', a.wakes, (i) => `${stack(a.wakes.a[i]!)} → ${wait(a.wakes.b[i]!)}`);
  sums('pause', a.collector.pauses, (i) => `${tables.text(a.collector.pauses.a[i]!)} ${stack(a.collector.pauses.b[i]!)}`);
  sums('assist', a.collector.assists, (i) => stack(a.collector.assists.b[i]!));
  sums('cycle', a.collector.marks, () => '');
  sums('task', a.tasks.types, (i) => tables.text(a.tasks.types.a[i]!));
  sums('region', a.tasks.regions, (i) => tables.text(a.tasks.regions.a[i]!));
  for (let i = 0; i < a.wakes.count; i++) put(into, `turns ${stack(a.wakes.a[i]!)} → ${wait(a.wakes.b[i]!)}`, a.turns[i]!);
  for (const [c, n] of a.tasks.logs) put(into, `log ${tables.text(c)}`, n);
  a.latencies.forEach((d, i) => {
    put(into, `latency ${RUNNABLE_BY_NAMES[i]} times`, d.count);
    put(into, `latency ${RUNNABLE_BY_NAMES[i]} ns`, d.total);
    most(into, `latency ${RUNNABLE_BY_NAMES[i]} most`, d.most);
  });
  for (const e of a.entries.all()) {
    put(into, `entry ${tables.text(e.entry)} created`, e.created);
    put(into, `entry ${tables.text(e.entry)} ended`, e.ended);
    e.spent.forEach((ns, i) => {
      put(into, `entry ${tables.text(e.entry)} ${SPENT_NAMES[i]}`, ns);
    });
  }
  for (const r of ledgerOf(a.ledger)) put(into, `row ${r.id}`, r.ns);
  put(into, 'capacity', a.processors.capacity);
  put(into, 'events', a.events);
  put(into, 'created', a.created);
  put(into, 'ended', a.ended);
  put(into, 'begun', a.tasks.begun);
  put(into, 'unfinished', a.tasks.unfinished);
  put(into, 'before', a.tasks.startedBefore);
  put(into, 'busy', a.queue.whileBusy);
  put(into, 'idle', a.queue.whileIdle);
  put(into, 'all busy', a.queue.allBusy);
  put(into, 'standstills', a.queue.standstillNs);
  put(into, 'over goal', a.collector.overGoal);
  put(
    into,
    'wall',
    a.stretches.reduce((n, s) => n + s.to - s.from, 0),
  );
  for (const u of a.utilization) into[`least ${u.windowNs}`] = Math.min(into[`least ${u.windowNs}`] ?? 1, u.least);
}

/** Each stretch by itself: a stream that does not get over gaps, begun again behind each. */
function summed(trace: ExecutionTrace): { of: Additive; stretches: number } {
  const of: Additive = {};
  let stretches = 0;
  for (let from = 0; from < trace.generations.length; ) {
    let analysis: TraceAnalysis | null = null;
    const { broken } = trace.stream(
      {
        events(e, tables) {
          analysis ??= new TraceAnalysis(tables);
          analysis.add(e);
        },
      },
      from,
    );
    const done = analysis as TraceAnalysis | null;
    if (done !== null && done.events > 0) {
      done.finish();
      additive(done, of);
      stretches++;
    }
    if (broken === null) break;
    from = trace.generations[broken.generation]!.afterLoss && broken.generation > from ? broken.generation : broken.generation + 1;
  }
  return { of, stretches };
}

/** What has to hold of any injured trace. */
function held(bytes: Uint8Array): ReturnType<typeof analyseTrace> {
  const { model } = readTrace(memorySource(bytes), 'x');
  if (model === null) return null;
  const analysed = analyseTrace(model);
  if (analysed === null) return null;
  const { analysis, summary, result } = analysed;
  const ours: Additive = {};
  additive(analysis, ours);
  const theirs = summed(model);
  expect(ours).toEqual(theirs.of);
  expect(summary.stretches.length).toBe(theirs.stretches);
  const rows = ledgerOf(ledgerOfTrace(model)!);
  expect(rows).toEqual(summary.processors.rows);
  expect(rows.reduce((n, r) => n + r.ns, 0)).toBe(summary.processors.capacityNs);
  // nothing lasts over a gap
  const longest = Math.max(...summary.stretches.map((s) => s.toNs - s.fromNs));
  for (const w of [...summary.waits, ...summary.wakes, ...summary.pauses, ...summary.latency.by]) expect(w.mostNs).toBeLessThanOrEqual(longest);
  // every byte that is lost is said to be
  const lost = result.gaps.filter((g) => g.before === null || g.after === null || model.generations[g.after]!.afterLoss).reduce((n, g) => n + g.bytes, 0);
  expect(lost).toBeGreaterThanOrEqual(model.lostBytes);
  for (const g of summary.gaps) expect(summary.missing.some((m) => m.includes(`${g.bytes} bytes at ${g.offset}`))).toBe(true);
  return analysed;
}

describe('a trace that is damaged', () => {
  const whole = analyseTrace(opened(many))!.summary;

  test.each([
    ['in the middle', many, [3], 2, 1],
    ['at two places', many, [2, 5], 3, 2],
    ['at two that follow each other', many, [3, 4], 2, 1],
    ['at the first generation', many, [0], 1, 1],
    ['at the last', many, [-1], 1, 1],
    ['at first, middle and last', many, [0, 3, -1], 2, 3],
    ['in the middle, another program', all26, [1], 2, 1],
  ] as const)('%s: all stretches count', (_, bytes, places, stretches, gaps) => {
    const { summary } = held(injured(bytes, ...places))!;
    expect([summary.stretches.length, summary.gaps.length]).toEqual([stretches, gaps]);
    expect(summary.generations).toBe(opened(bytes).generations.length - places.length);
    expect(summary.wallNs).toBeLessThan(summary.spanNs + 1);
  });

  test('says which bytes, generations and times are not covered', () => {
    const { generations } = opened(many);
    const { summary } = held(injured(many, 3, 4))!;
    const [gap] = summary.gaps;
    expect(gap).toMatchObject({ offset: generations[3]!.offset, bytes: generations[3]!.length + generations[4]!.length });
    expect(gap?.generations).toEqual({ from: generations[3]!.number, to: generations[4]!.number });
    // the stretch before it ends where generation 3 began, and the next begins with generation 5
    expect(Math.abs(gap!.fromNs! - generations[3]!.beginNs)).toBeLessThan(5e6);
    expect(Math.abs(gap!.toNs! - generations[5]!.beginNs)).toBeLessThan(5e6);
    expect(summary.missing.join('\n')).toMatch(/ms from \d+ ms on are not given, with generations 4 to 5, \d+ bytes at \d+/);
    expect(summary.missing.join('\n')).toMatch(/sums are lower bounds/);
    expect(summary.wallNs + (gap!.toNs! - gap!.fromNs!)).toBeLessThanOrEqual(summary.spanNs + 5e6);
  });

  test('totals are at most those of the whole trace', () => {
    const { summary } = held(injured(many, 2, 5))!;
    const count = (rows: readonly { count: number }[]): number => rows.reduce((n, r) => n + r.count, 0);
    for (const of of [
      (s: typeof whole) => s.goroutines.created,
      (s: typeof whole) => s.tasks.begun,
      (s: typeof whole) => count(s.wakes),
      (s: typeof whole) => s.processors.capacityNs,
    ])
      expect(of(summary)).toBeLessThanOrEqual(of(whole));
    expect(count(summary.wakes)).toBeLessThan(count(whole.wakes));
  });

  test('where the order breaks, what comes after that generation is taken anew', () => {
    // a batch whose events are exchanged for others of the same size: the frame holds, the order does not
    const trace = opened(many);
    const { offset, length } = trace.generations[3]!;
    let broke = 0;
    for (let at = offset + 200; at < offset + length && broke < 5; at += 997) {
      const copy = many.slice();
      copy[at] = 17; // GoDestroy
      const analysed = held(copy);
      if (analysed!.result.gaps.length === 0 || analysed!.result.gaps[0]!.lost !== null) continue;
      broke++;
      expect(analysed!.summary.stretches.length).toBe(2);
      expect(analysed!.result.gaps[0]).toMatchObject({ before: 3, after: 4 });
    }
    expect(broke).toBeGreaterThan(0);
  });

  test('wherever it is: the analysis is the sum of those of its stretches', () => {
    for (const bytes of [many, all26, all22])
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.integer({ min: 16, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }), (injuries) => {
          const copy = bytes.slice();
          for (const [at, byte] of injuries) copy[at] = byte;
          held(copy);
        }),
        { numRuns: 12 },
      );
  }, 120_000);
});

describe('what asks for one thing, in a damaged trace', () => {
  const damaged = opened(injured(many, 3));
  const { analysis, summary } = analyseTrace(damaged)!;
  const [{ toNs: end }, { fromNs: begin }] = summary.stretches as unknown as [{ toNs: number }, { fromNs: number }];

  test('a goroutine from start to end has no step over the gap, and goes on behind it', () => {
    const name = (e: { entry: string }): boolean => e.entry.includes('manyGenerations');
    const id = summary.goroutines.entries.find(name)!.left[0]?.goroutine ?? summary.tasks.list.find((t) => t.endedOn > 0)!.endedOn;
    const of = goroutineTimeline(damaged, id)!;
    expect(of.steps.some((s) => s.toNs <= end)).toBe(true);
    expect(of.steps.some((s) => s.fromNs >= begin)).toBe(true);
    expect(of.steps.filter((s) => s.fromNs < end && s.toNs > begin)).toEqual([]);
    expect(of.steps.find((s) => s.fromNs >= begin)).toMatchObject({ spent: 'undetermined' });
  });

  test('a critical path is lost at the gap, and whole within a stretch', () => {
    const within = summary.tasks.list.filter((t) => t.beginNs !== null && t.endNs !== null && t.beginNs > begin + 5e8);
    const task = within[0]!;
    const { first } = analysis;
    const ask = (from: number, to: number): ReturnType<typeof criticalPath> =>
      criticalPath(damaged, { what: 'x', from: first + from, to: first + to, goroutine: task.endedOn }, first);
    expect(ask(task.beginNs!, task.endNs!).lost).toBe(null);
    const over = ask(end - 2e8, task.endNs!);
    expect(over.lost?.why).toMatch(/stretch of a damaged trace/);
    expect(over.lost!.atNs).toBeGreaterThanOrEqual(begin);
    // and one that ends with the first stretch
    expect(ask(end - 1e7, end).steps.every((s) => s.toNs <= end)).toBe(true);
  });

  test('the export for Perfetto shows the gap, and no slice over it', () => {
    let text = '';
    let writer: ChromeWriter | null = null;
    damaged.stream({
      events(e, tables: TraceTables) {
        writer ??= new ChromeWriter(tables, (t) => {
          text += t;
        });
        writer.add(e);
      },
      gap: (g) => writer?.gap(g),
    });
    (writer as ChromeWriter | null)?.finish();
    const { traceEvents } = JSON.parse(text) as { traceEvents: { ph: string; name: string; ts: number; dur: number }[] };
    const slices = traceEvents.filter((e) => e.ph === 'X');
    const over = slices.filter((s) => s.ts * 1000 < end - 1 && (s.ts + s.dur) * 1000 > begin + 1);
    expect(over).toEqual([]);
    const gap = slices.filter((s) => /^not in the trace: \d+ bytes$/.test(s.name));
    expect(gap.map((s) => s.ts)).toEqual([end / 1000]);
  });
});
