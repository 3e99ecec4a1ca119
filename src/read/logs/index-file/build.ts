/** Indexes the lines that begin in a window of a log; windows are independent of one another. */
import { type BlockFacts, type BlockIndexer, type Engine, IDS_FULL, INSIDE, OPAQUE_FULL, openBlockIndexer, POSTINGS_FULL, UNTIMED } from '../../../kernels/index.ts';
import { type ByteSource, readFully } from '../../../model/index.ts';
import { indexPlan } from '../search/compile.ts';
import { lineAfter } from '../search/range.ts';
import { type Block, type MadeBlock, marksOf, WINDOW } from './rows.ts';

/** Bits of the filter for each id: one block in two hundred is looked at in vain. */
const BITS_PER_ID = 12;

export class WindowIndexer {
  readonly #indexer: BlockIndexer;

  readonly #wrapped: boolean;
  readonly #window: number;

  /** `wrapped`: lines of a log driver, of which only the ids can be told. */
  constructor(wrapped: boolean, engine: Engine = 'auto', window: number = WINDOW) {
    this.#wrapped = wrapped;
    this.#window = window;
    // a window and the rest of its last line
    this.#indexer = openBlockIndexer(indexPlan(wrapped), 2 * window + 64 * 1024, engine);
  }

  /** The lines that begin in window `number`; `known`: what an older index says of them, taken over where the bytes are the same. */
  block(source: ByteSource, number: number, known: (hash: bigint, offset: number, bytes: number) => MadeBlock | null = () => null): MadeBlock {
    const size = source.sizeBytes;
    const from = number === 0 ? 0 : lineAfter(source, number * this.#window - 1, size);
    const limit = Math.min(size, (number + 1) * this.#window);
    if (from >= limit) return empty(from);
    const end = limit === size ? size : lineAfter(source, limit - 1, size);
    const length = end - from;
    // a line of megabytes: whoever asks must look
    if (length + 1 > this.#indexer.capacity)
      return { offset: from, bytes: length, facts: { ...NOTHING, lines: 1, flags: UNTIMED | OPAQUE_FULL | POSTINGS_FULL | IDS_FULL | INSIDE }, filter: NO_BYTES, marks: NO_BYTES };
    const buffer = this.#indexer.buffer();
    const got = readFully(source, from, buffer.subarray(0, length));
    const same = known(this.#indexer.hash(0, got), from, length);
    if (same !== null) return same;
    const { opaque, postings, ...bare } = this.#indexer.run(0, got);
    const facts = this.#wrapped ? { ...bare, flags: bare.flags | UNTIMED | (hasFragment(buffer, got) ? IDS_FULL : 0) } : bare;
    const bits = 64 * Math.ceil((facts.ids * BITS_PER_ID) / 64);
    return { offset: from, bytes: length, facts, filter: bits === 0 ? NO_BYTES : this.#indexer.filter(bits).slice(), marks: marksOf(postings, opaque) };
  }
}

/** docker and the CRI cut lines at 16 KiB: an id may stand across the cut. */
const FRAGMENT = 16 * 1024;

function hasFragment(buffer: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; ) {
    const lf = buffer.indexOf(10, at);
    const end = lf < 0 || lf > length ? length : lf;
    if (end - at >= FRAGMENT) return true;
    at = end + 1;
  }
  return false;
}

const NO_BYTES = new Uint8Array(0);
const NOTHING: Omit<BlockFacts, 'opaque' | 'postings'> = { lines: 0, timed: 0, flags: 0, from: 2n ** 63n - 1n, to: -(2n ** 63n), levels: [0, 0, 0, 0, 0, 0, 0], ids: 0, hash: 0n };
const empty = (offset: number): MadeBlock => ({ offset, bytes: 0, facts: NOTHING, filter: NO_BYTES, marks: NO_BYTES });

export const windowsOf = (sizeBytes: number, window: number = WINDOW): number => Math.ceil(sizeBytes / window);

/** A row of an older index with its parts, as if it had been made now. */
export function asMade(block: Block, read: (offset: number, length: number) => Uint8Array): MadeBlock {
  const { offset, bytes, lines, flags, timed, ids, from, to, hash, levels } = block;
  return {
    offset,
    bytes,
    facts: { lines, flags, timed, ids, from, to, hash, levels },
    filter: read(block.filterOffset, block.filterBytes).slice(),
    marks: read(block.marksOffset, block.marksBytes).slice(),
  };
}
