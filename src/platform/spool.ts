/**
 * Bytes that arrive in pieces (standard input, decoded gzip, archive members) kept for random access: in memory as long as there is
 * room, then in a temporary file that has no name any more once it is open.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type ByteSource, memorySource } from '../model/bytes.ts';
import { descriptorSource, type MemoryBudget } from './files.ts';

const IN_MEMORY_MOST = 64 * 1024 * 1024;

export class Spool {
  readonly #budget: MemoryBudget;
  #parts: Uint8Array[] = [];
  #fd: number | null = null;
  #size = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  /** The caller must not change `bytes` afterwards. */
  add(bytes: Uint8Array): void {
    if (this.#fd === null && (this.#size + bytes.length > IN_MEMORY_MOST || !this.#budget.take(bytes.length))) this.#toFile();
    if (this.#fd === null) this.#parts.push(bytes);
    else writeAll(this.#fd, bytes);
    this.#size += bytes.length;
  }

  finish(): ByteSource {
    if (this.#fd !== null) return descriptorSource(this.#fd, this.#size);
    const only = this.#parts.length === 1 ? this.#parts[0] : undefined;
    if (only !== undefined) return memorySource(only);
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    return memorySource(bytes);
  }

  /** Nothing of it is wanted. */
  drop(): void {
    if (this.#fd === null) this.#budget.giveBack(this.#size);
    else closeSync(this.#fd);
    this.#fd = null;
    this.#parts = [];
    this.#size = 0;
  }

  #toFile(): void {
    this.#fd = namelessFile();
    for (const part of this.#parts) writeAll(this.#fd, part);
    this.#budget.giveBack(this.#size);
    this.#parts = [];
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let n = 0; n < bytes.length; ) n += writeSync(fd, bytes, n);
}

function namelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'gorca-'));
  const fd = openSync(join(folder, 'spool'), 'wx+', 0o600);
  if (process.platform === 'win32') {
    // an open file keeps its name there
    process.once('exit', () => {
      closeSync(fd);
      rmSync(folder, { recursive: true, force: true });
    });
  } else rmSync(folder, { recursive: true, force: true });
  return fd;
}
