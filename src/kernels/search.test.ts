import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_TIME, type NumberOp, openSearcher, type SearchKey, type SearchPlan, type SearchTerm } from './index.ts';
import { needle, rowsOf, searchPlan } from './testing/searched.ts';

const utf8 = new TextEncoder();

const word = fc.constantFrom(
  'level',
  'error',
  'ERROR',
  'e',
  'Error+4',
  'msg',
  'http',
  'trace_id',
  'Trace-ID',
  'x.trace.id',
  'info',
  'service',
  'orders',
  'a b',
  '',
  'time',
  'ts',
  'é',
  'warn',
  '4bf92f35',
);
const time = fc.constantFrom(
  '2026-11-22T19:26:17.3278098Z',
  '2026-11-22 19:26:17',
  '2026/11/22 19:26:17,5',
  '2026-02-29T00:00:00Z',
  '2024-02-29T23:59:59.999999999+05:30',
  '2026-11-22T19:26:17-0030',
  '1795374541.4468782',
  '1710923450736.8257',
  '1.7954867596710632e+09',
  '1795374541446878200',
  '9223372036854775807',
  '9999999999999999999',
  '00012',
  '1795374541',
);
const number = fc.oneof(
  fc.constantFrom(
    '500',
    '499',
    '-1',
    '0',
    '-0',
    '007',
    '1.5',
    '0.25',
    '.5',
    '5.',
    '+5',
    '1e3',
    '1E+3',
    '1-2',
    '-',
    '1.2.3',
    '500ms',
    '2026-11-22',
    '123456789012345',
    '1234567890123456',
    '0.1234567890123456',
  ),
  fc.constantFrom('9'.repeat(32), '9'.repeat(33), `${'9'.repeat(32)}x`, 'e', 'E5', 'error', ''),
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.tuple(fc.nat(99_999), fc.nat(99_999)).map(([a, b]) => `${a}.${b}`),
);
const escaped = fc.constantFrom('', '', '', '\\"', '\\\\', '\\n', '\\u0065rror');
const text = fc.tuple(fc.oneof(word, time), escaped).map(([a, b]) => a + b);
const scalar = fc.oneof(
  text.map((t) => `"${t}"`),
  time.map((t) => (/^[\d.e+]+$/.test(t) ? t : `"${t}"`)),
  number.chain((n) => fc.constantFrom(n, `"${n}"`)),
  fc.constantFrom('1', '-0.5e3', '01', '1.', 'true', 'false', 'null', 'nul', '[1,"a]",{"level":"error"}]', '{}', '{ }', '[[}'),
);
const blank = fc.constantFrom('', '', '', ' ', '\t');
const pairs = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(fc.tuple(text, blank, blank, value, blank), { maxLength: 5 }).map((of) => `{${of.map(([k, a, b, v, c]) => `${a}"${k}"${b}:${b}${v}${c}`).join(',')}}`);
const jsonLine = fc
  .tuple(pairs(fc.oneof({ weight: 4, arbitrary: scalar }, pairs(fc.oneof(scalar, pairs(scalar))))), fc.constantFrom('', '', '', ' ', 'x', '\r'))
  .map(([a, b]) => a + b);
const logfmtLine = fc
  .array(
    fc.tuple(
      word.map((w) => w.replace(/\s/g, '')),
      fc.oneof(
        text.map((t) => `="${t}"`),
        word.map((w) => `=${w.replace(/\s/g, '')}`),
        time.map((t) => `=${t.replace(/\s/g, 'T')}`),
        number.map((n) => `=${n}`),
        fc.constantFrom('=', '={"a":1}', '=<x', ' word', '="open'),
      ),
    ),
    { maxLength: 6 },
  )
  .map((of) => of.map(([k, v]) => k + v).join(' '));
const otherLine = fc.oneof(
  fc.constantFrom('E1122 19:09:01.447394 1 a.go:1] x', 'panic: boom', '', '\t\tgoroutine', '{', '{"', '{"a"', '{"a":', '{"a":"b', '{"a":{"b":{', '\u0000{'),
  fc.string({ maxLength: 40 }),
);
const cutLine = fc.tuple(jsonLine, fc.nat()).map(([l, n]) => l.slice(0, n % (l.length + 1)));
const log = fc
  .tuple(fc.array(fc.oneof({ weight: 5, arbitrary: jsonLine }, { weight: 3, arbitrary: logfmtLine }, otherLine, cutLine), { maxLength: 12 }), fc.boolean())
  .map(([lines, ends]) => lines.map((l) => l.replaceAll('\n', ' ')).join('\n') + (ends ? '\n' : ''));

const term = (bit: number): fc.Arbitrary<SearchTerm> =>
  fc.oneof(
    word.map((w): SearchTerm => ({ bit, kind: 'equal', value: utf8.encode(w) })),
    fc.integer({ min: 0, max: 63 }).map((ranks): SearchTerm => ({ bit, kind: 'level', ranks })),
    fc.constantFrom<SearchTerm>({ bit, kind: 'exists' }, { bit, kind: 'maybe' }, { bit, kind: 'undecidable' }, { bit, kind: 'stamp' }),
    fc
      .tuple(fc.constantFrom<NumberOp[]>('>', '>=', '<', '<='), fc.constantFrom(500, 0, 0.25, -1, 1.5, 123456789012345))
      .map(([op, than]): SearchTerm => ({ bit, kind: 'number', op, than })),
    fc.constant<SearchTerm>({ bit, kind: 'time', from: 1795374541000000000n, to: 1795999999000000000n }),
  );
const key = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: word.filter((w) => w !== '') },
      fc
        .array(
          word.filter((w) => w !== ''),
          { minLength: 2, maxLength: 3 },
        )
        .map((path) => path.join('.')),
    ),
    fc.boolean(),
    fc.array(fc.integer({ min: 0, max: 2 }).chain(term), { minLength: 1, maxLength: 3 }),
  )
  .map(([name, bare, terms]): SearchKey => ({ name: bare ? name.toLowerCase().replaceAll(/[^a-z]/g, '') || 'x' : name, bare, terms }));
const plans = fc
  .record({
    needles: fc.option(
      fc.uniqueArray(fc.tuple(fc.constantFrom('err', 'level', 'e', 'orders', '"e"', 'goroutine', '\\u00', 'trace', '=e\n', '4bf92f35', 'panic', 'te'), fc.boolean()), {
        minLength: 1,
        maxLength: 9,
        selector: (n) => n[0],
      }),
    ),
    keys: fc.uniqueArray(key, { maxLength: 6, selector: (k) => `${k.name} ${k.bare}` }),
    truth: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 }),
    opening: fc.constantFrom(0, 123),
    json: fc.boolean(),
    logfmt: fc.boolean(),
  })
  .map(
    (p): SearchPlan =>
      searchPlan({
        ...p,
        needles: p.needles === null ? null : p.needles.map(([t, fold]) => needle(t, fold)),
        opening: p.needles === null || p.needles.some(([t]) => t.length < 3) ? 0 : p.opening,
        bits: 3,
        truth: Uint8Array.from(p.truth),
      }),
  );

test('the kernel and its plain twin say the same of every line', () => {
  fc.assert(
    fc.property(plans, log, (p, l) => {
      const plain = rowsOf(openSearcher(p, 1 << 16, 'plain'), l);
      expect(rowsOf(openSearcher(p, 1 << 16, 'wasm'), l)).toEqual(plain);
    }),
    { numRuns: 4000 },
  );
}, 120_000);

describe('a kernel that has been through thousands of other lines says the same', () => {
  // what stands behind the last line, from lines before
  const stale = fc.constantFrom('\xaa', '"', '\n', '"}\n', ':1,"level":"error"}\n', ' level=error\n');
  const through = (of: readonly SearchPlan[], lines: fc.Arbitrary<string>): void => {
    const kept = of.map((p) => ({ wasm: openSearcher(p, 1 << 16, 'wasm'), plain: openSearcher(p, 1 << 16, 'plain') }));
    fc.assert(
      fc.property(fc.nat(kept.length - 1), lines, stale, (i, l, behind) => {
        const { wasm, plain } = kept[i] as (typeof kept)[number];
        expect(rowsOf(wasm, l, behind)).toEqual(rowsOf(plain, l, behind));
      }),
      { numRuns: Number(process.env['GORCA_FUZZ'] ?? 6000) },
    );
  };

  test('of any kind', () => through(fc.sample(plans, { numRuns: 24, seed: 17 }), log), 120_000);

  test('of few names and many orders', () => {
    const name = fc.constantFrom('level', 'time', 'error', 'http', 'x', 'o', 'p');
    const value = fc.constantFrom('"error"', '"info"', '"2026-11-22T19:26:17Z"', '1795374541', '500', 'true', '[1]', '{}', '"e\\u0072r"', 'null');
    const members = (of: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc.array(fc.tuple(name, of), { minLength: 1, maxLength: 5 }).map((all) => `{${all.map(([k, v]) => `"${k}":${v}`).join(',')}}`);
    const object = members(fc.oneof({ weight: 3, arbitrary: value }, members(fc.oneof({ weight: 3, arbitrary: value }, members(value)))));
    const pairsLine = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 5 }).map((all) => all.map(([k, v]) => `${k}=${v}`).join(' '));
    const lines = fc
      .array(fc.tuple(fc.oneof({ weight: 3, arbitrary: object }, pairsLine), fc.nat(400)), { maxLength: 6 })
      .map((of) => of.map(([l, cut]) => (cut < l.length / 8 ? l.slice(0, cut * 8) : l)).join('\n'));
    const kinds = (bit: number): SearchTerm[] => [
      { bit, kind: 'equal', value: utf8.encode('error') },
      { bit, kind: 'level', ranks: 16 },
      { bit, kind: 'exists' },
      { bit, kind: 'maybe' },
      { bit, kind: 'undecidable' },
      { bit, kind: 'time', from: 1795374541000000000n, to: 1795999999000000000n },
      { bit, kind: 'number', op: '>=', than: 500 },
    ];
    const truth = Uint8Array.from([1, 2, 1, 0, 2, 1, 0, 1]);
    const stamps = ['time', 'http', 'x'].map((n): SearchKey => ({ name: n, bare: false, terms: [{ bit: 0, kind: 'stamp' }] }));
    through(
      kinds(0).flatMap((first) =>
        kinds(1).map((second) =>
          searchPlan({
            bits: 3,
            truth,
            keys: [
              ...stamps,
              { name: 'level', bare: false, terms: [first] },
              { name: 'o.time', bare: false, terms: [second, { bit: 0, kind: 'stamp' }] },
              { name: 'o.p.level', bare: false, terms: [first] },
              { name: 'error', bare: true, terms: [second, { bit: 0, kind: 'stamp' }] },
              { name: 'x', bare: true, terms: [{ ...first, bit: 2 }] },
            ],
          }),
        ),
      ),
      lines,
    );
  }, 120_000);
});

describe.each(['wasm', 'plain'] as const)('%s', (engine) => {
  const levelIs = (rank: number): SearchPlan =>
    searchPlan({
      keys: [
        { name: 'level', bare: false, terms: [{ bit: 0, kind: 'level', ranks: 1 << rank }] },
        { name: 'time', bare: false, terms: [{ bit: 0, kind: 'stamp' }] },
      ],
      bits: 1,
      truth: new Uint8Array([0, 1]),
    });

  test('a level is a field, not a text', () => {
    const lines = [
      '{"level":"error","msg":"a"}',
      '{"level":"ERROR","time":"2026-11-22T19:26:17.5Z"}',
      '{"msg":"level=error","level":"info"}',
      '{"http":{"level":"error"},"level":"info"}',
      '{"my_level":"error","level":"info"}',
      '{"msg":"\\"level\\":\\"error\\"","level":"info"}',
      'level=error msg=x',
      'msg="level=error" level=info',
    ];
    const found = rowsOf(openSearcher(levelIs(4), 4096, engine), lines.join('\n'));
    expect(found.map((r) => [r.line, r.verdict, r.time])).toEqual([
      [lines[0], 1, NO_TIME],
      [lines[1], 1, 1795375577500000000n],
      [lines[6], 1, NO_TIME],
    ]);
  });

  test('what it cannot know comes out as unsure', () => {
    const lines = ['{"level":"ERROR+4"}', '{"lev\\u0065l":"error"}', '{"level":"error"', 'panic: boom', '{"level":"error"} trailing'];
    expect(rowsOf(openSearcher(levelIs(4), 4096, engine), lines.join('\n')).map((r) => r.verdict)).toEqual([2, 2, 2, 2, 2]);
  });

  test('numbers are compared as JavaScript compares them, or left to whoever reads them', () => {
    const name = { name: 'n', bare: false };
    fc.assert(
      fc.property(number, fc.constantFrom<NumberOp[]>('>', '>=', '<', '<='), number.map(Number).filter(Number.isFinite), fc.boolean(), (text, op, than, json) => {
        const line = json ? `{"n":"${text}"}` : `n="${text}"`;
        const p = searchPlan({ keys: [{ ...name, terms: [{ bit: 0, kind: 'number', op, than }] }], bits: 1, truth: new Uint8Array([0, 1]) });
        const verdict = rowsOf(openSearcher(p, 4096, engine), line)[0]?.verdict ?? 0;
        const value = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
        const holds = op === '>' ? value > than : op === '>=' ? value >= than : op === '<' ? value < than : value <= than;
        if (verdict !== 2) expect(verdict).toBe(holds ? 1 : 0);
        // unsure of unusual forms only
        else expect(/^-?\d{1,7}(?:\.\d{1,7})?$|^[A-DF-Za-df-z]/.test(text)).toBe(false);
      }),
    );
  });

  test('more hits than one call hands out', () => {
    const text = '{"level":"error"}\n'.repeat(40_000);
    expect(rowsOf(openSearcher(levelIs(4), 1 << 20, engine), text)).toHaveLength(40_000);
  });

  test('hundreds of literals at once', () => {
    const needles = Array.from({ length: 200 }, (_none, i) => needle(`lit${i}_`, i % 2 === 0));
    const text = Array.from({ length: 400 }, (_none, i) => `some text with ${i % 2 === 0 ? `LIT${i / 2}_` : `lit${(i - 1) / 2}_`} in it`).join('\n');
    const found = rowsOf(openSearcher(searchPlan({ needles }), 1 << 16, engine), text).length;
    // lower case is always met; upper case where the needle is folded
    expect(found).toBe(300);
  });
});
