/** What is loaded before anything is asked for: `gorca --version` must cost no more than Node itself. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf } from '../../scripts/imports/check.ts';

/** Modules that are loaded with a file, over static imports that remain at run time. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  for (const i of importsOf(path, readFileSync(path, 'utf8'))) {
    if (!i.loads) continue;
    const name = i.target ?? i.specifier;
    if (seen.has(name)) continue;
    seen.add(name);
    if (i.target !== null) loadedWith(posix.normalize(i.target), seen);
  }
  return seen;
}

test('the version loads nothing but Node and what writes', () => {
  expect([...loadedWith('src/cli/main.ts')].sort()).toEqual(['node:fs', 'node:process', 'node:url', 'src/cli/write-all.ts']);
});

test('completion loads the records and its library, not the program', () => {
  expect([...loadedWith('src/cli/completion.ts')].filter((m) => !m.startsWith('src/cli/')).sort()).toEqual(['@bomb.sh/tab']);
});

test('help and wrong usage load no reader and no mechanism', () => {
  const loaded = [...loadedWith('src/cli/app.ts')];
  expect(loaded).toContain('@stricli/core');
  expect(loaded.filter((m) => /^src\/(read|observe|diagnose|collect|platform|verify|investigate)/.test(m))).toEqual([]);
});
