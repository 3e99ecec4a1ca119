/**
 * Counts the lines of a file that hold the literal of any known error text: what searching for hundreds of literals at once costs, as a
 * process of its own. Arguments: the file, and on how many threads (1 or 2). Without a file it prints the literals, one a line.
 */
import process from 'node:process';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openSearcher } from '../../src/kernels/index.ts';
import { ERROR_ANCHORS } from '../../src/knowledge/go-errors/index.ts';
import { MemoryBudget, openFile } from '../../src/platform/files.ts';
import { SharedCounter } from '../../src/platform/workers.ts';
import { LINE_BUFFER, searchRange } from '../../src/read/logs/search/range.ts';

const RANGE = 16 * 1024 * 1024;

interface Part {
  readonly path: string;
  /** Of the ranges that both threads take. */
  readonly counter: SharedArrayBuffer;
}

function linesOf({ path, counter }: Part): number {
  const utf8 = new TextEncoder();
  const needles = ERROR_ANCHORS.map((text) => ({ bytes: utf8.encode(text), fold: false }));
  const plan = { needles, opening: 0, keys: [], bits: 0, truth: new Uint8Array([1]), json: false, logfmt: false, levels: [], durations: null };
  const searcher = openSearcher(plan, LINE_BUFFER);
  const source = openFile(path, new MemoryBudget(0));
  const ranges = new SharedCounter(counter);
  let lines = 0;
  // the kernel does not say yes to a line whose grammar it was not told of
  const judge = {
    asked: 0,
    judge(): null {
      lines++;
      return null;
    },
  };
  for (let from = ranges.next() * RANGE; from < source.sizeBytes; from = ranges.next() * RANGE) {
    searchRange({ source, held: null, searcher, judge }, from, Math.min(from + RANGE, source.sizeBytes), () => {
      lines++;
      return true;
    });
  }
  return lines;
}

if (!isMainThread) parentPort?.postMessage(linesOf(workerData as Part));
else if (process.argv[2] === undefined) process.stdout.write(`${ERROR_ANCHORS.join('\n')}\n`);
else {
  const part: Part = { path: process.argv[2], counter: new SharedCounter().buffer };
  let theirs: Promise<number> = Promise.resolve(0);
  if (process.argv[3] === '2') {
    const worker = new Worker(new URL(import.meta.url), { workerData: part });
    theirs = new Promise<number>((resolve, reject) => {
      worker.on('message', resolve);
      worker.on('error', reject);
    });
  }
  const ours = linesOf(part);
  console.log(ours + (await theirs));
}
