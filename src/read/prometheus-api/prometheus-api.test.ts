import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, readSlice } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { prometheusApi, sampleSpan } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');

test.each(fixtures(folder, /\.json$/).map((f) => [f.slice(folder.length + 1), f]))('%s', (_name, file) =>
  checkReader({
    reader: prometheusApi,
    file,
    summary: (m) => ({
      form: m.form,
      request: m.request,
      series: m.series.map((s) => ({ name: s.name, labels: s.labels, samples: s.times.length, first: [s.times[0], s.values[0]], last: [s.times.at(-1), s.values.at(-1)] })),
      rules: m.rules.map((r) => ({ name: r.name, for: r.forSeconds, query: r.query, state: r.state })),
      alerts: m.alerts.map((a) => ({ name: a.name, state: a.state, labels: a.labels, activeAt: a.activeAt })),
    }),
    integrity: (m, artifact) => {
      for (const s of m.series) {
        expect(s.times.length).toBe(s.values.length);
        expect(s.span.offset + s.span.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
      }
    },
  }),
);

test('a cited sample is the pair in the file', () => {
  const artifact = testArtifact(fixtureBytes(join(folder, 'query_range-goroutines.json')));
  const series = prometheusApi.read(artifact).model?.series[0];
  expect(series).toBeDefined();
  if (series === undefined) return;
  const span = sampleSpan(artifact, series, 3);
  const pair = JSON.parse(decodeText(readSlice(artifact.source, span.offset, span.length))) as [number, string];
  expect(pair).toEqual([series.times[3], String(series.values[3])]);
});

test.each([
  ['{"status":"error","errorType":"bad_data","error":"parse error"}', 'prometheus-api/error-answer'],
  ['{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"2"]]},{"metric":{"a":"c"},"val', 'prometheus-api/truncated'],
  ['{"status":"success","warnings":["partial response"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"+Inf"]}]}}', 'prometheus-api/partial'],
  ['{"kind":"List","items":[]}', 'prometheus-api/nothing'],
])('%s says %s', (text, code) => {
  expect(prometheusApi.read(textArtifact(text)).problems.map((p) => p.code)).toContain(code);
});

test.each([
  '{"receiver":"oncall","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"X"},"startsAt":"2026-01-01T00:00:00Z"}],"version":"4"}',
  '{"kind":"Pod","metadata":{"name":"a"}}',
  '{"level":"error","msg":"query failed","data":{"result":[]}}',
])('near miss, not a Prometheus answer: %s', (text) => {
  expect(prometheusApi.sniff(new TextEncoder().encode(text), text.length).confidence).toBeLessThan(0.5);
});

const read = (text: string) => prometheusApi.read(textArtifact(text));
const matrix = (values: string, labels = '"__name__":"up"'): string => `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{${labels}},"values":${values}}]}}`;

describe('values', () => {
  test('are the doubles JSON.parse and Number give', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.double({ min: 0, max: 1e9, noNaN: true })), { minLength: 1 }),
        (numbers) => {
          const { model, problems } = read(matrix(JSON.stringify(numbers.map((n, i) => [1_795_487_743.281 + i, String(n)]))));
          expect(problems).toEqual([]);
          expect(Array.from(model?.series[0]?.values ?? [])).toEqual(numbers.map((n) => Number(String(n))));
          expect(model?.series[0]?.times[0]).toBe(1_795_487_743.281);
        },
      ),
      { numRuns: 100 },
    );
  });
  test('NaN and infinities are kept, what is no pair is left out', () => {
    const values = read(matrix('[[1,"NaN"],[2,"+Inf"],[3,"-Inf"],[4],["x","5"],[6,null],[7,"-0.5"],[8,"1e3"],[9,".5"],[10,"5."],[11,"-"]]')).model?.series[0]?.values;
    expect(Array.from(values ?? [])).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.5, 1000, 0.5, 5, Number.NaN]);
  });
  test('a cut answer keeps the samples before the cut, and says where', () => {
    const text = matrix('[[1,"10"],[2,"20"],[3,"30"]]');
    const { model, problems } = read(text.slice(0, text.indexOf('"30"')));
    expect(Array.from(model?.series[0]?.values ?? [])).toEqual([10, 20]);
    expect(problems.map((p) => p.code)).toEqual(['prometheus-api/truncated']);
  });
  test('a scalar, a vector, native histograms', () => {
    expect(read('{"status":"success","data":{"resultType":"scalar","result":[1795487743.5,"42"]}}').model?.series[0]?.values[0]).toBe(42);
    expect(read('[{"metric":{"a":"b"},"value":[1,"2"]}]').model?.series[0]?.values[0]).toBe(2);
    const native = read('{"data":{"resultType":"matrix","result":[{"metric":{"__name__":"h"},"histograms":[[1,{"count":"1"}]]}]}}');
    expect(native.problems.map((p) => p.code)).toEqual(['prometheus-api/histograms']);
  });
  test('any label name is a label', () => expect(Object.keys(read(matrix('[[1,"2"]]', '"__proto__":"x","é":"y"')).model?.series[0]?.labels ?? {})).toEqual(['__proto__', 'é']));
});
