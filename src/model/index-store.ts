/** Where what was derived from large inputs is kept between runs. Implemented in platform (the user's cache folder) and, in a browser, in memory. */
import { type ByteSource, memorySource } from './bytes.ts';

export interface IndexStore {
  /** Whether something is kept under the key. */
  has(key: string): boolean;
  /** null when nothing is kept under the key, or it cannot be read. */
  open(key: string): ByteSource | null;
  /** Replaces what was kept, whole or not at all. */
  writer(key: string): IndexWriter;
  remove(key: string): void;
}

/** Bytes are put wherever they belong, in any order; all are kept at the end, or none. */
export interface IndexWriter {
  put(offset: number, bytes: Uint8Array): void;
  /** What was wrong when they could not be kept (a full disk, no permission): the caller goes on without. */
  keep(): string | null;
  drop(): void;
}

export function memoryStore(): IndexStore {
  const kept = new Map<string, Uint8Array>();
  return {
    has: (key) => kept.has(key),
    open(key) {
      const bytes = kept.get(key);
      return bytes === undefined ? null : memorySource(bytes);
    },
    writer(key) {
      const parts: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
      return {
        put: (offset, bytes) => void parts.push({ offset, bytes: bytes.slice() }),
        keep() {
          const all = new Uint8Array(parts.reduce((n, p) => Math.max(n, p.offset + p.bytes.length), 0));
          for (const p of parts) all.set(p.bytes, p.offset);
          kept.set(key, all);
          return null;
        },
        drop: () => undefined,
      };
    },
    remove(key) {
      kept.delete(key);
    },
  };
}
