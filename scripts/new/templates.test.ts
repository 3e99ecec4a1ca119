/** What `npm run new` writes must itself be clean and be found by `npm run gen`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { indexes } from '../gen/indexes.ts';
import { condition, logFormat, mechanism, observer, reader } from './templates.ts';

// the repository's own settings, without its list of files
const config = JSON.parse(readFileSync('biome.json', 'utf8')) as Record<string, unknown>;
const root = mkdtempSync(join(tmpdir(), 'gorca-new-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a new unit is listed and formatted', () => {
  const files = [...reader('socket-table'), ...observer('sockets'), ...mechanism('net/ports-used-up'), ...condition('net/ports-low', null), ...logFormat('acme-console')];
  for (const file of files) {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), file.text);
  }
  const found = indexes(root);
  expect(found.refused).toEqual([]);
  const text = (path: string): string => found.files.find((f) => f.path === path)?.text ?? '';
  expect(text('src/read/index.ts')).toContain("import { socketTable } from './socket-table/index.ts';");
  expect(text('src/read/logs/formats/index.ts')).toContain("import { acmeConsole } from './acme-console/index.ts';");
  expect(text('src/observe/index.ts')).toContain("import { sockets } from './sockets/index.ts';");
  expect(text('src/diagnose/mechanisms/index.ts')).toContain("import { portsUsedUp } from './net/ports-used-up/index.ts';");
  expect(text('src/model/conditions/index.ts')).toContain("  portsLow,\n} from './net.ts';");

  writeFileSync(join(root, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false }, files: {} }));
  const biome = spawnSync(process.execPath, [join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome'), 'ci', 'src'], { cwd: root, encoding: 'utf8' });
  expect(biome.stdout + biome.stderr).toMatch(/Checked \d+ files/);
  expect(biome.status, biome.stdout + biome.stderr).toBe(0);
});

test('a folder that declares two readers is refused', () => {
  const folder = join(root, 'src/read/two');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.ts'), 'export const a: Reader<A> = {};\nexport const b: Reader<B> = {};\n');
  expect(indexes(root).refused).toEqual(['src/read/two/index.ts declares a, b; exactly one Reader<unknown> is expected']);
});
