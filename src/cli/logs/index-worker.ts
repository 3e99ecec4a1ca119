/** The second thread of indexing: takes groups of windows until none is left. */
import { parentPort, workerData } from 'node:worker_threads';
import { ALWAYS } from '../../model/index.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';
import { SharedCounter } from '../../platform/workers.ts';
import { indexStore } from './index-folder.ts';
import { GroupIndexer, type IndexStart, oldIndex } from './indexes.ts';

const start = workerData as IndexStart;
const source = openFile(start.realPath, new MemoryBudget(0));
const artifact = { id: start.realPath, path: start.realPath, decoders: [], source, sha256: '', interval: ALWAYS, covers: [] };
const indexer = new GroupIndexer(artifact, start.wrapped, oldIndex(indexStore(), start.realPath));
const counter = new SharedCounter(start.counter);
for (let n = counter.next(); n < start.groups; n = counter.next()) parentPort?.postMessage({ group: n, blocks: indexer.group(n), kept: 0 });
parentPort?.postMessage({ group: -1, blocks: null, kept: indexer.kept });
