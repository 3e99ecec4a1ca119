/** From what was gathered to what is said: numbers become texts and stacks, rows are sorted, and what is missing is said. */
import {
  formatInstant,
  instant,
  type TraceBlocking,
  type TraceEdge,
  type TraceEntry,
  type TraceLatency,
  type TraceSpent,
  type TraceStack,
  type TraceSum,
  type TraceSummary,
  type TraceSummaryGap,
  type TraceWake,
} from '../../../model/index.ts';
import type { ExecutionTrace, StreamResult, TraceGap, TraceSink } from '../../../read/execution-trace/index.ts';
import { NOBODY, SEVERAL, TraceAnalysis } from './analysis.ts';
import { RUNNABLE_BY_NAMES } from './goroutines.ts';
import { ledgerOf } from './ledger.ts';
import { pauseKind } from './pauses.ts';
import { StackTexts } from './stacks.ts';
import type { Sums } from './sums.ts';
import { SPENT, SPENT_KINDS, SPENT_NAMES, SYSCALL_KEY, spentByName } from './waits.ts';

export interface Analysed {
  readonly analysis: TraceAnalysis;
  readonly result: StreamResult;
  readonly summary: TraceSummary;
}

/** Rows of a list that are said; what is further down is in the totals only. */
const ROWS_KEPT = 400;
const ENDED_BY = 5;
const MEANWHILE = 3;

/** One pass over all stretches of the trace; null when it holds no event. `also` is given everything as well. */
export function analyseTrace(trace: ExecutionTrace, also?: TraceSink): Analysed | null {
  let analysis: TraceAnalysis | null = null;
  const result = trace.stream({
    events(columns, tables) {
      analysis ??= new TraceAnalysis(tables);
      analysis.add(columns);
      also?.events(columns, tables);
    },
    gap(gap) {
      analysis?.gap();
      also?.gap?.(gap);
    },
  });
  const done = analysis as TraceAnalysis | null;
  if (done === null || done.events === 0) return null;
  done.finish();
  return { analysis: done, result, summary: summaryOf(trace, done, result) };
}

export function summaryOf(trace: ExecutionTrace, a: TraceAnalysis, result: StreamResult): TraceSummary {
  const { tables, collector, queue, tasks, first } = a;
  const stacks = new StackTexts(tables);
  const sum = (of: Sums, i: number): TraceSum => ({
    count: of.times[i] as number,
    totalNs: of.total[i] as number,
    mostNs: of.most[i] as number,
    mostAtNs: Math.max(0, (of.mostAt[i] as number) - first),
    mostOffset: of.mostOffset[i] as number,
  });
  const reasonOf = (wait: number): string => {
    const key = a.waits.a[wait] as number;
    return key === SYSCALL_KEY ? 'syscall' : tables.text(key);
  };
  const wait = (i: number): { reason: string; spent: TraceSpent; stack: TraceStack } => ({
    reason: reasonOf(i),
    spent: SPENT_NAMES[a.spentOfWait(i)] as TraceSpent,
    stack: stacks.get(a.waits.b[i] as number),
  });
  const meanwhileOf = byFirst(a.meanwhile);
  const wake = (i: number): TraceWake => {
    const stack = a.wakes.a[i] as number;
    const waker = a.wakers[i] as number;
    return {
      by: stack === 0 && waker === NOBODY ? null : stacks.get(stack),
      goroutine: waker === NOBODY || waker === SEVERAL ? null : waker,
      turnsNs: a.turns[i] as number,
      longestTurnNs: a.longestTurns[i] as number,
      meanwhile: (meanwhileOf.get(i) ?? [])
        .slice(0, MEANWHILE)
        .map((m) => ({ ...wait(a.meanwhile.b[m] as number), ns: a.meanwhile.total[m] as number, mostOffset: a.meanwhile.mostOffset[m] as number })),
      ...sum(a.wakes, i),
    };
  };
  const rankedWakes = a.wakes.ranked();
  const wakesOfWait = new Map<number, number[]>();
  for (const i of rankedWakes) {
    const w = a.wakes.b[i] as number;
    const of = wakesOfWait.get(w);
    if (of === undefined) wakesOfWait.set(w, [i]);
    else if (of.length < ENDED_BY) of.push(i);
  }
  const spent = new Float64Array(SPENT_KINDS);
  const entries = a.entries.all();
  for (const e of entries) for (let i = 0; i < SPENT_KINDS; i++) (spent[i] as number) += e.spent[i] as number;
  return {
    schema: 'gorca.execution-trace/1',
    version: trace.version,
    startedAt: trace.originWallNs === null ? null : formatInstant(instant(trace.originWallNs + BigInt(Math.round(first)))),
    wallNs: a.stretches.reduce((n, s) => n + s.to - s.from, 0),
    spanNs: a.last - first,
    stretches: a.stretches.map((s) => ({ fromNs: s.from - first, toNs: s.to - first })),
    gaps: result.gaps.map((g) => gapOf(g, first)),
    events: a.events,
    generations: trace.generations.length,
    keptBytes: trace.keptBytes,
    lostBytes: trace.lostBytes,
    missing: missingOf(trace, a, result),
    processors: {
      count: a.processors.procs,
      capacityNs: a.processors.capacity,
      rows: ledgerOf(a.ledger),
      assists: collector.assists
        .ranked()
        .slice(0, ROWS_KEPT)
        .map((i) => ({ ...sum(collector.assists, i), stack: stacks.get(collector.assists.b[i] as number), runningNs: a.processors.assistRunning[i] ?? 0 })),
    },
    goroutines: {
      created: a.created,
      ended: a.ended,
      alive: entries.reduce((n, e) => n + e.alive, 0),
      spent: spentByName(spent),
      entries: entries
        .map(
          (e): TraceEntry => ({
            entry: tables.text(e.entry),
            created: e.created,
            ended: e.ended,
            alive: e.alive,
            createdBy: e.bornStack === 0 ? null : stacks.get(e.bornStack),
            spent: spentByName(e.spent),
            lived: { count: e.livedCount, meanNs: e.livedCount === 0 ? 0 : e.lived / e.livedCount, mostNs: e.livedMost },
            left: e.left.map((g) => {
              const at = a.goroutines.lastWait[g] as number;
              const waits = at >= 0;
              return {
                goroutine: tables.goroutineId(g),
                spent: SPENT_NAMES[a.goroutines.spends[g] as number] as TraceSpent,
                reason: waits ? reasonOf(at) : '',
                stack: waits ? stacks.get(a.waits.b[at] as number) : { user: null, frames: [] },
                sinceNs: Math.max(0, (a.goroutines.since[g] as number) - first),
              };
            }),
          }),
        )
        .sort((x, y) => y.spent.running - x.spent.running || y.created + y.alive - (x.created + x.alive) || (x.entry < y.entry ? -1 : 1)),
    },
    latency: {
      by: a.latencies.flatMap((d, i): TraceLatency[] =>
        d.count === 0
          ? []
          : [
              {
                by: RUNNABLE_BY_NAMES[i] as TraceLatency['by'],
                count: d.count,
                totalNs: d.total,
                mostNs: d.most,
                mostAtNs: 0,
                mostOffset: -1,
                p50Ns: d.quantile(0.5),
                p90Ns: d.quantile(0.9),
                p99Ns: d.quantile(0.99),
              },
            ],
      ),
      worst: queue.longest().map((w) => ({
        goroutine: w.goroutine,
        entry: tables.text(w.entry),
        by: RUNNABLE_BY_NAMES[w.runnableBy] as TraceLatency['by'],
        stack: stacks.get(w.byStack),
        ns: w.ns,
        atNs: w.at - first,
        offset: w.offset,
        running: w.running.map((e) => tables.text(e)),
      })),
      waitedNs: spent[SPENT.runnable] as number,
      most: queue.most,
      whileIdleNs: queue.whileIdle,
      whileBusyNs: queue.whileBusy,
      allBusyNs: queue.allBusy,
      standstills: {
        count: queue.standstillCount,
        totalNs: queue.standstillNs,
        list: queue.standstills.map((s) => ({ fromNs: s.from - first, toNs: s.to - first, offset: s.offset })),
      },
    },
    waits: a.waits
      .ranked()
      .slice(0, ROWS_KEPT)
      .map((i): TraceBlocking => ({ ...wait(i), ...sum(a.waits, i), endedBy: (wakesOfWait.get(i) ?? []).map(wake) })),
    wakes: rankedWakes.slice(0, ROWS_KEPT).map((i): TraceEdge => {
      const { reason, stack } = wait(a.wakes.b[i] as number);
      return { reason, stack, ...wake(i) };
    }),
    pauses: collector.pauses.ranked().map((i) => {
      const kind = tables.text(collector.pauses.a[i] as number);
      const stack = stacks.get(collector.pauses.b[i] as number);
      return { kind, ...pauseKind(kind, stack), stack, ...sum(collector.pauses, i) };
    }),
    collector: {
      cycles: collector.marks.times[0] ?? 0,
      markNs: collector.marks.total[0] ?? 0,
      list: collector.cycles.map((c) => ({
        fromNs: c.from - first,
        toNs: c.to - first,
        heapBefore: c.heapBefore,
        heapAfter: c.heapAfter,
        goal: c.goal,
        assists: c.assists,
        assistNs: c.assist,
      })),
      heap:
        collector.allocated.count === 0
          ? null
          : { leastBytes: collector.allocated.least, mostBytes: collector.allocated.most, lastBytes: collector.allocated.last, values: collector.allocated.count },
      goal: collector.goals.count === 0 ? null : { leastBytes: collector.goals.least, mostBytes: collector.goals.most, lastBytes: collector.goals.last },
      overGoalNs: collector.overGoal,
      mostOfGoal: collector.mostOfGoal,
      series: collector.allocated.points().map((p) => ({ atNs: p.time - first, bytes: p.value })),
      utilization: a.utilization.map((u) => ({ windowNs: u.windowNs, least: u.least, atNs: u.at - first })),
    },
    tasks: {
      begun: tasks.begun,
      unfinished: tasks.unfinished,
      startedBefore: tasks.startedBefore,
      types: tasks.types.ranked().map((i) => ({ type: tables.text(tasks.types.a[i] as number), ...sum(tasks.types, i) })),
      list: tasks.list().map((t) => ({
        id: t.id,
        parent: t.parent,
        type: tables.text(t.type),
        beginNs: t.begin < 0 ? null : t.begin - first,
        endNs: t.end < 0 ? null : t.end - first,
        beganOn: t.beganOn,
        endedOn: t.endedOn,
        beginOffset: t.beginOffset,
        endOffset: t.endOffset,
      })),
      regions: tasks.regions.ranked().map((i) => ({ type: tables.text(tasks.regions.a[i] as number), ...sum(tasks.regions, i) })),
      logs: [...tasks.logs].map(([category, count]) => ({ category: tables.text(category), count })).sort((x, y) => y.count - x.count || (x.category < y.category ? -1 : 1)),
    },
  };
}

/** Indices by their first number, greatest total first. */
function byFirst(of: Sums): Map<number, number[]> {
  const map = new Map<number, number[]>();
  for (const i of of.ranked()) {
    const list = map.get(of.a[i] as number);
    if (list === undefined) map.set(of.a[i] as number, [i]);
    else if (list.length < MEANWHILE) list.push(i);
  }
  return map;
}

const SHORT_NS = 1_000_000_000;

/** Times since the first event. */
function gapOf(g: TraceGap, first: number): TraceSummaryGap {
  const from = g.fromNs === null ? null : Math.max(0, g.fromNs - first);
  return { fromNs: from, toNs: g.toNs === null ? null : Math.max(from ?? 0, g.toNs - first), generations: g.lost, offset: g.offset, bytes: g.bytes, why: g.what };
}

function gapText(g: TraceSummaryGap): string {
  const { fromNs, toNs, generations: lost, bytes, offset, why } = g;
  const of = `${bytes} bytes at ${offset}: ${why}`;
  if (fromNs === null) return `what was traced before the first event here is not given, ${of}`;
  if (toNs === null) return `what was traced after ${milliseconds(fromNs)} is not given, ${of}`;
  const which = lost === null ? '' : lost.from === lost.to ? `, with generation ${lost.from}` : `, with generations ${lost.from} to ${lost.to}`;
  return `${milliseconds(toNs - fromNs)} from ${milliseconds(fromNs)} on are not given${which}, ${of}`;
}

const milliseconds = (ns: number): string => `${(ns / 1e6).toFixed(ns < 1e7 ? 2 : 0)} ms`;

/** What a reader of the numbers has to know. */
function missingOf(trace: ExecutionTrace, a: TraceAnalysis, result: StreamResult): string[] {
  const missing: string[] = [];
  if (trace.lostBytes > 0) missing.push(`the trace is cut or damaged: ${trace.keptBytes} of ${trace.keptBytes + trace.lostBytes} bytes are read, ${trace.lostBytes} are lost`);
  for (const g of result.gaps) missing.push(gapText(gapOf(g, a.first)));
  if (a.stretches.length > 1)
    missing.push(`${a.stretches.length} stretches are counted, each by itself: sums are lower bounds, nothing is known across a gap, and shares are of what is covered`);
  if (result.missing > 0) missing.push(`${result.missing} references to stacks or texts lead nowhere: they are counted without`);
  if (result.tablesFull) missing.push('more stacks or texts than are kept: what came later is counted without');
  if (a.stretches.reduce((n, s) => n + s.to - s.from, 0) < SHORT_NS) missing.push('less than a second was traced: what happens rarely is not in it');
  if (trace.originWallNs === null) missing.push('traces before Go 1.25 have no wall clock: times are since the start of the trace');
  if (a.tasks.begun === 0) missing.push('no tasks: runtime/trace.NewTask in the program would tell requests apart');
  if (a.tasks.endedTwice > 0)
    missing.push(`the program ended a task that had ended already, ${a.tasks.endedTwice === 1 ? 'once' : `${a.tasks.endedTwice} times`}: only the first end counts`);
  if (a.processors.utilization.cut) missing.push('so many changes that the curve of utilization is of a part of the trace only');
  return missing;
}
