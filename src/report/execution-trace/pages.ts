/** The pages of `gorca trace latency`, `blocking`, `gc`, `goroutine` and `wakeups`. */
import type { TraceGoroutine, TracePath, TraceSpent, TraceSummary } from '../../model/index.ts';
import { grouped, plural } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { oneLine } from '../lib/safe-text.ts';
import { alikeAssists, alikePauses, alikeWaits, alikeWakes } from './alike.ts';
import { heading, meanwhileLines, missing, telling, WHY, waitLines } from './summary.ts';
import { aligned, lines } from './table.ts';
import { bytes, duration, figures, named, percent, place, reasonWords, since, spentWords, where } from './words.ts';

export interface PageOptions extends TerminalOptions {
  /** So many rows of each list. */
  readonly first?: number;
}
const FIRST = 15;
const known = (n: number | null): string => (n === null ? 'unknown' : bytes(n));

export function renderLatency(s: TraceSummary, name: string, options: PageOptions = {}): string {
  const page = new Page(options);
  const { latency } = s;
  heading(page, s, name);
  if (latency.by.length === 0) page.row('', 'no goroutine had to wait for a processor');
  else {
    lines(
      page,
      'WAITED',
      aligned(
        [
          ['', '', 'p50', 'p90', 'p99', 'longest'],
          ...latency.by.map((l) => [WHY[l.by], `${grouped(l.count)}×`, duration(l.p50Ns), duration(l.p90Ns), duration(l.p99Ns), duration(l.mostNs)]),
        ],
        [1, 2, 3, 4, 5],
      ),
      options,
    );
    page.blank();
    lines(
      page,
      'LONGEST',
      latency.worst
        .slice(0, options.first ?? FIRST)
        .flatMap((w) => [
          `${duration(w.ns).padStart(8)}  at ${since(w.atNs)}  goroutine ${w.goroutine}\t${named(w.entry)}`,
          `${' '.repeat(10)}${w.by === 'unblocked' ? 'unblocked' : w.by === 'created' ? 'created' : 'runnable'} ${w.stack.frames.length === 0 ? 'by the scheduler (timer, poller)' : `at ${where(w.stack)}`}${w.running.length === 0 ? '' : `;\trunning elsewhere: ${[...new Set(w.running.map(named))].join(', ')}`}`,
        ]),
      options,
    );
    page.blank();
    lines(
      page,
      'QUEUE',
      [
        `${grouped(latency.most)} goroutines at most waited for a processor at once; ${duration(latency.waitedNs)} in sum over all goroutines`,
        `${duration(latency.whileBusyNs)} (${percent(latency.whileBusyNs / s.wallNs)}) somebody waited while all processors were busy`,
        `${duration(latency.whileIdleNs)} (${percent(latency.whileIdleNs / s.wallNs)}) somebody waited though a processor was idle: it was on its way`,
        `${duration(latency.allBusyNs)} (${percent(latency.allBusyNs / s.wallNs)}) all processors were busy`,
      ],
      options,
    );
    if (latency.standstills.count > 0) {
      page.blank();
      lines(
        page,
        'STOOD',
        [
          `${plural(latency.standstills.count, 'time')} nothing of the process ran though a goroutine was on a processor: ${duration(latency.standstills.totalNs)}`,
          'the kernel gave it no time: a CPU quota, or a machine that is full (container_cpu_cfs_throttled_seconds_total tells)',
          ...latency.standstills.list.slice(0, 5).map((x) => `${since(x.fromNs).padStart(10)}  ${duration(x.toNs - x.fromNs)}`),
        ],
        options,
      );
    }
  }
  missing(page, s);
  return page.text();
}

export function renderBlocking(s: TraceSummary, name: string, options: PageOptions & { all?: boolean } = {}): string {
  const page = new Page(options);
  heading(page, s, name);
  const { spent } = s.goroutines;
  const order: TraceSpent[] = ['lock', 'channel', 'network', 'syscall', 'sleep', 'collector', 'other'];
  const totals = order.filter((k) => spent[k] > 0);
  lines(
    page,
    'SUMS',
    totals.length === 0
      ? ['nobody waited for anything']
      : aligned(
          totals.map((k) => [duration(spent[k]), spentWords(k)]),
          [0],
        ),
    options,
  );
  const every = alikeWaits(s.waits);
  const waits = options.all === true ? every : telling(every);
  for (const kind of order) {
    const of = waits.filter((w) => w.spent === kind).slice(0, options.first ?? FIRST);
    if (of.length === 0) continue;
    page.blank();
    lines(page, LABELS[kind], of.flatMap(waitLines), options);
  }
  if (waits.length < every.length)
    page.row('', `${plural(every.length - waits.length, 'wait')} of the runtime's own goroutines, and of those without a frame of the program, are left out (--all)`);
  missing(page, s);
  return page.text();
}

const LABELS: Readonly<Record<TraceSpent, string>> = {
  lock: 'LOCKS',
  channel: 'CHANNEL',
  network: 'NETWORK',
  syscall: 'SYSCALL',
  sleep: 'SLEEP',
  collector: 'GC',
  other: 'OTHER',
  undetermined: '',
  running: '',
  runnable: '',
};

export function renderCollector(s: TraceSummary, name: string, options: PageOptions = {}): string {
  const page = new Page(options);
  heading(page, s, name);
  const { collector, processors } = s;
  const pauses = alikePauses(s.pauses);
  const first = options.first ?? FIRST;
  const rows = processors.rows.filter((r) => r.id.startsWith('gc-') || r.id.startsWith('stopped: '));
  if (rows.length > 0)
    lines(
      page,
      'TIME',
      aligned(
        rows.map((r) => [percent(r.share), duration(r.ns), r.title]),
        [0, 1],
      ),
      options,
    );
  page.blank();
  lines(
    page,
    'PAUSES',
    pauses.length === 0
      ? ['the world was never stopped']
      : pauses
          .slice(0, first)
          .flatMap((p) => [
            `${figures(p)}  ${p.kind}:\t${p.means}`,
            ...(p.because === 'capture'
              ? [`${' '.repeat(10)}by whoever looked: the program did not ask for it`]
              : p.because === 'program'
                ? [`${' '.repeat(10)}asked for at ${where(p.stack)}`]
                : []),
          ]),
    options,
  );
  if (processors.assists.length > 0) {
    page.blank();
    lines(
      page,
      'ASSISTS',
      alikeAssists(processors.assists)
        .slice(0, first)
        .map((a) => `${figures(a)}  ran ${duration(a.runningNs)}\t${where(a.stack)}`),
      options,
    );
  }
  page.blank();
  if (collector.list.length > 0)
    lines(
      page,
      'CYCLES',
      aligned(
        [
          ['at', 'marking', 'heap', 'goal', 'assists'],
          ...collector.list
            .slice(0, first)
            .map((c) => [
              since(c.fromNs),
              duration(c.toNs - c.fromNs),
              `${known(c.heapBefore)} → ${known(c.heapAfter)}`,
              known(c.goal),
              `${grouped(c.assists)}× ${duration(c.assistNs)}`,
            ]),
        ],
        [0, 1, 3],
      ),
      options,
    );
  else lines(page, 'CYCLES', [collector.cycles === 0 ? 'no cycle was seen' : plural(collector.cycles, 'cycle')], options);
  if (collector.list.length > first || collector.cycles > collector.list.length) page.row('', `${plural(collector.cycles, 'cycle')} in all (--json has ${collector.list.length})`);
  if (collector.heap !== null) {
    page.blank();
    lines(
      page,
      'HEAP',
      [
        `in use ${bytes(collector.heap.leastBytes)} to ${bytes(collector.heap.mostBytes)}, ${bytes(collector.heap.lastBytes)} at the end`,
        ...(collector.goal === null ? [] : [`goal ${bytes(collector.goal.leastBytes)} to ${bytes(collector.goal.mostBytes)}; above it for ${duration(collector.overGoalNs)}`]),
      ],
      options,
    );
  }
  if (collector.utilization.length > 0) {
    page.blank();
    lines(
      page,
      'LEAST',
      [
        'share of processor time left to the program, in the worst window of each length',
        ...aligned(
          collector.utilization.map((u) => [duration(u.windowNs), percent(u.least), `at ${since(u.atNs)}`]),
          [0, 1],
        ),
      ],
      options,
    );
  }
  missing(page, s);
  return page.text();
}

/** Goroutines by the function they start in. */
export function renderGoroutines(s: TraceSummary, name: string, options: PageOptions = {}): string {
  const page = new Page(options);
  heading(page, s, name);
  const first = options.first ?? FIRST;
  const { entries } = s.goroutines;
  for (const e of entries.slice(0, first)) {
    page.heading(named(e.entry));
    const order: TraceSpent[] = ['running', 'runnable', 'syscall', 'network', 'lock', 'channel', 'sleep', 'collector', 'other'];
    const times = order.filter((k) => e.spent[k] > 0).map((k) => `${spentWords(k)} ${duration(e.spent[k])}`);
    const born = e.createdBy === null ? '' : `, by ${where(e.createdBy)}`;
    page.row(
      '',
      `${grouped(e.created)} created${born}, ${grouped(e.ended)} ended, ${grouped(e.alive)} alive at the end${e.lived.count === 0 ? '' : `; lived ${duration(e.lived.meanNs)} on average, ${duration(e.lived.mostNs)} at most`}`,
    );
    page.row('', times.join(' · '));
    const [left] = e.left;
    if (left !== undefined)
      page.row(
        '',
        `left: goroutine ${left.goroutine}${left.reason === '' ? '' : ` in ${reasonWords(left.reason, left.stack)} at ${where(left.stack)}`} since ${since(left.sinceNs)}${e.alive > 1 ? `, and ${grouped(e.alive - 1)} more` : ''}`,
      );
  }
  if (entries.length > first) page.row('', `and ${plural(entries.length - first, 'further function')} (--first, --json)`);
  page.blank();
  page.row('', 'gorca trace goroutine FILE --id N tells what one of them did');
  missing(page, s);
  return page.text();
}

export function renderGoroutine(g: TraceGoroutine, options: PageOptions = {}): string {
  const page = new Page(options);
  page.heading(`goroutine ${g.goroutine}: ${named(g.entry)}`);
  page.row(
    '',
    g.created === null
      ? 'created before the trace'
      : `created at ${since(g.created.atNs)} by ${g.created.by < 0 ? 'nobody known' : `goroutine ${g.created.by}`} at ${where(g.created.stack)}`,
  );
  page.row('', g.ended ? 'it ended' : 'it lived on when the trace ended');
  page.blank();
  const used = (Object.keys(g.spent) as TraceSpent[]).filter((k) => g.spent[k] > 0);
  lines(
    page,
    'SUMS',
    aligned(
      used.map((k) => [duration(g.spent[k]), spentWords(k)]),
      [0],
    ),
    options,
  );
  page.blank();
  const first = options.first ?? 60;
  lines(
    page,
    'STEPS',
    g.steps
      .slice(0, first)
      .flatMap((x) => [
        `${since(x.fromNs).padStart(10)} ${duration(x.toNs - x.fromNs).padStart(8)}  ${x.spent === 'running' ? `running${x.processor === null ? '' : ` on P ${x.processor}`}, to\t${where(x.stack)}` : x.spent === 'runnable' ? 'waiting for a processor' : `${x.reason === '' ? spentWords(x.spent) : reasonWords(x.reason, x.stack)}\t${where(x.stack)}`}`,
        ...(x.endedBy !== null && x.endedBy.goroutine >= 0 ? [`${' '.repeat(21)}ended by goroutine ${x.endedBy.goroutine} at ${where(x.endedBy.stack)}`] : []),
      ]),
    options,
  );
  const left = g.steps.length - Math.min(first, g.steps.length) + g.left;
  if (left > 0) page.row('', `and ${plural(left, 'further step')} (--first, --json)`);
  return page.text();
}

/** Who ended whose wait. */
export function renderWakes(s: TraceSummary, name: string, options: PageOptions = {}): string {
  const page = new Page(options);
  heading(page, s, name);
  const wakes = alikeWakes(s.wakes.filter((w) => w.by !== null && w.stack.user !== null));
  lines(
    page,
    'WAKES',
    wakes.length === 0
      ? ['no goroutine of the program ended the wait of another']
      : wakes
          .slice(0, options.first ?? FIRST)
          .flatMap((w) => [
            `${figures(w)}  ${reasonWords(w.reason, w.stack)}\t${where(w.stack)}`,
            `${' '.repeat(10)}← ${where(w.by as NonNullable<typeof w.by>)}${w.goroutine === null ? '' : ` (always goroutine ${w.goroutine})`}`,
            ...meanwhileLines(w),
          ]),
    options,
  );
  const nobody = s.wakes.filter((w) => w.by === null).reduce((n, w) => n + w.count, 0);
  if (nobody > 0) page.row('', `${plural(nobody, 'wait')} ended by a timer, the poller or the scheduler`);
  missing(page, s);
  return page.text();
}

/** What had to happen, one after the other. */
export function renderPath(path: TracePath, options: PageOptions & { all?: boolean } = {}): string {
  const page = new Page(options);
  page.heading(`${oneLine(path.what)}: ${duration(path.toNs - path.fromNs)} from ${since(path.fromNs)}`);
  const used = (Object.keys(path.spent) as TraceSpent[]).filter((k) => path.spent[k] > 0).sort((a, b) => path.spent[b] - path.spent[a]);
  lines(
    page,
    'OF IT',
    aligned(
      used.map((k) => [percent(path.spent[k] / (path.toNs - path.fromNs)), duration(path.spent[k]), spentWords(k)]),
      [0, 1],
    ),
    options,
  );
  page.blank();
  lines(page, 'PATH', pathLines(path, options.all === true), options);
  if (path.lost !== null) page.row('LOST', `before ${since(path.lost.atNs)}: ${path.lost.why}`);
  return page.text();
}

/** Steps of less than this share are told together. */
const SHORT = 0.01;

function pathLines(path: TracePath, all: boolean): string[] {
  const out: string[] = [];
  const least = all ? 0 : (path.toNs - path.fromNs) * SHORT;
  let short = 0;
  let shortNs = 0;
  const rest = (): void => {
    if (short > 0) out.push(`${' '.repeat(10)} ${duration(shortNs).padStart(8)}         ${plural(short, 'short step')}`);
    short = 0;
    shortNs = 0;
  };
  for (const x of path.steps) {
    if (x.toNs - x.fromNs < least) {
      short++;
      shortNs += x.toNs - x.fromNs;
      continue;
    }
    rest();
    const what = x.spent === 'running' ? 'runs' : x.spent === 'runnable' ? 'waits for a processor' : x.reason === '' ? spentWords(x.spent) : reasonWords(x.reason, x.stack);
    const at = x.spent === 'runnable' || x.stack.frames.length === 0 ? named(x.entry) : x.stack.user === null ? where(x.stack) : place(x.stack.user);
    out.push(
      `${since(x.fromNs).padStart(10)} ${duration(x.toNs - x.fromNs).padStart(8)}  ${String(x.goroutine).padStart(5)}  ${what}\t${at}${x.wakes === null ? '' : x.wakes === 'created' ? ', and creates the next' : ', and wakes the next'}`,
    );
  }
  rest();
  return out;
}
