import { createHash } from 'node:crypto';
import { type ByteSource, readSlice } from '../model/bytes.ts';

const CHUNK = 4 * 1024 * 1024;

/** Copies of the whole source, a few MiB at a time. */
export function* chunksOf(source: ByteSource, chunk = CHUNK): Generator<Uint8Array> {
  for (let at = 0; at < source.sizeBytes; ) {
    const part = readSlice(source, at, chunk);
    if (part.length === 0) return;
    yield part;
    at += part.length;
  }
}

export function sha256Of(source: ByteSource, onBytes?: (n: number) => void): string {
  const hash = createHash('sha256');
  for (const part of chunksOf(source)) {
    hash.update(part);
    onBytes?.(part.length);
  }
  return hash.digest('hex');
}
