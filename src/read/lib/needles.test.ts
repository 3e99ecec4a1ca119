import { describe, expect, it } from 'vitest';
import { memorySource } from '../../model/index.ts';
import { holdsAny, needles } from './needles.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('holdsAny', () => {
  const crash = needles('fatal error: ', 'panic: ');
  const fatal = needles('fatal error: ');

  it('finds a needle across chunk borders, and answers for each list by itself', () => {
    const all = new Uint8Array(1024 * 1024 + 100).fill(0x20);
    all.set(bytes('panic: x'), 1024 * 1024 - 3);
    const windows = { sizeBytes: all.length, readInto: memorySource(all).readInto };
    expect(holdsAny(windows, crash)).toBe(true);
    expect(holdsAny(windows, fatal)).toBe(false);
    expect(holdsAny(memorySource(all), fatal)).toBe(false);
    expect(holdsAny(memorySource(bytes('')), crash)).toBe(false);
  });

  it('answers for a list that is made when the source was already searched', () => {
    const source = memorySource(bytes('WARNING: DATA RACE'));
    expect(holdsAny(source, crash)).toBe(false);
    expect(holdsAny(source, needles('DATA RACE'))).toBe(true);
  });
});
