/**
 * The second thread of a search: takes tasks until none is left, posts the hits of each. What reads records is loaded when the kernel has a line
 * that it cannot decide, which in most logs it never has: the thread starts in half the time without.
 */
import { parentPort } from 'node:worker_threads';
import type { LogFile } from '../../collect/log-files/index.ts';
import type { ByteSource } from '../../model/bytes.ts';
import { ALWAYS } from '../../model/time.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';
import { SharedCounter } from '../../platform/workers.ts';
import type { LogSearch } from '../../read/logs/search/index.ts';
import { KernelSearcher, UNDECIDED } from '../../read/logs/search/kernel-search.ts';
import type { MergeStart } from './merge-threads.ts';
import type { TaskRunner } from './task-runner.ts';
import { openedAs, runTask, type Task, type TaskHits, type WorkerStart } from './tasks.ts';

const none = new MemoryBudget(0);

/** Hits of a task; null where records must be read. */
function byKernel(kernel: KernelSearcher, start: WorkerStart, logs: readonly (LogFile | null)[], number: number, task: Task): TaskHits | null {
  const open = (file: number, line: boolean): LogSearch | null => {
    const log = logs[file];
    const plan = start.plans.get(openedAs(file, line));
    return log === null || log === undefined || plan === undefined ? null : kernel.open(log.artifact.source, plan);
  };
  try {
    return runTask(number, task, open, start);
  } catch (error) {
    if (error === UNDECIDED) return null;
    throw error;
  }
}

/** Opened once: what is read afterwards is what was searched. */
const sources = new Map<string, ByteSource>();
function sourceOf(path: string): ByteSource {
  const source = sources.get(path) ?? openFile(path, none);
  sources.set(path, source);
  return source;
}

parentPort?.on('message', async (start: WorkerStart | MergeStart) => {
  if ('turns' in start) {
    const { mergePart } = await import('./merge-threads.ts');
    mergePart(start, sourceOf);
  } else await search(start);
});

async function search(start: WorkerStart): Promise<void> {
  const logs = start.paths.map((path): LogFile | null =>
    path === null ? null : { artifact: { id: path, path, decoders: [], source: sourceOf(path), sha256: '', interval: ALWAYS, covers: [] }, realPath: path },
  );
  const kernel = new KernelSearcher();
  let records: TaskRunner | null = null;
  const counter = new SharedCounter(start.counter);
  for (let n = counter.next(); n < start.tasks.length; n = counter.next()) {
    const task = start.tasks[n]!;
    let hits: TaskHits | null = null;
    if (logs[task.file] !== null) {
      if (records === null) {
        hits = byKernel(kernel, start, logs, n, task);
        if (hits === null) records = await (await import('./task-runner.ts')).workerRunner(start, logs);
      }
      hits ??= records?.run(n, task, start) ?? null;
    }
    if (hits === null) parentPort?.postMessage({ task: n, refused: true });
    else parentPort?.postMessage(hits);
  }
  parentPort?.postMessage(null);
}
