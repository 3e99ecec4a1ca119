/** The README shows what the product prints. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const DEMO = 'rollout-leaks-goroutines';

test('the README shows the report of the recorded incident as it is', () => {
  const expected = readFileSync(join(import.meta.dirname, `${DEMO}.expected.txt`), 'utf8');
  const shown = `${expected.slice(0, expected.indexOf('\nPLACES')).trimEnd()}\n`;
  const path = join(root, 'README.md');
  const readme = readFileSync(path, 'utf8');
  const start = readme.indexOf('```text\n', readme.indexOf('<!-- the report of')) + 8;
  const end = readme.indexOf('```', start);
  // written together with the expected report: vitest -u
  if (process.env['UPDATE_README'] === '1') writeFileSync(path, readme.slice(0, start) + shown + readme.slice(end));
  expect(readFileSync(path, 'utf8').slice(start, start + shown.length)).toBe(shown);
});

test('what the README links to exists', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((m) => m[1] as string);
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
});
