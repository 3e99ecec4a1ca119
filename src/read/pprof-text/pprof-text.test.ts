import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { estimated, type ProfileText, pprofText } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');
const files = fixtures(folder, /\.txt$/);
const whole = (name: string): ProfileText => pprofText.read(testArtifact(fixtureBytes(join(folder, name)))).model as ProfileText;

describe('pprof-text', () => {
  test('has a fixture of every kind', () => expect(files.length).toBe(12));
  for (const file of files) {
    test(file.slice(import.meta.dirname.length + 1), () =>
      checkReader({
        reader: pprofText,
        file,
        mutations: 8,
        summary: (m) => ({
          profile: m.profile,
          totals: m.totals,
          rate: m.rateBytes,
          cyclesPerSecond: m.cyclesPerSecond,
          rows: m.rows.length,
          first: m.rows.slice(0, 2).map((r) => ({ values: r.values, frames: r.frames.slice(0, 3) })),
          memStats: Object.fromEntries([...m.memStats].map(([k, v]) => [k, v.value])),
        }),
        integrity: (m, artifact) => {
          for (const r of m.rows) {
            expect(r.values.length).toBe(m.types.length);
            expect(r.span.offset + r.span.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
            const last = r.frames.at(-1);
            if (last !== undefined) expectSpanText(artifact, r.span, last.function);
          }
          for (const [name, stat] of m.memStats) expectSpanText(artifact, stat.span, name);
        },
      }),
    );
  }

  test('memory statistics are kept, as in use where two numbers stand', () => {
    const m = whole('heap.go1.26.txt');
    expect(m.memStats.get('HeapInuse')?.value).toBeGreaterThan(1e6);
    expect(m.memStats.get('Stack')?.value).toBeGreaterThan(0);
    expect(m.memStats.get('GCCPUFraction')?.value).toBeLessThan(1);
    expect(m.memStats.has('PauseNs')).toBe(false);
  });

  test('rows that do not add up, and a lost end, are told', () => {
    const text = new TextDecoder().decode(fixtureBytes(join(folder, 'heap.go1.26.txt')));
    expect(pprofText.read(textArtifact(text)).problems).toEqual([]);
    const cut = pprofText.read(textArtifact(text.slice(0, text.length >> 1))).problems.map((p) => p.code);
    expect(cut).toContain('pprof-text/total');
    expect(cut).toContain('pprof-text/truncated');
  });

  test('a goroutine profile or a log is not taken', () => {
    for (const other of ['goroutine profile: total 4\n1 @ 0x1\n', 'heap profile of the day\n', '--- contention:\nnothing\n'])
      expect(pprofText.sniff(new TextEncoder().encode(other), other.length).confidence, other).toBeLessThan(0.5);
  });
});

const go = spawnSync('go', ['version']).status === 0;
let compared = 0;

describe.skipIf(!go)('agrees with go tool pprof', () => {
  test.each([
    ['heap.go1.26.txt', 'inuse_space', 'B', 1],
    ['mutex.go1.26.txt', 'delay', 'ns', 0],
  ] as const)('total of %s %s', (name, type, unit, column) => {
    const text = execFileSync('go', ['tool', 'pprof', '-raw', join(folder, name)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const rows = text.slice(text.indexOf('\nSamples:\n') + 10, text.indexOf('\nLocations\n')).split('\n');
    const at = (rows[0] ?? '').split(' ').findIndex((t) => t.startsWith(`${type}/`));
    const theirs = rows.slice(1).reduce((n, r) => n + Number(/^[\s\d]*: /.test(r) ? (r.trim().split(/[:\s]+/)[at] ?? 0) : 0), 0);
    const m = whole(name);
    const ours = m.rows.reduce(
      (n, r) => n + (unit === 'B' ? estimated(r.values[0]!, r.values[1]!, m.rateBytes).bytes : Math.trunc(r.values[column]! * (m.samplingPeriod ?? 1))),
      0,
    );
    expect(theirs).toBeGreaterThan(0);
    expect(ours).toBe(theirs);
    compared++;
  });
});

afterAll(() => console.log(go ? `compared ${compared} times with go tool pprof` : 'go is not installed: 2 comparisons with go tool pprof skipped'));
