/** A large merge in two threads: each merges stretches of the output and writes them when those before are written. */
import { Turns } from '../../platform/turns.ts';
import type { WorkerThread } from '../../platform/workers.ts';
import { cutsOf, type OrderedRecords, StretchMerger } from '../../read/logs/search/merge-records.ts';
import { writeAll } from '../write-all.ts';

export interface MergeStream extends OrderedRecords {
  /** Where another thread may open it; null: only here. */
  readonly path: string | null;
}

/** What the other thread is told; columns are shared. */
export interface MergeStart {
  readonly streams: readonly (Omit<OrderedRecords, 'source'> & { readonly path: string })[];
  readonly cuts: readonly bigint[];
  readonly turns: SharedArrayBuffer;
  /** Descriptor that both write to. */
  readonly out: number;
}

/** Of the output: what is merged lies near the processor until it is written. */
const STRETCH_BYTES = 2 * 1024 * 1024;
/** Fewer stretches are merged before another thread has begun. */
const WORTH_STRETCHES = 16;

/** false: nothing was written, because it is small or not all of it may be read elsewhere. */
export function mergeInThreads(streams: readonly MergeStream[], thread: WorkerThread, out: number, write: (bytes: Uint8Array) => void): boolean {
  const told: MergeStart['streams'][number][] = [];
  for (const { path, base, offsets, lengths, times } of streams) {
    if (path === null) return false;
    told.push({ path, base, offsets, lengths, times });
  }
  const cuts = cutsOf(streams, STRETCH_BYTES);
  if (cuts.length + 1 < WORTH_STRETCHES) return false;
  const turns = new Turns();
  thread.post({ streams: told, cuts, turns: turns.buffer, out } satisfies MergeStart);
  const merger = new StretchMerger(streams, cuts);
  mergeStretches(merger, turns, write);
  if (!turns.wait(merger.count)) throw new Error('the second thread ended before its part was written');
  return true;
}

/** The other thread's part. */
export function mergePart(start: MergeStart, open: (path: string) => OrderedRecords['source']): void {
  const streams = start.streams.map((s) => ({ ...s, source: open(s.path) }));
  // where nobody reads any more the first thread ends the program at its next stretch
  mergeStretches(new StretchMerger(streams, start.cuts), new Turns(start.turns), (bytes) => void writeAll(start.out, bytes));
}

function mergeStretches(merger: StretchMerger, turns: Turns, write: (bytes: Uint8Array) => void): void {
  try {
    for (let mine = turns.take(); mine < merger.count; mine = turns.take()) {
      const inTurn = (): void => {
        if (!turns.wait(mine)) throw new Error('what stands before was not written');
      };
      merger.merge(mine, (bytes) => {
        inTurn();
        write(bytes);
      });
      inTurn();
      turns.done(mine);
    }
  } catch (error) {
    turns.close();
    throw error;
  }
}
