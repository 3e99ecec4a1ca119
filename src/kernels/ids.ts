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

/** What of a hash says where its bits are: the first, and the step to the next. */
export interface IdProbe {
  readonly first: number;
  readonly step: number;
}

export const idProbe = (hash: bigint): IdProbe => ({ first: Number(hash & 0xffffffffn), step: Number((hash >> 32n) & 0xffffffffn) | 1 });

/** The bits that an id sets in a filter of so many bits. */
export function filterBits(hash: bigint, bits: number): number[] {
  const { first, step } = idProbe(hash);
  return Array.from({ length: PROBES }, (_none, i) => probeAt(first, step, i) % bits);
}

/** Modulo 2^32, as the kernel counts. */
const probeAt = (first: number, step: number, i: number): number => (first + Math.imul(step, i)) >>> 0;

export function filterHolds(filter: Uint8Array, { first, step }: IdProbe): boolean {
  const bits = filter.length * 8;
  for (let i = 0; i < PROBES; i++) {
    const bit = probeAt(first, step, i) % bits;
    if ((((filter[bit >> 3] as number) >> (bit & 7)) & 1) === 0) return false;
  }
  return true;
}
