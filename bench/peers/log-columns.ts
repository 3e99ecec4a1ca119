/**
 * Brings every field of every line of a log of JSON lines into columns and parses its times, on two threads: what the kernel and reading the file
 * cost, without a command around them. Prints the number of lines whose fields are in columns.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import process from 'node:process';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { COLUMNS, DECIDED, openColumns } from '../../src/kernels/index.ts';
import { columnsPlan } from '../../src/read/logs/columns/plan.ts';
import { BUILT_IN } from '../../src/read/logs/index.ts';

const BUFFER = 1024 * 1024;
const LF = 10;

/** Lines that begin in [from, to). */
function linesIn(path: string, from: number, to: number): number {
  const columns = openColumns({ ...columnsPlan({ names: [], everyNs: 0n }, BUILT_IN), cells: true }, BUFFER);
  const fd = openSync(path, 'r');
  let lines = 0;
  let held = 0;
  // the line that a range begins within is the range's before it
  let skip = from > 0;
  let base = from > 0 ? from - 1 : 0;
  while (base < to) {
    const buffer = columns.buffer();
    const have = held + readSync(fd, buffer, held, columns.capacity - held, base + held);
    const end = buffer.lastIndexOf(LF, have - 1) + 1;
    if (end === 0) break;
    let at = skip ? buffer.indexOf(LF) + 1 : 0;
    skip = false;
    while (at < end && base + at < to) {
      const n = columns.run(at, end);
      for (let i = 0; i < n; i++) {
        const row = i * columns.words;
        if (columns.out[row + COLUMNS.verdict] === DECIDED && base + columns.out[row + COLUMNS.start]! < to) lines++;
      }
      at = columns.resumeAt;
    }
    held = have - end;
    buffer.copyWithin(0, end, have);
    base += end;
  }
  closeSync(fd);
  return lines;
}

if (isMainThread) {
  const path = process.argv[2]!;
  const fd = openSync(path, 'r');
  const size = fstatSync(fd).size;
  closeSync(fd);
  const middle = Math.floor(size / 2);
  const worker = new Worker(new URL(import.meta.url), { workerData: { path, from: middle, to: size } });
  const theirs = new Promise<number>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  const ours = linesIn(path, 0, middle);
  console.log(ours + (await theirs));
} else {
  const { path, from, to } = workerData as { path: string; from: number; to: number };
  parentPort?.postMessage(linesIn(path, from, to));
}
