import { createTarDecoder } from 'modern-tar';
import type { ByteSource } from '../model/bytes.ts';
import { chunksOf } from './hash.ts';

const MAGIC_AT = 257;
const BLOCK = 512;
const MAGIC = [0x75, 0x73, 0x74, 0x61, 0x72];
/** First bytes needed to tell. */
export const TAR_HEAD = MAGIC_AT + MAGIC.length;

/** POSIX and GNU tar say "ustar" at byte 257; archives from before 1988 do not and are not opened. */
export const isTar = (head: Uint8Array): boolean => head.length >= TAR_HEAD && MAGIC.every((b, i) => head[MAGIC_AT + i] === b);

export interface TarEntry {
  /** As stored; may be hostile. */
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Must be called for each entry before the next one is asked for; with null the bytes are passed over. */
  readonly body: (add: ((bytes: Uint8Array) => void) | null) => Promise<void>;
}

/** One block at a time: at damage the stream drops what it was given and had not handed out yet. */
function* blocksOf(source: ByteSource): Generator<Uint8Array> {
  for (const chunk of chunksOf(source, 1024 * 1024)) {
    for (let at = 0; at < chunk.length; at += BLOCK) yield chunk.subarray(at, at + BLOCK);
  }
}

/** The entries in the order they were written. Throws at damage; entries before it were handed out. */
export async function* tarEntries(source: ByteSource): AsyncGenerator<TarEntry> {
  const decoder = createTarDecoder({ strict: true });
  const blocks = blocksOf(source);
  const input = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = blocks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
  for await (const entry of input.pipeThrough(decoder)) {
    const type = entry.header.type ?? 'file';
    yield {
      name: entry.header.name,
      type: type === 'file' ? 'file' : type === 'directory' ? 'folder' : type === 'link' || type === 'symlink' ? 'link' : 'other',
      sizeBytes: entry.header.size,
      async body(add) {
        if (add === null) await entry.body.cancel();
        else for await (const bytes of entry.body) add(bytes);
      },
    };
  }
}
