/** A search cut into ranges that threads take one after the other. */

import type { LogFile } from '../../collect/log-files/index.ts';
import type { Instant } from '../../model/index.ts';
import type { FormatSet, LogFormat } from '../../read/logs/index.ts';
import type { Range } from '../../read/logs/index-file/select.ts';
import { type compileQuery, type Hit, LogSearcher, type RangeSummary } from '../../read/logs/search/index.ts';

export interface Task {
  /** Number of the log. */
  readonly file: number;
  readonly ranges: readonly Range[];
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

const TASK_RANGES = 4096;

/** `selected`: what of a log an index leaves to be read; null: all of it. */
export function tasksOf(logs: readonly LogFile[], selected: readonly (readonly Range[] | null)[]): Task[] {
  return logs.flatMap(({ artifact }, file) => {
    const ranges = selected[file];
    return ranges === null || ranges === undefined ? wholeFile(file, artifact.source.sizeBytes) : grouped(file, ranges);
  });
}

function wholeFile(file: number, size: number): Task[] {
  const parts = Math.max(1, Math.ceil(size / TASK_BYTES));
  const at = (i: number): number => (i === parts ? size : Math.floor((size / parts) * i));
  return Array.from({ length: parts }, (_none, i) => ({ file, ranges: [{ from: at(i), to: at(i + 1), line: false }] }));
}

function grouped(file: number, ranges: readonly Range[]): Task[] {
  const tasks: Task[] = [];
  let group: Range[] = [];
  let bytes = 0;
  for (const r of ranges) {
    for (let from = r.from; from < r.to; from += TASK_BYTES) {
      const to = Math.min(r.to, from + TASK_BYTES);
      if (group.length > 0 && (bytes + to - from > TASK_BYTES || group.length >= TASK_RANGES)) {
        tasks.push({ file, ranges: group });
        group = [];
        bytes = 0;
      }
      group.push({ from, to, line: r.line });
      bytes += to - from;
    }
  }
  if (group.length > 0) tasks.push({ file, ranges: group });
  return tasks;
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
  readonly #open = new Map<string, ReturnType<LogSearcher['open']>>();

  constructor(query: Awaited<ReturnType<typeof compileQuery>>, logs: readonly (LogFile | null)[], formats: FormatSet) {
    this.#searcher = new LogSearcher(query, { formats });
    this.#logs = logs;
  }

  #search(file: number, line: boolean): ReturnType<LogSearcher['open']> | null {
    const key = `${file} ${line}`;
    const log = this.#logs[file];
    if (log === null || log === undefined) return null;
    const known = this.#open.get(key) ?? this.#searcher.open(log.artifact, line);
    this.#open.set(key, known);
    return known;
  }

  /** null when the log is not open in this thread. `most`: stop after so many hits. */
  run(number: number, task: Task, countOnly: boolean, most = Number.POSITIVE_INFINITY): TaskHits | null {
    const columns = new Columns();
    let count = 0;
    const total = { bytes: 0, hits: 0, looked: 0, asked: 0, longLines: 0, stopped: false };
    for (const range of task.ranges) {
      const search = this.#search(task.file, range.line);
      if (search === null) return null;
      const summary = search.run(range.from, range.to, (h) => {
        count++;
        if (!countOnly) columns.add(h);
        return count < most;
      });
      total.bytes += summary.bytes;
      total.hits += summary.hits;
      total.looked += summary.looked;
      total.asked += summary.asked;
      total.longLines += summary.longLines;
      total.stopped ||= summary.stopped;
      if (total.stopped) break;
    }
    return {
      task: number,
      count,
      offsets: columns.offsets.slice(0, columns.count),
      lengths: columns.lengths.slice(0, columns.count),
      times: columns.times.slice(0, columns.count),
      summary: total,
    };
  }
}
