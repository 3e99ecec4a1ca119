/** The second thread of a count: takes tasks until none is left, posts what it counted. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LogFile } from '../../collect/log-files/index.ts';
import { ALWAYS } from '../../model/index.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';
import { SharedCounter } from '../../platform/workers.ts';
import { BUILT_IN } from '../../read/logs/index.ts';
import { CountRunner, type CountStart, openTally } from './count-tasks.ts';

const start = workerData as CountStart;
const none = new MemoryBudget(0);
const logs = start.paths.map(
  ({ path, id }): LogFile => ({
    artifact: { id, path: id, decoders: [], source: openFile(path, none), sha256: '', interval: ALWAYS, covers: [] },
    realPath: path,
  }),
);
const tally = await openTally(start.counting, BUILT_IN);
const runner = new CountRunner(logs, tally);
const counter = new SharedCounter(start.counter);
for (let n = counter.next(); n < start.tasks.length; n = counter.next()) runner.run(start.tasks[n]!);
parentPort?.postMessage(tally.state());
