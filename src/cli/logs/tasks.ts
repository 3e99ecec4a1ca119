/** A search cut into ranges that threads take one after the other. */

import type { LogFile } from '../../collect/log-files/index.ts';
import type { Instant } from '../../model/index.ts';
import type { LogFormat } from '../../read/logs/index.ts';
import type { Range } from '../../read/logs/index-file/select.ts';
import type { Hit, LogSearch, RangeSummary } from '../../read/logs/search/index.ts';
import type { SearchPlan } from '../../read/logs/search/kernel-search.ts';
import { putInOrder } from './in-order.ts';

export interface Task {
  /** Number of the log. */
  readonly file: number;
  readonly ranges: readonly Range[];
}

/** Hits of one task, in file order: columns in memory that threads share. */
export interface TaskHits {
  /** Records that begin before the range in which a line of theirs was found: whoever has the ranges before knows whether they were found there, too. */
  readonly early: readonly Hit[];
  /** Offsets of records that reach beyond the range in which they were found. */
  readonly late: readonly number[];
  readonly task: number;
  readonly count: number;
  /** What offsets count from: four bytes do for those of one task, unless an index makes it a task of gigabytes. */
  readonly base: number;
  /** Empty when only their number was asked for. */
  readonly offsets: Uint32Array | Float64Array;
  readonly lengths: Uint32Array;
  /** ns since 1970; NO_TIME: none. */
  readonly times: BigInt64Array;
  /** They stand in the order of their times, each has one. Of the one that stood last before: its time; null: they stand as in the file. */
  readonly ordered: bigint | null;
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
  /** By openedAs: what is looked for in the lines of a log; no entry: its records must be read. */
  readonly plans: ReadonlyMap<string, SearchPlan>;
  readonly counter: SharedArrayBuffer;
  readonly countOnly: boolean;
  /** Hits of each task are put in the order of their times. */
  readonly byTime: boolean;
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

  taken(): Pick<TaskHits, 'count' | 'base' | 'offsets' | 'lengths' | 'times'> {
    const { count } = this;
    const wide = this.offsets.subarray(0, count);
    let base = Number.POSITIVE_INFINITY;
    let last = 0;
    for (let i = 0; i < count; i++) {
      const offset = wide[i] as number;
      if (offset < base) base = offset;
      if (offset > last) last = offset;
    }
    if (count === 0 || last - base >= 2 ** 32) base = 0;
    const narrow = last - base < 2 ** 32;
    const offsets = narrow ? new Uint32Array(new SharedArrayBuffer(count * 4)) : new Float64Array(new SharedArrayBuffer(count * 8));
    for (let i = 0; i < count; i++) offsets[i] = (wide[i] as number) - base;
    const lengths = new Uint32Array(new SharedArrayBuffer(count * 4));
    lengths.set(this.lengths.subarray(0, count));
    return { count, base, offsets, lengths, times: sharedTimes(this.times.subarray(0, count)) };
  }
}

/** A copy that threads share. */
export function sharedTimes(times: BigInt64Array): BigInt64Array {
  const copy = new BigInt64Array(new SharedArrayBuffer(times.length * 8));
  copy.set(times);
  return copy;
}

/** Filled again by each task: there is one at a time. */
const columns = new Columns();

function inOrder(hits: TaskHits): TaskHits {
  const last = hits.times[hits.count - 1];
  if (last === undefined) return hits;
  putInOrder(hits, hits.times);
  return { ...hits, ordered: last };
}

/** A log is searched one way where an index points at lines, another where it does not. */
export const openedAs = (file: number, line: boolean): string => `${file} ${line}`;

/** Records that reach beyond a range lie at its end; those of another stream a little before. */
const REACHING = 1024;

/** For the hits of task after task, in the order of tasks: a record of several lines may lie in two ranges, and be found in both. */
export function foundOnce(): (hits: TaskHits, file: number) => readonly TaskHits[] {
  /** By file, where records begin that reach beyond a range. */
  const reaching = new Map<number, ReadonlySet<number>>();
  return (hits, file) => {
    const known = reaching.get(file);
    const early = hits.early.filter((h) => known?.has(h.offset) !== true);
    reaching.set(file, new Set([...(known ?? []), ...hits.late, ...early.map((h) => h.offset)].slice(-REACHING)));
    return early.length === 0 ? [hits] : [hitsOf(hits.task, early), hits];
  };
}

function hitsOf(task: number, hits: readonly Hit[]): TaskHits {
  const own = new Columns();
  for (const h of hits) own.add(h);
  const summary = { bytes: 0, hits: hits.length, looked: 0, asked: 0, longLines: 0, stopped: false };
  return { ...own.taken(), task, count: hits.length, ordered: null, summary, early: [], late: [] };
}

/** What is to be known of hits. */
export type Wanted = Pick<WorkerStart, 'countOnly' | 'byTime'>;

/** null when the log is not open in this thread. `most`: stop after so many hits. */
export function runTask(number: number, task: Task, open: (file: number, line: boolean) => LogSearch | null, wanted: Wanted, most = Number.POSITIVE_INFINITY): TaskHits | null {
  columns.count = 0;
  let count = 0;
  const early: Hit[] = [];
  const late: number[] = [];
  const total = { bytes: 0, hits: 0, looked: 0, asked: 0, longLines: 0, stopped: false };
  for (const range of task.ranges) {
    const search = open(task.file, range.line);
    if (search === null) return null;
    const summary = search.run(range.from, range.to, (h) => {
      if (h.offset < range.to && h.offset + h.length > range.to) late.push(h.offset);
      if (h.offset < range.from) {
        // records do not cross threads
        early.push({ ...h, record: null });
        return count + early.length < most;
      }
      count++;
      if (!wanted.countOnly) columns.add(h);
      return count + early.length < most;
    });
    total.bytes += summary.bytes;
    total.hits += summary.hits;
    total.looked += summary.looked;
    total.asked += summary.asked;
    total.longLines += summary.longLines;
    total.stopped ||= summary.stopped;
    if (total.stopped) break;
  }
  const hits = { ...columns.taken(), task: number, count, ordered: null, summary: total, early, late };
  return wanted.byTime && !hits.times.includes(NO_TIME) ? inOrder(hits) : hits;
}
