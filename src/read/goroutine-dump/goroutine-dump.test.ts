import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { parseHeader, parseLabels } from '../lib/goroutines/header.ts';
import { summariseTable } from '../lib/goroutines/summary.ts';
import { checkTable, createdBy, flagsOf, stackFrames } from '../lib/goroutines/table.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { type GoroutineDump, goroutineDump } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');
const summary = (m: GoroutineDump): unknown => ({
  wrapper: m.wrapper,
  states: m.table.states,
  flags: m.table.flagNames,
  dumps: m.dumps.map((d) => ({ goroutines: d.to - d.from, time: d.time, complete: d.complete, buckets: summariseTable(m.table, d.from, d.to) })),
});

describe('goroutineDump', () => {
  it.each(fixtures(folder, /\.txt$/))('reads %s', async (file) => {
    await checkReader({
      reader: goroutineDump,
      file,
      summary,
      mutations: 20,
      integrity(m, artifact) {
        checkTable(m.table, artifact.source.sizeBytes);
        expect(m.dumps.reduce((n, d) => n + d.to - d.from, 0)).toBe(m.table.count);
        for (let i = 0; i < Math.min(m.table.count, 5); i++) expectSpanText(artifact, { offset: m.table.offset[i]!, length: m.table.length[i]! }, `goroutine ${m.table.id[i]}`);
      },
    });
  });

  it('refuses text without goroutines and says why', () => {
    const result = goroutineDump.read(textArtifact('hello\ngoroutine leaks are bad\n'));
    expect(result.model).toBeNull();
    expect(result.problems[0]?.code).toBe('goroutine-dump/none');
    expect(goroutineDump.sniff(new TextEncoder().encode('hello\n'), 6).confidence).toBe(0);
  });

  it('leaves a log with one panic to the log readers', () => {
    const log = `${'{"level":"info","msg":"x"}\n'.repeat(50)}panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:4 +0x1\nexit status 2\n`;
    expect(goroutineDump.sniff(new TextEncoder().encode(log), log.length).confidence).toBeLessThan(0.5);
  });

  it('keeps dumps of one file apart and says which is cut', () => {
    const one = 'goroutine 1 [running]:\nmain.main()\n\t/src/main.go:4 +0x1\n\ngoroutine 7 [chan send]:\nmain.f()\n\t/src/main.go:9 +0x1\n\n';
    const result = goroutineDump.read(textArtifact(`first\n${one}second\n${one}goroutine 9 [select]:\nmain.g(0x1`));
    expect(result.model?.dumps.map((d) => [d.to - d.from, d.complete])).toEqual([
      [2, true],
      [3, false],
    ]);
    expect(result.problems.map((p) => p.code)).toContain('goroutine-dump/truncated');
  });

  it('joins nothing across an interrupting log line', () => {
    const text = 'goroutine 1 [running]:\nmain.f()\n{"level":"info","msg":"in between"}\n\t/src/main.go:4 +0x1\nmain.main()\n\t/src/main.go:2 +0x1\n';
    const m = goroutineDump.read(textArtifact(text)).model;
    expect(stackFrames(m!.table, m!.table.stack[0]!).map((f) => `${f.symbol}:${f.line}`)).toEqual(['main.f:4', 'main.main:2']);
  });

  it.each([
    ['before the first line', '2026/11/22 19:09:01 recovered: ', ''],
    ['before each line', '2026/11/22 19:09:01 orders: ', '2026/11/22 19:09:02 orders: '],
    ['of logrus before the first', 'level=error msg=dump stack=', ''],
  ])("passes over a logger's words %s", (_where, first, others) => {
    const lines = [
      'goroutine 1 [running]:',
      'main.f(0x1)',
      '\t/src/main.go:4 +0x1',
      'created by main.main in goroutine 9',
      '\t/src/main.go:2 +0x1',
      '',
      'goroutine 7 [chan send]:',
      'main.g()',
      '\t/src/main.go:9 +0x1',
    ];
    const text = lines.map((l, i) => (l === '' && others === '' ? '' : `${i === 0 ? first : others}${l}`)).join('\n');
    const m = goroutineDump.read(textArtifact(`${text}\n`)).model;
    expect(m?.table.count).toBe(2);
    expect(m?.table.creator[0]).toBe(9);
    expect([0, 1].map((row) => stackFrames(m!.table, m!.table.stack[row]!).map((f) => `${f.symbol}:${f.line}`))).toEqual([['main.f:4'], ['main.g:9']]);
  });

  it('takes no sentence about a goroutine for its header', () => {
    expect(goroutineDump.read(textArtifact('we saw mygoroutine 7 [chan send]:\nand goroutine 8 [chan send]: again\nthe goroutine x [y]:\n')).model).toBeNull();
  });

  it('reads indented and prefixed dumps, Windows paths, C frames and old elision', () => {
    const text = [
      '    goroutine 5 [syscall, locked to thread]:',
      '    runtime.cgocall(0x1, 0x2)',
      '    \tC:/Program Files/Go/src/runtime/cgocall.go:157 +0x4a',
      '    sqlite3_step',
      '    \tpc=0x7f00',
      '    main.query({0xc000, 0x2}, _)',
      '    \tC:/Users/u/app/main.go:12 +0x1d',
      '    ...additional frames elided...',
      '    created by main.main',
      '    \tC:/Users/u/app/main.go:8 +0x1d',
      '',
      '    goroutine 6 [running]:',
      '    \tgoroutine running on other thread; stack unavailable',
    ].join('\n');
    const t = goroutineDump.read(textArtifact(text)).model!.table;
    expect(stackFrames(t, t.stack[0]!).map((f) => [f.symbol, f.file, f.line])).toEqual([
      ['runtime.cgocall', 'C:/Program Files/Go/src/runtime/cgocall.go', 157],
      ['sqlite3_step', '', 0],
      ['main.query', 'C:/Users/u/app/main.go', 12],
    ]);
    expect([t.stacks.elided[t.stack[0]!], createdBy(t, t.stack[0]!)?.line, flagsOf(t, 0), t.creator[0]]).toEqual([-1, 8, ['locked to thread'], -1]);
    expect([t.count, stackFrames(t, t.stack[1]!).length]).toEqual([2, 0]);
  });
});

describe('parseHeader', () => {
  it.each([
    ['goroutine 1 [running]:', { id: 1, state: 'running', minutes: -1, flags: [], labels: '' }],
    ['goroutine 18 [chan receive, 5 minutes, locked to thread]:', { id: 18, state: 'chan receive', minutes: 5, flags: ['locked to thread'], labels: '' }],
    ['goroutine 7 gp=0xc000104fc0 m=4 mp=0xc000100008 [sync.Mutex.Lock]:', { id: 7, state: 'sync.Mutex.Lock', minutes: -1, flags: [], labels: '' }],
    ['goroutine 7 gp=0xc000104fc0 m=nil [chan send (leaked), 3 minutes]:', { id: 7, state: 'chan send', minutes: 3, flags: ['leaked'], labels: '' }],
    ['goroutine 9 [chan send (nil chan) (scan)]:', { id: 9, state: 'chan send (nil chan)', minutes: -1, flags: ['scan'], labels: '' }],
    ['goroutine 9 [select (durable), synctest bubble 3]:', { id: 9, state: 'select', minutes: -1, flags: ['durable', 'synctest bubble'], labels: '' }],
    ['goroutine 9 [sleep, frozen by moon]:', { id: 9, state: 'sleep', minutes: -1, flags: ['frozen by moon'], labels: '' }],
    ['goroutine 9 [select] {route: "/a ]: {b}", t: x}:', { id: 9, state: 'select', minutes: -1, flags: [], labels: 'route: "/a ]: {b}", t: x' }],
  ])('%s', (text, header) => expect(parseHeader(text)).toEqual(header));

  it.each(['goroutine 1 [running]', 'goroutine x [running]:', 'goroutine 1 [running]: then more', 'goroutine 1 running:', 'goroutine 1 [a] b:'])('not a header: %s', (text) =>
    expect(parseHeader(text)).toBeNull(),
  );

  it('reads labels quote by quote', () => {
    expect(parseLabels('route: "/reserve [v2]: \\"x\\"", tenant: blue')).toEqual([
      ['route', '/reserve [v2]: "x"'],
      ['tenant', 'blue'],
    ]);
    expect(parseLabels('"a: b": "c, d"')).toEqual([['a: b', 'c, d']]);
    expect(parseLabels('broken')).toEqual([]);
  });
});
