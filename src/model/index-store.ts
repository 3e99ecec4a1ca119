/** Where what was derived from large inputs is kept between runs. Implemented in platform (the user's cache folder) and, in a browser, in memory. */
import { type ByteSource, memorySource } from './bytes.ts';

export interface IndexStore {
  /** Whether something is kept under the key. */
  has(key: string): boolean;
  /** null when nothing is kept under the key, or it cannot be read. */
  open(key: string): ByteSource | null;
  /** Replaces what was kept. What was wrong when it could not (a full disk, no permission): the caller goes on without. */
  write(key: string, parts: readonly Uint8Array[]): string | null;
  remove(key: string): void;
}

export function memoryStore(): IndexStore {
  const kept = new Map<string, Uint8Array>();
  return {
    has: (key) => kept.has(key),
    open(key) {
      const bytes = kept.get(key);
      return bytes === undefined ? null : memorySource(bytes);
    },
    write(key, parts) {
      const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
      let at = 0;
      for (const p of parts) {
        all.set(p, at);
        at += p.length;
      }
      kept.set(key, all);
      return null;
    },
    remove(key) {
      kept.delete(key);
    },
  };
}
