/** Files that are hard to read as lines: huge lines, NULs, ends of all kinds; and what was read of a file that ended early. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testArtifact } from '../../model/testing/artifact.ts';
import { MemoryBudget, openFile } from '../../platform/files.ts';
import { type LogRecord, logs, openLog } from './index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-long-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const before = '{"level":"info","ts":1795738204.5,"msg":"before"}\n';
const after = '\n{"level":"error","ts":1795738205.5,"msg":"after"}\n';

it('a line of a hundred megabytes without an end: what stands around it is read, it is said, memory stays small', () => {
  const path = join(folder, 'sparse.log');
  const fd = openSync(path, 'w');
  writeSync(fd, before);
  const size = 100 * 1024 * 1024;
  ftruncateSync(fd, size);
  writeSync(fd, after, size);
  closeSync(fd);
  const source = openFile(path, new MemoryBudget(0));
  const artifact = testArtifact(new Uint8Array(0), { source });
  const seen: string[] = [];
  const kept = process.memoryUsage().arrayBuffers;
  let most = 0;
  openLog(artifact)?.scan({}, (r) => {
    seen.push(`${r.format} ${r.span.length}`);
    most = Math.max(most, process.memoryUsage().arrayBuffers - kept);
    return true;
  });
  expect(seen).toEqual(['zap-json 49', `plain ${size - before.length}`, 'zap-json 49']);
  expect(most).toBeLessThan(64 * 1024 * 1024);
  expect(logs.read(artifact).problems).toMatchObject([
    { code: 'logs/long-line', what: expect.stringContaining(`a line of ${size - before.length} bytes`), place: { offset: before.length } },
  ]);
});

it('carriage returns, NULs, bytes that are no UTF-8, and no line end at the end', () => {
  const bytes = new Uint8Array([
    ...new TextEncoder().encode(`${before.trimEnd()}\r\n\0\0\0\r\nlevel=warn ts=2026-11-27T00:10:04Z msg="a `),
    0xc3,
    0x28,
    0xff,
    ...new TextEncoder().encode(' b"'),
  ]);
  const records: LogRecord[] = [];
  openLog(testArtifact(bytes))?.scan({}, (r) => {
    records.push(r);
    return true;
  });
  expect(records.map((r) => [r.format, r.message])).toEqual([
    ['zap-json', 'before'],
    ['plain', '\0\0\0'],
    ['go-kit', 'a \ufffd(\ufffd b'],
  ]);
});
