import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openNewlines } from './index.ts';

const CAPACITY = 512;

describe('newlines', () => {
  const wasm = openNewlines(CAPACITY, 'wasm');
  const plain = openNewlines(CAPACITY, 'plain');

  test('the kernel finds what its twin finds, and what indexOf finds', () => {
    const byte = fc.oneof(fc.constant(10), fc.constantFrom(0x0a, 0x0b, 0x8a, 0x0d, 0), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: CAPACITY }), fc.integer({ min: 0, max: CAPACITY }), (bytes, cut) => {
        const end = Math.min(cut, bytes.length);
        for (const found of [wasm, plain]) {
          // what the last call left behind `end` must not be seen
          found.buffer().fill(10);
          found.buffer().set(bytes);
          expect([...found.run(end)], found.engine).toEqual(bytes.slice(0, end).flatMap((b, i) => (b === 10 ? [i] : [])));
        }
      }),
    );
  });

  test('every byte may be one', () => {
    for (const found of [wasm, plain]) {
      found.buffer().fill(10);
      expect(found.run(CAPACITY)).toHaveLength(CAPACITY);
    }
  });
});
