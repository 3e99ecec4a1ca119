/** Writes a bundle: the files first, the manifest last, so that a folder with a manifest is whole. */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUNDLE_FILE, type BundleManifest } from '../../model/bundle.ts';

/** A new folder, or an empty one: nothing of another capture is mixed in or written over. */
export function isFree(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

export function writeBundle(folder: string, files: readonly { readonly path: string; readonly bytes: Uint8Array }[], manifest: BundleManifest): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const path = join(folder, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.bytes, { flag: 'wx' });
  }
  writeManifest(folder, manifest);
}

export function writeManifest(folder: string, manifest: BundleManifest): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, BUNDLE_FILE), `${JSON.stringify(manifest, null, 1)}\n`, { flag: 'wx' });
}

export interface GrowingFile {
  readonly sizeBytes: number;
  write(part: Uint8Array): void;
  /** Closes it; its checksum. */
  keep(): string;
  /** Closes and removes it. */
  drop(): void;
}

/** A file of the bundle that is written as its bytes come, however many they are; made with its first byte. */
export function growingFile(folder: string, path: string): GrowingFile {
  const whole = join(folder, path);
  const hash = createHash('sha256');
  let open: number | null = null;
  let size = 0;
  const close = (): void => {
    if (open !== null) closeSync(open);
    open = null;
  };
  return {
    get sizeBytes() {
      return size;
    },
    write(part) {
      if (size === 0 && open === null) {
        mkdirSync(dirname(whole), { recursive: true });
        open = openSync(whole, 'wx');
      }
      if (open === null) throw new Error(`${path} is closed`);
      for (let at = 0; at < part.length; ) at += writeSync(open, part, at);
      hash.update(part);
      size += part.length;
    },
    keep() {
      close();
      return hash.digest('hex');
    },
    drop() {
      close();
      if (size > 0) rmSync(whole, { force: true });
    },
  };
}
