/**
 * Decodes zstd (RFC 8878), frame by frame and block by block into `add`. The frames and blocks are walked here, so that what a frame asks
 * of memory is known before it is decoded, an end inside a frame is told from damage, and no number of frames nests; what is inside the
 * blocks is fzstd's, which is loaded when the first such file is met. Checksums of frames are passed over: fzstd does not compare them.
 */
import { type ByteSource, readSlice } from '../model/bytes.ts';
import type { DecodeLimits } from './gunzip.ts';

/** As gunzip, and window: a frame asks for more memory than is given (the program itself gives 128 MiB unless told otherwise). */
export type DecodedZstd = 'complete' | 'cut' | 'damaged' | 'bomb' | 'window';

const WINDOW_MOST = 128 * 1024 * 1024;
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

const u32 = (b: Uint8Array, at: number): number => (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;

export const isZstd = (head: Uint8Array): boolean => head.length >= 5 && u32(head, 0) === MAGIC && (head[4]! & 8) === 0;

export async function unzstd(source: ByteSource, limits: DecodeLimits, add: (bytes: Uint8Array) => void): Promise<DecodedZstd> {
  const { Decompress } = await import('fzstd');
  let decoded = 0;
  let at = 0;
  const bomb = (): boolean => decoded > limits.mostBytes || (decoded > limits.freeBytes && decoded > limits.mostRatio * source.sizeBytes);
  while (at < source.sizeBytes) {
    const head = readSlice(source, at, 18);
    if (head.length < 8) return 'cut';
    const magic = u32(head, 0);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      at += 8 + u32(head, 4);
      continue;
    }
    const frame = magic === MAGIC ? frameHeader(head) : null;
    // what follows whole frames and is none of them is padding or damage; it holds no text
    if (frame === null) return 'damaged';
    if (frame.windowBytes > WINDOW_MOST) return 'window';
    const decoder = new Decompress((bytes) => {
      decoded += bytes.length;
      // fzstd goes on writing into what it handed out
      if (bytes.length > 0) add(bytes.slice());
    });
    try {
      decoder.push(readSlice(source, at, frame.length), false);
      at += frame.length;
      for (let last = false; !last; ) {
        const block = readSlice(source, at, 3);
        if (block.length < 3) return 'cut';
        const bits = block[0]! | (block[1]! << 8) | (block[2]! << 16);
        last = (bits & 1) === 1;
        const kind = (bits >> 1) & 3;
        if (kind === 3) return 'damaged';
        // a run is one byte, however long
        const size = 3 + (kind === 1 ? 1 : bits >> 3) + (last && frame.checksum ? 4 : 0);
        const bytes = readSlice(source, at, size);
        const missing = last && frame.checksum ? size - 4 : size;
        if (bytes.length < missing) return 'cut';
        decoder.push(bytes, last && bytes.length === size);
        at += size;
        if (bomb()) return 'bomb';
        if (bytes.length < size) return 'cut';
      }
    } catch {
      return 'damaged';
    }
  }
  return 'complete';
}

interface FrameHeader {
  readonly length: number;
  readonly windowBytes: number;
  readonly checksum: boolean;
}

function frameHeader(head: Uint8Array): FrameHeader | null {
  const flags = head[4]!;
  if ((flags & 8) !== 0) return null;
  const single = (flags & 32) !== 0;
  const dictionary = [0, 1, 2, 4][flags & 3]!;
  const sizeKind = flags >> 6;
  const sizeBytes = sizeKind === 0 ? (single ? 1 : 0) : 1 << sizeKind;
  const sizeAt = 5 + (single ? 0 : 1) + dictionary;
  const length = sizeAt + sizeBytes;
  // a dictionary is nothing that a file brings along
  if (dictionary > 0 && head.subarray(sizeAt - dictionary, sizeAt).some((b) => b !== 0)) return null;
  if (head.length < length) return null;
  let windowBytes: number;
  if (single) {
    windowBytes = sizeKind === 1 ? 256 : 0;
    for (let i = sizeBytes - 1, n = 0; i >= 0; i--) {
      n = n * 256 + head[sizeAt + i]!;
      if (i === 0) windowBytes += n;
    }
  } else {
    const base = 2 ** (10 + (head[5]! >> 3));
    windowBytes = base + (base / 8) * (head[5]! & 7);
  }
  return { length, windowBytes, checksum: (flags & 4) !== 0 };
}
