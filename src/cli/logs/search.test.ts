import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLogFiles } from '../../collect/log-files/index.ts';
import { BUILT_IN } from '../../read/logs/index.ts';
import { compileQuery } from '../../read/logs/search/index.ts';
import { TaskRunner } from './task-runner.ts';
import { foundOnce, type TaskHits, tasksOf } from './tasks.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-search-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const QUIET = Buffer.from('2026-11-22T14:00:00.000Z\tINFO\tsvc\ta/b.go:1\tquiet\t{"n": 1}\n');
const LOUD = Buffer.from(`2026-11-22T14:00:00.000Z\tERROR\tsvc\ta/b.go:1\tneedle\t{"n": 1}\n${'main.needle()\n\t/app/needle.go:88\n'.repeat(40)}`);
const SIZE = 70 * 1024 * 1024;

test('a record that two threads find parts of is one record', async () => {
  const path = join(folder, 'a.log');
  const parts: Buffer[] = [];
  let length = 0;
  for (const cut of [SIZE / 3, (SIZE / 3) * 2, SIZE]) {
    const quiet = Buffer.alloc(Math.floor((cut - 700 - length) / QUIET.length) * QUIET.length, QUIET);
    parts.push(quiet, ...(cut < SIZE ? [LOUD] : []));
    length += quiet.length + (cut < SIZE ? LOUD.length : 0);
  }
  writeFileSync(path, Buffer.concat(parts));
  const { logs } = await openLogFiles(
    [path],
    () => Promise.reject(new Error('nothing is packed')),
    () => true,
  );
  const tasks = tasksOf(logs, [null]);
  expect(tasks).toHaveLength(3);
  const query = await compileQuery('needle', null);
  const start = { countOnly: false, byTime: false };
  // each range in the hands of another thread
  const found = tasks.map((t, n) => new TaskRunner(query, logs, BUILT_IN).run(n, t, start) as TaskHits);
  expect(found.map((h) => h.count + h.early.length)).toEqual([1, 2, 1]);
  const once = foundOnce();
  const offsets = found.flatMap((h) => once(h, 0).flatMap((part) => [...part.offsets].map((o) => part.base + o)));
  expect(offsets).toHaveLength(2);
  expect(new Set(offsets).size).toBe(2);
  // where an index left the first range out, nobody else has it
  expect(foundOnce()(found[1] as TaskHits, 0).reduce((n, part) => n + part.count, 0)).toBe(2);
});
