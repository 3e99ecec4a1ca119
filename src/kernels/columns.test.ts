import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ALL_BITS,
  CELL,
  CELL_KINDS,
  CELL_ROWS,
  COLUMNS,
  COLUMNS_WORDS,
  type Columns,
  type ColumnsPlan,
  DECIDED,
  type LineGroup,
  ODD_JSON,
  openColumns,
  TEXT_LINE,
} from './index.ts';

const plan = (everyNs: bigint, slots: ColumnsPlan['slots']): ColumnsPlan => ({
  keys: [
    { name: 'msg', role: 'message', number: 0 },
    { name: 'message', role: 'message', number: 1 },
    { name: 'level', role: 'level', number: 0 },
    { name: 'time', role: 'time', number: 0 },
    { name: 'ts', role: 'time', number: 1 },
  ],
  slots,
  everyNs,
  levels: [
    { name: 'info', rank: 2 },
    { name: 'error', rank: 4 },
    { name: 'e', rank: 4 },
  ],
  json: true,
  logfmt: true,
  cells: false,
});
const service = { kind: 'field', names: ['service.name', 'http.route'], bare: ['service', 'appname'], undecidable: ['traceparent'] } as const;
const byAll = plan(1_000_000_000n, [{ kind: 'level' }, { kind: 'message' }, service, { kind: 'field', names: ['x'], bare: [], undecidable: [] }]);

const utf8 = new TextEncoder();
const text = new TextDecoder('latin1');

const said = ({ bucket, values }: LineGroup): string => [bucket, ...values.map((v) => (v === null || typeof v === 'number' ? v : `${v.coding} ${text.decode(v.bytes)}`))].join('|');

function rows(c: Columns, bytes: Uint8Array): unknown[] {
  const buffer = c.buffer();
  buffer.fill(0xaa);
  buffer.set(bytes);
  buffer[bytes.length] = 10;
  const out: unknown[] = [];
  const end = bytes.length + 1;
  for (let at = 0; at < end; at = c.resumeAt) {
    const n = c.run(at, end);
    const groups = c.groups();
    for (let i = 0; i < n; i++) {
      const row = c.out.subarray(i * COLUMNS_WORDS, (i + 1) * COLUMNS_WORDS);
      if (row[COLUMNS.verdict] !== DECIDED) out.push([...row.subarray(0, 3)]);
      else out.push([row[0], row[1], row[COLUMNS.rank], (BigInt(row[COLUMNS.time + 1]! | 0) << 32n) | BigInt(row[COLUMNS.time]!), said(groups[row[COLUMNS.group]!]!)]);
    }
    if (c.full) c.forget();
  }
  return out;
}

/** Of the first rows, by name. */
function cellsOf(c: Columns, bytes: Uint8Array): string[] {
  c.buffer().set(bytes);
  c.buffer()[bytes.length] = 10;
  const n = c.run(0, bytes.length + 1);
  const names = c.columnNames();
  const cells = c.cells();
  const out: string[] = [];
  for (let row = 0; row < n; row++) {
    const [start, end, verdict, , , twice] = c.out.subarray(row * COLUMNS_WORDS);
    out.push(`${start} ${end} ${verdict} ${verdict === DECIDED ? twice : ''}`);
    for (const [i, name] of verdict === DECIDED ? names.entries() : []) {
      const at = (i * CELL_ROWS + row) * 2;
      const word = cells[at + 1]!;
      if (word !== 0) out.push(`${row} ${name} ${cells[at]} ${CELL.length(word)} ${CELL.kind(word)} ${CELL.coding(word)}`);
    }
  }
  // every other row is counted: what the cells of those say
  const counts = new Map<string, number>();
  const chosen = c.chosen();
  for (let row = 0; row < n; row++) {
    if (row % 2 === 1 || c.out[row * COLUMNS_WORDS + COLUMNS.verdict] !== DECIDED) continue;
    chosen[row] = ALL_BITS;
    for (const i of names.keys()) {
      const word = cells[(i * CELL_ROWS + row) * 2 + 1]!;
      if (word !== 0) counts.set(`${i} ${CELL.kind(word)}`, (counts.get(`${i} ${CELL.kind(word)}`) ?? 0) + 1);
    }
  }
  const counted = c.countChosen();
  for (const i of names.keys()) for (let kind = 0; kind < CELL_KINDS; kind++) expect(counted[i * CELL_KINDS + kind]).toBe(counts.get(`${i} ${kind}`) ?? 0);
  expect(chosen.every((bits) => bits === 0)).toBe(true);
  if (c.full) c.forget();
  return out.sort();
}

const key = fc.constantFrom(
  'msg',
  'message',
  'level',
  'time',
  'ts',
  'service',
  'Service',
  'service.name',
  'app_name',
  'x',
  'xx',
  'http',
  'route',
  'traceparent',
  'a much longer name than one step of 16 bytes',
  '',
  'k\\u0041',
  'é',
);
const words = fc.constantFrom(
  'boom',
  'info',
  'ERROR',
  'e',
  'ERROR+4',
  'orders',
  'a value of more than sixteen bytes',
  '2026-11-22T19:26:17.3278098Z',
  '1795374541.44',
  '',
  'é日本',
  'a\\nb',
  '\\\\',
  '\\"',
  '\\u00e9',
  '\\',
);
const scalar = fc.oneof(
  words.map((t) => `"${t}"`),
  fc.constantFrom('1', '-0.5e3', '01', '1795374541.4468782', 'null', 'true', 'false', 'tru', '[1]', '[{"x":"]"}]', '{}', '{ }'),
);
const gap = fc.constantFrom('', '', '', ' ');
const member = fc.tuple(key, gap, scalar).map(([k, g, v]) => `"${k}":${g}${v}`);
const nested = fc.tuple(key, fc.array(member, { minLength: 1, maxLength: 3 })).map(([k, of]) => `"${k}":{${of.join(',')}}`);
const deep = fc.tuple(key, key, member).map(([a, b, m]) => `"${a}":{"${b}":{${m}}}`);
const time = fc.constantFrom('"time":"2026-11-22T19:26:17.3278098Z"', '"ts":1795374541.4468782', '"ts":"x"', '"ts":-5');
const object = fc
  .tuple(time, fc.array(fc.oneof({ weight: 5, arbitrary: member }, nested, deep), { maxLength: 7 }), fc.boolean())
  .map(([t, of, last]) => `{${(last ? [...of, t] : [t, ...of]).join(',')}}`);
const usual = fc
  .tuple(time, words, words, words, scalar)
  .map(([t, level, m, s, x]) => `{"level":"${level}",${t},"msg":"${m}","http":{"route":"${s}","status":200},"service":"${s}","x":${x}}`);
const pair = fc.tuple(
  fc.constantFrom('msg', 'level', 'service', 'service.name', 'http.route', 'x', 'time', 'app-name', 'é'),
  fc.oneof(
    words.map((t) => `"${t}"`),
    fc.constantFrom('boom', 'info', '2026-11-22T19:26:17Z', '3', '-1.5e3', '1e', '1.', '+7', 'true', 'null', 'falsey', '[31m', '', '{1}', 'a=b', 'a"b', '"a"b'),
  ),
);
const pairs = fc
  .tuple(fc.array(pair, { minLength: 1, maxLength: 6 }), fc.constantFrom(' ', ' ', ' ', '  ', '\t', ' word '))
  .map(([of, between]) => `time=2026-11-22T19:26:17Z${between}${of.map(([k, v]) => `${k}=${v}`).join(' ')}`);
const junk = fc.constantFrom('', 'panic: boom', '\tat x', '{"msg":"cut', '{"msg":"a"} b', '{}', '{', '{"level":"info","ts":1795374541.4468782,"msg":"cut \\', '","level":"info"}');
const line = fc.oneof({ weight: 3, arbitrary: object }, { weight: 3, arbitrary: usual }, { weight: 2, arbitrary: pairs }, junk);
const ended = fc.tuple(line, fc.constantFrom('', '', '', '\r', ' ')).map(([l, e]) => l + e);
const cut = fc.tuple(ended, fc.nat(200)).map(([l, n]) => l.slice(0, n));
const lines = fc.array(fc.oneof({ weight: 6, arbitrary: ended }, cut), { maxLength: 12 }).map((l) => l.join('\n'));

describe('lines as columns', () => {
  const wasm = openColumns(byAll, 64 * 1024, 'wasm');
  const plain = openColumns(byAll, 64 * 1024, 'plain');

  test('are the same in WebAssembly, which remembers shapes of lines, and in its twin, which does not', () => {
    fc.assert(
      fc.property(lines, (t) => {
        expect(rows(wasm, utf8.encode(t))).toEqual(rows(plain, utf8.encode(t)));
      }),
      { numRuns: Number(process.env['GORCA_FUZZ'] ?? 3000) },
    );
  });

  test('of bytes that were changed, too', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), (t, changes) => {
        const bytes = utf8.encode(t);
        for (const [at, b] of changes) if (bytes.length > 0) bytes[at % bytes.length] = b;
        expect(rows(wasm, bytes)).toEqual(rows(plain, bytes));
      }),
      { numRuns: Number(process.env['GORCA_FUZZ'] ?? 3000) },
    );
  });

  const withCells = { ...byAll, cells: true };
  test('and every field of them has a cell', () => {
    let wasmCells = openColumns(withCells, 64 * 1024, 'wasm');
    let plainCells = openColumns(withCells, 64 * 1024, 'plain');
    let filled = 0;
    let runs = 0;
    fc.assert(
      fc.property(lines, (t) => {
        // before there is no more room for columns and shapes
        if (runs++ % 8 === 0) {
          wasmCells = openColumns(withCells, 64 * 1024, 'wasm');
          plainCells = openColumns(withCells, 64 * 1024, 'plain');
        }
        const found = cellsOf(wasmCells, utf8.encode(t));
        expect(found).toEqual(cellsOf(plainCells, utf8.encode(t)));
        filled += found.length;
      }),
      { numRuns: Number(process.env['GORCA_FUZZ'] ?? 1000) },
    );
    expect(filled).toBeGreaterThan(1000);
  });

  const one = openColumns(byAll, 64 * 1024, 'wasm');
  const lineOf = (n: number): string => `{"level":"${n % 2 === 0 ? 'info' : 'ERROR'}","ts":179537454${n % 3}.5,"msg":"m${n}","http":{"route":"/r${n % 5}","status":${n}},"x":${n}}`;
  test('of a known shape are read as those of a new one', () => {
    const bytes = utf8.encode(Array.from({ length: 100 }, (_none, n) => lineOf(n)).join('\n'));
    expect(rows(one, bytes)).toEqual(rows(plain, bytes));
    expect(rows(one, bytes)[7]).toEqual([expect.any(Number), expect.any(Number), 4, 1795374541500000000n, '1795374541|4|raw m7|raw /r2|raw 7']);
  });

  test.each([
    ['a comma that is missing', '{"level":"info","ts":1795374541.5,"msg":"m""x":1}', ODD_JSON],
    ['a quote behind a number', '{"level":"info","ts":1795374541.5","msg":"m","x":1}', ODD_JSON],
    ['a second message', '{"level":"info","ts":1795374541.5,"msg":"m","msg":"n"}', ODD_JSON],
    ['a brace too many', '{"level":"info","ts":1795374541.5,"msg":"m","x":1}}', ODD_JSON],
    ['a line without a time', '{"level":"info","msg":"m"}', ODD_JSON],
    ['a number that begins with 0', '{"level":"info","ts":1795374541.5,"msg":"m","x":01}', ODD_JSON],
    ['words', 'level of the water=3', TEXT_LINE],
  ])('%s is not taken for a line that is known', (_what, bad, verdict) => {
    const good = '{"level":"info","ts":1795374541.5,"msg":"m","x":1}';
    const found = rows(one, utf8.encode([good, good, bad, good].join('\n')));
    expect(found[2]).toEqual([expect.any(Number), expect.any(Number), verdict]);
    expect(found[1]).not.toHaveLength(3);
    expect(found[3]).not.toHaveLength(3);
  });

  test('of more values than there is room for come in parts', () => {
    const many = openColumns(plan(0n, [{ kind: 'message' }]), 64 * 1024, 'wasm');
    let full = 0;
    let groups = 0;
    for (let i = 0; i < 60; i++) {
      const bytes = utf8.encode(Array.from({ length: 500 }, (_none, n) => `{"ts":1795374541.5,"msg":"${'m'.repeat(40)}${i * 500 + n}"}\n`).join(''));
      many.buffer().set(bytes);
      for (let at = 0; at < bytes.length; at = many.resumeAt) {
        many.run(at, bytes.length);
        if (!many.full) continue;
        full++;
        groups += many.groups().length;
        many.forget();
      }
    }
    expect(full).toBeGreaterThan(1);
    expect(groups + many.groups().length).toBe(30_000);
  });
});
