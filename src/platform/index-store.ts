/** Indexes in the user's cache folder, never beside the log. */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { ByteSource } from '../model/bytes.ts';
import type { IndexStore, IndexWriter } from '../model/index-store.ts';
import { descriptorSource } from './files.ts';

/** $XDG_CACHE_HOME/gorca, ~/Library/Caches/gorca, %LOCALAPPDATA%\gorca\cache. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && xdg !== '') return join(xdg, 'gorca');
  // node:os is loaded where it is needed: mostly it is not
  const home = (): string => env['HOME'] || process.getBuiltinModule('node:os').homedir();
  if (process.platform === 'darwin') return join(home(), 'Library', 'Caches', 'gorca');
  const local = env['LOCALAPPDATA'];
  return process.platform === 'win32' && local !== undefined ? join(local, 'gorca', 'cache') : join(home(), '.cache', 'gorca');
}

const FNV_BASIS = 0x6c62272e07bb014262b821756295c58dn;
const FNV_PRIME = 0x1000000000000000000013bn;

/** FNV-1a of 128 bits: a name for a path. Every search asks for one, and loading node:crypto for it takes 3 ms. */
function nameOf(key: string): string {
  let hash = FNV_BASIS;
  for (const b of new TextEncoder().encode(key)) hash = BigInt.asUintN(128, (hash ^ BigInt(b)) * FNV_PRIME);
  return hash.toString(16).padStart(32, '0');
}

export function folderStore(folder: string): IndexStore {
  const file = (key: string): string => join(folder, `${nameOf(key)}.idx`);
  return {
    has: (key) => existsSync(file(key)),
    open(key): ByteSource | null {
      try {
        const fd = openSync(file(key), 'r');
        // closed with the process: an index is read to the end of a command
        return descriptorSource(fd, fstatSync(fd).size);
      } catch {
        return null;
      }
    },
    writer: (key) => new FileWriter(folder, file(key)),
    remove(key) {
      forget(file(key));
    },
  };
}

/** Not mkdir's own recursion, which never ends where a file system has no folder and takes none (/proc). */
function makeFolder(path: string, tries = 1): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || tries === 0 || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    makeFolder(path, 0);
  }
}

/** Written beside the file that is there: whole or not at all, because somebody may be reading the old one. */
class FileWriter implements IndexWriter {
  readonly #path: string;
  readonly #fresh: string;
  #fd: number | null = null;
  #fault: string | null = null;

  constructor(folder: string, path: string) {
    this.#path = path;
    this.#fresh = `${path}.${process.pid}`;
    this.#try(() => {
      makeFolder(folder);
      this.#fd = openSync(this.#fresh, 'w', 0o600);
    });
  }

  put(offset: number, bytes: Uint8Array): void {
    this.#try((fd) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, offset + at);
    });
  }

  keep(): string | null {
    this.#close();
    this.#try(() => renameSync(this.#fresh, this.#path));
    if (this.#fault !== null) forget(this.#fresh);
    return this.#fault;
  }

  drop(): void {
    this.#close();
    forget(this.#fresh);
  }

  /** Nothing more is done after the first fault. */
  #try(what: (fd: number) => void): void {
    if (this.#fault !== null) return;
    try {
      what(this.#fd ?? -1);
    } catch (error) {
      this.#fault = (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }

  #close(): void {
    const fd = this.#fd;
    this.#fd = null;
    if (fd !== null) closeSync(fd);
  }
}

/** What cannot be removed was not written either. */
function forget(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // the folder is no folder, or not ours
  }
}
