import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { collectFiles } from '../../collect/files/index.ts';
import { channelWaited } from '../../model/conditions/contention.ts';
import { allocatingSite, burstThrottled, cpuSaturated, cpuSpentAt, cpuSpentOn, memoryLimitNear } from '../../model/conditions/cpu.ts';
import { procsOverQuota } from '../../model/conditions/scheduler.ts';
import { type Answer, decodeText, type Facts, type Kind, memorySource, readSlice, type World } from '../../model/index.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { cgroup } from '../cgroup/index.ts';
import { contention } from '../contention/index.ts';
import { openWorld } from '../lib/world.ts';
import { memoryLimit } from '../memory-limit/index.ts';
import { metrics } from '../metrics/index.ts';
import { scheduler } from '../scheduler/index.ts';
import { cpu } from './index.ts';
import { leastShare } from './spent.ts';

const zoo = (name: string): string => fileURLToPath(new URL(`../../../go/zoo/testdata/busy-${name}`, import.meta.url));

async function world(name: string, change: (path: string, text: () => string) => string | null | undefined = () => undefined): Promise<World> {
  const { artifacts } = await collectFiles([zoo(name)]);
  const kept = artifacts.flatMap((a) => {
    const text = change(a.path, () => decodeText(readSlice(a.source, 0, a.source.sizeBytes)));
    return text === null ? [] : text === undefined ? [a] : [{ ...a, source: memorySource(new TextEncoder().encode(text)) }];
  });
  return openWorld(openReadings(kept, readers), [cgroup, contention, cpu, memoryLimit, metrics, scheduler]);
}

const facts = <F extends Facts>(a: Answer<F>): readonly F[] => (a.state === 'observed' ? a.conditions.map((c) => c.facts) : []);

describe('cpu/saturated', () => {
  test('the kernel and the process both tell, as one condition', async () => {
    const found = (await world('compiled-anew')).look(cpuSaturated);
    expect(facts(found)).toMatchObject([{ limitCores: 0.6, limit: 'quota' }]);
    const [only] = facts(found);
    expect(only?.throttled).toBeGreaterThan(0.8);
    expect(only?.usedCores).toBeGreaterThan(0.54);
    expect(found.state === 'observed' && found.conditions[0]?.places.length).toBeGreaterThan(3);
  });

  test.each([
    ['the counters of the group alone', (path: string) => (/metrics-/.test(path) ? null : undefined)],
    ['the process alone, with the quota known', (path: string, text: () => string) => (/cgroup-/.test(path) ? text().replace(/nr_throttled \d+/, 'nr_throttled 0') : undefined)],
  ])('either is enough: %s', async (_what, change) => {
    expect((await world('compiled-anew', change)).look(cpuSaturated).state).toBe('observed');
  });

  test('it began between the last well stretch and the first full one', async () => {
    const found = (await world('small-writes')).look(cpuSaturated);
    const onset = found.state === 'observed' ? found.conditions[0]?.onset : undefined;
    expect(onset?.lastWell).not.toBeNull();
    expect((onset?.firstIll ?? 0n) - (onset?.lastWell ?? 0n)).toBeLessThan(8_000_000_000n);
  });

  test('half of the quota is absent, not merely unseen', async () => {
    expect((await world('everything.healthy')).look(cpuSaturated).state).toBe('absent');
  });

  test('far below GOMAXPROCS says nothing where the quota is not known', async () => {
    const found = (await world('compiled-anew', (path) => (/cgroup-/.test(path) ? null : undefined))).look(cpuSaturated);
    expect(found).toMatchObject({ state: 'not-observable', reasons: [{ why: 'whether masks has a CPU quota is not known' }] });
  });

  test('at GOMAXPROCS it is saturated whatever the quota', async () => {
    const found = (
      await world('compiled-anew', (path, text) =>
        /cgroup-/.test(path) ? null : /metrics-/.test(path) ? text().replace(/^go_sched_gomaxprocs_threads .*$/m, 'go_sched_gomaxprocs_threads 0.6') : undefined,
      )
    ).look(cpuSaturated);
    expect(facts(found)).toMatchObject([{ limit: 'gomaxprocs' }]);
  });
});

describe('cpu/burst-throttled', () => {
  test('held back below its quota it is no saturation', async () => {
    const w = await world('many-procs');
    const [only] = facts(w.look(burstThrottled));
    expect(only?.throttled).toBeGreaterThan(0.5);
    expect(only?.usedCores).toBeLessThan(0.85);
    expect(w.look(cpuSaturated).state).toBe('absent');
  });
  test.each(['compiled-anew', 'small-writes', 'memory-limit'])('%s is held back at its quota', async (name) => {
    const w = await world(name);
    expect([w.look(burstThrottled).state, w.look(cpuSaturated).state]).toEqual(['absent', 'observed']);
  });
  test('what it used must be known', async () => {
    const w = await world('many-procs', (path) => (/metrics-/.test(path) ? null : undefined));
    expect(w.look(burstThrottled)).toMatchObject({ state: 'not-observable', reasons: [{ why: 'how much CPU mosaics used while it was held back is not known' }] });
  });
  test('with as many threads as CPUs in the quota it is never held back', async () => {
    expect((await world('many-procs.healthy')).look(burstThrottled).state).toBe('absent');
  });
});

describe('cpu/spent-at and cpu/spent-on', () => {
  test('a library is charged whole to the line that calls it', async () => {
    const sites = facts((await world('decoded-anew')).look(cpuSpentAt));
    expect(sites[0]).toMatchObject({ function: 'gorca.dev/go/zoo/runtime/menus.(*Server).find', line: 47, calls: 'encoding/json.Unmarshal', inRequests: 1 });
    expect(sites[0]?.share).toBeGreaterThan(0.8);
    expect(sites.every((s) => s.atLeast >= 0.03 && s.atLeast <= s.share)).toBe(true);
  });

  test('idle marking is in no condition', async () => {
    const classes = facts((await world('memory-limit.healthy')).look(cpuSpentOn)).map((f) => f.class);
    expect(classes).toContain('gc');
    expect(classes.filter((c) => /idle|worker|observer/.test(c))).toEqual([]);
  });

  test('few samples tell nothing', async () => {
    expect((await world('one-consumer')).look(cpuSpentAt)).toMatchObject({ state: 'not-observable' });
  });

  test('the least share holds what sampling allows for', () => {
    expect(leastShare(0, 100)).toBe(0);
    expect(leastShare(5, 100)).toBeLessThan(0.03);
    expect(leastShare(50, 1000)).toBeGreaterThan(0.03);
    expect(leastShare(100, 100)).toBeLessThan(1);
    for (const [k, n] of [
      [3, 10],
      [30, 100],
      [300, 1000],
    ] as const)
      expect(leastShare(k, n)).toBeLessThan(0.3);
  });
});

describe('cpu/allocating-site', () => {
  test('names the line that both profiles name', async () => {
    expect(facts((await world('allocating-loop')).look(allocatingSite))).toMatchObject([{ line: 38, file: 'gorca.dev/go/zoo/runtime/bulletins/bulletins.go' }]);
    const [only] = facts((await world('allocating-loop')).look(allocatingSite));
    expect(only?.bytesShare).toBeGreaterThan(0.9);
  });
  test.each(['allocating-loop.healthy', 'decoded-anew', 'compiled-anew', 'everything.healthy', 'memory-limit'])('%s has none', async (name) => {
    expect((await world(name)).look(allocatingSite).state).toBe('absent');
  });
});

describe('gc/memory-limit-near', () => {
  test('is told with the limit, what is alive and how often it collects', async () => {
    const [only] = facts((await world('memory-limit')).look(memoryLimitNear));
    expect(only).toMatchObject({ limitBytes: 108 * 2 ** 20 });
    expect(only?.liveBytes).toBeGreaterThan(90 * 2 ** 20);
    expect(only?.perSecond).toBeGreaterThan(1);
  });
  test('holds without gctrace, by the runtime’s own series', async () => {
    expect(
      (await world('memory-limit', (path, text) => (path.endsWith('.log.gz') || path.endsWith('.log') ? text().replace(/^gc .*$/gm, '') : undefined))).look(memoryLimitNear).state,
    ).toBe('observed');
  });
  test('the same limit with room below it is absent', async () => {
    expect((await world('memory-limit.healthy')).look(memoryLimitNear).state).toBe('absent');
  });
  test('no limit is absent as well', async () => {
    expect((await world('everything.healthy')).look(memoryLimitNear).state).toBe('absent');
  });
});

describe('channels/waited', () => {
  test('tells where requests wait, not where workers do', async () => {
    expect(facts((await world('one-consumer')).look(channelWaited))).toMatchObject([{ op: 'send', function: 'gorca.dev/go/zoo/runtime/parcels.(*Server).bring', line: 33 }]);
  });
  test.each(['one-consumer.healthy', 'everything.healthy', 'unlock-in-loop'])('%s: not told of channels that let requests through, nor of locks', async (name) => {
    const found = facts((await world(name)).look(channelWaited)).filter((f) => f.op === 'send');
    expect(found).toEqual([]);
  });
});

describe('scheduler/procs-over-quota', () => {
  const procs = (n: number) => (path: string, text: () => string) =>
    /metrics-/.test(path) ? text().replace(/^go_sched_gomaxprocs_threads .*$/m, `go_sched_gomaxprocs_threads ${n}`) : undefined;
  test.each([
    [2, 'absent'],
    [3, 'observed'],
    [64, 'observed'],
  ] as const)('GOMAXPROCS %i under a quota of 0.6: %s', async (n, state) => {
    expect((await world('small-writes', procs(n))).look(procsOverQuota as unknown as Kind).state).toBe(state);
  });
  test('without a quota it is not observable', async () => {
    expect((await world('small-writes', (path) => (/cgroup-/.test(path) ? null : undefined))).look(procsOverQuota).state).toBe('not-observable');
  });
});
