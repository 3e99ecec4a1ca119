import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DurationReading,
  type Needle,
  NO_TIME,
  type NumberOp,
  openSearcher,
  ROW_WORDS,
  type Searcher,
  type SearchKey,
  type SearchPlan,
  type SearchTerm,
  UNITS,
} from './index.ts';
import { teddyOf } from './teddy.ts';

const utf8 = new TextEncoder();
const needle = (text: string, fold = false): Needle => ({ bytes: utf8.encode(text), fold });
const LEVELS = [
  ['trace', 0],
  ['debug', 1],
  ['info', 2],
  ['warn', 3],
  ['warning', 3],
  ['error', 4],
  ['e', 4],
  ['fatal', 5],
] as const;

function plan(over: Partial<SearchPlan>): SearchPlan {
  return {
    needles: null,
    opening: 0,
    keys: [],
    bits: 0,
    truth: new Uint8Array([2]),
    json: true,
    logfmt: true,
    levels: LEVELS.map(([name, rank]) => ({ name, rank })),
    durations: null,
    ...over,
  };
}

interface Row {
  readonly line: string;
  readonly verdict: number;
  readonly time: bigint;
}

function rows(searcher: Searcher, text: string, behind = '\xaa'): Row[] {
  const bytes = utf8.encode(text);
  const buffer = searcher.buffer();
  const stale = Uint8Array.from(behind, (c) => c.charCodeAt(0));
  for (let at = bytes.length; at + stale.length <= Math.min(buffer.length, bytes.length + 4096); at += stale.length) buffer.set(stale, at);
  buffer.set(bytes);
  const out: Row[] = [];
  for (let at = 0; at < bytes.length; at = searcher.resumeAt) {
    const n = searcher.run(at, bytes.length);
    for (let i = 0; i < n; i++) {
      const [start = 0, end = 0, verdict = 0] = searcher.out.subarray(i * ROW_WORDS, i * ROW_WORDS + 3);
      out.push({ line: new TextDecoder().decode(bytes.subarray(start, end)), verdict, time: searcher.times[i * 3 + 2] as bigint });
    }
  }
  return out;
}

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
      plan({
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
      const plain = rows(openSearcher(p, 1 << 16, 'plain'), l);
      expect(rows(openSearcher(p, 1 << 16, 'wasm'), l)).toEqual(plain);
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
        expect(rows(wasm, l, behind)).toEqual(rows(plain, l, behind));
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
          plan({
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

test('a literal is sought by what is in no usual name', () => {
  const needles = ['panic', 'fatal', 'err'].map((t) => needle(t, true));
  for (const opening of [0, 123]) {
    const { windows } = teddyOf(needles, opening);
    // span_id stands in every line of a service that traces
    expect(needles.map((n, i) => new TextDecoder().decode(n.bytes.subarray(windows[i], (windows[i] as number) + 3)))[0]).not.toBe('pan');
  }
});

test('several literals stand where the plain twin sees them, however they are sought', () => {
  const letters = fc.constantFrom('z', 'Z', 'q', 'x', 'J', '+', 'é', '\\', '\n', 'e', 'p', 'P', '"', ' ', '0', '{', 'k');
  // a literal is of one line, and may hold its end
  const literal = fc.tuple(fc.array(letters, { minLength: 3, maxLength: 6 }), fc.boolean()).map(([of, fold]) => {
    const t = of.map((c, i) => (c === '\n' && i < of.length - 1 ? 'q' : c)).join('');
    return needle(fold ? t.replaceAll(/[A-Z]/g, (c) => c.toLowerCase()) : t, fold);
  });
  const filler = fc.array(letters, { maxLength: 70 }).map((of) => of.join(''));
  const put = fc.tuple(fc.nat(8), fc.boolean());
  let rough = 0;
  const runs = 1500;
  fc.assert(
    fc.property(
      fc.uniqueArray(literal, { minLength: 2, maxLength: 9, selector: (n) => `${n.fold} ${n.bytes.join()}` }),
      fc.array(fc.tuple(filler, put), { maxLength: 12 }),
      fc.constantFrom(0, 123, 122, 255),
      fc.boolean(),
      (few, parts, opening, common) => {
        // so many that are met so often are told by all of a window
        const needles = [...few, ...(common ? ['ten', 'ion', 'ate', 'art', 'sin', 'rea', 'iso', 'end', 'nas', '":"', 'tor', 'ale'] : []).map((t) => needle(t, true))];
        // as teddy.ts decides it
        if (teddyOf(needles, opening).rough) rough++;
        const p = plan({ needles, opening });
        const l = parts
          .map(([f, [i, upper]]) => {
            const t = new TextDecoder().decode((needles[i % needles.length] as Needle).bytes);
            return f + (upper ? t.toUpperCase() : t);
          })
          .join('');
        expect(rows(openSearcher(p, 1 << 14, 'wasm'), l)).toEqual(rows(openSearcher(p, 1 << 14, 'plain'), l));
      },
    ),
    { numRuns: runs },
  );
  expect(rough).toBeGreaterThan(runs / 10);
  expect(rough).toBeLessThan(runs - runs / 10);
}, 120_000);

describe.each(['wasm', 'plain'] as const)('%s', (engine) => {
  const levelIs = (rank: number): SearchPlan =>
    plan({
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
    const found = rows(openSearcher(levelIs(4), 4096, engine), lines.join('\n'));
    expect(found.map((r) => [r.line, r.verdict, r.time])).toEqual([
      [lines[0], 1, NO_TIME],
      [lines[1], 1, 1795375577500000000n],
      [lines[6], 1, NO_TIME],
    ]);
  });

  test('what it cannot know comes out as unsure', () => {
    const lines = ['{"level":"ERROR+4"}', '{"lev\\u0065l":"error"}', '{"level":"error"', 'panic: boom', '{"level":"error"} trailing'];
    expect(rows(openSearcher(levelIs(4), 4096, engine), lines.join('\n')).map((r) => r.verdict)).toEqual([2, 2, 2, 2, 2]);
  });

  test('numbers are compared as JavaScript compares them, or left to whoever reads them', () => {
    const name = { name: 'n', bare: false };
    fc.assert(
      fc.property(number, fc.constantFrom<NumberOp[]>('>', '>=', '<', '<='), number.map(Number).filter(Number.isFinite), fc.boolean(), (text, op, than, json) => {
        const line = json ? `{"n":"${text}"}` : `n="${text}"`;
        const p = plan({ keys: [{ ...name, terms: [{ bit: 0, kind: 'number', op, than }] }], bits: 1, truth: new Uint8Array([0, 1]) });
        const verdict = rows(openSearcher(p, 4096, engine), line)[0]?.verdict ?? 0;
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
    expect(rows(openSearcher(levelIs(4), 1 << 20, engine), text)).toHaveLength(40_000);
  });

  test('hundreds of literals at once', () => {
    const needles = Array.from({ length: 200 }, (_none, i) => needle(`lit${i}_`, i % 2 === 0));
    const text = Array.from({ length: 400 }, (_none, i) => `some text with ${i % 2 === 0 ? `LIT${i / 2}_` : `lit${(i - 1) / 2}_`} in it`).join('\n');
    const found = rows(openSearcher(plan({ needles }), 1 << 16, engine), text).length;
    // lower case is always met; upper case where the needle is folded
    expect(found).toBe(300);
  });
});

describe('durations', () => {
  const reading: DurationReading = {
    names: ['dur', 'duration', 'elapsed', 'took', 'tookfor'],
    endings: [
      { text: 'seconds', seconds: 1 },
      { text: 'ms', seconds: 1e-3 },
      { text: 's', seconds: 1 },
    ],
    messages: ['msg', 'message'],
    clues: [
      { key: 'ts', kind: 'before', other: 'msg' },
      { key: 'time', kind: 'dated' },
      { key: 'level', kind: 'one-of', texts: ['INFO', 'WARN'], offset: true },
      { key: 'message', kind: 'there' },
    ],
    units: Uint8Array.from({ length: 16 }, (_none, held) =>
      held === 1 ? UNITS.seconds : held === 6 ? UNITS.nanoseconds : held === 10 || held === 8 ? UNITS.milliseconds : held === 2 ? UNITS.none : UNITS.unsure,
    ),
  };
  const asking = (than: number, op: NumberOp = '>'): SearchPlan =>
    plan({
      bits: 2,
      truth: new Uint8Array([0, 1, 0, 1]),
      durations: {
        reading,
        conditions: [
          { bit: 0, op, than },
          { bit: 1, op: '<', than: 0.001 },
        ],
      },
    });
  const wasm = [0.25, 0.0874, 60].map((than) => openSearcher(asking(than), 64 * 1024, 'wasm'));
  const plain = [0.25, 0.0874, 60].map((than) => openSearcher(asking(than), 64 * 1024, 'plain'));

  const amount = fc.oneof(
    fc.constantFrom(
      '0',
      '1',
      '59',
      '60',
      '250',
      '9999',
      '10000',
      '999999',
      '1000000',
      '87400000',
      '0.0874',
      '0.25',
      '0.087400',
      '12.5',
      '1.',
      '.5',
      '01',
      '-5',
      '1e3',
      '123456789012345',
      '1234567890123456',
      '1234567890123456.',
    ),
    fc.constantFrom(
      '250ms',
      '87.4ms',
      '1m0.5s',
      '1h',
      '3us',
      '3\u00b5s',
      '3\u03bcs',
      '250',
      '1.5',
      '2 s',
      '-3s',
      '+3s',
      '3x',
      'ms',
      '1m1m1m1m1m1m1m',
      '0s',
      '0x10',
      ' 5',
      '',
      'true',
    ),
    fc.double({ min: 0, max: 100, noNaN: true }).map(String),
    fc.nat().map((n) => `${n}ns`),
  );
  const name = fc.constantFrom('dur', 'duration', 'elapsed', 'Elapsed-ms', 'took_for', 'durations', 'elapsed_seconds', 'took', 'http.dur', 'tookforms', 'durationx', 'x');
  const clue = fc.constantFrom(
    ['ts', '1795374541.5'],
    ['time', '"2026-11-22T19:26:17Z"'],
    ['time', '"2026/11/22 19:26:17"'],
    ['level', '"INFO"'],
    ['level', '"INFO+2"'],
    ['level', '"info"'],
    ['level', '"W\\u0041RN"'],
    ['msg', '"m"'],
    ['msg', '"took 300ms"'],
    ['msg', '"a\\n5"'],
    ['msg', '{"a":1}'],
    ['message', '"x=3"'],
    ['message', '"no digits"'],
  );
  const said = fc.tuple(name, amount, fc.boolean()).map(([k, v, quoted]) => [k, quoted || !/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e\d+)?$/.test(v) ? `"${v}"` : v]);
  const inside = fc.tuple(fc.constantFrom('http', 'dur'), said).map(([k, [n, v]]) => [k, `{"${n}":${v}}`]);
  const jsonOf = fc
    .array(fc.oneof({ weight: 3, arbitrary: clue }, { weight: 3, arbitrary: said }, inside, fc.constantFrom(['dur', 'null'], ['elapsed_ms', 'true'], ['dur', '[1]'])), {
      maxLength: 7,
    })
    .map((of) => `{${of.map(([k, v]) => `"${k}":${v}`).join(',')}}`);
  const pairsOf = fc.array(fc.tuple(name, amount), { minLength: 1, maxLength: 4 }).map((of) => `level=info ${of.map(([k, v]) => `${k}=${/\s/.test(v) ? `"${v}"` : v}`).join(' ')}`);

  test('are the same for the kernel and its plain twin', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: jsonOf }, pairsOf), { maxLength: 8 }), fc.nat(2), (of, i) => {
        const text = of.join('\n');
        expect(rows(wasm[i] as Searcher, text)).toEqual(rows(plain[i] as Searcher, text));
      }),
      { numRuns: Number(process.env['GORCA_FUZZ'] ?? 3000) },
    );
  });

  test.each([
    ['{"ts":1.5,"msg":"m","elapsed":0.3}', 1],
    ['{"ts":1.5,"msg":"m","elapsed":0.2}', 0],
    ['{"time":"2026-11-22T19:26:17Z","level":"INFO+2","msg":"m","elapsed":300000000}', 1],
    ['{"time":"2026-11-22T19:26:17Z","level":"INFO+2","msg":"m","elapsed":200000000}', 0],
    ['{"message":"m","elapsed":300}', 1],
    ['{"message":"m","elapsed":200}', 0],
    ['{"x":"whose?","elapsed":300}', 2],
    ['{"x":"whose?","elapsed_ms":300}', 1],
    ['{"x":"whose?","elapsed":"300ms"}', 1],
    ['{"msg":"it took 3ms"}', 2],
    ['{"msg":"it took long"}', 0],
    ['level=info elapsed=300', 0],
    ['level=info elapsed=300ms', 1],
  ])('%s', (line, verdict) => {
    for (const s of [wasm[0], plain[0]]) expect(rows(s as Searcher, line).map((r) => r.verdict)).toEqual(verdict === 0 ? [] : [verdict]);
  });
});
