/** Worker threads that answer one kind of task. Where a worker's file is missing (the program runs from its source), there are none. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export interface WorkerThread {
  post(message: unknown): void;
  end(): Promise<void>;
}

/** null when the file is not there. `answer` gets every message, `failed` what ended the thread before its time. */
export function startWorker(file: URL, data: unknown, answer: (message: unknown) => void, failed: (error: Error) => void): WorkerThread | null {
  if (!existsSync(fileURLToPath(file))) return null;
  // loaded where a thread is started: a short run starts none
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(file, { workerData: data, stdout: false, stderr: false });
  worker.on('message', answer);
  worker.on('error', failed);
  return { post: (message) => worker.postMessage(message), end: async () => void (await worker.terminate()) };
}

/** How many threads run side by side here. */
export const parallelism = (): number => process.getBuiltinModule('node:os').availableParallelism();

/** Numbers handed out once each, over all threads that share the buffer. */
export class SharedCounter {
  readonly #cell: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.#cell = new Int32Array(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#cell.buffer as SharedArrayBuffer;
  }

  next(): number {
    return Atomics.add(this.#cell, 0, 1);
  }
}
