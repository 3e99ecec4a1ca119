import { expect, test } from 'vitest';
import { cleanRunsNeeded, median, rateAtLeast, rateAtMost, upperTail } from './statistics.ts';

test.each([
  [10, 10, 3],
  [7, 10, 6],
  [11, 100, 47],
  [5, 100, 149],
  [1, 10, 585],
  [1, 100, 5841],
])('%i of %i runs before need %i clean runs after', (k, n, needed) => {
  expect(cleanRunsNeeded(rateAtLeast(k, n))).toBe(needed);
});

test.each([
  [59, 0.05],
  [299, 0.01],
])('%i clean runs bound the rate at %d', (n, bound) => {
  expect(rateAtMost(0, n)).toBeLessThanOrEqual(bound);
  expect(rateAtMost(0, n - 1)).toBeGreaterThan(bound);
});

test('bounds hold what they should', () => {
  expect(rateAtLeast(0, 10)).toBe(0);
  expect(rateAtMost(10, 10)).toBe(1);
  expect(cleanRunsNeeded(0)).toBe(Number.POSITIVE_INFINITY);
  expect(upperTail(3, 10, 0.2)).toBeCloseTo(0.3222, 4);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
