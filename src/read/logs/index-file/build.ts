/** Indexes the lines that begin in a window of a log; windows are independent of one another. */
import { type BlockIndexer, type Engine, IDS_FULL, INSIDE, OPAQUE_FULL, openBlockIndexer, POSTINGS_FULL, sealFilter, UNTIMED } from '../../../kernels/index.ts';
import { type ByteSource, readFully } from '../../../model/index.ts';
import { indexPlan } from '../search/compile.ts';
import { lineAfter } from '../search/range.ts';
import { type Block, type MadeBlock, marksOf, type RowFacts, WINDOW } from './rows.ts';

/** Bits of the filter for each id: one block in five hundred is looked at in vain. */
const BITS_PER_ID = 16;
const LINE_BITS = 480;

export class WindowIndexer {
  readonly #indexer: BlockIndexer;

  readonly #wrapped: boolean;
  readonly #window: number;
  /** Where the line begins that follows the block made last, and the window behind it. */
  #next = { number: -1, at: 0 };

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
    const from = this.#begin(source, number);
    const limit = Math.min(size, (number + 1) * this.#window);
    if (from >= limit) return this.#ends(number, from, empty(from));
    const buffer = this.#indexer.buffer();
    // the end of its last line mostly lies within one more read
    const have = readFully(source, from, buffer.subarray(0, Math.min(size, limit + TAIL) - from));
    const lf = limit === size ? -1 : buffer.indexOf(LF, limit - 1 - from);
    const end = limit === size ? size : lf >= 0 && lf < have ? from + lf + 1 : lineAfter(source, from + have, size);
    const length = end - from;
    // a line of megabytes: whoever asks must look
    if (length + 1 > this.#indexer.capacity)
      return this.#ends(number, end, {
        offset: from,
        bytes: length,
        facts: { ...NOTHING, lines: 1, flags: UNTIMED | OPAQUE_FULL | POSTINGS_FULL | IDS_FULL | INSIDE },
        filter: NO_BYTES,
        marks: NO_BYTES,
      });
    const got = length <= have ? length : have + readFully(source, from + have, buffer.subarray(have, length));
    const hash = this.#indexer.hash(0, got);
    const same = known(hash, from, length);
    if (same !== null) return this.#ends(number, end, same);
    const { opaque, postings, ...bare } = this.#indexer.run(0, got);
    const flags = this.#wrapped ? bare.flags | UNTIMED | (hasFragment(buffer, got) ? IDS_FULL : 0) : bare.flags;
    const facts = { ...bare, flags, hash, opaque: opaque.length };
    const filter = facts.ids === 0 ? NO_BYTES : this.#indexer.filter(Math.ceil((facts.ids * BITS_PER_ID) / LINE_BITS)).slice();
    sealFilter(filter);
    return this.#ends(number, end, { offset: from, bytes: length, facts, filter, marks: marksOf(postings, opaque) });
  }

  #ends(number: number, at: number, block: MadeBlock): MadeBlock {
    this.#next = { number: number + 1, at };
    return block;
  }

  /** Where the first line of a window begins: windows mostly come one after the other. */
  #begin(source: ByteSource, number: number): number {
    if (number === 0) return 0;
    return this.#next.number === number ? this.#next.at : lineAfter(source, number * this.#window - 1, source.sizeBytes);
  }
}

const LF = 10;
/** Read behind a window at first. */
const TAIL = 4096;

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
const NOTHING: RowFacts = { lines: 0, timed: 0, flags: 0, from: 2n ** 63n - 1n, to: -(2n ** 63n), levels: [0, 0, 0, 0, 0, 0, 0], ids: 0, hash: 0n, opaque: 0 };
const empty = (offset: number): MadeBlock => ({ offset, bytes: 0, facts: NOTHING, filter: NO_BYTES, marks: NO_BYTES });

export const windowsOf = (sizeBytes: number, window: number = WINDOW): number => Math.ceil(sizeBytes / window);

/** A row of an older index with its parts, as if it had been made now. */
export function asMade(block: Block, read: (offset: number, length: number) => Uint8Array): MadeBlock {
  const { offset, bytes, lines, flags, timed, ids, from, to, hash, levels, opaque } = block;
  return {
    offset,
    bytes,
    facts: { lines, flags, timed, ids, from, to, hash, levels, opaque },
    filter: read(block.filterOffset, block.filterBytes).slice(),
    marks: read(block.marksOffset, block.marksBytes).slice(),
  };
}
