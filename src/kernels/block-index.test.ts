import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type BlockFacts,
  type BlockIndexer,
  idHash,
  idProbe,
  isIndexedId,
  LINE_BYTES,
  lineBits,
  lineHolds,
  lineOf,
  ORDERED,
  openBlockIndexer,
  type SearchPlan,
  sealFilter,
  UNTIMED,
} from './index.ts';

const utf8 = new TextEncoder();
const plan: SearchPlan = {
  durations: null,
  needles: null,
  opening: 0,
  keys: [
    { name: 'level', bare: false, terms: [{ bit: 0, kind: 'level', ranks: 63 }] },
    { name: 'lvl', bare: false, terms: [{ bit: 0, kind: 'maybe' }] },
    { name: '@level', bare: false, terms: [{ bit: 0, kind: 'undecidable' }] },
    { name: 'time', bare: false, terms: [{ bit: 1, kind: 'time', from: -(2n ** 62n), to: 2n ** 62n }] },
    { name: 'ts', bare: false, terms: [{ bit: 1, kind: 'time', from: -(2n ** 62n), to: 2n ** 62n }] },
  ],
  bits: 2,
  truth: new Uint8Array([1, 1, 1, 1]),
  json: true,
  logfmt: true,
  levels: [
    { name: 'debug', rank: 1 },
    { name: 'info', rank: 2 },
    { name: 'warn', rank: 3 },
    { name: 'error', rank: 4 },
    { name: 'fatal', rank: 5 },
  ],
};

const bare: SearchPlan = { ...plan, json: false, logfmt: false };
const wrapped = { wasm: openBlockIndexer(bare, 1 << 16, 'wasm'), plain: openBlockIndexer(bare, 1 << 16, 'plain') };
const indexers = { wasm: openBlockIndexer(plan, 1 << 16, 'wasm'), plain: openBlockIndexer(plan, 1 << 16, 'plain') };

function facts(indexer: BlockIndexer, text: string, stale = 'a'): BlockFacts & { filter: Uint8Array; hash: bigint } {
  const bytes = utf8.encode(text);
  const behind = utf8.encode(stale.repeat(Math.ceil(64 / stale.length)));
  indexer.buffer().fill(0x61);
  indexer.buffer().set(behind, bytes.length);
  indexer.buffer().set(bytes);
  const f = indexer.run(0, bytes.length);
  const copied = { ...f, opaque: f.opaque.slice(), postings: f.postings.slice() };
  return { ...copied, filter: indexer.filter(Math.max(1, Math.ceil((f.ids * 12) / 480))).slice(), hash: indexer.hash(0, bytes.length) };
}

const id = fc.constantFrom(
  '4bf92f3577b34da6a3ce929d0e0e4736',
  'orders-68f495bf69-5w94w',
  'no-digit-here',
  'short1',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  `x1${'y'.repeat(70)}`,
  'a_1234567890',
);
const value = fc.oneof(
  id,
  id.map((i) => `\u001b[36mid=\u001b[0m${i}\u001b[0m`),
  fc.constantFrom('\u001b', '\u001b[1;2', '\u001bx0123456789abc'),
  fc.constantFrom('a b', 'x\\u0041', '', '\\"q\\" req-0123456789ab'),
);
const clock = fc.constantFrom('2026-11-22T19:26:17.3Z', '2026-11-22T19:26:18Z', '1795374541.5', 'soon', '2026/11/22 19:26:17');
const level = fc.constantFrom('info', 'ERROR', 'warn', 'ERROR+4', 'fatal', 'debug', '');
const json = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom('level', 'lvl', '@level', 'l\\u0065vel'), level),
      fc.tuple(fc.constantFrom('time', 'ts'), clock),
      fc.tuple(fc.constantFrom('trace_id', 'msg', 'level'), value),
    ),
    { maxLength: 5 },
  )
  .map((of) => `{${of.map(([k, v]) => `"${k}":"${v}"`).join(',')}}`);
const nested = fc.tuple(value, value).map(([a, b]) => `{"level":"info","http":{"id":"${a}"},"all":["${b}",1]}`);
const logfmt = fc.tuple(clock, level, value).map(([c, l, v]) => `time="${c}" level=${l} trace_id="${v}"`);
const text = fc
  .tuple(
    fc.constantFrom('', '\t', 'panic: ', 'E1122 19:09:01.4 ', 'E112', '2026-11-22T19:26:17.5+02:00 ', '2026/11/22 19:26:17 ', '2026-11-22T19:26:17,500', '1234567890123456789012 '),
    value,
  )
  .map(([a, b]) => a + b);
const log = fc
  .tuple(
    fc.array(
      fc.oneof(
        json,
        nested,
        logfmt,
        text,
        json.map((l) => l.slice(0, -1)),
      ),
      { maxLength: 15 },
    ),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([lines, end, ends]) => lines.join(end) + (ends ? end : ''));

test('the kernel and its plain twin keep the same of every block', () => {
  fc.assert(
    fc.property(log, (l) => {
      expect(facts(indexers.wasm, l)).toEqual(facts(indexers.plain, l));
      expect(facts(wrapped.wasm, l)).toEqual(facts(wrapped.plain, l));
    }),
    { numRuns: 1500 },
  );
}, 120_000);

test('of lines whose shapes the kernel has met, too, whatever stands behind the last of them', () => {
  const shapes = [
    '{"level":"%l","time":"%t","msg":"%v","trace_id":"%v","all":["%v",1]}\n',
    '{"time":"%t","http":{"level":"%l","id":"%v"},"o":{},"ts":%n,"lvl":"%l"}\n',
    'time=%t level=%l id=%v msg="%v"\n',
  ];
  const part = fc.record({
    t: clock,
    l: level,
    v: fc.oneof(value, fc.constant('a-word-of-17-bytes')),
    n: fc.constantFrom('1795374541.5', '17', '[1,"req-0123456789ab"]', '{"level":"info"}', 'null', '-'),
  });
  const lines = fc.array(fc.tuple(fc.constantFrom(...shapes), fc.array(part, { minLength: 8, maxLength: 8 })), { maxLength: 12 }).map((of) =>
    of
      .map(([shape, parts]) => {
        let i = 0;
        return shape.replaceAll(/%([tlvn])/g, (_all, k: keyof (typeof parts)[number]) => parts[i++]![k]);
      })
      .join(''),
  );
  let known = 0;
  fc.assert(
    fc.property(lines, fc.nat(2000), fc.constantFrom('a', '\n', '"', '"}\n', ' level=error\n'), fc.nat(), (l, cut, stale, flip) => {
      const whole = l.slice(0, Math.max(0, l.length - (cut % 3 === 0 ? cut % 97 : 0)));
      const text = flip % 4 === 0 && whole.length > 0 ? `${whole.slice(0, flip % whole.length)}}${whole.slice((flip % whole.length) + 1)}` : whole;
      const found = facts(indexers.wasm, text, stale);
      expect(found).toEqual(facts(indexers.plain, text, stale));
      known += found.timed;
    }),
    { numRuns: Number(process.env['GORCA_FUZZ'] ?? 2000) },
  );
  expect(known).toBeGreaterThan(1000);
}, 120_000);

test('an object of more fields than are read is text, also when its names are known', () => {
  const line = (n: number): string => `{"level":"info","time":"2026-11-22T19:26:17Z",${Array.from({ length: n }, (_none, i) => `"x":${i}`).join(',')}}\n`;
  for (const n of [1, 2, 3, 40, 57, 58, 59, 60, 61, 400, 1021, 1022, 1023, 1500]) {
    const text = line(2) + line(n) + line(3);
    expect(facts(indexers.wasm, text)).toEqual(facts(indexers.plain, text));
  }
});

test('what a block is known by', () => {
  const found = facts(
    indexers.wasm,
    [
      '{"level":"info","time":"2026-11-22T19:26:17Z","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}',
      '{"level":"error","time":"2026-11-22T19:26:16Z","p":"00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1-00f067aa0ba902b7-01"}',
      'panic: x',
      '\tat a',
    ].join('\n'),
  );
  expect(found.lines).toBe(4);
  expect(found.levels).toEqual([0, 0, 1, 0, 1, 0, 0]);
  expect([...found.postings]).toEqual([(93 << 3) | 4]);
  expect([...found.opaque]).toHaveLength(1);
  expect(found.flags & ORDERED).toBe(0);
  expect(found.flags & UNTIMED).toBe(UNTIMED);
  expect(found.to - found.from).toBe(1_000_000_000n);
  sealFilter(found.filter);
  const lines = found.filter.length / LINE_BYTES;
  const holds = (t: string): boolean => {
    const probe = idProbe(idHash(utf8.encode(t), 0, t.length));
    const at = lineOf(probe, lines) * LINE_BYTES;
    return lineHolds(found.filter.subarray(at, at + LINE_BYTES), lineBits(probe));
  };
  for (const t of ['4bf92f3577b34da6a3ce929d0e0e4736', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1', '00f067aa0ba902b7']) expect(holds(t)).toBe(true);
  expect(holds('4bf92f3577b34da6a3ce929d0e0e4737')).toBe(false);
  expect([isIndexedId('4bf92f3577b34da6a3ce929d0e0e4736'), isIndexedId('abc123-def456'), isIndexedId('short1'), isIndexedId('nodigitsatall')]).toEqual([true, true, false, false]);
});
