import { createReadStream } from 'node:fs';
import process from 'node:process';

/** Reads standard input (0) or a pipe by its name to the end. */
export async function readStream(from: string | 0, add: (bytes: Uint8Array) => void): Promise<void> {
  const stream = from === 0 ? process.stdin : createReadStream(from);
  for await (const bytes of stream) add(bytes as Uint8Array);
}
