/** Writes a bundle: the files first, the manifest last, so that a folder with a manifest is whole. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
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
  writeFileSync(join(folder, BUNDLE_FILE), `${JSON.stringify(manifest, null, 1)}\n`, { flag: 'wx' });
}
