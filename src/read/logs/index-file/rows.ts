/**
 * The index of one log as bytes. Little-endian.
 *
 *   header   64 bytes: "gorcaidx", version u32, blocks u32, log size f64, modified ms f64, inode f64, window bytes f64, check of the rows u32
 *   rows     ROW bytes a block: offset f64, bytes f64, lines u32, flags u32, timed u32, ids u32, from i64, to i64, content hash u64,
 *            levels 7 × u32, opaque lines u32, filter offset f64, filter bytes u32, marks bytes u32, marks offset f64,
 *            check of the marks u32, u32 zero
 *   then for each group of blocks, in whatever order they were made:
 *   filters  a Bloom filter of ids each, in lines that carry their check
 *   marks    varints each: lines of warn and above, and opaque ones: (offset - offset before) << 3 | rank, rank 7 for opaque
 *
 * A block is the lines that begin in one window of the log, so that a log that only grows keeps all blocks but its last.
 */
import type { BlockFacts } from '../../../kernels/index.ts';

export const VERSION = 3;
export const HEADER = 64;
export const ROW = 120;
export const WINDOW = 1024 * 1024;
const MAGIC = 'gorcaidx';

/** What the log was when it was indexed. */
export interface LogState {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly inode: number;
}

export interface Block {
  readonly offset: number;
  readonly bytes: number;
  readonly lines: number;
  readonly flags: number;
  readonly timed: number;
  readonly ids: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly hash: bigint;
  /** Lines of each rank 0 to 5, and without a level. */
  readonly levels: readonly number[];
  /** How many of the marks are of opaque lines. */
  readonly opaque: number;
  readonly marksCheck: number;
  readonly filterOffset: number;
  readonly filterBytes: number;
  readonly marksOffset: number;
  readonly marksBytes: number;
}

export interface RowFacts extends Omit<BlockFacts, 'opaque' | 'postings'> {
  readonly hash: bigint;
  readonly opaque: number;
}

/** A block as it comes out of indexing: offsets of its parts are given when all are there. */
export interface MadeBlock {
  readonly offset: number;
  readonly bytes: number;
  readonly facts: RowFacts;
  readonly filter: Uint8Array;
  readonly marks: Uint8Array;
}

const MIX = 0x01000193;

/**
 * Over words and the bytes left: an index that was damaged is not believed. Four sums side by side, since each waits for its own
 * multiplication; a question reads the filters of all blocks.
 */
export function checkOf(...parts: readonly Uint8Array[]): number {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  let c = 0x85ebca6b;
  let d = 0xc2b2ae35;
  for (const p of parts) {
    const steps = p.length >> 4;
    const words = p.byteOffset % 4 === 0 ? new Uint32Array(p.buffer, p.byteOffset, steps * 4) : wordsOf(p, steps * 4);
    for (let i = 0; i < words.length; i += 4) {
      a = Math.imul(a ^ (words[i] as number), MIX) ^ (a >>> 15);
      b = Math.imul(b ^ (words[i + 1] as number), MIX) ^ (b >>> 15);
      c = Math.imul(c ^ (words[i + 2] as number), MIX) ^ (c >>> 15);
      d = Math.imul(d ^ (words[i + 3] as number), MIX) ^ (d >>> 15);
    }
    for (let i = steps * 16; i < p.length; i++) a = Math.imul(a ^ (p[i] as number), MIX) ^ (a >>> 15);
    // where one part ends and the next begins counts, too
    a = Math.imul(a ^ p.length, MIX) ^ (a >>> 15);
  }
  for (const other of [b, c, d]) a = Math.imul(a ^ other, MIX) ^ (a >>> 15);
  return a >>> 0;
}

function wordsOf(p: Uint8Array, count: number): Uint32Array {
  const view = new DataView(p.buffer, p.byteOffset, count * 4);
  return Uint32Array.from({ length: count }, (_none, i) => view.getUint32(i * 4, true));
}

/** Marks of a block: postings and opaque lines, by offset. */
export function marksOf(postings: Uint32Array, opaque: Uint32Array): Uint8Array {
  const out = new Uint8Array((postings.length + opaque.length) * 5);
  let n = 0;
  let last = 0;
  let a = 0;
  let b = 0;
  while (a < postings.length || b < opaque.length) {
    const x = a < postings.length ? (postings[a] as number) >>> 3 : Number.POSITIVE_INFINITY;
    const y = b < opaque.length ? (opaque[b] as number) : Number.POSITIVE_INFINITY;
    const offset = Math.min(x, y);
    const rank = x <= y ? (postings[a++] as number) & 7 : OPAQUE_RANK;
    if (x > y) b++;
    // below 2^29, so that three more bits stay below 2^32
    let v = (offset - last) * 8 + rank;
    last = offset;
    while (v >= 128) {
      out[n++] = (v % 128) | 128;
      v = Math.floor(v / 128);
    }
    out[n++] = v;
  }
  return out.slice(0, n);
}

export const OPAQUE_RANK = 7;

/** Offsets within the block and ranks; stops where the bytes make no sense. */
export function* readMarks(bytes: Uint8Array): Generator<{ readonly offset: number; readonly rank: number }> {
  let last = 0;
  for (let i = 0; i < bytes.length; ) {
    let v = 0;
    let scale = 1;
    let more = true;
    while (more && i < bytes.length) {
      const b = bytes[i++] as number;
      v += (b & 127) * scale;
      scale *= 128;
      more = b >= 128;
    }
    last += Math.floor(v / 8);
    yield { offset: last, rank: v % 8 };
  }
}

/** Writes an index as its blocks come: filters and marks at once, rows and header last, so that memory holds the rows alone. */
export class IndexEncoder {
  readonly #rows: Uint8Array;
  readonly #view: DataView;
  readonly #put: (offset: number, bytes: Uint8Array) => void;
  #at: number;

  /** `windows`: how many blocks there will be. */
  constructor(windows: number, put: (offset: number, bytes: Uint8Array) => void) {
    this.#rows = new Uint8Array(windows * ROW);
    this.#view = new DataView(this.#rows.buffer);
    this.#put = put;
    this.#at = HEADER + this.#rows.length;
  }

  get bytes(): number {
    return this.#at;
  }

  /** Blocks of the windows from `first` on. */
  add(first: number, blocks: readonly MadeBlock[]): void {
    const view = this.#view;
    const part = new Uint8Array(blocks.reduce((n, b) => n + b.filter.length + b.marks.length, 0));
    let filterAt = 0;
    let marksAt = blocks.reduce((n, b) => n + b.filter.length, 0);
    for (const [i, b] of blocks.entries()) {
      const at = (first + i) * ROW;
      const { facts } = b;
      view.setFloat64(at, b.offset, true);
      view.setFloat64(at + 8, b.bytes, true);
      for (const [k, v] of [facts.lines, facts.flags, facts.timed, facts.ids].entries()) view.setUint32(at + 16 + k * 4, v, true);
      view.setBigInt64(at + 32, facts.from, true);
      view.setBigInt64(at + 40, facts.to, true);
      view.setBigUint64(at + 48, BigInt.asUintN(64, facts.hash), true);
      for (const [k, v] of facts.levels.entries()) view.setUint32(at + 56 + k * 4, v, true);
      view.setUint32(at + 84, facts.opaque, true);
      view.setFloat64(at + 88, this.#at + filterAt, true);
      view.setUint32(at + 96, b.filter.length, true);
      view.setUint32(at + 100, b.marks.length, true);
      view.setFloat64(at + 104, this.#at + marksAt, true);
      view.setUint32(at + 112, checkOf(b.marks), true);
      part.set(b.filter, filterAt);
      part.set(b.marks, marksAt);
      filterAt += b.filter.length;
      marksAt += b.marks.length;
    }
    this.#put(this.#at, part);
    this.#at += part.length;
  }

  end(state: LogState): void {
    const header = new Uint8Array(HEADER);
    const head = new DataView(header.buffer);
    for (let i = 0; i < MAGIC.length; i++) header[i] = MAGIC.charCodeAt(i);
    head.setUint32(8, VERSION, true);
    head.setUint32(12, this.#rows.length / ROW, true);
    head.setFloat64(16, state.sizeBytes, true);
    head.setFloat64(24, state.modifiedMs, true);
    head.setFloat64(32, state.inode, true);
    head.setFloat64(40, WINDOW, true);
    head.setUint32(48, checkOf(header.subarray(0, 48), this.#rows), true);
    this.#put(HEADER, this.#rows);
    this.#put(0, header);
  }
}

/** A row, read where it stands when it is asked: a query looks at a few numbers of each of thousands. */
class Row implements Block {
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  #u32(at: number): number {
    return this.#view.getUint32(this.#at + at, true);
  }
  #f64(at: number): number {
    return this.#view.getFloat64(this.#at + at, true);
  }

  get offset(): number {
    return this.#f64(0);
  }
  get bytes(): number {
    return this.#f64(8);
  }
  get lines(): number {
    return this.#u32(16);
  }
  get flags(): number {
    return this.#u32(20);
  }
  get timed(): number {
    return this.#u32(24);
  }
  get ids(): number {
    return this.#u32(28);
  }
  get from(): bigint {
    return this.#view.getBigInt64(this.#at + 32, true);
  }
  get to(): bigint {
    return this.#view.getBigInt64(this.#at + 40, true);
  }
  get hash(): bigint {
    return this.#view.getBigUint64(this.#at + 48, true);
  }
  get levels(): readonly number[] {
    return Array.from({ length: 7 }, (_none, k) => this.#u32(56 + k * 4));
  }
  get opaque(): number {
    return this.#u32(84);
  }
  get filterOffset(): number {
    return this.#f64(88);
  }
  get filterBytes(): number {
    return this.#u32(96);
  }
  get marksBytes(): number {
    return this.#u32(100);
  }
  get marksOffset(): number {
    return this.#f64(104);
  }
  get marksCheck(): number {
    return this.#u32(112);
  }
}

export type Decoded = { readonly state: LogState; readonly blocks: readonly Block[] } | { readonly fault: string };

export function decodeIndex(read: (offset: number, length: number) => Uint8Array, sizeBytes: number): Decoded {
  const header = read(0, HEADER).slice();
  if (header.length < HEADER || String.fromCharCode(...header.subarray(0, 8)) !== MAGIC) return { fault: 'it is no index of gorca' };
  const head = new DataView(header.buffer);
  if (head.getUint32(8, true) !== VERSION || head.getFloat64(40, true) !== WINDOW) return { fault: 'it is of another version' };
  const count = head.getUint32(12, true);
  const rows = read(HEADER, count * ROW).slice();
  if (rows.length !== count * ROW || checkOf(header.subarray(0, 48), rows) !== head.getUint32(48, true)) return { fault: 'it is damaged' };
  const view = new DataView(rows.buffer);
  const blocks = Array.from({ length: count }, (_none, i) => new Row(view, i * ROW));
  if (blocks.some((b) => b.marksOffset + b.marksBytes > sizeBytes || b.filterOffset + b.filterBytes > sizeBytes)) return { fault: 'it ends early' };
  return { state: { sizeBytes: head.getFloat64(16, true), modifiedMs: head.getFloat64(24, true), inode: head.getFloat64(32, true) }, blocks };
}
