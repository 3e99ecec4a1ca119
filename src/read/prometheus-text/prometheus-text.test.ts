import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { parseLine, prometheusText } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');

test.each(fixtures(folder, /\.txt$/).map((f) => [f.slice(folder.length + 1), f]))('%s', (_name, file) =>
  checkReader({
    reader: prometheusText,
    file,
    summary: (m) => ({ types: m.types, scrapes: m.scrapes.map((s) => s.samples.filter((x) => x.name.startsWith('http_') || x.name === 'go_goroutines')) }),
    integrity: (m, artifact) => {
      for (const s of m.scrapes) for (const x of s.samples.slice(0, 40)) if (/^[a-z_]+$/.test(x.name)) expectSpanText(artifact, x.span, x.name);
    },
  }),
);

test.each([
  ['up 1', { name: 'up', value: 1 }],
  ['a{b="c,d}",e="\\"x\\n"} -1.5e3 1395066363000', { name: 'a', value: -1500 }],
  ['x_bucket{le="+Inf"} +Inf', { name: 'x_bucket', value: Number.POSITIVE_INFINITY }],
  ['{"http.requests",code="1"} 4', { name: 'http.requests', value: 4 }],
  ['h_bucket{le="0.1"} 1 # {trace_id="abc"} 0.05', { name: 'h_bucket', value: 1 }],
])('%s', (line, expected) => expect(parseLine(line)).toMatchObject(expected));

test.each(['level=info msg="x"', 'goroutine 1 [running]:', 'a b c', 'name{ 1', 'up', 'up one', '2026/11/24 10:00:00 ready 1'])('near miss, no sample: %s', (line) =>
  expect(parseLine(line)).toBeNull(),
);

test.each([
  ['histogram-by-route.txt', 1],
  ['two-scrapes.txt', 2],
])('%s holds %d scrape(s): buckets, sum and count of the next route do not begin another', (name, scrapes) =>
  expect(prometheusText.read(testArtifact(fixtureBytes(join(folder, name)))).model?.scrapes.length).toBe(scrapes),
);
