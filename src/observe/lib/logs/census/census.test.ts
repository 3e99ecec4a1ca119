/** Counts of a census sum to the records of the log, whatever the log, however it is cut, and in whatever order its ranges are added up. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CensusPatterns } from '../../../../model/index.ts';
import { testArtifact } from '../../../../model/testing/artifact.ts';
import { logFormats } from '../../../../read/logs/formats/index.ts';
import { LogOutline } from '../../../../read/logs/index.ts';
import { scanLog } from '../../../../read/logs/scan.ts';
import { fixtureBytes, fixtures } from '../../../../read/testing/check-reader.ts';
import { crashFingerprint } from './fingerprint.ts';
import { Census, Histogram, type Stretch } from './index.ts';
import { patternsOf } from './patterns.ts';

const root = join(import.meta.dirname, '../../../../..');
const formats = join(root, 'src/read/logs/formats');
const files = logFormats.flatMap((f) => fixtures(join(formats, f.id, 'testdata'), /\.(?:log|jsonl)$/)).map((f) => ({ name: f, bytes: fixtureBytes(f) }));
const outliner = LogOutline.outliner();
const utf8 = new TextEncoder();

function censusOf(bytes: Uint8Array, windows: readonly [Stretch, Stretch] | null = null, cut = false): Census {
  const log = new LogOutline(testArtifact(bytes), outliner);
  const at = cut ? log.cutNear(Math.floor(bytes.length / 2)) : null;
  if (at === null) {
    const census = new Census(windows);
    census.walk(log, 0, bytes.length);
    return census;
  }
  const [a, b, total] = [new Census(windows), new Census(windows), new Census(windows)] as const;
  a.walk(log, 0, at);
  b.walk(log, at, bytes.length);
  // the later one first: the order of adding up means nothing
  total.merge(structuredClone(b.state()));
  total.merge(structuredClone(a.state()));
  return total;
}

const sum = (p: CensusPatterns): number => p.patterns.reduce((n, x) => n + x.count, 0) + (p.beyond?.count ?? 0) + p.left.records;
const patterns = (text: string): CensusPatterns => patternsOf(censusOf(utf8.encode(text)), null, null);

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 14, 0, 0) + seconds * 1000).toISOString();
const line = (seconds: number, level: string, msg: string, more = ''): string =>
  `{"time":"${at(seconds)}","level":"${level}","msg":${JSON.stringify(msg)},"service":"orders"${more}}`;

describe('counts', () => {
  it.each(files.map((f) => [f.name.slice(formats.length + 1), f.bytes] as const))('of %s sum to its records', (_name, bytes) => {
    const report = patternsOf(censusOf(bytes), null, null);
    const scanned = scanLog(testArtifact(bytes), null, {}, () => true);
    expect(report.records).toBe(scanned.records - scanned.plain);
    expect(sum(report)).toBe(report.records);
    expect(patternsOf(censusOf(bytes), null, 1)).toMatchObject({ left: { patterns: report.patterns.length - 1 } });
    expect(sum(patternsOf(censusOf(bytes), null, 1))).toBe(report.records);
  });

  const text = fc.constantFrom('request served', 'order 17 stored', 'order 18 stored', 'user "ann" denied', 'user "bob" denied', 'panic: boom', '');
  const error = fc.constantFrom('', ',"error":"context canceled"', ',"error":"context deadline exceeded"', ',"err":"dial tcp 10.0.0.1:80: connect: connection refused"');
  const record = fc.tuple(fc.nat(3000), fc.constantFrom('INFO', 'ERROR', 'WARN+1'), text, error).map(([t, l, m, e]) => line(t, l, m, e));
  const other = fc.constantFrom('', 'text', '\tindented', 'panic: boom', 'goroutine 1 [running]:', 'main.main()', '{"broken', '2026/11/22 14:00:01 INFO served n=1');
  const log = fc.array(fc.oneof({ weight: 8, arbitrary: record }, { weight: 1, arbitrary: other }), { maxLength: 400 }).map((l) => l.join('\n'));

  it('of any log sum to its records, and every byte is a record, rejected, or the end of a line', () => {
    fc.assert(
      fc.property(log, (t) => {
        const bytes = utf8.encode(t);
        const census = censusOf(bytes);
        const report = patternsOf(census, null, null);
        expect(sum(report)).toBe(report.records);
        const file = [...census.files.values()][0]!.state();
        const scanned = scanLog(testArtifact(bytes), null, {}, () => true);
        expect([file.records, file.rejected + file.blank, file.lines]).toEqual([scanned.records - scanned.plain, scanned.plain, scanned.lines]);
        const ends = bytes.length - file.recordBytes - file.rejectedBytes - file.blankBytes;
        expect(ends).toBeGreaterThanOrEqual(0);
        expect(ends).toBeLessThanOrEqual(file.lines);
        const levels = census.levels.map((h, i) => h.counts.reduce((a, b) => a + b, 0) + census.undated[i]!);
        expect(levels.reduce((a, b) => a + b, 0)).toBe(report.records);
        expect([...census.services.values()].reduce((n, s) => n + s.count, 0)).toBe(report.records);
      }),
      { numRuns: 80 },
    );
  });

  it('are the same when the log is cut and its parts are added up in another order', () => {
    let cuts = 0;
    fc.assert(
      fc.property(fc.array(record, { minLength: 150, maxLength: 400 }), (lines) => {
        const bytes = utf8.encode(lines.filter((l) => !l.includes('+1')).join('\n'));
        const whole = patternsOf(censusOf(bytes), null, null);
        const parts = patternsOf(censusOf(bytes, null, true), null, null);
        if (new LogOutline(testArtifact(bytes), outliner).cutNear(Math.floor(bytes.length / 2)) !== null) cuts++;
        expect(parts).toEqual(whole);
      }),
      { numRuns: 20 },
    );
    expect(cuts).toBeGreaterThan(10);
  });

  it('name what came when no more texts could be kept', () => {
    const words = Array.from({ length: 20_100 }, (_none, i) => line(i / 100, 'INFO', `${[...String(i)].map((d) => 'abcdefghij'[Number(d)]).join('')} only once`));
    const report = patterns(words.join('\n'));
    expect(sum(report)).toBe(20_100);
    expect(report.beyond?.count).toBe(100);
  });
});

describe('patterns', () => {
  const told = (p: CensusPatterns): string[] => p.patterns.map((x) => `${x.count} ${x.level} ${x.pattern}`).sort();
  it('keep sentinel errors apart, and name them', () => {
    const report = patterns(
      [
        ...Array.from({ length: 20 }, (_none, i) => line(i, 'ERROR', 'reserve failed', `,"error":"order ${i}: context canceled"`)),
        ...Array.from({ length: 10 }, (_none, i) => line(i, 'ERROR', 'reserve failed', `,"error":"order ${i}: context deadline exceeded"`)),
      ].join('\n'),
    );
    expect(told(report)).toEqual(['10 error reserve failed: order <*>: context deadline exceeded', '20 error reserve failed: order <*>: context canceled']);
    expect(report.patterns.map((p) => p.errors)).toEqual([['context/canceled'], ['context/deadline-exceeded']]);
  });
  it('are joined where many texts differ in one word', () => {
    const names = ['ann', 'bob', 'cem', 'dan', 'eve', 'fay', 'gus', 'hal', 'ian'];
    expect(told(patterns(names.map((n, i) => line(i, 'WARN', `user ${n} denied`)).join('\n')))).toEqual(['9 warn user <*> denied']);
  });
  it('but few texts that differ in a word are things of their own', () => {
    const ends = ['stored', 'refused', 'shipped'];
    expect(told(patterns(ends.map((e, i) => line(i, 'INFO', `order ${e}`)).join('\n')))).toEqual(['1 info order refused', '1 info order shipped', '1 info order stored']);
  });
  it('of crashes are what was said and frames of the program', () => {
    const crash = (order: number, top: string): string =>
      `panic: assignment to entry in nil map\n\ngoroutine ${order} [running]:\ngithub.com/lib/x.Do(0xc0000${order})\n\t/root/go/pkg/mod/github.com/lib/x@v1.2.3/x.go:8 +0x1d\n${top}(...)\n\t/app/main.go:17\nmain.main()\n\t/app/main.go:9 +0x1d\nexit status 2`;
    const report = patterns(
      [line(0, 'INFO', 'start'), crash(7, 'main.store'), line(1, 'INFO', 'start'), crash(9, 'main.store'), line(2, 'INFO', 'start'), crash(11, 'main.load')].join('\n'),
    );
    expect(told(report)).toEqual([
      '1 fatal panic: assignment to entry in nil map · main.load < main.main',
      '2 fatal panic: assignment to entry in nil map · main.store < main.main',
      '3 info start',
    ]);
    expect(crashFingerprint('panic: boom\n\ngoroutine 1 [running]:\nfmt.Sprintf()\n\t/usr/local/go/src/fmt/print.go:1 +0x1\n')).toBe('panic: boom · fmt.Sprintf');
  });
  it('of a sampled log are lower bounds without rates', () => {
    const report = patternsOf(censusOf(files.find((f) => f.name.endsWith('zap-sampled.log'))!.bytes), null, null);
    expect(report.sampled).toBe('zap 100/100');
    expect(report.patterns[0]).toMatchObject({ lowerBound: true, perSecond: null, share: null });
  });
});

describe('between two windows', () => {
  const t0 = Date.UTC(2026, 10, 22, 14, 0, 0) / 1000;
  const window: Stretch = { from: t0 + 600, to: t0 + 1200 };
  const against: Stretch = { from: t0, to: t0 + 599.999 };
  const stream = (msg: string, every: number, from: number, to: number): string[] =>
    Array.from({ length: Math.floor((to - from) / every) }, (_none, i) => line(from + i * every, 'INFO', msg));
  const changes = (lines: string[]): Record<string, string | null> =>
    Object.fromEntries(patternsOf(censusOf(utf8.encode(lines.join('\n')), [window, against]), [window, against], null).patterns.map((p) => [p.pattern, p.change?.how ?? null]));

  it('what is new, gone and surging is told', () => {
    expect(
      changes([...stream('steady', 2, 0, 1200), ...stream('fresh', 20, 600, 1200), ...stream('old', 20, 0, 600), ...stream('grows', 60, 0, 600), ...stream('grows', 6, 600, 1200)]),
    ).toEqual({ steady: null, fresh: 'new', old: 'gone', grows: 'surging' });
  });
  it('but neither twice the traffic nor a handful of records is a change', () => {
    expect(changes([...stream('a', 2, 0, 600), ...stream('a', 1, 600, 1200), ...stream('b', 6, 0, 600), ...stream('b', 3, 600, 1200), ...stream('rare', 200, 600, 1200)])).toEqual({
      a: null,
      b: null,
      rare: null,
    });
  });
});

it('a histogram holds what was put into it, in any order and in parts', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 1e9, noNaN: true }), { maxLength: 60 }), fc.nat(60), (times, cut) => {
      const whole = new Histogram(32);
      for (const t of times) whole.add(t);
      const [a, b] = [new Histogram(32), new Histogram(32)];
      for (const t of times.slice(0, cut)) a.add(t);
      for (const t of times.slice(cut)) b.add(t);
      b.merge(a.state());
      expect(b.counts.reduce((x, y) => x + y, 0)).toBe(times.length);
      expect(whole.counts.reduce((x, y) => x + y, 0)).toBe(times.length);
      expect(whole.counts.length).toBeLessThanOrEqual(32);
      if (times.length === 0) return;
      expect(b.state()).toEqual(whole.state());
      expect(whole.bars(whole.from, whole.from + whole.width * whole.counts.length, 5).reduce((x, y) => x + y, 0)).toBe(times.length);
    }),
  );
});
