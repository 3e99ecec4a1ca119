import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderStore } from './index-store.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-store-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('its folder is made, however deep', () => {
  const at = join(folder, 'a', 'b', 'c');
  const writer = folderStore(at).writer('log');
  writer.put(0, new Uint8Array([1, 2, 3]));
  expect(writer.keep()).toBeNull();
  expect(readdirSync(at)).toHaveLength(1);
  const read = new Uint8Array(3);
  expect(folderStore(at).open('log')?.readInto(0, read)).toBe(3);
  expect([...read]).toEqual([1, 2, 3]);
});

test('where none can be made it says so, and comes to an end', () => {
  writeFileSync(join(folder, 'file'), '');
  const inFile = folderStore(join(folder, 'file', 'x')).writer('log');
  inFile.put(0, new Uint8Array([1]));
  expect(inFile.keep()).toBe('ENOTDIR');
});

// a file system that has no such folder and takes none
test.runIf(existsSync('/proc/self'))('nor where nothing can be made', () => {
  expect(folderStore('/proc/none/gorca/log-index').writer('log').keep()).toBe('ENOENT');
});
