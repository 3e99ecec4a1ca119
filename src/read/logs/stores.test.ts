/** Answers of log stores, as the stores wrote them, read as logs. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Artifact, decodeText, formatInstant, readSlice } from '../../model/index.ts';
import { shortReads, testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { crashText } from '../crash-text/index.ts';
import { prometheusApi } from '../prometheus-api/index.ts';
import { checkReader, expectSpanText, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { type LogRecord, type LogSource, logs, openLog, serviceOf, traceIdOf } from './index.ts';
import { compileQuery, LogSearcher } from './search/index.ts';

const folder = join(import.meta.dirname, 'testdata');
const files = fixtures(folder, /^(?:loki|victorialogs).*\.jsonl?$/);
const at = (name: string): Artifact => testArtifact(fixtureBytes(join(folder, name)), { id: name });

function all(artifact: Artifact): LogRecord[] {
  const out: LogRecord[] = [];
  openLog(artifact)?.scan({}, (r) => {
    out.push(r);
    return true;
  });
  return out;
}

function summary(source: LogSource): unknown {
  const records: unknown[] = [];
  const total = source.scan({}, (r) => {
    records.push({
      format: r.format,
      time: r.time === null ? null : `${formatInstant(r.time.at)} ±${r.time.stepNs}ns ${r.time.from}`,
      received: r.received === null ? null : formatInstant(r.received),
      writer: r.writer,
      level: `${r.levelText} → ${r.level}`,
      message: r.message.slice(0, 120),
      lines: r.lines,
      fields: r.fields.map((f) => `${f.name}=${f.text}`),
    });
    return true;
  });
  return { formats: source.formats, wrapper: source.wrapper, ...total, records };
}

/** Labels stand once for a whole stream, so fields may lie outside of the record; what they say must stand where they point. */
function integrity(source: LogSource, artifact: Artifact): void {
  let lines = 0;
  let records = 0;
  const total = source.scan({}, (r) => {
    records++;
    lines += r.lines;
    for (const s of [r.span, r.messageSpan, ...r.fields.map((f) => f.span)]) {
      expect(s.offset).toBeGreaterThanOrEqual(0);
      expect(s.length).toBeGreaterThanOrEqual(0);
      expect(s.offset + s.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
    }
    return true;
  });
  expect(lines, 'every line is in exactly one record').toBe(total.lines);
  expect(records).toBe(total.records);
}

describe('answers of log stores', () => {
  it.each(files.map((f) => [f.slice(folder.length + 1), f]))('reads %s', (_name, file) => checkReader({ reader: logs, file, summary, integrity, mutations: 30 }));

  it('the same lines, whichever store answered and in whichever direction', () => {
    const lines = (name: string): string[] =>
      all(at(name))
        .filter((r) => serviceOf(r)?.text !== 'gateway')
        .map((r) => `${r.received} ${r.writer} ${r.text()}`)
        .sort();
    const categorized = lines('loki-categorized.json');
    expect(categorized).toHaveLength(27);
    for (const name of ['loki-default.json', 'victorialogs.jsonl', 'victorialogs-limit.jsonl']) expect(lines(name), name).toEqual(categorized);
  });

  it.each(files.map((f) => [f.slice(folder.length + 1)]))('a crash that was stored line by line is one record, and one crash, in %s', (name) => {
    const crashes = all(at(name)).filter((r) => r.format === 'go-crash');
    expect(crashes.map((r) => [r.lines, r.text().split('\n')[0], r.writer])).toEqual([[10, 'panic: assignment to entry in nil map', 'pod/notifier-fc8f9774c-jxp5f/notifier']]);
    expect(crashText.read(at(name)).model?.crashes.map((c) => [c.kind, c.complete, c.writer])).toEqual([['panic', true, 'pod/notifier-fc8f9774c-jxp5f/notifier']]);
  });

  it('what stands beside a line is a field with its place', () => {
    for (const name of ['loki-categorized.json', 'loki-default.json']) {
      const artifact = at(name);
      const record = all(artifact).find((r) => r.field('service')?.text === 'orders' && traceIdOf(r) !== null)!;
      const [inLine, beside] = record.fields.filter((f) => f.name === 'trace_id');
      expect(beside?.text).toBe(inLine?.text);
      expect(decodeText(readSlice(artifact.source, beside!.span.offset, beside!.span.length))).toBe(beside?.text);
      expectSpanText(artifact, record.span, 'reservation failed');
      const pod = record.field('pod')!;
      expect(decodeText(readSlice(artifact.source, pod.span.offset, pod.span.length))).toBe('orders-68f495bf69-5w94w');
    }
  });

  it('a record that the store took apart: level, message and time from its fields, int64 to the last digit', () => {
    const row =
      '{"_time":"2026-11-24T02:46:01.000000001Z","_stream_id":"0","_stream":"{service=\\"orders\\"}","_msg":"slow","level":"warn","n":"9007199254740993","service":"orders"}\n';
    const [record] = all(textArtifact(row));
    expect(record).toMatchObject({ format: 'victorialogs', level: 'warn', message: 'slow', time: { at: 1795488361000000001n, stepNs: 1n, from: 'wrapper' } });
    expect(record?.field('n')?.text).toBe('9007199254740993');
    // such a record continues none before it, whatever it begins with
    const crash = '{"_time":"2026-11-24T02:46:00Z","_stream":"{service=\\"orders\\"}","_msg":"panic: x","service":"orders"}\n';
    expect(all(textArtifact(crash + row)).map((r) => r.format)).toEqual(['go-crash', 'victorialogs']);
  });

  it('several lines sent as one entry are one record', () => {
    const text = 'worker stopped\nat step two\n\tand three';
    const row = JSON.stringify({ _time: '2026-11-24T02:46:01Z', _stream: '{app="a"}', _msg: text, app: 'a' });
    expect(all(textArtifact(`${row}\n${row}\n`)).map((r) => [r.lines, r.text()])).toEqual([
      [3, text],
      [3, text],
    ]);
    const answer = JSON.stringify({ status: 'success', data: { resultType: 'streams', result: [{ stream: { app: 'a' }, values: [['1795488361000000000', text]] }] } });
    expect(all(textArtifact(answer)).map((r) => [r.lines, r.text()])).toEqual([[3, text]]);
  });

  it.each(files.map((f) => [f.slice(folder.length + 1)]))('is searched as it is read: %s', async (name) => {
    const artifact = at(name);
    for (const [text, expected] of [
      ['level>=error', (r: LogRecord) => r.level === 'error' || r.level === 'fatal'],
      ['service=orders', (r: LogRecord) => r.fields.some((f) => f.name === 'service' && f.text === 'orders')],
      ['"assignment to entry in nil map"', (r: LogRecord) => r.text().includes('assignment to entry in nil map')],
      // quotes are escaped in the answer
      ['"\\"time\\":\\"2026-11-24T02:46:13"', (r: LogRecord) => r.text().includes('{"time":"2026-11-24T02:46:13')],
    ] as const) {
      const hits: number[] = [];
      const searched = new LogSearcher(await compileQuery(text, null)).open(artifact);
      const half = Math.floor(artifact.source.sizeBytes / 2);
      for (const [from, to] of [
        [0, half],
        [half, artifact.source.sizeBytes],
      ] as const)
        searched.run(from, to, (h) => hits.push(h.offset) > 0);
      const wanted = all(artifact).filter(expected);
      expect(wanted.length, text).toBeGreaterThan(0);
      // a file of rows newest first is searched line by line: lines of a crash stay apart there
      if (name !== 'victorialogs-limit.jsonl' || text === 'service=orders')
        expect(
          hits.sort((a, b) => a - b),
          text,
        ).toEqual(wanted.map((r) => r.span.offset).sort((a, b) => a - b));
    }
  });

  it('what Loki guesses of a level is a field and no level', () => {
    const answer = JSON.stringify({
      status: 'success',
      data: { resultType: 'streams', result: [{ stream: { app: 'a', detected_level: 'error' }, values: [['1795488361000000000', 'no error found']] }] },
    });
    const [record] = all(textArtifact(answer));
    expect([record?.level, record?.field('detected_level')?.text, record?.format]).toEqual([null, 'error', 'loki']);
  });

  it('an answer that ends early is read as far as it goes, and that is said', () => {
    const bytes = fixtureBytes(join(folder, 'loki-categorized.json'));
    const cut = testArtifact(bytes.subarray(0, 4000));
    const result = logs.read(cut);
    expect(result.problems.map((p) => p.code)).toEqual(['logs/answer-cut']);
    expect(all(cut).length).toBeGreaterThan(3);
  });

  it('is not taken for a store: what only looks like one', () => {
    // Prometheus answers in the same envelope
    const matrix = textArtifact('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},"values":[[1795488361,"1"]]}]}}');
    expect(logs.sniff((matrix.source as unknown as { bytes: Uint8Array }).bytes, matrix.source.sizeBytes).confidence).toBe(0);
    for (const file of files.filter((f) => f.includes('loki'))) expect(prometheusApi.sniff(fixtureBytes(file), 0).confidence).toBeLessThan(0.5);
    // a log whose own fields have such names
    const own = textArtifact('{"_time":"2026-11-24T02:46:01Z","level":"info","msg":"x"}\n'.repeat(5));
    expect(openLog(own)?.wrapper ?? null).toBeNull();
  });

  it('a large answer from a source without a view is read in windows', () => {
    const values = Array.from({ length: 30_000 }, (_none, i) => [String(1795488361000000000n + BigInt(i)), `level=info msg="request ${i}" n=${i} pad=${'x'.repeat(40)}`]);
    const bytes = new TextEncoder().encode(JSON.stringify({ status: 'success', data: { resultType: 'streams', result: [{ stream: { app: 'a' }, values }] } }));
    const records = all(testArtifact(bytes, { source: shortReads(bytes, 3) }));
    expect(records.length).toBe(30_000);
    expect(records[29_999]?.field('n')?.text).toBe('29999');
    expect(logs.read(testArtifact(bytes)).problems).toEqual([]);
  });
});
