/**
 * Where bytes come from. Implemented in platform (files, archive members, decoded gzip) and in the browser (File).
 * Reading is synchronous so that a diagnosis can look at evidence only when a hypothesis asks for it.
 */
export interface ByteSource {
  /** Decoded size in bytes. */
  readonly sizeBytes: number;
  /** Copies bytes from `offset` into `target`; returns how many were copied (0 at the end). Never throws on a short file. */
  readInto(offset: number, target: Uint8Array): number;
}

/** Bytes already in memory. `bytes` may hand out a view without copying. */
export interface MemorySource extends ByteSource {
  readonly bytes: Uint8Array;
}

export function memorySource(bytes: Uint8Array): MemorySource {
  return {
    bytes,
    sizeBytes: bytes.length,
    readInto(offset, target) {
      if (offset >= bytes.length) return 0;
      const part = bytes.subarray(offset, Math.min(bytes.length, offset + target.length));
      target.set(part);
      return part.length;
    },
  };
}

/** A slice as bytes of its own or, for memory, as a view. Shorter than asked at the end of the source. */
export function readSlice(source: ByteSource, offset: number, length: number): Uint8Array {
  const end = Math.min(source.sizeBytes, offset + length);
  if (offset >= end || offset < 0) return new Uint8Array(0);
  if ('bytes' in source) return (source as MemorySource).bytes.subarray(offset, end);
  const out = new Uint8Array(end - offset);
  const filled = readFully(source, offset, out);
  return filled === out.length ? out : out.subarray(0, filled);
}

/** Fills `target` however few bytes each read gives; how many there were: fewer only at the end of the source. */
export function readFully(source: ByteSource, offset: number, target: Uint8Array): number {
  let filled = 0;
  while (filled < target.length) {
    const n = source.readInto(offset + filled, filled === 0 ? target : target.subarray(filled));
    if (n <= 0) break;
    filled += n;
  }
  return filled;
}

const utf8 = new TextDecoder('utf-8');
/** Text for people: invalid UTF-8 becomes U+FFFD, a byte order mark is kept out. */
export const decodeText = (bytes: Uint8Array): string => utf8.decode(bytes);

const latin1 = new TextDecoder('latin1');
/** One character per byte: for parsing ASCII grammars where offsets in text must equal offsets in bytes. */
export const decodeLatin1 = (bytes: Uint8Array): string => latin1.decode(bytes);
