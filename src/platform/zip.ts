import { unzipSync } from 'fflate';
import type { DecodeLimits } from './gunzip.ts';

export const isZip = (head: Uint8Array): boolean =>
  head.length >= 4 && head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));

export interface ZipEntry {
  /** As stored; may be hostile. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly packedBytes: number;
  readonly isFolder: boolean;
  /** Decodes this one entry. Throws on damage, never hands out more than `sizeBytes`. */
  readonly bytes: () => Uint8Array;
}

export const MOST_ZIP_ENTRIES = 4096;

/** Lists the entries. Throws when there is no readable directory of entries. */
export function zipEntries(archive: Uint8Array): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  unzipSync(archive, {
    filter(info) {
      const at = entries.length;
      if (at < MOST_ZIP_ENTRIES) {
        entries.push({
          name: info.name,
          sizeBytes: info.originalSize,
          packedBytes: info.size,
          isFolder: info.name.endsWith('/'),
          bytes: () => extract(archive, at, info.originalSize),
        });
      }
      return false;
    },
  });
  return entries;
}

/** By position: two entries may share a name. */
function extract(archive: Uint8Array, wanted: number, size: number): Uint8Array {
  let at = -1;
  const [bytes] = Object.values(
    unzipSync(archive, {
      filter: () => {
        at++;
        return at === wanted;
      },
    }),
  );
  if (bytes === undefined) throw new Error('the entry is not in the archive');
  if (bytes.length !== size) throw new Error(`${bytes.length} bytes came out of ${size}`);
  return bytes;
}

/** An entry that claims to grow beyond what data does. */
export const isZipBomb = (e: ZipEntry, limits: DecodeLimits): boolean =>
  e.sizeBytes > limits.mostBytes || (e.sizeBytes > limits.freeBytes && e.sizeBytes > limits.mostRatio * Math.max(1, e.packedBytes));
