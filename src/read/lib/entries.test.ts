/** Entries that are more than a line: the journal's export and JSON forms, OTLP's batches. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, memorySource } from '../../model/index.ts';
import { shortReads } from '../../model/testing/artifact.ts';
import { journalEntries } from './journal-export.ts';
import { logicalLines, wrappersOf } from './lines.ts';
import { otlpPieces } from './otlp-lines.ts';
import { LINE_CAP } from './raw-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function exportOf(fields: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, value] of fields) {
    if (value.some((c) => c < 32)) {
      const size = new Uint8Array(8);
      new DataView(size.buffer).setBigUint64(0, BigInt(value.length), true);
      parts.push(bytes(`${name}\n`), size, value, bytes('\n'));
    } else parts.push(bytes(`${name}=`), value, bytes('\n'));
  }
  parts.push(bytes('\n'));
  return Uint8Array.from(parts.flatMap((p) => [...p]));
}

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));

describe('journal export', () => {
  it('reads any bytes back, in short reads too', () => {
    const value = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (entries) => {
        const all = join(entries.map((values, i) => exportOf([['__CURSOR', bytes(`c${i}`)], ...values.map((v, k) => [`F${k}`, v] as const)])));
        for (const source of [memorySource(all), shortReads(all, 3)]) {
          const got = [...journalEntries(source, 0, all.length)];
          expect(got.map((e) => e.fields.slice(1).map((f) => [...f.bytes]))).toEqual(entries.map((values) => values.map((v) => [...v])));
          for (const e of got) for (const f of e.fields) expect([...all.subarray(f.offset, f.offset + f.length)]).toEqual([...f.bytes]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('a length that is damaged costs its entry, not those behind it', () => {
    const bad = exportOf([['MESSAGE', bytes('a\nb')]]);
    bad[8] = 0xff;
    const all = join([
      exportOf([['__CURSOR', bytes('1')]]),
      bad,
      exportOf([['__CURSOR', bytes('2')]]),
      exportOf([
        ['__CURSOR', bytes('3')],
        ['MESSAGE', bytes('last')],
      ]),
    ]);
    const messages = [...journalEntries(memorySource(all), 0, all.length)].map((e) => e.fields.map((f) => `${f.name}=${decodeText(f.bytes)}`).join());
    expect(messages).toContain('__CURSOR=3,MESSAGE=last');
  });

  it('a value longer than the cap is cut, and the entries behind it are read', () => {
    const long = new Uint8Array(LINE_CAP * 3).fill(0x78);
    long[5] = 10;
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(long.length), true);
    const all = new Uint8Array(long.length + 200);
    const head = join([bytes('__CURSOR=1\nMESSAGE\n'), size]);
    const tail = bytes('\n\n__CURSOR=2\nMESSAGE=next\n\n');
    all.set(head);
    all.set(long, head.length);
    all.set(tail, head.length + long.length);
    const end = head.length + long.length + tail.length;
    const lines: [string, boolean][] = [];
    for (const l of logicalLines(memorySource(all.subarray(0, end)))) lines.push([decodeText(l.text.subarray(0, 8)), l.cut]);
    expect(lines[0]).toEqual(['xxxxx', true]);
    expect(lines.at(-1)).toEqual(['next', false]);
  });
});

describe('journal json', () => {
  it('strings, bytes, lists, null, and what a stdout priority says', () => {
    const entry = (message: string, more = ''): string => `{"__REALTIME_TIMESTAMP":"1795738204001000","_PID":"812","SYSLOG_IDENTIFIER":"orders","MESSAGE":${message}${more}}\n`;
    const text = [
      entry('"panic: \\"boom\\""', ',"PRIORITY":"3","_TRANSPORT":"stdout"'),
      entry('[104,105,255]', ',"PRIORITY":"6","_TRANSPORT":"stdout"'),
      entry('["first","second"]', ',"PRIORITY":"6","_TRANSPORT":"journal"'),
      entry('null'),
    ].join('');
    const got: unknown[] = [];
    for (const l of logicalLines(memorySource(bytes(text)))) got.push([decodeText(l.text), l.priority, l.writer, l.time, l.continued, l.span.length > 0]);
    expect(got).toEqual([
      ['panic: "boom"', '3', 'orders[812]', '1795738204001000', false, true],
      ['hi\ufffd', null, 'orders[812]', '1795738204001000', false, true],
      ['first', '6', 'orders[812]', '1795738204001000', false, true],
      ['second', '6', 'orders[812]', '1795738204001000', true, false],
      ['', null, 'orders[812]', '1795738204001000', false, true],
    ]);
  });
});

const value = (text: string): unknown => ({ stringValue: text });
const request = (records: readonly unknown[], service = 'orders'): unknown => ({
  resourceLogs: [{ resource: { attributes: [{ key: 'service.name', value: value(service) }] }, scopeLogs: [{ scope: { name: 'x' }, logRecords: records }] }],
});

describe('OTLP', () => {
  const record = fc.record({
    timeUnixNano: fc.constant('1795738204001000000'),
    severityNumber: fc.nat(24),
    body: fc.string({ unit: 'binary', maxLength: 12 }).map(value),
    attributes: fc.constant([{ key: 'a', value: { kvlistValue: { values: [{ key: 'logRecords', value: value('[{}]') }] } } }]),
  });

  it('hands out each record with its resource, however it is laid out, cut into windows or followed by other text', () => {
    fc.assert(
      fc.property(fc.array(fc.array(record, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), fc.boolean(), (batches, pretty) => {
        const text = batches.map((b, i) => JSON.stringify(request(b, `s${i}`), null, pretty ? 2 : 0)).join('\nnot a request\n');
        const all = bytes(text);
        for (const source of [memorySource(all), shortReads(all, 5)]) {
          const got = [...otlpPieces(source, 0, all.length)].map((p) => [p.kind, decodeText(p.bytes), p.resource === null ? '' : decodeText(p.resource.bytes), p.offset] as const);
          const records = got.filter(([kind]) => kind === 'record');
          expect(records.map(([, t]) => JSON.parse(t))).toEqual(batches.flat());
          expect(records.map(([, , r]) => /s\d/.exec(r)?.[0])).toEqual(batches.flatMap((b, i) => b.map(() => `s${i}`)));
          const texts = got.filter(([kind, t]) => kind === 'text' && t === 'not a request');
          expect(texts.length).toBe(batches.length - 1);
          for (const [, t, , at] of got) expect(decodeText(all.subarray(at, at + bytes(t).length))).toBe(t);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('a request that was cut by another leaves its records and its rest', () => {
    const whole = JSON.stringify(
      request([
        { severityNumber: 9, body: value('one') },
        { severityNumber: 9, body: value('two') },
      ]),
    );
    const text = `${whole.slice(0, whole.indexOf('"two"') + 3)}\n${JSON.stringify(request([{ severityNumber: 17, body: value('three') }]))}\n{"other":"object"}\n`;
    const all = bytes(text);
    expect([...otlpPieces(memorySource(all), 0, all.length)].map((p) => [p.kind, decodeText(p.bytes)])).toEqual([
      ['record', '{"severityNumber":9,"body":{"stringValue":"one"}}'],
      ['text', '{"severityNumber":9,"body":{"stringValue":"tw'],
      ['record', '{"severityNumber":17,"body":{"stringValue":"three"}}'],
      ['text', '{"other":"object"}'],
    ]);
  });

  it('a batch of many megabytes on one line', () => {
    const records = Array.from({ length: 9000 }, (_none, i) => ({ severityNumber: 9, body: value(`message ${i} ${'x'.repeat(400)}`) }));
    const all = bytes(`${JSON.stringify(request(records))}\n`);
    expect(all.length).toBeGreaterThan(3 * 1024 * 1024);
    let n = 0;
    for (const l of logicalLines(shortReads(all, 100_000))) if (decodeText(l.text.subarray(0, 200)).includes(`message ${n} `)) n++;
    expect(n).toBe(9000);
  });

  it('a record without a severity was a line of text: it is unwrapped, with its attributes', () => {
    const body = '{"level":"error","ts":1795738204.5,"msg":"say \\"hi\\""}';
    const all = bytes(
      JSON.stringify(
        request([{ timeUnixNano: '0', observedTimeUnixNano: '1795738204001000000', body: value(body), attributes: [{ key: 'log.file.name', value: value('a.log') }] }]),
      ),
    );
    for (const l of logicalLines(memorySource(all))) {
      expect(decodeText(l.text)).toBe(body);
      expect(l.time).toBe('1795738204001000000');
      expect(
        l
          .fields()()
          .map((f) => [f.name, f.text, decodeText(all.subarray(f.span.offset, f.span.offset + f.span.length))]),
      ).toEqual([
        ['log.file.name', 'a.log', 'a.log'],
        ['otel.scope.name', 'x', 'x'],
        ['service.name', 'orders', 'orders'],
      ]);
    }
  });
});

describe('wrappers of a head', () => {
  it.each([
    ['orders-7d9f6c5b8-x2x4k orders hello\ninventory-0 inventory hello\n', ['stern']],
    ['shop orders-7d9f6c5b8-x2x4k orders hello\nshop inventory-0 inventory hello\n', ['stern']],
    // prose, and names that only look like pods
    ['well-known names are not pods\npost-mortem text neither\n', []],
    ['2026-11-22T19:09:01+0000 node-1 orders[812]: x\n2026-11-22T19:09:01+0000 node-1 orders[812]: y\n', ['journal']],
    ['orders-1  | 2026-11-22T19:09:01.446123456Z x\norders-1  | 2026-11-22T19:09:01.446123457Z y\n', ['compose-timestamps']],
    ['{"message":"m","level":"info"}\n', []],
    ['{ "resourceLogs": [] }\n', ['otlp']],
    ['{"resourceSpans":[]}\n', []],
    ['__CURSOR=s=1\n__REALTIME_TIMESTAMP=1\nMESSAGE=x\n\n', ['journal-export']],
  ])('%j', (text, wrappers) => expect(wrappersOf(bytes(text))).toEqual(wrappers));
});
