/** The second thread of a search: takes tasks until none is left, posts the hits of each. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LogFile } from '../../collect/log-files/index.ts';
import { ALWAYS } from '../../model/index.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';
import { SharedCounter } from '../../platform/workers.ts';
import { BUILT_IN, formatSet } from '../../read/logs/index.ts';
import { compileQuery } from '../../read/logs/search/index.ts';
import { TaskRunner, type WorkerStart } from './tasks.ts';

const start = workerData as WorkerStart;
const none = new MemoryBudget(0);
const logs = start.paths.map((path): LogFile | null =>
  path === null ? null : { artifact: { id: path, path, decoders: [], source: openFile(path, none), sha256: '', interval: ALWAYS, covers: [] }, realPath: path },
);
const runner = new TaskRunner(await compileQuery(start.query, start.day), logs, start.own.length === 0 ? BUILT_IN : formatSet(start.own));
const counter = new SharedCounter(start.counter);
for (let n = counter.next(); n < start.tasks.length; n = counter.next()) {
  const hits = runner.run(n, start.tasks[n]!, start.countOnly);
  if (hits === null) parentPort?.postMessage({ task: n, refused: true });
  else parentPort?.postMessage(hits, [hits.offsets.buffer as ArrayBuffer, hits.lengths.buffer as ArrayBuffer, hits.times.buffer as ArrayBuffer]);
}
parentPort?.postMessage(null);
