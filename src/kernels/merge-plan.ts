/** Records of many streams into one, by time: src/kernels/assembly/merge.ts, or its plain twin. */

/** Records of one stream that are at hand, to be filled: in the order of their times. */
export interface RecordSlot {
  /** ns since 1970, as the kernel compares them. */
  readonly times: BigInt64Array;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  /** Where offsets point into. */
  readonly bytes: Uint8Array;
}

/** What merging goes on with: a stream without records at hand, a full output, or nothing more. */
export const MERGED = -1;
export const FULL = -2;

export interface Merger {
  /** Room of a stream's bytes. */
  readonly window: number;
  /** Most records of a stream at hand. */
  readonly most: number;
  /** Forgets what it had, and begins with other streams: no more of them than it was opened for. `heads`: the time of each one's first record. */
  begin(heads: BigInt64Array): void;
  /** Where the records of a stream go; a stream that ended gives its place to others. Asked for anew before each use. */
  slot(stream: number): RecordSlot;
  /** `count` records were put into the slot; `last`: none comes behind them. */
  loaded(stream: number, count: number, last: boolean): void;
  /** The next record of the stream is of this time: the stream is asked for again when that one's turn has come. null: none comes. */
  expect(stream: number, time: bigint | null): void;
  /** Until `left` records were handed out: MERGED, FULL, or the stream that has none at hand. */
  run(): number;
  left: number;
  /** What was handed out since the last call: records, a line feed behind each. */
  taken(): Uint8Array;
  readonly engine: 'wasm' | 'plain';
}

/** Bytes of the output: at least a record that fills a window, and its line feed. */
export const OUT_BYTES = 512 * 1024;
const WINDOW_MOST = 384 * 1024;
const WINDOW_LEAST = 8 * 1024;
const WINDOWS_BYTES = 24 * 1024 * 1024;

/** Many streams have small windows each: together they stay small. */
export const windowFor = (streams: number): number => Math.max(WINDOW_LEAST, Math.min(WINDOW_MOST, Math.floor(WINDOWS_BYTES / Math.max(1, streams)) & ~15));
