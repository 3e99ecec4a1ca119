import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growthOf, livesOf } from './growth.ts';

const limits = { least: 50, leastShare: 0.5 };
const times = (n: number, step = 5): number[] => Array.from({ length: n }, (_, i) => 1_700_000_000 + i * step);
const grows = (values: readonly number[], bornHere = false) => growthOf(times(values.length), values, { from: 0, to: values.length, bornHere }, limits);

describe('a stretch that the user says was well', () => {
  const at = times(20);
  const judged = (values: readonly number[], from: number, to: number) =>
    growthOf(at, values, { from: 0, to: values.length, bornHere: false }, limits, { from: at[from] as number, to: at[to] as number });
  const leak = [200, 202, 199, 201, 200, 203, 260, 330, 400, 470, 540, 610, 680, 750, 820, 890, 960, 1030, 1100, 1170];

  test('is the level that growth is measured from, and nothing began in it', () => {
    expect(judged(leak, 0, 5)).toMatchObject({ from: 200.5, lastWell: 5, firstIll: 6 });
    // said to be well although it had begun: then it began later
    const later = judged(leak, 6, 9);
    expect(later?.from).toBe(365);
    expect(later?.lastWell).toBeGreaterThanOrEqual(9);
  });

  test('what lies wholly in it is no growth; one that holds no sample changes nothing', () => {
    expect(judged(leak, 0, 19)).toBeNull();
    expect(growthOf(at, leak, { from: 0, to: 20, bornHere: false }, limits, { from: 0, to: 1 })).toEqual(growthOf(at, leak, { from: 0, to: 20, bornHere: false }, limits));
  });

  test('a start that took its memory before it does not count', () => {
    const warm = [10, 60, 110, 150, 170, 178, 180, 181, 180, 181, 180, 181, 180, 181, 180, 180, 181, 180, 181, 180];
    expect(judged(warm, 6, 10)).toBeNull();
  });
});

describe('growth', () => {
  test('a leak: flat, then up to the end; its onset lies between two samples', () => {
    const v = [200, 202, 199, 201, 200, 203, 260, 330, 400, 470, 540, 610, 680, 750];
    const g = grows(v);
    expect(g).not.toBeNull();
    expect(g?.lastWell).toBe(5);
    expect(g?.to).toBe(750);
  });

  test('a heap that fills while collections saw at it', () => {
    expect(
      grows(
        [8, 14, 20, 20, 21, 25, 33, 34, 45, 36, 45, 52, 40, 51].map((x) => x * 10),
        true,
      )?.lastWell,
    ).toBeLessThan(5);
  });

  test('already so at the first sample', () => {
    expect(grows([500, 600, 700, 800, 900, 1000])?.lastWell).toBe(-1);
    expect(grows([10, 600, 700, 800, 900, 1000], true)?.lastWell).toBe(0);
  });

  test.each([
    ['flat with noise', [200, 205, 198, 203, 201, 199, 204, 200, 202, 197, 203, 200]],
    ['a warm-up that levels off', [10, 60, 110, 150, 170, 178, 180, 181, 180, 181, 180, 181, 180, 181, 180, 180]],
    ['a program that loads its data at start', [2.4, 300, 310, 312, 311, 313, 312, 314, 313, 315, 314, 316, 315, 317]],
    ['a crowd that goes home', [10, 12, 200, 400, 600, 800, 600, 300, 100, 20, 12, 10]],
    ['a sawtooth', [10, 80, 20, 85, 15, 90, 22, 80, 18, 84, 20, 86]],
    ['too little', [10, 12, 14, 16, 18, 20, 22, 24]],
    ['too few samples', [10, 400, 800]],
  ])('near miss: %s', (_name, v) => expect(grows(v)).toBeNull());

  test('lives end at start times, and at falls where none are known', () => {
    const v = [10, 100, 200, 300, 12, 110, 210, 310];
    expect(livesOf(times(8), v).map((l) => [l.from, l.to, l.bornHere])).toEqual([
      [0, 4, false],
      [4, 8, true],
    ]);
    expect(livesOf(times(8), v, [1_700_000_019]).map((l) => [l.from, l.to])).toEqual([
      [0, 4],
      [4, 8],
    ]);
    expect(livesOf(times(3), [1, 2, 3])).toEqual([{ from: 0, to: 3, bornHere: false }]);
  });

  test('lives cover every sample once, and noise around a constant never grows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 60 }), (v) => {
        const lives = livesOf(times(v.length), v);
        expect(lives[0]?.from).toBe(0);
        expect(lives.at(-1)?.to).toBe(v.length);
        for (let i = 1; i < lives.length; i++) expect(lives[i]?.from).toBe(lives[i - 1]?.to);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 200, max: 240 }), { minLength: 4, maxLength: 60 }), (v) => {
        expect(grows(v)).toBeNull();
      }),
    );
  });
});
