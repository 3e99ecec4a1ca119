import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Artifact, formatInstant } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, fixtures } from '../testing/check-reader.ts';
import { WORDINGS } from './endings.ts';
import { type Supervised, supervisor } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));
const summary = (m: Supervised): unknown => m.ends.map((e) => ({ ...e, at: e.at === null ? null : formatInstant(e.at) }));
function integrity(m: Supervised, artifact: Artifact): void {
  let last = -1;
  for (const e of m.ends) {
    expect(e.span.offset).toBeGreaterThan(last);
    expect(e.span.offset + e.span.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
    last = e.span.offset;
  }
}

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.log$/))('%s', (file) => checkReader({ reader: supervisor, file, summary, integrity, mutations: 30 }));
});

describe('wordings', () => {
  it.each(WORDINGS.map((w) => [w.supervisor, w.sample] as const))('%s: %s', (name, sample) => {
    const line = sample.replace('3f2a…', '3f2a3f2a3f2a');
    const takers = WORDINGS.filter((w) => w.read(line) !== null);
    expect(takers.map((w) => w.supervisor)).toEqual([name]);
  });
  const one = (text: string) => supervisor.read(textArtifact(`${text}\n`)).model?.ends[0];
  it('codes and signals', () => {
    expect(one('orders.service: Main process exited, code=killed, status=9/KILL')).toMatchObject({ name: 'orders', signal: 'SIGKILL', code: null });
    expect(one('2026-11-24T02:31:00.123456789Z container die 3f2a3f2a3f2a (execDuration=3, exitCode=137, image=o:1, name=orders)')).toMatchObject({
      name: 'orders',
      code: 137,
      signal: 'SIGKILL',
    });
    expect(one('signal: killed')).toMatchObject({ supervisor: 'go-run', signal: 'SIGKILL' });
    expect(one('2026-11-24 03:26:17,131 WARN stopped: invoices (terminated by SIGTERM)')).toMatchObject({ wanted: true, signal: 'SIGTERM' });
  });
  it('no line of a program that merely speaks of it', () => {
    for (const text of ['the build ended with exit status 2', 'msg="worker exited: exit status 2"', 'Killed process pool', 'signal: received', '[1] Exit'])
      expect(one(text)).toBeUndefined();
  });
});
