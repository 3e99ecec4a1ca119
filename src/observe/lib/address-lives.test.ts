import { expect, test } from 'vitest';
import { type Interval, instantFromSeconds } from '../../model/index.ts';
import { tenancies } from './address-lives.ts';

const at = (from: number | null, to: number | null = from): Interval => ({
  from: from === null ? null : instantFromSeconds(from),
  to: to === null ? null : instantFromSeconds(to),
});
const of = (...seen: readonly [string, Interval][]) =>
  tenancies(
    seen.map(([owner, when]) => ({ owner, at: when })),
    (a, b) => a === b,
  ).map((t) => [t.owner, t.during]);

test('one owner, however often it was reached, has it all the time', () => expect(of(['a', at(10)], ['a', at(90)])).toEqual([['a', { from: null, to: null }]]));

test('one after the other: each up to where it was last seen beside the other', () =>
  expect(of(['a', at(10)], ['a', at(50)], ['b', at(80)])).toEqual([
    ['a', { from: null, to: at(50).to }],
    ['b', { from: at(80).from, to: null }],
  ]));

test('in turn, or without a time: the address tells nothing', () => {
  expect(of(['a', at(10)], ['b', at(20)], ['a', at(30)])).toEqual([
    ['a', null],
    ['b', null],
  ]);
  expect(of(['a', at(10)], ['b', at(null)])).toEqual([
    ['a', null],
    ['b', null],
  ]);
});
