import { describe, expect, test } from 'vitest';
import { type Alias, processOf, service } from './entity.ts';
import { Identity } from './identity.ts';
import { type Interval, instantFromSeconds } from './time.ts';

const between = (from: number, to: number): Interval => ({ from: instantFromSeconds(from), to: instantFromSeconds(to) });
const [early, late] = [between(0, 100), between(200, 300)];
const address = processOf('pods@10.244.1.7:6060');
const [first, second] = [processOf('shop/orders-1/orders'), processOf('shop/cart-1/cart')];
const alias = (a: Alias['a'], during: Interval | null): Alias => ({
  a,
  b: address,
  strength: 'derived',
  why: 'both were reached there',
  places: [],
  ...(during === null ? {} : { during }),
});
const edges = [
  { from: first, relation: 'part-of' as const, to: service('orders'), strength: 'stated' as const, places: [] },
  { from: second, relation: 'part-of' as const, to: service('cart'), strength: 'stated' as const, places: [] },
];

describe('an address that was one process’s and then another’s', () => {
  const identity = new Identity([alias(first, early), alias(second, late)], edges);

  test('does not make them one process', () => {
    expect(identity.same(first, second)).toBeNull();
    expect(identity.within(first, second, 'process')).toBeNull();
    expect(identity.names(first).map((r) => r.entity.key)).not.toContain(second.key);
    expect(identity.isShared(address)).toBe(true);
  });

  test('is the one at its time and the other at its', () => {
    expect(identity.same(address, first, between(50, 60), early)).toBe('derived');
    expect(identity.same(address, second, between(50, 60), late)).toBeNull();
    expect(identity.within(address, second, 'service', between(210, 220))).toBe('derived');
    expect(identity.within(address, first, 'service', between(210, 220))).toBeNull();
  });
});

test('an address of one process holds whatever the time', () => {
  const identity = new Identity([alias(first, null)], edges);
  expect(identity.same(address, first, late, early)).toBe('derived');
  expect(identity.isShared(address)).toBe(false);
});

test('two owners whose stretches meet are not told apart by time', () => {
  const identity = new Identity([alias(first, between(0, 250)), alias(second, late)], edges);
  expect(identity.isShared(address)).toBe(false);
});
