import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DurationReading, type NumberOp, openSearcher, type Searcher, type SearchPlan, UNITS } from './index.ts';
import { rowsOf, searchPlan } from './testing/searched.ts';

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
    searchPlan({
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
        expect(rowsOf(wasm[i] as Searcher, text)).toEqual(rowsOf(plain[i] as Searcher, text));
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
    for (const s of [wasm[0], plain[0]]) expect(rowsOf(s as Searcher, line).map((r) => r.verdict)).toEqual(verdict === 0 ? [] : [verdict]);
  });
});
