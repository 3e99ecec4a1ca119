/** Searches lines by their kernel alone, without anything that reads a record: a tenth of the code is loaded for it. */
import type { SearchPlan } from '../../../kernels/plan.ts';
import { openSearcher } from '../../../kernels/search.ts';
import type { ByteSource } from '../../../model/bytes.ts';
import type { LogSearch } from './index.ts';
import { LINE_BUFFER, searchRange } from './range.ts';

export type { SearchPlan } from '../../../kernels/plan.ts';

/** Thrown out of a search at a line that the kernel cannot decide. */
export const UNDECIDED = new Error('a record must be read');

const undecided = {
  asked: 0,
  judge(): never {
    throw UNDECIDED;
  },
};

export class KernelSearcher {
  /** Logs of one kind share a plan, and its kernel. */
  readonly #searchers = new Map<SearchPlan, ReturnType<typeof openSearcher>>();

  /** Throws UNDECIDED where a record must be read. */
  open(source: ByteSource, plan: SearchPlan): LogSearch {
    const searcher = this.#searchers.get(plan) ?? openSearcher(plan, LINE_BUFFER);
    this.#searchers.set(plan, searcher);
    return { run: (from, to, hit) => searchRange({ source, held: null, searcher, judge: undecided }, from, to, hit) };
  }
}
