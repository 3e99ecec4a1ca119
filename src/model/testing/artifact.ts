/** Artifacts for tests: bytes in memory with the fields a reader may look at. */
import { createHash } from 'node:crypto';
import { type Artifact, type ByteSource, memorySource } from '../index.ts';

export function testArtifact(bytes: Uint8Array, more: Partial<Artifact> = {}): Artifact {
  return {
    id: 'test',
    path: 'unknown',
    decoders: [],
    source: memorySource(bytes),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    interval: { from: null, to: null },
    covers: [],
    ...more,
  };
}

export const textArtifact = (text: string, more: Partial<Artifact> = {}): Artifact => testArtifact(new TextEncoder().encode(text), more);

/** A source that hands out few bytes at a time and has no `bytes` view, as a file or a browser Blob may. */
export function shortReads(bytes: Uint8Array, seed: number): ByteSource {
  let state = seed >>> 0 || 1;
  return {
    sizeBytes: bytes.length,
    readInto(offset, target) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const most = 1 + (state % 997);
      const part = bytes.subarray(offset, Math.min(bytes.length, offset + Math.min(target.length, most)));
      target.set(part);
      return part.length;
    },
  };
}
