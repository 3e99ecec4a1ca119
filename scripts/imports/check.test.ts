import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkImports, importsOf } from './check.ts';

const TABLE = [
  { folder: 'src/model', may: [], packages: [] },
  { folder: 'src/read', may: ['src/model'], packages: ['yaml'], units: 1 as const },
  { folder: 'src/mechanisms', may: ['src/model'], packages: [], units: 2 as const },
];

let root = '';
function faults(files: Readonly<Record<string, string>>): readonly string[] {
  root = mkdtempSync(join(tmpdir(), 'gorca-imports-'));
  for (const [path, text] of Object.entries({ 'src/model/a.ts': '', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkImports(root, TABLE).faults;
}
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('import table', () => {
  test('what the table allows', () => {
    expect(
      faults({
        'src/read/one/index.ts': "import { a } from '../../model/a.ts';\nimport { b } from './b.ts';\nimport y from 'yaml';\nimport { c } from '../lib/c.ts';",
        'src/read/one/b.ts': '',
        'src/read/lib/c.ts': '',
        'src/read/index.ts': "import { one } from './one/index.ts';",
        'src/read/one/one.test.ts': "import { x } from '../two/index.ts';",
        'src/mechanisms/go/x/index.ts': "import type { A } from '../../../model/a.ts';",
      }),
    ).toEqual([]);
  });

  test.each([
    ['a stage above', 'src/model/b.ts', "import type { X } from '../read/index.ts';", 'src/model may import nothing'],
    ['over several lines', 'src/model/b.ts', "import {\n  x,\n} from '../read/index.ts';", 'src/model may import nothing'],
    ['when re-exported', 'src/model/b.ts', "export * from '../read/index.ts';", 'src/model may import nothing'],
    ['when called', 'src/model/b.ts', "const x = await import('../read/index.ts');", 'src/model may import nothing'],
    ['another unit', 'src/read/one/index.ts', "import { x } from '../two/index.ts';", 'units of src/read do not import each other'],
    ['the list of units', 'src/read/one/index.ts', "import { x } from '../index.ts';", 'a unit imports its own folder'],
    ['another mechanism of the same domain', 'src/mechanisms/go/x/index.ts', "import { y } from '../y/index.ts';", 'units of src/mechanisms do not import each other'],
    ['Node', 'src/read/one/index.ts', "import { readFileSync } from 'node:fs';", 'src/read may import yaml'],
    ['a package', 'src/model/b.ts', "import { z } from '@scope/zod/mini';", 'src/model may import no package'],
    ['a folder outside the table', 'src/elsewhere/x.ts', '', 'its folder is not in the import table'],
  ])('refuses %s', (_what, path, text, fault) => {
    const found = faults({ 'src/read/index.ts': '', 'src/read/two/index.ts': '', 'src/mechanisms/go/y/index.ts': '', [path]: text });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(fault);
  });

  test('refuses cycles', () => {
    expect(
      faults({ 'src/model/a.ts': "import { b } from './b.ts';", 'src/model/b.ts': "import { c } from './c.ts';", 'src/model/c.ts': "import { type B, a } from './a.ts';" }),
    ).toEqual(['import cycle: src/model/a.ts → src/model/b.ts → src/model/c.ts → src/model/a.ts']);
  });

  test('a cycle of types only, or one that is loaded later, is none', () => {
    for (const back of ["import type { a } from './a.ts';", "import { type A, type B } from './a.ts';", "export type { A } from './a.ts';", "const a = () => import('./a.ts');"]) {
      expect(faults({ 'src/model/a.ts': "import { b } from './b.ts';", 'src/model/b.ts': back }), back).toEqual([]);
    }
  });

  test('sees no import in text', () => {
    expect(importsOf('src/model/a.ts', "/** import x from '../read/index.ts' */\nconst s = \"import y from 'z'\";\n")).toEqual([]);
  });
});
