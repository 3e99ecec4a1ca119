/** What an index leaves to be read holds every match, whatever the log and the query; a damaged index is seen to be one or says the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Artifact, type ByteSource, memoryStore, readSlice } from '../../../model/index.ts';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { compileQuery, firstDay, LogSearcher } from '../search/index.ts';
import { WindowIndexer, windowsOf } from './build.ts';
import { type Block, decodeIndex, IndexEncoder, marksOf, readMarks } from './rows.ts';
import { select } from './select.ts';

const utf8 = new TextEncoder();
const FOLDER = 'src/read/logs/formats';
const samples = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile() && /\.(log|txt)$/.test(e.name))
  .map((e) => readFileSync(join(e.parentPath, e.name), 'utf8'))
  .filter((t) => t.length < 64 * 1024 && !t.includes('"resourceLogs"'));
const crash = readFileSync('src/read/logs/testdata/crash.log', 'utf8');
const STATE = { sizeBytes: 1, modifiedMs: 2, inode: 3 };
const artifactOf = (text: string): Artifact => testArtifact(utf8.encode(text));

function indexOf(artifact: Artifact, window: number, wrapped = false, engine: 'auto' | 'wasm' | 'plain' = 'auto'): Uint8Array {
  const indexer = new WindowIndexer(wrapped, engine, window);
  const blocks = Array.from({ length: windowsOf(artifact.source.sizeBytes, window) }, (_none, i) => indexer.block(artifact.source, i));
  // every line is in one block
  let at = 0;
  for (const b of blocks.filter((b) => b.bytes > 0)) {
    expect(b.offset).toBe(at);
    at += b.bytes;
  }
  expect(at).toBe(artifact.source.sizeBytes);
  const store = memoryStore();
  const writer = store.writer('log');
  const encoder = new IndexEncoder(blocks.length, (offset, bytes) => writer.put(offset, bytes));
  // groups come in any order
  const half = blocks.length >> 1;
  encoder.add(half, blocks.slice(half));
  encoder.add(0, blocks.slice(0, half));
  encoder.end(STATE);
  expect(writer.keep()).toBeNull();
  const source = store.open('log') as ByteSource;
  expect(source.sizeBytes).toBe(encoder.bytes);
  return readSlice(source, 0, source.sizeBytes);
}

const reader = (bytes: Uint8Array) => (offset: number, length: number) => bytes.subarray(offset, offset + length);

async function found(artifact: Artifact, query: string, index: Uint8Array | null): Promise<{ hits: string[]; counted: number; read: number } | null> {
  const compiled = await compileQuery(query, firstDay(artifact));
  const searcher = new LogSearcher(compiled);
  const size = artifact.source.sizeBytes;
  let ranges: readonly { from: number; to: number; line: boolean }[] = [{ from: 0, to: size, line: false }];
  let counted = 0;
  let read = 0;
  if (index !== null) {
    const decoded = decodeIndex(reader(index), index.length);
    if ('fault' in decoded) return null;
    const selection = select(compiled.query, compiled.context, decoded.blocks, reader(index), size, false);
    counted = select(compiled.query, compiled.context, decoded.blocks, reader(index), size, true).counted;
    ({ ranges, read } = selection);
    expect(await counts(artifact, query, index), query).toBe((await found(artifact, query, null))?.hits.length);
  }
  const hits = new Set<string>();
  for (const r of ranges) {
    searcher.open(artifact, r.line).run(r.from, r.to, (h) => {
      hits.add(`${h.offset}+${h.length}`);
      return true;
    });
  }
  return { hits: [...hits].sort(), counted, read };
}

/** Counts of the index, and of what it leaves to be read. */
async function counts(artifact: Artifact, query: string, index: Uint8Array): Promise<number> {
  const compiled = await compileQuery(query, firstDay(artifact));
  const decoded = decodeIndex(reader(index), index.length) as { blocks: readonly Block[] };
  const { counted, ranges } = select(compiled.query, compiled.context, decoded.blocks, reader(index), artifact.source.sizeBytes, true);
  const searcher = new LogSearcher(compiled);
  const hits = new Set<number>();
  for (const r of ranges) searcher.open(artifact, r.line).run(r.from, r.to, (h) => void hits.add(h.offset));
  return counted + hits.size;
}

const QUERIES = [
  'level=error',
  'level>=warn "reserve failed"',
  'level!=info',
  'trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
  'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 or trace_id=ffffffffffffffffffffffffffffff01',
  'since=2026-11-24T02:31:28.33Z',
  'until=2026-11-24T02:31:28.3Z level>=info',
  'level=fatal goroutine',
  'level=error since=2026-11-24T02:31:28Z until=2026-11-24T02:31:29Z',
  'not level=error',
  'user=*',
];

describe.each([200, 2000, 20_000])('blocks of %i bytes', (window) => {
  const whole = artifactOf([...samples, crash, ...samples].join('\n'));
  const index = indexOf(whole, window);
  test.each(QUERIES)('%s', async (query) => {
    expect((await found(whole, query, index))?.hits).toEqual((await found(whole, query, null))?.hits);
  });
});

const line = (n: number, level: string): string =>
  `{"time":"2026-11-22T14:0${Math.floor(n / 60)}:${String(n % 60).padStart(2, '0')}Z","level":"${level}","msg":"m","trace_id":"aaaaaaaaaaaaaaaa${String(n).padStart(16, '0')}"}`;

describe('a log of JSON', () => {
  const log = artifactOf(Array.from({ length: 600 }, (_none, n) => line(n, n % 100 === 7 ? 'error' : 'info')).join('\n'));
  const index = indexOf(log, 4096);

  test('one id, one minute, one level are found in few blocks', async () => {
    for (const [query, blocks] of [
      ['trace_id=aaaaaaaaaaaaaaaa0000000000000300', 2],
      ['since=14:05 until=14:05:20', 2],
      ['level=error', 6],
      ['level=fatal', 0],
    ] as const) {
      const by = await found(log, query, index);
      expect(by?.hits, query).toEqual((await found(log, query, null))?.hits);
      expect(by?.read, query).toBeLessThanOrEqual(blocks);
    }
  });

  test('counts of levels come from the index alone', async () => {
    expect((await found(log, 'level=error', index))?.counted).toBe(6);
    expect((await found(log, 'level>=info', index))?.counted).toBe(600);
    // all but what shares its block with what is outside
    expect((await found(log, 'since=14:02 until=14:08', index))?.counted).toBeGreaterThan(250);
    expect((await found(log, 'time!=14:02', index))?.counted).toBe(0);
  });

  test('what came after the index was made is read', async () => {
    const grown = artifactOf(`${Array.from({ length: 600 }, (_none, n) => line(n, n % 100 === 7 ? 'error' : 'info')).join('\n')}\n${line(1, 'fatal')}\n`);
    expect((await found(grown, 'level=fatal', index))?.hits).toHaveLength(1);
  });

  test('a block of the same bytes is known again', () => {
    const decoded = decodeIndex(reader(index), index.length) as { blocks: readonly Block[] };
    const indexer = new WindowIndexer(false, 'auto', 4096);
    let kept = 0;
    for (let i = 0; i < windowsOf(log.source.sizeBytes, 4096); i++) {
      indexer.block(log.source, i, (hash) => {
        if (decoded.blocks[i]?.hash === hash) kept++;
        return null;
      });
    }
    expect(kept).toBe(decoded.blocks.length);
  });

  test('no damage to an index hides a match', async () => {
    const right = (await found(log, 'level=error', null))?.hits;
    const one = (await found(log, 'trace_id=aaaaaaaaaaaaaaaa0000000000000300', null))?.hits;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: index.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const hurt = index.slice();
        hurt[at]! ^= by;
        const levels = await found(log, 'level=error', hurt);
        if (levels !== null) expect(levels.hits).toEqual(right);
        const ids = await found(log, 'trace_id=aaaaaaaaaaaaaaaa0000000000000300', hurt);
        if (ids !== null) expect(ids.hits).toEqual(one);
      }),
      { numRuns: 300 },
    );
    for (const cut of [0, 10, 63, 64, 200, index.length - 1]) {
      const by = await found(log, 'level=error', index.slice(0, cut));
      if (by !== null) expect(by.hits).toEqual(right);
    }
  }, 60_000);
});

test('an index is the same byte for byte, whether lines were known by their shapes or read whole', () => {
  // each logger's lines again and again, in between those of others: what a kernel has met it knows
  const lines = samples.flatMap((t) => t.split('\n'));
  const text = Array.from({ length: 4 }, (_none, round) => lines.filter((_line, i) => i % 5 !== round).join('\n')).join('\n') + crash + samples.join('');
  for (const window of [16 * 1024, 1024 * 1024]) {
    for (const wrapped of [false, true]) {
      const index = indexOf(artifactOf(text), window, wrapped, 'wasm');
      expect(Buffer.compare(index, indexOf(artifactOf(text), window, wrapped, 'plain'))).toBe(0);
    }
  }
  expect(indexOf(artifactOf(text), 16 * 1024, false, 'wasm').length).toBeGreaterThan(2000);
}, 120_000);

test('wrapped lines are known by their ids alone', async () => {
  const cri = artifactOf(Array.from({ length: 50 }, (_none, n) => `2026-11-22T14:00:00.123456789Z stdout F ${line(n, n === 9 ? 'error' : 'info')}`).join('\n'));
  const index = indexOf(cri, 1024, true);
  for (const query of ['level=error', 'since=14:00:30', 'trace_id=aaaaaaaaaaaaaaaa0000000000000030'])
    expect((await found(cri, query, index))?.hits).toEqual((await found(cri, query, null))?.hits);
  expect((await found(cri, 'trace_id=aaaaaaaaaaaaaaaa0000000000000030', index))?.read).toBeLessThan(3);
});

test('marks come back as they were', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 2 ** 24 }), { maxLength: 30 }), (offsets) => {
      const sorted = [...offsets].sort((a, b) => a - b);
      const postings = sorted.filter((_o, i) => i % 3 !== 0).map((o) => (o << 3) | 4);
      const opaque = sorted.filter((_o, i) => i % 3 === 0);
      const marks = [...readMarks(marksOf(Uint32Array.from(postings), Uint32Array.from(opaque)))];
      expect(marks).toEqual(sorted.map((offset, i) => ({ offset, rank: i % 3 === 0 ? 7 : 4 })));
    }),
  );
});
