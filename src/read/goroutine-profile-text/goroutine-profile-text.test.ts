import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { goroutineProfileText } from './index.ts';

describe('goroutineProfileText', () => {
  it.each(fixtures(join(import.meta.dirname, 'testdata'), /\.txt$/))('reads %s', async (file) => {
    await checkReader({
      reader: goroutineProfileText,
      file,
      summary: (m) => ({
        total: m.total,
        stacks: m.stacks.map((s) => ({ count: s.count, labels: s.labels, frames: s.frames.slice(0, 6).map((f) => `${f.symbol} ${f.file}:${f.line}`), depth: s.frames.length })),
      }),
      integrity(m, artifact) {
        for (const s of m.stacks) expectSpanText(artifact, s.span, `${s.count} @`);
      },
    });
  });

  it('says when the counts do not add up, and takes nothing else', () => {
    const cut = goroutineProfileText.read(textArtifact('goroutine profile: total 7\n3 @ 0x1 0x2\n#\t0x1\tmain.f+0x1\t\t/a b/main.go:4\n'));
    expect(cut.problems.map((p) => p.code)).toEqual(['goroutine-profile-text/total']);
    expect(cut.model?.stacks[0]?.frames).toEqual([{ symbol: 'main.f', file: '/a b/main.go', line: 4 }]);
    expect(goroutineProfileText.sniff(new TextEncoder().encode('heap profile: 1: 2 [3: 4] @ heap/1048576\n'), 9).confidence).toBe(0);
    expect(goroutineProfileText.read(textArtifact('threadcreate profile: total 8\n')).model).toBeNull();
  });
});
