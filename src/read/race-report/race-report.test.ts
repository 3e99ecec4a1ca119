import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { raceFingerprint, raceReport } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');

describe('raceReport', () => {
  it.each(fixtures(folder, /\.txt$/))('reads %s', async (file) => {
    await checkReader({
      reader: raceReport,
      file,
      mutations: 20,
      summary: (m) => ({ found: m.found, failedTests: m.failedTests, reports: m.reports.map(({ span: _span, ...r }) => ({ ...r, fingerprint: raceFingerprint(r) })) }),
      integrity(m, artifact) {
        for (const r of m.reports) expectSpanText(artifact, { offset: r.span.offset, length: r.span.length }, 'WARNING: ');
      },
    });
  });

  it('finds the same under a driver prefix', () => {
    const plain = decodeText(fixtureBytes(join(folder, 'four-races.go126.txt')));
    const wrapped = plain
      .trimEnd()
      .split('\n')
      .map((l) => `2026-11-22T19:09:01.446123456Z stderr F ${l}\n`)
      .join('');
    const names = (text: string): string[] => raceReport.read(textArtifact(text)).model!.reports.map(raceFingerprint);
    expect(names(wrapped)).toEqual(names(plain));
    expect(new Set(names(plain)).size).toBe(4);
  });

  it('says when a report stops early, and reads the main goroutine, locations and lost stacks', () => {
    const text =
      'WARNING: DATA RACE\nWrite at 0x00c1 by main goroutine:\n  main.f()\n      /a.go:3 +0x1\n\nPrevious atomic read at 0x00c1 by goroutine 9:\n  [failed to restore the stack]\n\nGlobal var total of size 8 at 0x00c1 declared at /a.go:1\n';
    const result = raceReport.read(textArtifact(text));
    expect(result.model?.reports[0]).toMatchObject({
      location: 'Global var total of size 8 at 0x00c1 declared at /a.go:1',
      complete: false,
      accesses: [{ goroutine: 0 }, { atomic: true, goroutine: 9, frames: [] }],
    });
    expect(result.problems.map((p) => p.code)).toEqual(['race-report/truncated', 'race-report/no-stack']);
    expect(raceReport.read(textArtifact('no WARNING: DATA RACE here\n')).model).toBeNull();
  });
});
