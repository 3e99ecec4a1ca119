import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText } from '../testing/check-reader.ts';
import { goMod } from './index.ts';

test('reads what `go mod edit -json` reads', async () => {
  await checkReader({
    reader: goMod,
    file: fileURLToPath(new URL('./testdata/go.mod.txt', import.meta.url)),
    summary: (m) => m,
    integrity: (m, artifact) => {
      for (const r of [...m.require, ...m.replace]) expect(r.span.offset + r.span.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
      if (/^[\w./-]+$/.test(m.module)) expectSpanText(artifact, m.moduleSpan, m.module);
    },
  });
});

test('refuses what is no go.mod, and a go.mod without its module', () => {
  const sniff = (text: string): number => goMod.sniff(new TextEncoder().encode(text), text.length).confidence;
  expect(sniff('module.exports = {}\n')).toBe(0);
  expect(sniff('module Foo where\nimport Bar\n')).toBe(0);
  expect(sniff('// c\n\nmodule shop\n')).toBeGreaterThan(0.9);
  const result = goMod.read(textArtifact('go 1.26\nrequire (\n\tx v1\n'));
  expect(result.model).toBeNull();
  expect(result.problems.map((p) => p.code)).toEqual(['go-mod/no-module']);
});
