import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../model/bytes.ts';
import { shortReads } from '../model/testing/artifact.ts';
import { checkOrigin } from '../read/testing/check-reader.ts';
import { DECODE_LIMITS, type DecodeLimits } from './gunzip.ts';
import { isZstd, unzstd } from './unzstd.ts';

const here = import.meta.dirname;
const packed = (name: string): Uint8Array => {
  checkOrigin(join(here, 'testdata', name));
  return new Uint8Array(readFileSync(join(here, 'testdata', name)));
};
const LOG = readFileSync(join(here, '../read/logs/formats/zap-json/testdata/zap-sampled.log'));
const CRASH = readFileSync(join(here, '../read/logs/testdata/crash.log'));

async function decoded(bytes: Uint8Array, limits: DecodeLimits = DECODE_LIMITS, short = false): Promise<{ state: string; bytes: Buffer }> {
  const parts: Uint8Array[] = [];
  const state = await unzstd(short ? shortReads(bytes, 3) : memorySource(bytes), limits, (b) => void parts.push(b));
  return { state, bytes: Buffer.concat(parts) };
}

describe('zstd', () => {
  test.each([
    ['level-3.zst', LOG],
    ['ultra-22.zst', LOG],
    ['stream.zst', LOG],
    ['long-27.zst', LOG],
    ['frames.zst', Buffer.concat([LOG, CRASH, LOG])],
    ['zeros.zst', Buffer.alloc(300_000)],
    ['skippable.zst', LOG],
  ])('%s is what the program packed', async (name, expected) => {
    const bytes = packed(name);
    if (name !== 'skippable.zst') expect(isZstd(bytes)).toBe(true);
    for (const short of [false, true]) {
      const got = await decoded(bytes, DECODE_LIMITS, short);
      expect(got.state).toBe('complete');
      expect(got.bytes.equals(expected)).toBe(true);
    }
  });

  test('cut anywhere: what could be decoded, and that it ends early', async () => {
    const bytes = packed('frames.zst');
    const whole = Buffer.concat([LOG, CRASH, LOG]);
    let some = 0;
    for (let n = 5; n < bytes.length; n += 37) {
      const got = await decoded(bytes.subarray(0, n));
      expect(['cut', 'complete'], `cut at ${n}`).toContain(got.state);
      expect(whole.subarray(0, got.bytes.length).equals(got.bytes), `cut at ${n}`).toBe(true);
      if (got.bytes.length > 0) some++;
    }
    expect(some).toBeGreaterThan(20);
  });

  test('damage is survived, in bounded memory', async () => {
    const bytes = packed('frames.zst');
    for (let i = 0; i < 400; i++) {
      const hurt = bytes.slice();
      hurt[(i * 7919) % hurt.length]! ^= 1 << (i % 8);
      const got = await decoded(hurt);
      expect(got.bytes.length).toBeLessThan(1024 * 1024);
    }
    expect((await decoded(Buffer.concat([bytes, Buffer.from('trailing text, not a frame')]))).state).toBe('damaged');
  });

  test('a bomb is stopped, a huge window refused before it is made', async () => {
    expect((await decoded(packed('zeros.zst'), { mostBytes: 100_000, mostRatio: 400, freeBytes: 1000 })).state).toBe('bomb');
    // window descriptor: 2^(10+20) bytes
    const wide = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, ...new Uint8Array(20)]);
    expect((await decoded(wide)).state).toBe('window');
  });
});
