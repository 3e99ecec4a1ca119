import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECIDED, INFO, maskedText, OUTLINE, OUTLINE_WORDS, type OutlinePlan, type Outliner, openOutliner } from './index.ts';

const plan: OutlinePlan = {
  keys: [
    { name: 'msg', role: 'message', number: 0 },
    { name: 'message', role: 'message', number: 1 },
    { name: 'level', role: 'level', number: 0 },
    { name: 'time', role: 'time', number: 0 },
    { name: 'ts', role: 'time', number: 1 },
    { name: 'service.name', role: 'service-name', number: 0 },
    { name: 'error.message', role: 'undecidable', number: 0 },
  ],
  bare: [
    { name: 'error', role: 'error', number: 0 },
    { name: 'err', role: 'error', number: 0 },
    { name: 'service', role: 'service', number: 0 },
    { name: 'appname', role: 'service', number: 0 },
  ],
  levels: [
    { name: 'info', rank: 2 },
    { name: 'error', rank: 4 },
    { name: 'e', rank: 4 },
  ],
  json: true,
  logfmt: true,
};
const utf8 = new TextEncoder();

function rows(o: Outliner, bytes: Uint8Array): unknown[] {
  const buffer = o.buffer();
  buffer.fill(0xaa);
  buffer.set(bytes);
  buffer[bytes.length] = 10;
  const out: unknown[] = [];
  const end = bytes.length + 1;
  for (let at = 0; at < end; at = o.resumeAt) {
    const n = o.run(at, end);
    for (let i = 0; i < n; i++) {
      const row = [...o.out.subarray(i * OUTLINE_WORDS, (i + 1) * OUTLINE_WORDS)];
      out.push(row[OUTLINE.verdict] === DECIDED ? withoutEmptySpans(row) : row.slice(0, 3));
    }
  }
  return out;
}

/** Where there is no error or service its span says nothing. */
function withoutEmptySpans(row: number[]): number[] {
  if (row[OUTLINE.error] === 0 && row[OUTLINE.error + 1] === 0) row.fill(0, OUTLINE.errorAt, OUTLINE.errorEnd + 1);
  if (row[OUTLINE.service] === 0 && row[OUTLINE.service + 1] === 0) row.fill(0, OUTLINE.serviceAt, OUTLINE.serviceEnd + 1);
  return row;
}

const key = fc.constantFrom(
  'msg',
  'message',
  'level',
  'time',
  'ts',
  'error',
  'err',
  'http.err',
  'E-rr',
  'service',
  'service.name',
  'app_name',
  'error.message',
  'x',
  'Service',
  '',
  'k\\u0041',
);
const text = fc.constantFrom(
  'boom',
  'info',
  'ERROR',
  'e',
  'ERROR+4',
  'order o-1f3a-00042 of 17',
  'v1 v1234 v2beta1 vx V1 UTF-8 p99 p98 sha256 Int64',
  'dial tcp 10.0.3.7:5432: connect: connection refused',
  'at [fe80::1]:80 [::] [a:b] [1] [::1]',
  'Post \\"http://inventory:8080/v1/reserve\\": context canceled',
  'a\\nb 1',
  '\\u00e9x1 \\u003c9\\u003e \\\\9',
  'é9 日本 5µs 1.5ms a-b-3 -3 3- 3. a.b.7 14:02:11 1:a',
  '2026-11-22T19:26:17.3278098Z',
  '1795374541.44',
  '',
  'orders',
);
const value = fc.oneof(
  text.map((t) => `"${t}"`),
  fc.constantFrom('1', 'null', 'true', '[1]', '{}', '{"error":"in"}', '{"service":"in","name":3}', '1795374541.4468782', '1795374541446878200'),
);
const time = fc.constantFrom('"time":"2026-11-22T19:26:17.3278098Z"', '"ts":1795374541.4468782', '"ts":"x"');
const object = fc.tuple(time, fc.array(fc.tuple(key, value), { maxLength: 7 })).map(([t, pairs]) => `{${[t, ...pairs.map(([k, v]) => `"${k}":${v}`)].join(',')}}`);
const whole = fc.tuple(time, text, text, text).map(([t, m, e, s]) => `{${t},"level":"error","msg":"${m}","error":"${e}","service":"${s}"}`);
const pairs = fc
  .array(
    fc.tuple(
      key,
      fc.oneof(
        text.map((t) => `"${t}"`),
        fc.constantFrom('boom', 'info', '2026-11-22T19:26:17Z', '3', '\u001b[3m', ''),
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((of) => `time=2026-11-22T19:26:17Z ${of.map(([k, v]) => `${k}=${v}`).join(' ')}`);
const junk = fc.constantFrom('', 'panic: boom', '\tat x', '{"msg":"cut', '{"msg":"a"} b', '{}', '{"msg":"a"}\r', '{');
const lines = fc.array(fc.oneof(object, whole, pairs, junk), { maxLength: 8 }).map((l) => l.join('\n'));

describe('the outline of lines', () => {
  const wasm = openOutliner(plan, 64 * 1024, 'wasm');
  const plain = openOutliner(plan, 64 * 1024, 'plain');
  test('is the same in WebAssembly and in its twin', () => {
    fc.assert(
      fc.property(lines, (t) => {
        const bytes = utf8.encode(t);
        expect(rows(wasm, bytes)).toEqual(rows(plain, bytes));
      }),
      { numRuns: 1500 },
    );
  });
  test('is the same of lines with changed bytes', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (t, changes) => {
        const bytes = utf8.encode(t);
        for (const [at, v] of changes) if (bytes.length > 0) bytes[at % bytes.length] = v;
        expect(rows(wasm, bytes)).toEqual(rows(plain, bytes));
      }),
      { numRuns: 1500 },
    );
  });
  test('has two hashes alike only where the decoded texts are masked alike', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (parts) => {
        const raw = parts.join(' ');
        const [row] = rows(wasm, utf8.encode(`{"ts":1795374541.4,"msg":"${raw}"}`)) as [number[]];
        const key = `${row[OUTLINE.message]} ${row[OUTLINE.message + 1]}`;
        const masked = maskedText(JSON.parse(`"${raw}"`) as string);
        expect(seen.get(key) ?? masked).toBe(masked);
        seen.set(key, masked);
      }),
    );
    expect(seen.size).toBeGreaterThan(50);
  });
  test('tells shapes apart that different loggers write', () => {
    const shape = (line: string): number => INFO.shape((rows(wasm, utf8.encode(line)) as [number[]])[0][OUTLINE.info] as number);
    const zap = shape('{"level":"info","ts":1795374541.4,"msg":"a"}');
    expect(shape('{"level":"error","ts":1795374542.5,"msg":"b","error":"x"}')).toBe(zap);
    expect(shape('{"time":"2026-11-22T19:26:17Z","level":"INFO","msg":"a"}')).not.toBe(zap);
    expect(shape('{"level":"info","msg":"a","time":"2026-11-22T19:26:17Z"}')).not.toBe(shape('{"time":"2026-11-22T19:26:17Z","level":"info","msg":"a"}'));
  });
});

describe('what is masked', () => {
  test.each([
    ['order o-1f3a-00042 of user 17 took 250ms', 'order <*> of user <*> took <*>'],
    ['dial tcp 10.0.3.7:5432: connect: connection refused', 'dial tcp <*>: connect: connection refused'],
    ['dial tcp [fd00:10::3]:5432: i/o timeout', 'dial tcp <*>: i/o timeout'],
    ['Post "http://inventory:8080/v1/reserve": context canceled', 'Post "http://inventory:<*>/v1/reserve": context canceled'],
    ['x509: certificate signed by unknown authority', 'x509: certificate signed by unknown authority'],
    ['id 3f2504e0-4f89-11d3-9a0c-0305e82c3301.', 'id <*>.'],
    ['first\nsecond 3', 'first'],
    ['context deadline exceeded', 'context deadline exceeded'],
  ])('%s', (given, masked) => {
    expect(maskedText(given)).toBe(masked);
  });
});
