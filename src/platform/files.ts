/**
 * Files as byte sources. Small ones are held in memory (readers then get views without copies), large ones are read through a few
 * cached windows, so that a file of any size costs the same.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { type ByteSource, type MemorySource, memorySource } from '../model/bytes.ts';

/** What may still be held in memory over all inputs of one investigation; the rest goes through windows or a temporary file. */
export class MemoryBudget {
  #left: number;

  constructor(bytes = 512 * 1024 * 1024) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

const IN_MEMORY_MOST = 32 * 1024 * 1024;
const WINDOW = 256 * 1024;
const WINDOWS = 8;
/** Read straight to where it belongs. */
const LONG = 64 * 1024;
const NOTHING = new Uint8Array(0);

/** Fills `target` from `offset` as far as the file reaches. */
function fill(fd: number, offset: number, target: Uint8Array): number {
  let n = 0;
  while (n < target.length) {
    const got = readSync(fd, target, n, target.length - n, offset + n);
    if (got === 0) break;
    n += got;
  }
  return n;
}

/** Windows over anything that can be read at an offset. */
export class WindowedSource implements ByteSource {
  readonly sizeBytes: number;
  readonly #read: (offset: number, target: Uint8Array) => number;
  /** Window number → bytes; the one used last stands last. */
  readonly #windows = new Map<number, Uint8Array>();
  #last: Uint8Array = NOTHING;
  #lastNumber = -1;

  constructor(sizeBytes: number, read: (offset: number, target: Uint8Array) => number) {
    this.sizeBytes = sizeBytes;
    this.#read = read;
  }

  readInto(offset: number, target: Uint8Array): number {
    if (offset < 0 || offset >= this.sizeBytes || target.length === 0) return 0;
    const most = Math.min(target.length, this.sizeBytes - offset);
    // long reads gain nothing from a window
    if (most >= LONG) return this.#read(offset, target.subarray(0, most));
    let n = 0;
    while (n < most) {
      const number = Math.floor((offset + n) / WINDOW);
      const window = this.#window(number);
      const part = window.subarray(offset + n - number * WINDOW, offset + most - number * WINDOW);
      if (part.length === 0) break;
      target.set(part, n);
      n += part.length;
    }
    return n;
  }

  #window(number: number): Uint8Array {
    if (number === this.#lastNumber) return this.#last;
    let window = this.#windows.get(number);
    if (window === undefined) {
      // nobody else has a window in hand: the oldest one's memory is filled again
      let bytes: Uint8Array | null = null;
      if (this.#windows.size >= WINDOWS) {
        const [oldest, filled] = this.#windows.entries().next().value as [number, Uint8Array];
        this.#windows.delete(oldest);
        bytes = new Uint8Array(filled.buffer);
      }
      bytes ??= new Uint8Array(Math.min(WINDOW, this.sizeBytes));
      window = bytes.subarray(0, this.#read(number * WINDOW, bytes.subarray(0, Math.min(bytes.length, this.sizeBytes - number * WINDOW))));
    } else this.#windows.delete(number);
    this.#windows.set(number, window);
    this.#last = window;
    this.#lastNumber = number;
    return window;
  }
}

/** What became of a file between opening it and now. `bytes`: by how much it grew, or how much of it is left. */
export interface FileChange {
  readonly how: 'grown' | 'shrunk' | 'replaced' | 'gone';
  readonly bytes: number;
}

/**
 * A large file. What is read is the file that was opened, in the size it then had: where it was cut shorter, or had to be opened again when another
 * one stood at its path (a rotated log), what is missing reads as its end.
 */
export class FileSource extends WindowedSource {
  readonly #path: string;
  readonly #opened: Stats;

  constructor(path: string, opened: Stats) {
    super(opened.size, (offset, target) => readAt(path, opened, offset, target));
    this.#path = path;
    this.#opened = opened;
  }

  change(): FileChange | null {
    try {
      const now = statSync(this.#path);
      if (!isSame(now, this.#opened)) return { how: 'replaced', bytes: now.size };
      if (now.size < this.sizeBytes) return { how: 'shrunk', bytes: now.size };
      return now.size > this.sizeBytes ? { how: 'grown', bytes: now.size - this.sizeBytes } : null;
    } catch {
      return { how: 'gone', bytes: 0 };
    }
  }
}

const isSame = (a: Stats, b: Stats): boolean => a.ino === b.ino && a.dev === b.dev;

/** Opens a regular file. Throws what the file system says (ENOENT, EACCES …). */
export function openFile(path: string, budget: MemoryBudget): ByteSource | MemorySource {
  const fd = openSync(path, 'r');
  try {
    const opened = fstatSync(fd);
    if (opened.size <= IN_MEMORY_MOST && budget.take(opened.size)) {
      const bytes = new Uint8Array(opened.size);
      return memorySource(bytes.subarray(0, fill(fd, 0, bytes)));
    }
    return new FileSource(path, opened);
  } finally {
    closeSync(fd);
  }
}

/** Files that stay open between two reads: thousands of sources never run out of descriptors. The one used last stands last. */
const held = new Map<Stats, number>();
const HELD = 32;

/** The descriptor of the file that was opened; null when another one stands at its path by now. */
function descriptorOf(path: string, opened: Stats): number | null {
  const known = held.get(opened);
  if (known !== undefined) {
    held.delete(opened);
    held.set(opened, known);
    return known;
  }
  const fd = openSync(path, 'r');
  if (!isSame(fstatSync(fd), opened)) {
    closeSync(fd);
    return null;
  }
  if (held.size >= HELD) {
    const [oldest, old] = held.entries().next().value as [Stats, number];
    held.delete(oldest);
    closeSync(old);
  }
  held.set(opened, fd);
  return fd;
}

function readAt(path: string, opened: Stats, offset: number, target: Uint8Array): number {
  try {
    const fd = descriptorOf(path, opened);
    return fd === null ? 0 : fill(fd, offset, target);
  } catch {
    return 0;
  }
}

/** The same over a descriptor that stays open. */
export const descriptorSource = (fd: number, size: number): ByteSource => new WindowedSource(size, (offset, target) => fill(fd, offset, target));
