/**
 * Counts the lines of a file that hold the literal of any known error text: what searching for hundreds of literals at once costs, as a
 * process of its own on one thread. Without a file it prints the literals, one a line.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import process from 'node:process';
import { openSearcher } from '../../src/kernels/index.ts';
import { ERROR_ANCHORS } from '../../src/knowledge/go-errors/index.ts';

const BUFFER = 1024 * 1024;
const LF = 10;
const path = process.argv[2];
if (path === undefined) process.stdout.write(`${ERROR_ANCHORS.join('\n')}\n`);
else {
  const utf8 = new TextEncoder();
  const needles = ERROR_ANCHORS.map((text) => ({ bytes: utf8.encode(text), fold: false }));
  const searcher = openSearcher({ needles, opening: 0, keys: [], bits: 0, truth: new Uint8Array([1]), json: false, logfmt: false, levels: [], durations: null }, BUFFER);
  const fd = openSync(path, 'r');
  let lines = 0;
  let held = 0;
  for (;;) {
    const buffer = searcher.buffer();
    const got = readSync(fd, buffer, held, searcher.capacity - 1 - held, null);
    const have = held + got;
    if (have === 0) break;
    let end = buffer.lastIndexOf(LF, have - 1) + 1;
    if (got === 0 || end === 0) {
      buffer[have] = LF;
      end = have + 1;
    }
    for (let at = 0; at < end; at = searcher.resumeAt) lines += searcher.run(at, end);
    if (got === 0) break;
    held = Math.max(0, have - end);
    buffer.copyWithin(0, end, have);
  }
  closeSync(fd);
  console.log(lines);
}
