/** Going over what is as guessed must say the same as taking each line apart. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../model/index.ts';
import { shortReads } from '../../../model/testing/artifact.ts';
import { mutate } from '../../testing/mutate.ts';
import { RawLines } from '../raw-lines.ts';
import { GoroutineParser } from './parser.ts';
import { type GoroutineTable, GoroutineTableBuilder, stackFrames } from './table.ts';

const root = join(import.meta.dirname, '../../../..');
const folders = ['src/read/goroutine-dump/testdata', 'go/zoo/testdata/parked'];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((f) => f.endsWith('.txt') && !f.includes('debug1'))
    .map((f) => `${folder}/${f}`),
);

/** A small generator of its own (mulberry32): the same injuries each time. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function parse(bytes: Uint8Array, how: 'skim' | 'feed' | 'short reads'): { table: GoroutineTable; foreign: number; broken: number; skimmed: number } {
  const builder = new GoroutineTableBuilder();
  const parser = new GoroutineParser(builder);
  parser.splitOnRepeat = true;
  const raw = new RawLines(how === 'short reads' ? shortReads(bytes, 7) : memorySource(bytes));
  let foreign = 0;
  let skimmed = 0;
  for (;;) {
    if (how !== 'feed') {
      const before = raw.base + raw.position;
      parser.skim(raw);
      skimmed += raw.base + raw.position - before;
    }
    if (!raw.next()) break;
    if (!parser.feed(raw.buffer, raw.start, raw.end, raw.offset, raw.length) && raw.end > raw.start) foreign++;
  }
  parser.close();
  return { table: builder.finish(), foreign, broken: parser.broken, skimmed };
}

function same(bytes: Uint8Array): void {
  const fed = parse(bytes, 'feed');
  for (const how of ['skim', 'short reads'] as const) {
    const { skimmed: _bytes, ...skimmed } = parse(bytes, how);
    expect(skimmed).toEqual({ table: fed.table, foreign: fed.foreign, broken: fed.broken });
  }
}

describe('skim', () => {
  it.each(files)('reads %s as line by line', (file) => {
    const bytes = new Uint8Array(readFileSync(join(root, file)));
    same(bytes);
    // what comes twice is known the second time
    const twice = new Uint8Array([...bytes, 10, ...bytes]);
    same(twice);
    for (let seed = 1; seed <= 20; seed++) same(mutate(twice, seeded(seed)));
  });

  it('goes over nearly everything that repeats', () => {
    const one = readFileSync(join(root, 'src/read/goroutine-dump/testdata/leak-3.go126.txt'), 'utf8');
    const bytes = new TextEncoder().encode(one.repeat(20));
    expect(parse(bytes, 'skim').skimmed).toBeGreaterThan(bytes.length * 0.95);
  });

  it('is never led astray by lines that are nearly as guessed', () => {
    const line = fc.constantFrom(
      'goroutine 7 [chan send]:',
      'goroutine 8 [chan send]:',
      'goroutine 8 [chan send, 2 minutes]:',
      'goroutine 9 gp=0xc000104fc0 m=nil [chan send]:',
      'main.f(0x1)',
      'main.f(0x1, (0x2))',
      'main.f(...)',
      'main.f(',
      'main.ff(0x1)',
      'main.(*T).g(0xc000012345)',
      'sync.(*Mutex).lockSlow(0xc000012345)',
      'sync.(*Mutex).lockSlow(0xc000012345?)',
      '\t/src/main.go:4 +0x1',
      '\t/src/main.go:4',
      '\t/src/main.go:44 +0x1',
      '\t/src/main.go:4 +0x1 fp=0x1 sp=0x2 pc=0x3',
      '\t/src/main.go:4 x:5',
      '  /src/main.go:4 +0x1',
      'created by main.f in goroutine 1',
      'created by main.f',
      'created by main.f in goroutine 1x',
      '...12 frames elided...',
      '[originating from goroutine 1]:',
      'non-Go function',
      '\tpc=0x7f00',
      '{"level":"info"}',
      '',
      '\tgoroutine running on other thread; stack unavailable',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        same(new TextEncoder().encode(lines.concat(lines).join(end)));
      }),
      { numRuns: 400 },
    );
  });

  it('knows what each waits for', () => {
    const text = [
      'goroutine 7 [sync.Mutex.Lock]:',
      'internal/sync.(*Mutex).lockSlow(0xc000012340)',
      '\t/go/src/internal/sync/mutex.go:149 +0x15d',
      'main.f()',
      '\t/src/main.go:4 +0x1',
      '',
    ].join('\n');
    const { table } = parse(new TextEncoder().encode(`${text}\n${text.replace('7', '8').replace('2340', '2348')}\n${text.replace('7', '9').replace('2340', '2340?')}`), 'skim');
    expect([...table.object]).toEqual([0xc000012340, 0xc000012348, 0]);
    expect(stackFrames(table, table.stack[1]!).map((f) => f.line)).toEqual([149, 4]);
  });
});
