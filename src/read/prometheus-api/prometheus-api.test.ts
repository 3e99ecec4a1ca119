import { join } from 'node:path';
import { expect, test } from 'vitest';
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
