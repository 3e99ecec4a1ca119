import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Console } from '../console.ts';
import { openFiles, sayChanges } from './open-files.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-open-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LINE = `{"level":"info","ts":1795374541.44,"msg":"m"}\n`;
/** More than is held in memory: that is a copy, to which nothing happens. */
const BYTES = 64 * 1024 * 1024;

/** What is said of a log to which something happens between opening it and the end of the search. */
async function said(name: string, happens: (path: string) => void): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, LINE);
  truncateSync(path, BYTES);
  const err: string[] = [];
  const console = { err: (text: string) => err.push(text) } as unknown as Console;
  const { logs } = await openFiles(console, [path]);
  happens(path);
  sayChanges(console, logs);
  return err.join('').replaceAll(path, name);
}

test('a log that was cut shorter, replaced or removed while it was read is said to be', async () => {
  expect(await said('cut.log', (path) => truncateSync(path, 100))).toMatch(/^cut\.log had 67108864 bytes and now has 100: it was cut shorter/);
  const rotate = (path: string): void => {
    renameSync(path, `${path}.1`);
    writeFileSync(path, LINE);
  };
  expect(await said('rotated.log', rotate)).toMatch(/^rotated\.log was replaced by another file .* search the rotated file, too\n$/);
  expect(await said('gone.log', (path) => rmSync(path))).toMatch(/^gone\.log was removed /);
});

test('one that grows is not, nor one that nothing happens to', async () => {
  expect(await said('grows.log', (path) => appendFileSync(path, LINE))).toBe('');
  expect(await said('quiet.log', () => undefined)).toBe('');
});
