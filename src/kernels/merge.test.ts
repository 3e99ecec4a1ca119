import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FULL, MERGED, openMerger } from './index.ts';

interface Rec {
  readonly time: bigint;
  readonly text: string;
}
const utf8 = new TextEncoder();

/** What comes out when each load hands over at most `step` records. */
function merged(engine: 'wasm' | 'plain', streams: readonly (readonly Rec[])[], step: number, most: number): string {
  const merger = openMerger(BigInt64Array.from(streams.map((s) => s[0]?.time ?? 0n)), engine);
  merger.left = most;
  const at = streams.map(() => 0);
  let out = '';
  for (let asked = merger.run(); asked !== MERGED; asked = merger.run()) {
    if (asked === FULL) {
      out += new TextDecoder().decode(merger.taken());
      continue;
    }
    const records = (streams[asked] as readonly Rec[]).slice(at[asked], (at[asked] as number) + step);
    const slot = merger.slot(asked);
    let end = 0;
    for (const [i, r] of records.entries()) {
      const bytes = utf8.encode(r.text);
      slot.times[i] = r.time;
      slot.offsets[i] = end;
      slot.lengths[i] = bytes.length;
      slot.bytes.set(bytes, end);
      end += bytes.length;
    }
    at[asked]! += records.length;
    merger.loaded(asked, records.length, (at[asked] as number) >= (streams[asked] as readonly Rec[]).length);
  }
  expect(merger.left).toBe(Math.max(0, most - streams.reduce((n, s) => n + s.length, 0)));
  return out + new TextDecoder().decode(merger.taken());
}

const time = fc.oneof(fc.bigInt({ min: -3n, max: 6n }), fc.constantFrom(2n ** 40n, -(2n ** 40n), 2n ** 62n, -(2n ** 62n), 2n ** 32n, 2n ** 31n));
const record = fc.record({ time, text: fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('', 'x'.repeat(5000))) });
const stream = fc.array(record, { maxLength: 12 }).map((s) => s.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)));

test('records come out by time, of one time in the order of their streams, by the kernel and its twin', () => {
  fc.assert(
    fc.property(fc.array(stream, { maxLength: 9 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 80 }), (streams, step, most) => {
      const right = streams
        .flatMap((s, number) => s.map((r) => ({ ...r, number })))
        .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.number - b.number))
        .slice(0, most)
        .map((r) => `${r.text}\n`)
        .join('');
      // strings of lone surrogates are no UTF-8
      fc.pre(new TextDecoder().decode(utf8.encode(right)) === right);
      expect(merged('wasm', streams, step, most)).toBe(right);
      expect(merged('plain', streams, step, most)).toBe(right);
    }),
    { numRuns: 400 },
  );
});

test('an output larger than its room, and streams that take the places of others', () => {
  const streams = Array.from({ length: 60 }, (_none, s) => Array.from({ length: 40 }, (_n, i) => ({ time: BigInt(s * 30 + i), text: `${s} ${i} ${'y'.repeat(700)}` })));
  const wasm = merged('wasm', streams, 7, 1e6);
  expect(wasm.split('\n')).toHaveLength(2401);
  expect(wasm).toBe(merged('plain', streams, 7, 1e6));
});
