/** Every committed bundle is what its manifest says: complete, unchanged, small, and free of the machine it was recorded on. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../src/model/bundle.ts';

const incidents = fileURLToPath(new URL('../../incidents/', import.meta.url));
const limitBytes = 3 << 20;
/** Home folders, the cluster's folder, the folder of a checkout: none of them belongs into a recording. */
const machine = /\/(?:root|home|work|Users)\/[\w.-]|\.cache\//;

const names = readdirSync(incidents, { withFileTypes: true })
  .filter((d) => d.isDirectory() && readdirSync(join(incidents, d.name)).includes('gorca.bundle.json'))
  .map((d) => d.name);

function filesOf(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile())
    .map((e) => relative(dir, join(e.parentPath, e.name)).split(sep).join('/'));
}

it('there are recorded incidents', () => expect(names.length).toBeGreaterThan(0));

describe.each(names)('%s', (name) => {
  const dir = join(incidents, name);
  const json = JSON.parse(readFileSync(join(dir, 'gorca.bundle.json'), 'utf8')) as { title: string; recorded: Record<string, string> };
  const manifest = readManifest(json);
  if (manifest === null) throw new Error(`${name}: not a bundle`);

  it('says how it was recorded', () => {
    expect(manifest.faults).toEqual([]);
    expect(json.title).not.toBe('');
    expect(Object.keys(json.recorded)).toEqual(expect.arrayContaining(['at', 'by', 'go', 'what']));
  });

  it('lists every file of its folders with its sha256, and no other', () => {
    const listed = manifest.artifacts.map((a) => a.path).sort();
    const folders = new Set(listed.map((path) => path.split('/')[0]));
    const there = filesOf(dir).filter((path) => path.includes('/') && folders.has(path.split('/')[0]));
    expect(there.sort()).toEqual(listed.filter((path) => path.includes('/')));
    for (const a of manifest.artifacts)
      expect([
        a.path,
        createHash('sha256')
          .update(readFileSync(join(dir, a.path)))
          .digest('hex'),
      ]).toEqual([a.path, a.sha256]);
  });

  it('states for each artifact what it covers, when and how it was taken', () => {
    for (const a of manifest.artifacts) {
      expect([a.path, a.covers.length > 0, a.takenAt === undefined, a.command === undefined]).toEqual([a.path, true, false, false]);
    }
  });

  it('is small and names no folder of the machine', () => {
    let sizeBytes = 0;
    for (const { path } of manifest.artifacts) {
      const bytes = readFileSync(join(dir, path));
      sizeBytes += bytes.length;
      const plain = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      expect([path, machine.exec(plain.toString('latin1'))?.[0] ?? null]).toEqual([path, null]);
    }
    expect(sizeBytes).toBeLessThanOrEqual(limitBytes);
  });

  it('has the word of an expert beside it', () => {
    const lines = readFileSync(join(dir, 'EXPECT.md'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(15);
  });
});
