/** A search cut into ranges that threads take one after the other. */

import type { LogFile } from '../../collect/log-files/index.ts';
import type { Instant } from '../../model/index.ts';
import type { FormatSet, LogFormat } from '../../read/logs/index.ts';
import { type compileQuery, type Hit, LogSearcher, type RangeSummary } from '../../read/logs/search/index.ts';

export interface Task {
  /** Number of the log. */
  readonly file: number;
  readonly from: number;
  readonly to: number;
}

/** Hits of one task, in file order: columns, so that they cross threads without a copy. */
export interface TaskHits {
  readonly task: number;
  readonly count: number;
  /** Empty when only their number was asked for. */
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  /** ns since 1970; NO_TIME: none. */
  readonly times: BigInt64Array;
  readonly summary: RangeSummary;
}

export const NO_TIME = -(2n ** 63n);
const TASK_BYTES = 32 * 1024 * 1024;

export function tasksOf(logs: readonly LogFile[]): Task[] {
  return logs.flatMap(({ artifact }, file) => {
    const size = artifact.source.sizeBytes;
    const parts = Math.max(1, Math.ceil(size / TASK_BYTES));
    return Array.from({ length: parts }, (_none, i) => ({ file, from: Math.floor((size / parts) * i), to: i === parts - 1 ? size : Math.floor((size / parts) * (i + 1)) }));
  });
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly query: string;
  readonly day: Instant | null;
  /** Paths of the logs; null: not for this worker. */
  readonly paths: readonly (string | null)[];
  readonly tasks: readonly Task[];
  readonly counter: SharedArrayBuffer;
  readonly countOnly: boolean;
  /** Log formats of the user. */
  readonly own: readonly LogFormat[];
}

/** Growing columns of hits. */
class Columns {
  offsets = new Float64Array(1024);
  lengths = new Uint32Array(1024);
  times = new BigInt64Array(1024);
  count = 0;

  add(h: Hit): void {
    if (this.count === this.offsets.length) {
      const grown = this.count * 2;
      const offsets = new Float64Array(grown);
      offsets.set(this.offsets);
      const lengths = new Uint32Array(grown);
      lengths.set(this.lengths);
      const times = new BigInt64Array(grown);
      times.set(this.times);
      this.offsets = offsets;
      this.lengths = lengths;
      this.times = times;
    }
    this.offsets[this.count] = h.offset;
    this.lengths[this.count] = h.length;
    this.times[this.count] = h.time ?? NO_TIME;
    this.count++;
  }
}

/** Runs tasks of one query over logs that are open in this thread. */
export class TaskRunner {
  readonly #searcher: LogSearcher;
  readonly #logs: readonly (LogFile | null)[];
  readonly #open = new Map<number, ReturnType<LogSearcher['open']>>();

  constructor(query: Awaited<ReturnType<typeof compileQuery>>, logs: readonly (LogFile | null)[], formats: FormatSet) {
    this.#searcher = new LogSearcher(query, { formats });
    this.#logs = logs;
  }

  /** null when the log is not open in this thread. `most`: stop after so many hits. */
  run(number: number, task: Task, countOnly: boolean, most = Number.POSITIVE_INFINITY): TaskHits | null {
    const log = this.#logs[task.file];
    if (log === null || log === undefined) return null;
    let search = this.#open.get(task.file);
    if (search === undefined) {
      search = this.#searcher.open(log.artifact);
      this.#open.set(task.file, search);
    }
    const columns = new Columns();
    let count = 0;
    const summary = search.run(task.from, task.to, (h) => {
      count++;
      if (!countOnly) columns.add(h);
      return count < most;
    });
    return {
      task: number,
      count,
      offsets: columns.offsets.slice(0, columns.count),
      lengths: columns.lengths.slice(0, columns.count),
      times: columns.times.slice(0, columns.count),
      summary,
    };
  }
}
