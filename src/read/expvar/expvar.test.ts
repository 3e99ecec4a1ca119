import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { expvar } from './index.ts';

const files = fixtures(join(import.meta.dirname, 'testdata'), /\.json$/);
const readText = (text: string) => expvar.read(testArtifact(new TextEncoder().encode(text)));

describe('expvar', () => {
  test('has a fixture', () => expect(files.length).toBeGreaterThan(1));
  for (const file of files) {
    test(file.slice(import.meta.dirname.length + 1), () =>
      checkReader({
        reader: expvar,
        file,
        summary: (model) => ({ samples: model.scrapes.flatMap((s) => s.samples.map((x) => [x.name, x.labels, x.value])), lastCollectionNs: `${model.lastCollectionNs}` }),
        integrity: (model, artifact) => {
          expect(model.scrapes[0]?.samples.some((x) => x.name === 'go_memstats_heap_inuse_bytes')).toBe(true);
          for (const s of model.scrapes[0]?.samples ?? []) expectSpanText(artifact, s.span, String(s.value));
          expect(JSON.stringify(model.scrapes)).not.toContain('cmdline');
        },
      }),
    );
  }
  test.each([
    ['a report of memory that is none of expvar', '{"memory": {"Alloc": 1}}'],
    ['text', 'memstats 1'],
    ['an array', '["cmdline"]'],
  ])('near miss: %s', (_what, text) => expect(expvar.sniff(new TextEncoder().encode(text), text.length).confidence).toBe(0));
  test('what is cut is said', () => expect(readText('{"cmdline": ["x"], "memstats": {"Alloc":1').problems.map((p) => p.code)).toEqual(['expvar/cut']));
  test('a variable without memstats', () =>
    expect(readText('{"cmdline": ["x"],\n"requests": 7}').model?.scrapes[0]?.samples).toMatchObject([{ name: 'expvar_requests', value: 7 }]));
});
