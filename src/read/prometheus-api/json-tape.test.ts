import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARRAY, FALSE, items, type JsonSpans, jsonSpans, KEY, members, type NodeIndex, NULL, NUMBER, OBJECT, STRING, spanOf, TRUE, textOf } from './json-tape.ts';

const encoder = new TextEncoder();
const tape = (text: string, limits = {}): JsonSpans => jsonSpans(encoder.encode(text), limits);

function plainValue(j: JsonSpans, node: NodeIndex): unknown {
  switch (j.kinds[node]) {
    case OBJECT:
      return Object.fromEntries([...members(j, node)].map(([k, v]) => [textOf(j, k), plainValue(j, v)]));
    case ARRAY:
      return [...items(j, node)].map((n) => plainValue(j, n));
    case STRING:
      return textOf(j, node);
    case NUMBER:
      return Number(textOf(j, node));
    case TRUE:
      return true;
    case FALSE:
      return false;
    case NULL:
      return null;
    default:
      throw new Error(`no value at ${node}`);
  }
}

/** The value of the first member of the first root. */
const first = (j: JsonSpans): NodeIndex => [...members(j, 0)][0]?.[1] ?? -1;

/** Spans nest, siblings follow each other, keys have values. */
function checkShape(j: JsonSpans): void {
  for (let i = 0; i < j.count; i++) {
    expect(j.starts[i]!).toBeLessThanOrEqual(j.ends[i]!);
    expect(j.ends[i]!).toBeLessThanOrEqual(j.bytes.length);
    expect(j.nexts[i]!).toBeGreaterThan(i);
    expect(j.nexts[i]!).toBeLessThanOrEqual(j.count);
    if (j.kinds[i] === KEY) expect(j.kinds[i + 1], 'a key has a value').toBeGreaterThan(0);
  }
}

describe('json tape', () => {
  test('agree with JSON.parse on any value, and every span parses to its value', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n'), (text, pad) => {
        const j = tape(pad + text + pad);
        expect(j.broken).toBeNull();
        checkShape(j);
        const plain = JSON.parse(text) as unknown;
        if (!text.includes('__proto__')) expect(plainValue(j, j.roots[0]!)).toEqual(plain === 0 ? 0 : plain);
        for (let i = 0; i < j.count; i++) {
          const { offset, length } = spanOf(j, i);
          JSON.parse(new TextDecoder().decode(j.bytes.subarray(offset, offset + length)));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('cut at every length, what stands before stays usable', () => {
    const text = '{"a":[1,-2.5e3,"x\\u00e9\\n"],"b":{"c":null,"d":true},"é":false}';
    const bytes = encoder.encode(text);
    for (let n = 0; n < bytes.length; n++) {
      const j = jsonSpans(bytes.subarray(0, n));
      checkShape(j);
      if (n > 0) expect(j.broken, `cut at ${n}`).not.toBeNull();
      if (n > 30) expect(textOf(j, [...items(j, first(j))][0]!)).toBe('1');
    }
  });

  test.each([
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['[01]', 2],
    ['{,}', 1],
    ['[1,]', 3],
    ['tru', 3],
    ['nul!', 0],
    ['[-]', 1],
    ['{"a":1]', 6],
    ['[1}', 2],
  ])('%s is broken at %d', (text, offset) => expect(tape(text).broken?.offset).toBe(offset));

  test('nesting is capped without a recursion', () => {
    const j = tape('['.repeat(100_000));
    expect(j.broken?.what).toContain('nested deeper');
    checkShape(j);
    expect(tape('[1,2,3,4]', { nodes: 3 }).broken?.what).toContain('more than 3');
  });

  test('documents one after another are several roots', () => {
    const j = tape('{"a":1}\n{"a":2}\n');
    expect(j.roots.length).toBe(2);
    expect(j.broken).toBeNull();
    expect(tape('{"a":1} trailing', { one: true }).broken).toBeNull();
  });
});
