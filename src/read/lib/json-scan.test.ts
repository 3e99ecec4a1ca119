import fc from 'fast-check';
import { expect, test } from 'vitest';
import { members, spanAtPointer } from './json-scan.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array, span: { readonly offset: number; readonly length: number } | null): string | null =>
  span === null ? null : new TextDecoder().decode(bytes.subarray(span.offset, span.offset + span.length));

test('a pointer means key and value of a member, the element of an array, the whole value', () => {
  const bytes = bytesOf('{"a": [1, {"b~/": "x"}], "a2": 2}');
  expect(textOf(bytes, spanAtPointer(bytes, 0, ''))).toBe('{"a": [1, {"b~/": "x"}], "a2": 2}');
  expect(textOf(bytes, spanAtPointer(bytes, 0, '/a/1'))).toBe('{"b~/": "x"}');
  expect(textOf(bytes, spanAtPointer(bytes, 0, '/a/1/b~0~1'))).toBe('"b~/": "x"');
  expect(textOf(bytes, spanAtPointer(bytes, 0, '/a2'))).toBe('"a2": 2');
  expect([spanAtPointer(bytes, 0, '/a3'), spanAtPointer(bytes, 0, '/a/2'), spanAtPointer(bytes, 0, '/a2/0')]).toEqual([null, null, null]);
});

test('the last of equal keys counts, however it is written; a value that is cut reaches to the end', () => {
  const bytes = bytesOf('{"k\u00e4": 1, "k": 2, "\\u006b": 3, "kk": 4, "": 5, "cut": {"x": [1');
  expect(textOf(bytes, spanAtPointer(bytes, 0, '/k'))).toBe('"\\u006b": 3');
  expect(textOf(bytes, spanAtPointer(bytes, 0, '/k\u00e4'))).toBe('"k\u00e4": 1');
  expect(textOf(bytes, spanAtPointer(bytes, 0, '/'))).toBe('"": 5');
  expect(textOf(bytes, spanAtPointer(bytes, 0, '/cut/x'))).toBe('"x": [1');
});

test('members and pointers find the same', () => {
  const key = fc.constantFrom('a', 'b', 'ab', '', 'a"b', '\u00fc', '\n', '\\', 'A');
  const spelled = fc.record({
    key,
    how: fc.integer({ min: 0, max: 3 }),
    value: fc.json({ depthSize: 'small' }),
    space: fc.string({ unit: fc.constantFrom(' ', '\n'), maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(spelled, { maxLength: 8 }), key, fc.integer({ min: 0, max: 400 }), (list, wanted, cut) => {
      const spell = (k: string, how: number): string => (how === 0 ? `"${[...k].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"` : JSON.stringify(k));
      const whole = bytesOf(`{${list.map((m) => `${m.space}${spell(m.key, m.how)}:${m.space}${m.value}`).join(',')}}`);
      for (const bytes of [whole, whole.subarray(0, cut)]) {
        const last = [...members(bytes, 0)].findLast((m) => m.key === wanted);
        expect(spanAtPointer(bytes, 0, `/${wanted}`)).toEqual(last?.span ?? null);
      }
    }),
  );
});
