/** Indexes in the user's cache folder, never beside the log. */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { ByteSource } from '../model/bytes.ts';
import type { IndexStore } from '../model/index-store.ts';
import { descriptorSource } from './files.ts';

/** $XDG_CACHE_HOME/gorca, ~/Library/Caches/gorca, %LOCALAPPDATA%\gorca\cache. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && xdg !== '') return join(xdg, 'gorca');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gorca');
  const local = env['LOCALAPPDATA'];
  return process.platform === 'win32' && local !== undefined ? join(local, 'gorca', 'cache') : join(homedir(), '.cache', 'gorca');
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
    write(key, parts) {
      const path = file(key);
      const fresh = `${path}.${process.pid}`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const fd = openSync(fresh, 'w', 0o600);
        try {
          for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(fd, part, at);
        } finally {
          closeSync(fd);
        }
        // whole or not at all: somebody may be reading the old one
        renameSync(fresh, path);
        return null;
      } catch (error) {
        forget(fresh);
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    },
    remove(key) {
      forget(file(key));
    },
  };
}

/** What cannot be removed was not written either. */
function forget(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // the folder is no folder, or not ours
  }
}
