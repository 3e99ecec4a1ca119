import { describe, expect, test } from 'vitest';
import { isColdStart, type Watched } from './cold-start.ts';

const MIB = 1024 ** 2;
/** From second 2 to second 27 of a process that holds 60 MiB more then. */
const young: Watched = { started: 1000, from: 1002, to: 1027, grownBytes: 60 * MIB, toBytes: 64 * MIB, allocatedBefore: null, limitBytes: null };

describe('growth from a start', () => {
  test('of a process that was watched for most of its short life', () => expect(isColdStart(young)).toBe(true));
  test('of an unknown age: by what it had allocated before', () => {
    expect(isColdStart({ ...young, started: null, allocatedBefore: 2 * MIB })).toBe(true);
    expect(isColdStart({ ...young, started: null, allocatedBefore: 2000 * MIB })).toBe(false);
  });
  test.each([
    ['it had lived for longer than it was watched', { started: 900 }],
    ['ten minutes after the start', { to: 1601 }],
    ['near its limit', { limitBytes: 80 * MIB }],
    ['nothing is known of its age', { started: null }],
  ])('not when %s', (_what, change) => expect(isColdStart({ ...young, ...change })).toBe(false));
  test('far from its limit it is still one', () => expect(isColdStart({ ...young, limitBytes: 512 * MIB })).toBe(true));
});
