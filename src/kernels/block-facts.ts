/** What an index keeps of a block of whole lines; src/kernels/assembly/log-index.ts says what each number means. */

/** Bits of BlockFacts.flags. */
export const ORDERED = 1;
/** A line has, or may have, a time that is not known here. */
export const UNTIMED = 2;
/** Lists that had no room for all. */
export const OPAQUE_FULL = 4;
export const POSTINGS_FULL = 8;
export const IDS_FULL = 16;
/** The first line may belong to a record of the block before. */
export const INSIDE = 32;

export const OPAQUE_CAP = 4096;
export const POSTINGS_CAP = 16 * 1024;
export const IDS_CAP = 20 * 1024;
/** Room of the set that tells ids apart: a power of two, sparse. */
export const SET_CAP = 32 * 1024;

export interface BlockFacts {
  readonly lines: number;
  readonly timed: number;
  readonly flags: number;
  /** ns since 1970; from > to when no line has a time. */
  readonly from: bigint;
  readonly to: bigint;
  /** Lines of each rank 0 to 5, and without a level. */
  readonly levels: readonly number[];
  /** Offsets of lines whose level only a reader of their logger can tell. */
  readonly opaque: Uint32Array;
  /** Lines of rank 3 and above: offset << 3 | rank. */
  readonly postings: Uint32Array;
  readonly ids: number;
}

export interface BlockIndexer {
  buffer(): Uint8Array;
  readonly capacity: number;
  /** Of buffer[from, end): whole lines. The arrays are views that hold until the next call. */
  run(from: number, end: number): BlockFacts;
  /** A Bloom filter of the last block's ids, of so many lines without their checks (ids.ts). */
  filter(lines: number): Uint8Array;
  hash(from: number, end: number): bigint;
  readonly engine: 'wasm' | 'plain';
}
