import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const PIECES = 2000;

/** Takes pieces until there are no more, and writes the number of each where those before have written theirs. */
const THREAD = `const { workerData } = require('node:worker_threads');
import(workerData.module).then(({ Turns }) => {
  const turns = new Turns(workerData.turns);
  const out = new Int32Array(workerData.out);
  for (let mine = turns.take(); mine < workerData.pieces; mine = turns.take()) {
    if (!turns.wait(mine)) throw new Error('gone');
    out[out[0] + 1] = mine;
    out[0]++;
    turns.done(mine);
  }
});`;

test('threads write their pieces in the order of the numbers', async () => {
  const { outputFiles } = await (await import('esbuild')).build({
    entryPoints: [fileURLToPath(new URL('./turns.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const module = `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`;
  const turns = new Turns();
  const out = new Int32Array(new SharedArrayBuffer((PIECES + 1) * 4));
  const threads = [0, 1, 2].map(() => new Worker(THREAD, { eval: true, workerData: { module, turns: turns.buffer, out: out.buffer, pieces: PIECES } }));
  await Promise.all(threads.map((t) => once(t, 'exit')));
  expect(turns.wait(PIECES)).toBe(true);
  expect([...out.subarray(1)]).toEqual(Array.from({ length: PIECES }, (_none, i) => i));
});

test('who waits for a piece that never comes is told', () => {
  const turns = new Turns();
  expect(turns.take()).toBe(0);
  expect(turns.take()).toBe(1);
  turns.close();
  expect(turns.wait(1)).toBe(false);
  expect(turns.wait(0)).toBe(true);
});
