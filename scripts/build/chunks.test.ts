import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { asFunction } from './chunks.ts';

type Chunk = (require: (name: string) => unknown, loadChunk: (name: string) => Promise<unknown>, chunkUrl: string) => Record<string, unknown>;

const run = (script: string, modules: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const require = (name: string): unknown => {
    if (!(name in modules)) throw new Error(`not there: ${name}`);
    return modules[name];
  };
  return (runInThisContext(script) as Chunk)(require, async (name) => require(name), 'file:///chunk.js');
};

test('what is imported is taken from the other chunks, under the names esbuild gave it', async () => {
  const chunk = [
    '#!/usr/bin/env node',
    'import {\n  a,\n  b as b2\n} from "./chunk-A.js";',
    'import path from "node:path";',
    'import * as all from "node:os";',
    'import "./chunk-B.js";',
    'var sum = a + b2 + path.one + all.two, later = () => import("./chunk-C.js");',
    'export {\n  sum as default,\n  later\n};',
  ].join('\n');
  const found = run(asFunction(chunk), { './chunk-A.js': { a: 1, b: 10 }, './chunk-B.js': {}, './chunk-C.js': { c: 3 }, 'node:path': { one: 100 }, 'node:os': { two: 1000 } });
  expect(found['default']).toBe(1111);
  expect(await (found['later'] as () => Promise<unknown>)()).toEqual({ c: 3 });
  expect(() => run(asFunction(chunk), {})).toThrow('not there: ./chunk-A.js');
});

test('text that looks like an import of Go stays text', () => {
  const go = 'var go = `package main\nimport "fmt"\nimport (\n"os"\n)\n`;\nexport {\n  go\n};';
  expect(run(asFunction(go), {})['go']).toBe('package main\nimport "fmt"\nimport (\n"os"\n)\n');
});

test('the script is ASCII and says the same', () => {
  const chunk = 'var text = "5 \u00b5s \u21e5", micro = /^\\d+\u00b5s$/, astral = /^[\u{1f600}]$/u;\nexport {\n  text,\n  micro,\n  astral\n};';
  expect(/^[\0-\x7f]*$/.test(asFunction(chunk))).toBe(true);
  const { text, micro, astral } = run(asFunction(chunk), {}) as { text: string; micro: RegExp; astral: RegExp };
  expect([text, micro.test('5\u00b5s'), micro.test('5us'), astral.test('\u{1f600}'), astral.test('\ud83d')]).toEqual(['5 \u00b5s \u21e5', true, false, true, false]);
});

test('an export or import of a form that is not known does not go through', () => {
  expect(() => asFunction('export const a = 1;\n')).toThrow();
  expect(() => asFunction('import a, { b } from "./chunk-A.js";\n')).toThrow();
});

test('an entry may await at its top, what others import may not', async () => {
  const chunk = 'var a = await 7;\nexport {\n  a\n};';
  expect(await run(asFunction(chunk, true), {})).toEqual({ a: 7 });
  expect(() => asFunction(chunk)).toThrow();
});
