import { expect, test } from 'vitest';
import { type Interval, instantFromSeconds } from '../../model/index.ts';
import { fromBaseline } from './baseline.ts';

const stretch = (from: number | null, to: number | null): Interval => ({ from: from === null ? null : instantFromSeconds(from), to: to === null ? null : instantFromSeconds(to) });
const of = (baseline: Interval | null, ...moments: readonly (number | null)[]) => {
  const { list, firstIsWell } = fromBaseline(moments, (m) => (m === null ? null : instantFromSeconds(m)), baseline);
  return [list, firstIsWell];
};

test('what comes before the last well moment is not judged', () => expect(of(stretch(10, 30), 0, 10, 20, 40, 50)).toEqual([[20, 40, 50], true]));
test('a stretch that holds everything leaves nothing to compare', () => expect(of(stretch(null, 90), 0, 10, 20)).toEqual([[20], true]));
test('none in it, none said, or no time: all is judged as it is', () => {
  expect(of(stretch(60, 90), 0, 10)).toEqual([[0, 10], false]);
  expect(of(null, 0, 10)).toEqual([[0, 10], false]);
  expect(of(stretch(null, null), null, null)).toEqual([[null, null], false]);
});
