/** `gorca trace summary`: one page. */
import type { TraceBlocking, TraceSpent, TraceSummary, TraceWake } from '../../model/index.ts';
import { grouped, plural } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { oneLine } from '../lib/safe-text.ts';
import { alikeAssists, alikePauses, alikeWaits } from './alike.ts';
import { aligned, lines } from './table.ts';
import { bytes, duration, figures, named, percent, place, reasonWords, spentWords, where } from './words.ts';

const WAITS = 6;
const LEDGER = 8;
const ENTRIES = 5;
const ALL_OF_IT = 0.95;
/** Waits that tell of nothing by themselves: who waits so has nothing to do. */
const IDLE_REASONS = new Set(['system goroutine wait', 'GC background sweeper wait', 'GC mark assist wait for work', 'force gc (idle)', '']);

export function heading(page: Page, s: TraceSummary, name: string): void {
  const stretches = s.stretches.length > 1 ? ` in ${s.stretches.length} stretches over ${duration(s.spanNs)}` : '';
  page.heading(`${oneLine(name)}: ${duration(s.wallNs)}${stretches} of a process with ${plural(s.processors.count, 'processor')}`);
  page.line(
    `${grouped(s.events)} events, ${plural(s.generations, 'generation')}, ${bytes(s.keptBytes)}, Go 1.${s.version}${s.startedAt === null ? '' : `, from ${s.startedAt.replace(/(\.\d{3})\d*Z$/, '$1Z')}`}`,
    '2',
  );
  page.blank();
}

/** What a person has to know before trusting the numbers. */
export function missing(page: Page, s: TraceSummary): void {
  if (s.missing.length === 0) return;
  page.blank();
  s.missing.forEach((text, i) => {
    page.row(i === 0 ? 'MISSING' : '', text);
  });
}

export function renderTraceSummary(s: TraceSummary, name: string, options: TerminalOptions = {}): string {
  const page = new Page(options);
  heading(page, s, name);
  lines(page, 'TIME', ledger(s), options);
  page.blank();
  lines(page, 'SPENT', goroutines(s), options);
  // what waits once and for all of the time has nothing to do, as far as can be seen: gorca trace blocking has it
  const waits = alikeWaits(telling(s.waits).filter((w) => w.count > 1 || w.mostNs < ALL_OF_IT * s.wallNs)).slice(0, WAITS);
  if (waits.length > 0) {
    page.blank();
    lines(page, 'WAITS', waits.flatMap(waitLines), options);
  }
  page.blank();
  lines(page, 'LATENCY', latency(s), options);
  page.blank();
  lines(page, 'GC', collector(s), options);
  const tasks = taskLines(s);
  if (tasks.length > 0) {
    page.blank();
    lines(page, 'TASKS', tasks, options);
  }
  missing(page, s);
  return page.text();
}

/** Those that could tell of trouble. */
export const telling = (waits: readonly TraceBlocking[]): TraceBlocking[] => waits.filter((w) => !IDLE_REASONS.has(w.reason) && w.stack.user !== null);

function ledger(s: TraceSummary): string[] {
  const { rows, capacityNs, count } = s.processors;
  const shown = rows.slice(0, LEDGER);
  const rest = rows.slice(LEDGER).reduce((n, r) => n + r.ns, 0);
  const table = shown.map((r) => [percent(r.share), duration(r.ns), r.title]);
  if (rest > 0) table.push([percent(rest / capacityNs), duration(rest), `in ${plural(rows.length - LEDGER, 'further row')} (--json)`]);
  return [
    ...aligned(table, [0, 1]),
    `of ${duration(capacityNs)} of processor time (${Math.abs(capacityNs / s.wallNs - count) < 0.01 ? `${duration(s.wallNs)} × ${count}` : `${duration(s.wallNs)} × GOMAXPROCS, which changed`}), every nanosecond in one row`,
  ];
}

function goroutines(s: TraceSummary): string[] {
  const { created, ended, alive, spent, entries } = s.goroutines;
  const order: TraceSpent[] = ['running', 'runnable', 'syscall', 'network', 'lock', 'channel', 'sleep', 'collector'];
  const times = order.filter((k) => spent[k] > 0).map((k) => `${spentWords(k)} ${duration(spent[k])}`);
  const rows = entries
    .filter((e) => e.entry !== '' && !/^runtime[./]/.test(e.entry))
    .slice(0, ENTRIES)
    .map((e) => [named(e.entry), `${grouped(e.created)} created`, `${grouped(e.alive)} alive`, `ran ${duration(e.spent.running)}`]);
  return [`${grouped(created)} goroutines created, ${grouped(ended)} ended, ${grouped(alive)} alive at the end`, ...wrapped(times), ...aligned(rows, [1, 2, 3])];
}

/** Three to a line. */
function wrapped(parts: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < parts.length; i += 3) out.push(parts.slice(i, i + 3).join(' · '));
  return out;
}

export function waitLines(w: TraceBlocking): string[] {
  const out = [`${figures(w)}  ${reasonWords(w.reason, w.stack)}\t${where(w.stack)}`];
  const [by] = w.endedBy;
  if (by?.by != null && by.totalNs >= w.totalNs / 2) {
    out.push(`${' '.repeat(10)}ended by ${where(by.by)}`);
    out.push(...meanwhileLines(by));
  }
  return out;
}

/** What the one that was waited for waited for itself, where that is most of its turns. */
export function meanwhileLines(w: TraceWake): string[] {
  return w.meanwhile
    .filter((m) => w.turnsNs > 0 && m.ns >= w.turnsNs / 10)
    .map((m) => `${' '.repeat(12)}which spent ${percent(m.ns / w.turnsNs)} of its turn in: ${reasonWords(m.reason, m.stack)}\t${where(m.stack)}`);
}

function latency(s: TraceSummary): string[] {
  const { by, standstills, worst, whileBusyNs } = s.latency;
  if (by.length === 0) return ['no goroutine had to wait for a processor'];
  const rows = by.map((l) => [WHY[l.by], `${grouped(l.count)}×`, `p50 ${duration(l.p50Ns)}`, `p99 ${duration(l.p99Ns)}`, `longest ${duration(l.mostNs)}`]);
  const out = ['from runnable to running:', ...aligned(rows, [1])];
  const [w] = worst;
  if (w !== undefined)
    out.push(
      `longest: ${named(w.entry)}, made runnable\t${w.stack.frames.length === 0 ? 'by the scheduler (timer, poller)' : `at ${where(w.stack)}`}${w.running.length === 0 ? '' : `; ${named(w.running[0] as string)} ran meanwhile`}`,
    );
  out.push(`every processor busy while somebody waited: ${duration(whileBusyNs)} (${percent(whileBusyNs / s.wallNs)} of the time)`);
  if (standstills.count > 0)
    out.push(`${plural(standstills.count, 'time')} nothing of the process ran at all, ${duration(standstills.totalNs)} together: it got no processor (quota?)`);
  return out;
}

export const WHY = {
  created: 'once created',
  unblocked: 'once unblocked',
  syscall: 'after a system call',
  stopped: 'once stopped',
  already: 'since before',
} as const;

function collector(s: TraceSummary): string[] {
  const { cycles, markNs, heap, goal, utilization } = s.collector;
  const out: string[] = [];
  if (heap === null) out.push('no value of the heap in it');
  else
    out.push(
      `${plural(cycles, 'cycle')}${cycles === 0 ? '' : `, marking ${duration(markNs)}`}; heap ${bytes(heap.leastBytes)} to ${bytes(heap.mostBytes)}${goal === null ? '' : `, goal ${bytes(goal.leastBytes)} to ${bytes(goal.mostBytes)}`}`,
    );
  for (const p of alikePauses(s.pauses).slice(0, 4)) {
    const who = p.because === 'capture' ? '\t(whoever looked, not the program)' : p.because === 'program' && p.stack.user !== null ? `\tat ${place(p.stack.user)}` : '';
    out.push(`${figures(p)}\tworld stopped: ${p.kind}${who}`);
  }
  const [assist] = alikeAssists(s.processors.assists);
  if (assist !== undefined) {
    const total = s.processors.assists.reduce((n, a) => n + a.runningNs, 0);
    out.push(`assists ran ${duration(total)}, ${percent(total === 0 ? 0 : assist.runningNs / total)} of it for\t${where(assist.stack)}`);
  }
  if (utilization.length > 0) out.push(`least share left to the program: ${utilization.map((u) => `${percent(u.least)} in ${duration(u.windowNs)}`).join(', ')}`);
  return out;
}

function taskLines(s: TraceSummary): string[] {
  const { types, regions, unfinished } = s.tasks;
  const out = types.slice(0, 5).map((t) => `${figures(t)}  task ${oneLine(t.type)}`);
  out.push(...regions.slice(0, 5).map((r) => `${figures(r)}  region ${oneLine(r.type)}`));
  if (unfinished > 0) out.push(`${plural(unfinished, 'task')} did not end in the trace`);
  return out;
}
