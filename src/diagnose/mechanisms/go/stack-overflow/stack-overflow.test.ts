import { expect, test } from 'vitest';
import type { Link } from '../../../../model/index.ts';
import { stackOverflow } from './index.ts';

const told = (stack: readonly string[]): string => {
  const link = { effect: { facts: {} }, causes: [{ facts: { function: 'main.width', file: '/src/main.go', line: 9, stack } }] } as unknown as Link;
  return typeof stackOverflow.because === 'string' ? stackOverflow.because : stackOverflow.because(link);
};
const repeat = (n: number, ...frames: string[]): string[] => Array.from({ length: n }, () => frames).flat();

test('one function that fills the stack calls itself', () => {
  expect(told([...repeat(90, 'main.width /src/main.go:9'), 'main.main /src/main.go:20'])).toBe(
    'main.width calls itself (90 of the frames printed) at main.go:9 until the stack passes its limit',
  );
});

test('two that fill it in turn call each other: neither is said to call itself', () => {
  expect(told([...repeat(49, 'main.width /src/main.go:9', 'main.(*expr).depth /src/main.go:7'), 'main.main /src/main.go:20'])).toBe(
    'main.(*expr).depth and main.width call each other (98 of the frames printed) at main.go:9 until the stack passes its limit',
  );
});
