import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLUMNS, type Columns, type ColumnsPlan, DECIDED, openColumns } from './index.ts';

const plan: ColumnsPlan = {
  keys: [
    { name: 'msg', role: 'message', number: 0 },
    { name: 'time', role: 'time', number: 0 },
  ],
  slots: [],
  everyNs: 0n,
  levels: [],
  json: true,
  logfmt: false,
  cells: false,
};
const utf8 = new TextEncoder();

/** The time of each line; null where it has none. */
function times(c: Columns, lines: readonly string[]): (bigint | null)[] {
  const bytes = utf8.encode(lines.map((l) => `${l}\n`).join(''));
  c.buffer().set(bytes);
  const n = c.run(0, bytes.length);
  return Array.from({ length: n }, (_none, i) => {
    const row = c.out.subarray(i * c.words, (i + 1) * c.words);
    return row[COLUMNS.verdict] === DECIDED ? (BigInt(row[COLUMNS.time + 1]! | 0) << 32n) | BigInt(row[COLUMNS.time]!) : null;
  });
}

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('0', '1', '2', '5', '8', '9'), { minLength: least, maxLength: most }).map((of) => of.join(''));
const two = (most: number): fc.Arbitrary<string> => fc.nat(most + 2).map((n) => n.toString().padStart(2, '0'));
const iso = fc
  .record({
    day: fc.constantFrom('2026-11-22', '2026/11/22', '2026-02-29', '2024-02-29', '1677-12-31', '2262-01-01', '2026-11/22', '2026-13-01'),
    t: fc.constantFrom('T', 'T', ' ', 't'),
    hour: two(23),
    minute: two(59),
    second: two(59),
    marks: fc.constantFrom('::', '::', '::', ':.', '-:'),
    fraction: fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('.', ','), digits(0, 11)).map(([p, d]) => p + d),
    ),
    zone: fc.constantFrom('Z', 'z', '', '+02:00', '-0730', ' +0000', '+2:00', 'Zx', '+25:00'),
  })
  .map((p) => `${p.day}${p.t}${p.hour}${p.marks[0]}${p.minute}${p.marks[1]}${p.second}${p.fraction}${p.zone}`);
const epoch = fc.tuple(digits(1, 21), fc.constantFrom('', '.'), digits(0, 12), fc.constantFrom('', '', '', 'e9', 'E+1')).map((of) => of.join(''));
const seconds = fc.tuple(fc.constantFrom('17', '92', '99', '08'), digits(8, 8), fc.constantFrom('', '.'), digits(0, 10)).map((of) => of.join(''));
const number = fc
  .tuple(fc.constantFrom('', '-'), digits(0, 40), fc.constantFrom('', '.'), digits(0, 20), fc.constantFrom('', 'e', 'E-', 'e+'), digits(0, 20))
  .map((of) => of.join(''));

test('times of one minute and of others are those of the plain twin, as text and as numbers, and so is what is a number', () => {
  const wasm = openColumns(plan, 64 * 1024, 'wasm');
  const plain = openColumns(plan, 64 * 1024, 'plain');
  let known = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(iso, epoch, seconds, number), { minLength: 1, maxLength: 6 }), (of) => {
      const lines = of.flatMap((t) => [`{"time":"${t}","msg":"m"}`, `{"time":${t},"msg":"m"}`, `{"time":"2026-11-22T19:26:17Z","msg":"m","x":${t}}`]);
      const found = times(wasm, lines);
      expect(found).toEqual(times(plain, lines));
      known += found.filter((t) => t !== null).length;
    }),
    { numRuns: Number(process.env['GORCA_FUZZ'] ?? 2000) },
  );
  expect(known).toBeGreaterThan(1000);
});
