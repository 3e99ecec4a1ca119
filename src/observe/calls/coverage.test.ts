/** What a log does not hold: within a gap neither a failed request nor an error is absent. */
import { describe, expect, it } from 'vitest';
import { deadlineExceeded, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { dnsFailing } from '../../model/conditions/error-texts.ts';
import { type Answer, type Instant, interval, type Kind, type Reader, service } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs as logReader } from '../../read/logs/index.ts';
import { errors } from '../errors/index.ts';
import { openWorld } from '../lib/world.ts';
import { calls } from './index.ts';

const T0 = Date.UTC(2026, 10, 22, 14, 0, 0);
const at = (seconds: number): Instant => (BigInt(T0 + seconds * 1000) * 1_000_000n) as Instant;
const log = (name: string, says: (t: number) => boolean): Uint8Array => {
  const lines: string[] = [];
  for (let t = 0; t < 1200; t += 0.5)
    if (says(t))
      lines.push(
        `{"time":"${new Date(T0 + t * 1000).toISOString()}","level":"INFO","msg":"request","service":"${name}","method":"GET","path":"/${name}","status":200,"duration":${5_000_000 + (t % 7) * 1000}}`,
      );
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
};
const always = (): boolean => true;
const silent = (t: number): boolean => t < 600 || t >= 720;
const ask = (files: readonly Uint8Array[], kind: Kind, name: string, from: number, to: number): string => {
  const artifacts = files.map((bytes, i) => testArtifact(bytes, { id: `${i}.log`, path: `${i}.log` }));
  const world = openWorld(openReadings(artifacts, [logReader as Reader<unknown>]), [calls, errors]);
  return (world.look(kind, service(name), interval(at(from), at(to))) as Answer).state;
};

describe.each([requestsFailing, requestsSlow, deadlineExceeded, dnsFailing].map((k) => [k.id, k as Kind] as const))('%s', (_id, kind) => {
  it('is not observable in a gap of the log, and absent beside it', () => {
    const files = [log('orders', silent), log('gateway', always)];
    expect(ask(files, kind, 'orders', 630, 700)).toBe('not-observable');
    expect(ask(files, kind, 'orders', 100, 500)).toBe('absent');
    expect(ask(files, kind, 'gateway', 630, 700)).toBe('absent');
  });

  it('is absent where all are silent together: that is idleness', () => {
    expect(ask([log('orders', silent), log('gateway', silent)], kind, 'orders', 630, 700)).toBe('absent');
  });
});
