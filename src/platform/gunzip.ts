import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteSource } from '../model/bytes.ts';
import { chunksOf } from './hash.ts';

export interface DecodeLimits {
  /** Decoded bytes of one file. */
  readonly mostBytes: number;
  /** Decoded for each encoded byte, judged once more than `freeBytes` came out: logs reach 50, a bomb 1000. */
  readonly mostRatio: number;
  readonly freeBytes: number;
}

export const DECODE_LIMITS: DecodeLimits = { mostBytes: 8 * 1024 ** 3, mostRatio: 400, freeBytes: 256 * 1024 * 1024 };

/** complete · cut: the input ends early · damaged: it stops making sense · bomb: stopped at a limit. What was decoded before is kept. */
export type Decoded = 'complete' | 'cut' | 'damaged' | 'bomb';

export const isGzip = (head: Uint8Array): boolean => head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;

/** Decodes gzip (all members) piece by piece into `add`. */
export async function gunzip(source: ByteSource, limits: DecodeLimits, add: (bytes: Uint8Array) => void): Promise<Decoded> {
  // small output pieces: at damage at most one of them is lost
  const decoder = createGunzip({ chunkSize: 16 * 1024 });
  const input = Readable.from(chunksOf(source, 256 * 1024), { objectMode: false });
  let decoded = 0;
  return new Promise((resolve, reject) => {
    decoder.on('data', (bytes: Uint8Array) => {
      decoded += bytes.length;
      if (decoded > limits.mostBytes || (decoded > limits.freeBytes && decoded > limits.mostRatio * source.sizeBytes)) {
        resolve('bomb');
        input.destroy();
        decoder.destroy();
        return;
      }
      add(bytes);
    });
    decoder.on('end', () => resolve('complete'));
    decoder.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'Z_BUF_ERROR' ? 'cut' : 'damaged'));
    input.on('error', reject);
    input.pipe(decoder);
  });
}
