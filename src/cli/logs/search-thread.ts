/** The second thread of a search. It may be started before anything is known of the search, and waits to be told. */
import { optimiseLater } from '../../platform/optimise-later.ts';
import { startWorker, type WorkerThread } from '../../platform/workers.ts';
import type { WorkerStart } from './tasks.ts';

/** Less than this is searched before a second thread has started. */
export const WORTH_BYTES = 96 * 1024 * 1024;

type Answer = (message: unknown) => void;
type Failed = (error: Error) => void;

class SearchThread {
  /** What ended it before anybody listened. */
  #fault: Error | null = null;
  #answer: Answer = () => undefined;
  #failed: Failed = (error) => {
    this.#fault = error;
  };
  readonly #thread = startWorker(
    new URL('./search-worker.js', import.meta.url),
    null,
    (message) => this.#answer(message),
    (error) => this.#failed(error),
  );

  /** null: there are no threads here. */
  search(search: WorkerStart, answer: Answer, failed: Failed): WorkerThread | null {
    if (this.#fault !== null) failed(this.#fault);
    this.#answer = answer;
    this.#failed = failed;
    this.#thread?.post(search);
    return this.#thread;
  }

  get thread(): WorkerThread | null {
    return this.#fault === null ? this.#thread : null;
  }

  async end(): Promise<void> {
    await this.#thread?.end();
  }
}

let waiting: SearchThread | null = null;
let lent: SearchThread | null = null;

export function startSearchThread(): void {
  waiting ??= started();
}

/** Compiled code of the thread was made under the flag of long runs: it is set before the thread begins. */
function started(): SearchThread {
  optimiseLater();
  return new SearchThread();
}

/** Hands the search to the thread that waits, or to a new one; null where there can be none. */
export function searchThread(search: WorkerStart, answer: Answer, failed: Failed): WorkerThread | null {
  const thread = waiting ?? started();
  waiting = null;
  lent = thread;
  return thread.search(search, answer, failed);
}

/** `again`: it did what it was asked and waits for more; else it ends. */
export async function giveBack(thread: WorkerThread, again: boolean): Promise<void> {
  if (again) waiting = lent;
  else await thread.end();
  lent = null;
}

/** The thread that waits, for a part of a merge; null: there is none. */
export const mergeThread = (): WorkerThread | null => waiting?.thread ?? null;

/** A thread that nobody asked anything of. */
export async function endSearchThread(): Promise<void> {
  const thread = waiting;
  waiting = null;
  await thread?.end();
}
