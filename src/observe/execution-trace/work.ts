/** What the work of the program is spent on: assists, and the critical paths of tasks. */
import { assistsHeavy, taskWaits } from '../../model/conditions/execution-trace.ts';
import type { Condition, TracePath, TraceSpent, TraceTask } from '../../model/index.ts';
import { criticalPaths } from '../lib/execution-trace/path.ts';
import { eventPlace, ms, msText, percentText, type Seen, share, siteText, tell } from './seen.ts';

const ASSISTS = 0.1;
const HALF = 0.5;
const TYPES = 3;
/** A task that is over sooner is nobody's complaint. */
const LEAST_TASK_NS = 10_000_000;

export function assistConditions(seen: Seen): Condition[] {
  const { processors } = seen.summary;
  const of = (id: string): number => processors.rows.find((r) => r.id === id)?.ns ?? 0;
  const total = of('gc-assist');
  const ran = of('user') + total;
  if (ran === 0 || total / ran < ASSISTS) return [];
  const bySite = new Map<string, { ns: number; offset: number; most: number; at: NonNullable<(typeof processors.assists)[number]['stack']['user']> }>();
  for (const a of processors.assists) {
    const at = a.stack.user;
    if (at === null) continue;
    const key = `${at.function} ${at.file}:${at.line}`;
    const sum = bySite.get(key) ?? { ns: 0, offset: a.mostOffset, most: a.mostNs, at };
    bySite.set(key, sum);
    sum.ns += a.runningNs;
    if (a.mostNs > sum.most) {
      sum.most = a.mostNs;
      sum.offset = a.mostOffset;
    }
  }
  const [first] = [...bySite.values()].sort((a, b) => b.ns - a.ns);
  if (first === undefined || first.ns / total < HALF) return [];
  return [
    tell(assistsHeavy, seen, {
      discriminator: `${first.at.function}:${first.at.line}`,
      quantity: { value: ms(total), unit: 'milliseconds', known: 'counted' },
      facts: {
        share: share(total / ran),
        function: first.at.function,
        file: first.at.file,
        line: first.at.line,
        ofAssists: share(first.ns / total),
        ms: ms(total),
      },
      says: `${percentText(total / ran)} of the time that goroutines ran went into mark assists, ${percentText(first.ns / total)} of that for ${siteText(first.at)}`,
      places: [eventPlace(seen, first.offset, `the longest assist ends after ${msText(first.most)}`)],
    }),
  ];
}

const WAITS: readonly TraceSpent[] = ['network', 'lock', 'channel', 'syscall', 'runnable', 'collector'];

/** The slowest task of each of the heaviest types. */
export function taskConditions(seen: Seen): Condition[] {
  const { tasks } = seen.summary;
  const lasted = (t: TraceTask): number => (t.endNs as number) - (t.beginNs as number);
  const slowest = tasks.types.slice(0, TYPES).flatMap(({ type }): TraceTask[] => {
    const whole = tasks.list.filter((t) => t.type === type && t.beginNs !== null && t.endNs !== null);
    const [task] = whole.sort((a, b) => lasted(b) - lasted(a) || a.id - b.id);
    return task === undefined || lasted(task) < LEAST_TASK_NS ? [] : [task];
  });
  const stretches = slowest.map((t) => ({ what: t.type, from: seen.first + (t.beginNs as number), to: seen.first + (t.endNs as number), goroutine: t.endedOn }));
  const paths = criticalPaths(seen.trace, stretches, seen.first);
  return slowest.flatMap((task, i): Condition[] => {
    const { type } = task;
    const path = paths[i] as TracePath;
    const on = WAITS.find((w) => path.spent[w] >= HALF * lasted(task));
    if (on === undefined || path.lost !== null) return [];
    const [step] = path.steps.filter((s) => s.spent === on).sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs));
    // the wait may be a library's: then whoever of the program is on the path next to it is meant
    const at = step?.stack.user ?? path.steps.filter((s) => s.stack.user !== null).sort((a, b) => near(a, step) - near(b, step))[0]?.stack.user ?? null;
    if (step === undefined || at === null) return [];
    return [
      tell(taskWaits, seen, {
        discriminator: `${type} ${task.id}`,
        facts: { type, task: task.id, ms: ms(lasted(task)), on, share: share(path.spent[on] / lasted(task)), function: at.function, file: at.file, line: at.line },
        says: `the slowest task ${type} took ${msText(lasted(task))}, ${percentText(path.spent[on] / lasted(task))} of it waiting for ${WORDS[on] ?? on}, at ${siteText(at)}`,
        places: [eventPlace(seen, task.endOffset, `end of task ${type} ${task.id}`), eventPlace(seen, step.offset, `${msText(step.toNs - step.fromNs)} in [${step.reason}]`)],
      }),
    ];
  });
}

const near = (a: { fromNs: number }, b: { fromNs: number } | undefined): number => Math.abs(a.fromNs - (b?.fromNs ?? 0));

const WORDS: Partial<Record<TraceSpent, string>> = {
  network: 'the network',
  lock: 'a lock',
  channel: 'a channel',
  syscall: 'a system call',
  runnable: 'a processor',
  collector: 'the collector',
};
