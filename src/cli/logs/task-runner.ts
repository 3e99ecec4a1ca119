/** Runs tasks of one query over logs that are open in this thread, with all that is needed to read a record. */
import type { LogFile } from '../../collect/log-files/index.ts';
import { BUILT_IN, type FormatSet, formatSet } from '../../read/logs/index.ts';
import { compileQuery, LogSearcher } from '../../read/logs/search/index.ts';
import type { SearchPlan } from '../../read/logs/search/kernel-search.ts';
import { openedAs, runTask, type Task, type TaskHits, type Wanted, type WorkerStart } from './tasks.ts';

export class TaskRunner {
  readonly #searcher: LogSearcher;
  readonly #logs: readonly (LogFile | null)[];
  readonly #open = new Map<string, ReturnType<LogSearcher['open']>>();

  constructor(query: Awaited<ReturnType<typeof compileQuery>>, logs: readonly (LogFile | null)[], formats: FormatSet) {
    this.#searcher = new LogSearcher(query, { formats });
    this.#logs = logs;
  }

  #search(file: number, line: boolean): ReturnType<LogSearcher['open']> | null {
    const key = openedAs(file, line);
    const log = this.#logs[file];
    if (log === null || log === undefined) return null;
    const known = this.#open.get(key) ?? this.#searcher.open(log.artifact, line);
    this.#open.set(key, known);
    return known;
  }

  /** What the kernel looks for in the logs that the tasks are of. */
  plansOf(tasks: readonly Task[]): Map<string, SearchPlan> {
    const plans = new Map<string, SearchPlan>();
    for (const { file, ranges } of tasks) {
      for (const line of new Set(ranges.map((r) => r.line))) {
        const key = openedAs(file, line);
        const log = this.#logs[file];
        if (plans.has(key) || log === null || log === undefined) continue;
        const plan = this.#searcher.planOf(log.artifact, line);
        if (plan !== null) plans.set(key, plan);
      }
    }
    return plans;
  }

  /** null when the log is not open in this thread. `most`: stop after so many hits. */
  run(number: number, task: Task, wanted: Wanted, most = Number.POSITIVE_INFINITY): TaskHits | null {
    return runTask(number, task, (file, line) => this.#search(file, line), wanted, most);
  }
}

/** What a worker goes on with where its kernel alone does not do. */
export async function workerRunner(start: WorkerStart, logs: readonly (LogFile | null)[]): Promise<TaskRunner> {
  return new TaskRunner(await compileQuery(start.query, start.day), logs, start.own.length === 0 ? BUILT_IN : formatSet(start.own));
}
