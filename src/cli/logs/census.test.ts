/** `gorca logs patterns` and `gorca logs stats`, as they are typed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CensusPatterns, CensusStats, FieldGroups, FieldsInUse } from '../../model/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { type Said, saidBy } from '../testing/said.ts';
import { run as patterns } from './patterns.ts';
import { run as stats } from './stats.ts';

const folder = mkdtempSync(join(tmpdir(), 'gorca-census-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'app.log');
const line = (i: number, level: string, msg: string, more = ''): string =>
  `{"time":"2026-11-22T14:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}Z","level":"${level}","msg":"${msg}","service":"${i % 2 === 0 ? 'orders' : 'gateway'}"${more}}`;
writeFileSync(
  file,
  [
    ...Array.from({ length: 600 }, (_none, i) => line(i, 'INFO', `order ${i} stored`)),
    ...Array.from({ length: 60 }, (_none, i) => line(300 + i, 'ERROR', 'reserve failed', ',"err":"context deadline exceeded"')),
    'panic: boom',
    '',
    'goroutine 1 [running]:',
    'main.main()',
    '\t/app/main.go:9 +0x1d',
    '{"cut',
  ].join('\n'),
);

const said = (run: Run, flags: FlagValues, args: readonly string[]): Promise<Said> => saidBy((console) => run(console, flags, args));

describe('logs patterns', () => {
  it('prints each kind of record within 80 columns', async () => {
    const { out, exit } = await said(patterns, {}, [file]);
    expect(exit).toBe(0);
    expect(out).toMatch(/661 records in 1 log/);
    expect(out).toMatch(/ 600 .* info {3}order <\*> stored/);
    expect(out).toMatch(/ 60 .* error {2}reserve failed: context deadline exceeded/);
    expect(out).toMatch(/crash {2}panic: boom · main\.main/);
    for (const l of out.split('\n')) expect([...l].length).toBeLessThanOrEqual(80);
  });
  it('takes a query, and compares two windows', async () => {
    const found = JSON.parse((await said(patterns, { json: true, query: 'level=error' }, [file])).out) as CensusPatterns;
    expect(found.patterns.map((p) => [p.count, p.pattern])).toEqual([[60, 'reserve failed: context deadline exceeded']]);
    const changed = JSON.parse(
      (await said(patterns, { json: true, window: '2026-11-22T14:05:00Z/2026-11-22T14:10:00Z', against: '2026-11-22T14:00:00Z/2026-11-22T14:04:59Z' }, [file])).out,
    ) as CensusPatterns;
    expect(changed.patterns.map((p) => [p.pattern, p.change?.how])).toContainEqual(['reserve failed: context deadline exceeded', 'new']);
    await expect(said(patterns, { window: '2026-11-22T14:05:00Z/2026-11-22T14:10:00Z' }, [file])).rejects.toThrow('--against');
  });
});

describe('logs stats', () => {
  it('accounts for every byte', async () => {
    const s = JSON.parse((await said(stats, { json: true }, [file])).out) as CensusStats;
    const f = s.files[0]!;
    expect(f.recordBytes + f.rejected.bytes + f.blankBytes + f.lineEndBytes).toBe(s.bytes);
    expect([s.records, f.rejected.spans, f.crashes]).toEqual([661, 1, 1]);
    expect(s.levels.map((l) => [l.level, l.count])).toEqual([
      ['info', 600],
      ['error', 60],
      ['fatal', 1],
    ]);
    const { out } = await said(stats, {}, [file]);
    expect(out).toContain('cut off, or');
    for (const l of out.split('\n')) expect([...l].length).toBeLessThanOrEqual(80);
  });
  it('says what holds no record', async () => {
    const other = join(folder, 'other.txt');
    writeFileSync(other, 'nothing\nof a log\n');
    expect(await said(stats, {}, [other])).toMatchObject({ out: '', exit: 3 });
  });
});

describe('logs stats --by', () => {
  const groups = async (flags: FlagValues): Promise<FieldGroups> => JSON.parse((await said(stats, { json: true, ...flags }, [file])).out) as FieldGroups;

  it('counts every record once, crashes and errors alike', async () => {
    const found = await groups({ by: 'level,service' });
    expect(found.groups.map((g) => [...g.values, g.count])).toEqual([
      ['info', 'gateway', 300],
      ['info', 'orders', 300],
      ['error', 'gateway', 30],
      ['error', 'orders', 30],
      ['fatal', null, 1],
    ]);
    expect([found.records, found.rejected, found.beyond]).toEqual([661, 1, 0]);
  });
  it('by time, the largest groups, of a query', async () => {
    const found = await groups({ by: 'err', every: '1m', query: 'level=error', first: 1 });
    expect(found.groups).toEqual([{ from: '2026-11-22T14:05:00.000Z', values: ['context deadline exceeded'], count: 60 }]);
    const all = await groups({ by: 'level', every: '5m' });
    expect(all.groups.map((g) => [g.from, ...g.values, g.count])).toEqual([
      ['2026-11-22T14:00:00.000Z', 'info', 300],
      ['2026-11-22T14:05:00.000Z', 'info', 300],
      ['2026-11-22T14:05:00.000Z', 'error', 60],
      [null, 'fatal', 1],
    ]);
  });
  it('prints them within 80 columns', async () => {
    const { out, exit } = await said(stats, { by: 'msg,level', first: 3, every: '1m' }, [file]);
    expect(exit).toBe(0);
    expect(out).toMatch(/2026-11-22 14:05 +60 +9\.1 % {2}reserve failed +error/);
    expect(out).toContain('not asked for (--first)');
    for (const l of out.split('\n')) expect([...l].length).toBeLessThanOrEqual(80);
  });
  it('is told what to group by', async () => {
    await expect(said(stats, { every: '1m' }, [file])).rejects.toThrow('--by');
    await expect(said(stats, { by: 'level,' }, [file])).rejects.toThrow('commas');
    await expect(said(stats, { by: 'a,b,c,d,e' }, [file])).rejects.toThrow('at most 4');
    await expect(said(stats, { by: 'level', every: 'soon' }, [file])).rejects.toThrow('widths');
  });
});

describe('logs stats --fields', () => {
  it('says which there are', async () => {
    const found = JSON.parse((await said(stats, { json: true, fields: true }, [file])).out) as FieldsInUse;
    expect(found.fields.map((f) => [f.name, f.records, f.types, f.example])).toEqual([
      ['level', 660, { string: 660 }, 'INFO'],
      ['msg', 660, { string: 660 }, 'order 0 stored'],
      ['service', 660, { string: 660 }, 'orders'],
      ['time', 660, { string: 660 }, '2026-11-22T14:00:00Z'],
      ['err', 60, { string: 60 }, 'context deadline exceeded'],
    ]);
    expect([found.records, found.rejected]).toEqual([661, 1]);
    const errors = JSON.parse((await said(stats, { json: true, fields: true, query: 'level=error', first: 1 }, [file])).out) as FieldsInUse;
    expect([errors.records, errors.left, errors.fields[0]?.name]).toEqual([60, 4, 'err']);
    const { out } = await said(stats, { fields: true }, [file]);
    expect(out).toMatch(/err +60 +9\.1 % {2}string +context deadline exceeded/);
    for (const l of out.split('\n')) expect([...l].length).toBeLessThanOrEqual(80);
    await expect(said(stats, { fields: true, by: 'level' }, [file])).rejects.toThrow('one at a time');
  });
});
