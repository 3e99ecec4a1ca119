import { describe, expect, test } from 'vitest';
import { instantFromSeconds } from '../../../model/index.ts';
import { growthOfPoints, isSettled, type Point } from './growth.ts';

const MIB = 1024 ** 2;
/** Sampled at the default rate: variance is bytes times rate for small objects. */
const points = (...mib: number[]): Point[] => mib.map((m, i) => ({ at: instantFromSeconds(1_800_000_000 + i * 60), bytes: m * MIB, variance: m * MIB * 512 * 1024 }));

describe('growth between heap profiles', () => {
  test('steady growth', () => expect(growthOfPoints(points(10, 30, 50, 70))).toMatchObject({ from: 10 * MIB, to: 70 * MIB, points: 4, perMinute: 20 * MIB }));
  test('two profiles are enough for what noise does not bridge', () => expect(growthOfPoints(points(2, 30))?.firstIll).toBe(1));
  test('two profiles tell growth from a warm-up only when the process was past its start', () => {
    const growth = growthOfPoints(points(2, 30));
    expect(growth !== null && isSettled(growth, 20 * MIB)).toBe(false);
    expect(growth !== null && isSettled(growth, 2000 * MIB)).toBe(true);
    const three = growthOfPoints(points(2, 30, 60));
    expect(three !== null && isSettled(three, 0)).toBe(true);
  });
  test.each([
    ['within sampling noise', points(10, 14)],
    ['one sample more', points(0, 0.5)],
    ['levelled off at once', points(2, 40, 40)],
    ['levelled off', points(2, 40, 41, 40, 40.5)],
    ['went away again', points(2, 60, 30, 12)],
    ['shrinks', points(60, 40, 20)],
    ['one profile', points(60)],
    ['little against what is there', points(400, 460)],
    ['no time between', [...points(1), ...points(60)]],
  ])('%s is none', (_what, p) => expect(growthOfPoints(p)).toBeNull());
});
