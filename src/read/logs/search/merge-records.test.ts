import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySource } from '../../../model/index.ts';
import { cutsOf, mergeRecords, type OrderedRecords, StretchMerger } from './merge-records.ts';

const utf8 = new TextEncoder();

/** Lines of one log: each has a time and stands behind the one before. */
function log(lines: readonly { readonly time: bigint; readonly text: string }[], base = 0): OrderedRecords {
  const offsets: number[] = [];
  let text = 'x'.repeat(base);
  for (const l of lines) {
    offsets.push(text.length - base);
    text += `${l.text}\r\n`;
  }
  return {
    source: memorySource(utf8.encode(text)),
    base,
    offsets: Uint32Array.from(offsets),
    lengths: Uint32Array.from(lines, (l) => l.text.length),
    times: BigInt64Array.from(lines, (l) => l.time),
  };
}

function merged(streams: readonly OrderedRecords[], most = 1e6): string {
  let out = '';
  mergeRecords(streams, most, (bytes) => {
    out += new TextDecoder().decode(bytes);
  });
  return out;
}

test('logs of thousands of lines, and one without any', () => {
  const lines = (name: string, every: number) => Array.from({ length: 9000 }, (_none, i) => ({ time: BigInt(i * every), text: `${name} ${i} ${'z'.repeat(i % 90)}` }));
  const a = lines('a', 3);
  const b = lines('b', 2);
  const right = [...a, ...b].sort((x, y) => Number(x.time - y.time)).map((l) => `${l.text}\n`);
  expect(merged([log(a, 100), log([]), log(b)])).toBe(right.join(''));
  expect(merged([log(a), log(b)], 5000)).toBe(right.slice(0, 5000).join(''));
});

/** Large records by their first letters and their length: a difference stays readable. */
const brief = (text: string): string[] => text.split('\n').map((l) => `${l.slice(0, 8)} ${l.length}`);

test('records that no window holds come where they belong', () => {
  const large = (n: number, c: string) => ({ time: BigInt(n), text: c.repeat(500_000) });
  const small = (n: number) => ({ time: BigInt(n), text: `line ${n}` });
  const a = [large(1, 'a'), small(4), large(7, 'b'), large(8, 'c')];
  const b = [small(0), small(2), small(5), small(7), small(9)];
  const right = [b[0], a[0], b[1], a[1], b[2], a[2], b[3], a[3], b[4]].map((l) => `${l?.text}\n`).join('');
  expect(brief(merged([log(a), log(b)]))).toEqual(brief(right));
  expect(brief(merged([log(a), log(b)], 6))).toEqual(brief(right).slice(0, 6).concat(' 0'));
});

test('of a log that was cut meanwhile comes what is left', () => {
  const whole = log([
    { time: 1n, text: 'first' },
    { time: 3n, text: 'second' },
    { time: 5n, text: 'third' },
  ]);
  const cut = { ...whole, source: memorySource(utf8.encode('first\r\nsec')) };
  expect(merged([cut, log([{ time: 4n, text: 'other' }])])).toBe('first\nsec\nother\n\n');
});

test('stretches that are merged by themselves, in any order, are the whole', () => {
  const times = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })), { maxLength: 400, size: 'max' });
  let several = 0;
  fc.assert(
    fc.property(fc.array(times, { maxLength: 6 }), fc.integer({ min: 1, max: 4000 }), (all, bytes) => {
      const streams = all.map((of, s) => log(of.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((time, i) => ({ time, text: `${s} ${i} ${'t'.repeat(i % 50)}` }))));
      const cuts = cutsOf(streams, bytes);
      for (const [i, cut] of cuts.entries()) expect(i === 0 || cut > (cuts[i - 1] as bigint)).toBe(true);
      if (cuts.length > 2) several++;
      const merger = new StretchMerger(streams, cuts);
      const parts: string[] = [];
      // the second half first, as another thread may
      const order = Array.from({ length: merger.count }, (_none, i) => (i + (merger.count >> 1)) % merger.count);
      for (const stretch of order) {
        parts[stretch] = '';
        merger.merge(stretch, (part) => {
          parts[stretch] += new TextDecoder().decode(part);
        });
      }
      expect(parts.join('')).toBe(merged(streams));
    }),
    { numRuns: 60 },
  );
  expect(several).toBeGreaterThan(20);
});

test('a stretch of one time is not cut, however large; its records may be larger than a window', () => {
  const one = Array.from({ length: 3000 }, (_none, i) => ({ time: 5n, text: `${i} ${'u'.repeat(2000)}` }));
  const streams = [log(one), log([{ time: 4n, text: 'v'.repeat(500_000) }, ...one.slice(0, 100)])];
  const merger = new StretchMerger(streams, cutsOf(streams, 1000));
  let out = '';
  let writes = 0;
  for (let stretch = 0; stretch < merger.count; stretch++) {
    merger.merge(stretch, (part) => {
      writes++;
      out += new TextDecoder().decode(part);
    });
  }
  expect(brief(out)).toEqual(brief(merged(streams)));
  expect(writes).toBeGreaterThan(2);
});
