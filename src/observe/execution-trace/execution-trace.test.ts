import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collectFiles } from '../../collect/files/index.ts';
import { assistsHeavy, lockQueue, stoodStill } from '../../model/conditions/execution-trace.ts';
import { type Answer, type Facts, type Kind, readSlice } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { executionTrace } from '../../read/execution-trace/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { openWorld } from '../lib/world.ts';
import { executionTraces } from './index.ts';
import { periodOf } from './processors.ts';

async function look<F extends Facts>(kind: Kind<F>, ...names: string[]): Promise<{ answer: Answer<F>; bytes: (offset: number, length: number) => Uint8Array }> {
  const { artifacts } = await collectFiles(names.map((n) => fileURLToPath(new URL(`../../../go/zoo/testdata/trace-stories/${n}.go1.26.trace`, import.meta.url))));
  const world = openWorld(openReadings(artifacts, [executionTrace]), [executionTraces]);
  return { answer: world.look(kind), bytes: (offset, length) => readSlice(artifacts[0]!.source, offset, length) };
}

describe('execution-trace', () => {
  it('cites the event itself: its first byte is the type of the event', async () => {
    const { answer, bytes } = await look(lockQueue, 'lock-across-io');
    if (answer.state !== 'observed') throw new Error(answer.state);
    const [place] = answer.conditions[0]!.places;
    const UNBLOCK = 21;
    expect(bytes(place!.offset, 1)[0]).toBe(UNBLOCK);
    expect(place!.pointer).toMatch(/unblocked at main\.\(\*Accounts\)\.PostAtRate locks\.go:66/);
  });

  it('says absent only for the time that was traced', async () => {
    const { answer } = await look(stoodStill, 'healthy');
    if (answer.state !== 'absent') throw new Error(answer.state);
    const [covered] = answer.covered;
    expect(covered!.interval.from).not.toBe(null);
    expect(covered!.interval.to! > covered!.interval.from!).toBe(true);
    expect((await look(stoodStill)).answer.state).toBe('not-observable');
  });

  it('of a damaged trace: covers its stretches and not what lies between', async () => {
    const { artifacts } = await collectFiles([fileURLToPath(new URL('../../../go/zoo/testdata/trace-stories/many-generations.go1.26.trace', import.meta.url))]);
    const whole = readSlice(artifacts[0]!.source, 0, artifacts[0]!.source.sizeBytes);
    const damaged = new Uint8Array(whole);
    damaged[executionTrace.read(artifacts[0]!).model!.generations[3]!.offset] = 0xff;
    const answers = [whole, damaged].map((bytes) => {
      const world = openWorld(openReadings([testArtifact(bytes)], [executionTrace]), [executionTraces]);
      return world.look(stoodStill);
    });
    const [before, after] = answers.map((stood) => {
      if (stood.state !== 'absent') throw new Error(stood.state);
      return stood.covered.map((c) => c.interval);
    });
    expect([before!.length, after!.length]).toEqual([1, 2]);
    const [first, second] = after!;
    expect(first!.to! < second!.from!).toBe(true);
  });

  it('names the line that pays for the collector, and not where nobody assists', async () => {
    const { answer } = await look(assistsHeavy, 'assists');
    if (answer.state !== 'observed') throw new Error(answer.state);
    expect(answer.conditions[0]!.facts).toMatchObject({ function: 'main.Thumbnail' });
    expect((await look(assistsHeavy, 'too-few-processors')).answer.state).toBe('absent');
  });
});

describe('a period', () => {
  const at = (...ms: number[]): number[] => ms.map((m) => m * 1e6);
  it('is the longest that all moments fit', () => {
    expect(periodOf(at(71, 171.06, 271.03, 371.09))?.ns).toBe(100e6);
    expect(periodOf(at(71, 171.06, 471.03, 571.09))?.ns).toBe(100e6);
    expect(periodOf(at(10, 210, 410, 1010))?.ns).toBe(200e6);
  });
  it('is none where moments lie anyhow, are too few, or chance would do', () => {
    expect(periodOf(at(71, 163, 271, 371))).toBe(null);
    expect(periodOf(at(71, 171))).toBe(null);
    expect(periodOf(at(50, 100, 150))).toBe(null);
    // a machine that is full, with gaps of every length
    let seed = 7;
    const random = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed / 2 ** 32;
    };
    let found = 0;
    for (let i = 0; i < 2000; i++) {
      let t = 0;
      if (periodOf(Array.from({ length: 3 + (i % 8) }, () => (t += (41 + random() * 200) * 1e6))) !== null) found++;
    }
    expect(found).toBeLessThan(10);
  });
});
