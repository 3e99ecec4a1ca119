/**
 * Brings every field of every line of a log of JSON lines into columns and parses its times, on two threads: what the kernel and reading the file
 * cost, without a command around them. Prints the number of lines whose fields are in columns.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import process from 'node:process';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { COLUMNS, type Columns, type ColumnsPlan, DECIDED, openColumns } from '../../src/kernels/index.ts';

const BUFFER = 512 * 1024;
const RANGE = 16 * 1024 * 1024;
const LF = 10;

interface Shared {
  readonly path: string;
  readonly size: number;
  readonly plan: ColumnsPlan;
  /** How many ranges are taken. */
  readonly taken: Int32Array;
}

/** Lines that begin in [from, to). */
function linesIn(columns: Columns, fd: number, from: number, to: number): number {
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
  return lines;
}

/** Lines of the ranges that are left when this thread asks for one. */
function linesTaken({ path, size, plan, taken }: Shared): number {
  const columns = openColumns(plan, BUFFER);
  const fd = openSync(path, 'r');
  let lines = 0;
  for (let n = Atomics.add(taken, 0, 1); n * RANGE < size; n = Atomics.add(taken, 0, 1)) lines += linesIn(columns, fd, n * RANGE, Math.min(size, (n + 1) * RANGE));
  closeSync(fd);
  return lines;
}

if (isMainThread) {
  const path = process.argv[2]!;
  const fd = openSync(path, 'r');
  const size = fstatSync(fd).size;
  closeSync(fd);
  // the second thread needs no formats to know what is asked of the kernel
  const { columnsPlan } = await import('../../src/read/logs/columns/plan.ts');
  const { BUILT_IN } = await import('../../src/read/logs/format-set.ts');
  const plan = { ...columnsPlan({ names: [], everyNs: 0n }, BUILT_IN), cells: true };
  const shared: Shared = { path, size, plan, taken: new Int32Array(new SharedArrayBuffer(4)) };
  const worker = new Worker(new URL(import.meta.url), { workerData: shared });
  const theirs = new Promise<number>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  const ours = linesTaken(shared);
  console.log(ours + (await theirs));
} else parentPort?.postMessage(linesTaken(workerData as Shared));
