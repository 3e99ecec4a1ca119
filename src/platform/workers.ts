/** Worker threads that answer one kind of task. Where a worker's file is missing (the program runs from its source), there are none. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface WorkerThread {
  post(message: unknown): void;
  end(): Promise<void>;
}

/** null when the file is not there. `answer` gets every message, `failed` what ended the thread before its time. */
export function startWorker(file: URL, data: unknown, answer: (message: unknown) => void, failed: (error: Error) => void): WorkerThread | null {
  if (!existsSync(fileURLToPath(file))) return null;
  const worker = new Worker(file, { workerData: data, stdout: false, stderr: false });
  worker.on('message', answer);
  worker.on('error', failed);
  return { post: (message) => worker.postMessage(message), end: async () => void (await worker.terminate()) };
}

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
