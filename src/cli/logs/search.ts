/** A search over logs in as many threads as pay, results in the order of the tasks. */
import type { LogFile } from '../../collect/log-files/index.ts';
import type { Instant } from '../../model/index.ts';
import { parallelism, SharedCounter } from '../../platform/workers.ts';
import type { FormatSet } from '../../read/logs/index.ts';
import type { Range } from '../../read/logs/index-file/select.ts';
import { compileQuery } from '../../read/logs/search/index.ts';
import { giveBack, searchThread, WORTH_BYTES } from './search-thread.ts';
import { TaskRunner } from './task-runner.ts';
import { foundOnce, type TaskHits, tasksOf, type WorkerStart } from './tasks.ts';

export interface SearchOptions {
  readonly query: string;
  readonly day: Instant | null;
  readonly countOnly: boolean;
  readonly byTime: boolean;
  /** Stop when so many were found, in the order of the logs. */
  readonly first: number | null;
  readonly threads: number;
  readonly formats: FormatSet;
  /** What an index leaves to be read of each log; null: all of it. */
  readonly selected: readonly (readonly Range[] | null)[];
}

/** `take` gets the hits of each task in the order of files and offsets; false ends the search. */
export async function searchLogs(logs: readonly LogFile[], options: SearchOptions, take: (hits: TaskHits, file: number) => boolean): Promise<void> {
  const tasks = tasksOf(logs, options.selected);
  const query = await compileQuery(options.query, options.day);
  const bytes = tasks.reduce((n, t) => n + (logs[t.file]?.realPath === null ? 0 : t.ranges.reduce((m, r) => m + r.to - r.from, 0)), 0);
  const counter = new SharedCounter();
  const done = new Map<number, TaskHits>();
  const once = foundOnce();
  let shown = 0;
  let stopped = false;
  let left = options.first ?? Number.POSITIVE_INFINITY;
  const show = (): void => {
    for (let next = done.get(shown); next !== undefined && !stopped; next = done.get(shown)) {
      done.delete(shown);
      const file = tasks[shown]!.file;
      shown++;
      for (const hits of once(next, file)) {
        left -= hits.count;
        if (!stopped && !take(hits, file)) stopped = true;
      }
    }
  };
  const refused: number[] = [];
  let fault: Error | null = null;
  let wake: (() => void) | null = null;
  const runner = new TaskRunner(query, logs, options.formats);
  const several = options.first === null && bytes >= WORTH_BYTES && Math.min(options.threads, parallelism()) > 1;
  const start: WorkerStart = {
    query: options.query,
    day: options.day,
    paths: logs.map((l) => l.realPath),
    tasks,
    plans: several ? runner.plansOf(tasks) : new Map(),
    counter: counter.buffer,
    countOnly: options.countOnly,
    byTime: options.byTime,
    own: options.formats.all.filter((f) => f.own === true),
  };
  let running = false;
  /** Tasks that either thread is through with. */
  let answered = 0;
  const worker = several
    ? searchThread(
        start,
        (message) => {
          if (message !== null) answered++;
          if (message === null) running = false;
          else if ((message as { refused?: boolean }).refused === true) refused.push((message as { task: number }).task);
          else done.set((message as TaskHits).task, message as TaskHits);
          wake?.();
        },
        (error) => {
          fault = error;
          running = false;
          wake?.();
        },
      )
    : null;
  running = worker !== null;
  try {
    for (let n = counter.next(); n < tasks.length && !stopped && left > 0; n = counter.next()) {
      const hits = runner.run(n, tasks[n]!, options, left);
      if (hits !== null) done.set(n, hits);
      answered++;
      show();
      // messages of the other thread come in between
      if (running) await new Promise((resolve) => setImmediate(resolve));
    }
    // what this thread has taken it has done: the other one may not even have begun
    while (running && !stopped && answered < tasks.length) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      show();
    }
    if (fault !== null) throw fault;
    // what only this thread has open
    for (const n of refused.sort((a, b) => a - b)) {
      const hits = runner.run(n, tasks[n]!, options);
      if (hits !== null) done.set(n, hits);
      show();
    }
    show();
  } finally {
    if (worker !== null) await giveBack(worker, !stopped && fault === null && answered >= tasks.length);
  }
}
