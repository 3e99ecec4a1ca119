/** Ids that an index knows a block by: 12 to 64 letters, digits, - and _, a digit among them. The same in src/kernels/assembly/log-index.ts. */
export const ID_LEAST = 12;
export const ID_MOST = 64;
const ID = /^[A-Za-z0-9_-]{12,64}$/;
const PROBES = 6;
const MASK = 0xffffffffffffffffn;

export const isIndexedId = (text: string): boolean => ID.test(text) && /\d/.test(text);

/** 64 bits of an id, never 0. */
export function idHash(bytes: Uint8Array, from: number, length: number): bigint {
  let h = 0x9e3779b97f4a7c15n ^ BigInt(length);
  for (let i = 0; i < length; i += 8) {
    let w = 0n;
    for (let k = 0; k < Math.min(8, length - i); k++) w |= BigInt(bytes[from + i + k] as number) << BigInt(k * 8);
    h = ((h ^ w) * 0xff51afd7ed558ccdn) & MASK;
    h ^= h >> 32n;
  }
  h = (h * 0xc4ceb9fe1a85ec53n) & MASK;
  h ^= h >> 29n;
  return h === 0n ? 1n : h;
}

/**
 * A filter is lines of LINE_BYTES: an id sets PROBES bits of one line, so that a question looks at one line of it, and knows by the check at the
 * line's end whether that one is whole.
 */
export const LINE_BYTES = 64;
const LINE_BITS = 480;
const CHECK_WORD = 15;

/** What of a hash says where its bits are: the first, and the step to the next. */
export interface IdProbe {
  readonly first: number;
  readonly step: number;
}

export const idProbe = (hash: bigint): IdProbe => ({ first: Number(hash & 0xffffffffn), step: Number((hash >> 32n) & 0xffffffffn) | 1 });

/** Which of so many lines an id's bits are in. */
export const lineOf = ({ step }: IdProbe, lines: number): number => Math.floor(((step >>> 0) * lines) / 2 ** 32);

/** The bits of its line that an id sets. */
export function lineBits({ first, step }: IdProbe): number[] {
  // modulo 2^32, as the kernel counts
  return Array.from({ length: PROBES }, (_none, i) => ((first + Math.imul(step, i)) >>> 0) % LINE_BITS);
}

/** Of the words of a line that begins at `at`. Never 0: a page of zeros is damage. */
function checkOfLine(words: DataView, at: number): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < CHECK_WORD; i++) h = Math.imul(h ^ words.getUint32(at + i * 4, true), 0x01000193) ^ (h >>> 15);
  return h >>> 0 || 1;
}

/** Gives each line of a filter its check. */
export function sealFilter(filter: Uint8Array): void {
  const words = new DataView(filter.buffer, filter.byteOffset, filter.length);
  for (let at = 0; at < filter.length; at += LINE_BYTES) words.setUint32(at + CHECK_WORD * 4, checkOfLine(words, at), true);
}

/** Whether the id may be one of those that set this line's bits: yes also where the line is damaged. */
export function lineHolds(line: Uint8Array, bits: readonly number[]): boolean {
  if (line.length !== LINE_BYTES) return true;
  if (bits.every((bit) => (((line[bit >> 3] as number) >> (bit & 7)) & 1) === 1)) return true;
  // only a line that says no must be whole
  const words = new DataView(line.buffer, line.byteOffset, LINE_BYTES);
  return checkOfLine(words, 0) !== words.getUint32(CHECK_WORD * 4, true);
}
