import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectFiles } from '../../collect/files/index.ts';
import { demand, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { containerCrashLooping, containerMemoryGrowing, containerOomKilled } from '../../model/conditions/container.ts';
import { openFilesGrowing } from '../../model/conditions/files.ts';
import { goroutinesGrowing } from '../../model/conditions/goroutines.ts';
import { heapGrowing, notHeap } from '../../model/conditions/memory.ts';
import { workloadUnavailable } from '../../model/conditions/workload.ts';
import type { Answer, Facts, Kind, World } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { entityOf, impliedLabels, labelled } from '../lib/metrics/series.ts';
import { openWorld } from '../lib/world.ts';
import { metrics } from './index.ts';

const incident = async (name: string): Promise<World> => openWorld(openReadings((await collectFiles([join('incidents', name, 'prometheus')])).artifacts, readers), [metrics]);
const seen = <F extends Facts>(a: Answer<F>): string[] => (a.state === 'observed' ? a.conditions.map((c) => c.says) : []);
const look = (w: World, kind: Kind): string[] => seen(w.look(kind));

describe('a rollout that leaks', () => {
  test('goroutines and heap grow in the pods of the new revision only', async () => {
    const w = await incident('rollout-leaks-goroutines');
    const goroutines = look(w, goroutinesGrowing as Kind);
    expect(goroutines.length).toBeGreaterThan(0);
    for (const says of [...goroutines, ...look(w, heapGrowing as Kind)]) expect(says).toMatch(/of orders-/);
    expect(look(w, notHeap as Kind)).toEqual([]);
    expect(look(w, containerMemoryGrowing as Kind).every((s) => s.includes('orders-'))).toBe(true);
  });

  test('it began before the first kill, by the same clock', async () => {
    const w = await incident('rollout-leaks-goroutines');
    const heap = w.look(heapGrowing);
    const kills = w.look(containerOomKilled);
    if (heap.state !== 'observed' || kills.state !== 'observed') throw new Error('nothing observed');
    const first = (list: readonly { onset: { firstIll: bigint | null } }[]): bigint => list.map((c) => c.onset.firstIll ?? 0n).sort((a, b) => Number(a - b))[0] ?? 0n;
    expect(first(heap.conditions)).toBeLessThan(first(kills.conditions));
  });

  test('requests fail at the two services on the way, demand did not change', async () => {
    const w = await incident('rollout-leaks-goroutines');
    const failing = w.look(requestsFailing);
    expect(failing.state === 'observed' ? failing.conditions.map((c) => c.facts.service).sort() : []).toEqual(['gateway', 'orders']);
    expect(w.look(demand).state).toBe('absent');
    expect(w.look(requestsSlow).state).toBe('absent');
    expect(look(w, containerCrashLooping as Kind).length).toBeGreaterThan(0);
  });
});

describe('connections that are never given back', () => {
  test('open files grow at both ends; where they are given back they do not', async () => {
    const w = await incident('body-not-closed');
    const answer = w.look(openFilesGrowing);
    expect(answer.state === 'observed' ? answer.conditions.map((c) => [c.entity.key, c.facts.toCount > 400]) : []).toEqual([
      ['market@127.0.0.1:8090', true],
      ['rates@127.0.0.1:8081', true],
    ]);
    expect((await incident('healthy-busy')).look(openFilesGrowing).state).toBe('absent');
  });
});

describe('answers of /debug/vars, saved a few times', () => {
  test('are series of the runtime, and show the heap grow; from their first seconds on that may be a start', async () => {
    const w = openWorld(openReadings((await collectFiles([join('go', 'zoo', 'testdata', 'expvars-grow')])).artifacts, readers), [metrics]);
    const heap = w.look(heapGrowing);
    if (heap.state !== 'observed') throw new Error('nothing observed');
    expect(heap.conditions.map((c) => c.facts.source)).toEqual(['go_memstats_heap_inuse_bytes']);
    expect(heap.conditions[0]!.facts.toBytes).toBeGreaterThan(3 * heap.conditions[0]!.facts.fromBytes);
    expect(heap.conditions[0]!.mayPass?.why).toMatch(/growth within/);
    expect(heap.conditions[0]!.places.map((p) => p.length)).toEqual([20, 20]);
  });
});

describe('labels', () => {
  test.each([
    [
      'kube-state-metrics without honor_labels',
      { namespace: 'monitoring', pod: 'ksm-0', exported_namespace: 'shop', exported_pod: 'orders-1', container: 'orders' },
      'pod:shop/orders-1',
    ],
    ['kube-state-metrics with honor_labels', { namespace: 'shop', pod: 'orders-1', instance: '10.0.0.9:8080', uid: 'u' }, 'pod:shop/orders-1'],
  ])('%s', (_name, labels, id) => {
    const l = labelled({ name: 'kube_pod_status_phase', labels: labels as unknown as Record<string, string> });
    expect(`pod:${l.namespace}/${l.pod}`).toBe(id);
    expect(l.instance).toBeUndefined();
  });
  test('a Go program behind a job is a process, also in a pod', () => {
    expect(entityOf({ name: 'go_goroutines', labels: { job: 'billing', instance: '127.0.0.1:8081' } })).toEqual({ kind: 'process', key: 'billing@127.0.0.1:8081' });
    expect(entityOf({ name: 'container_memory_rss', labels: { namespace: 'a', pod: 'b', container: 'c' } })).toEqual({ kind: 'container', key: 'a/b/c' });
  });
});

const answer = (query: string, series: readonly { labels: Record<string, string>; values: readonly number[] }[], step = 5): string =>
  JSON.stringify({
    request: { query, start: 1_700_000_000, end: 1_700_000_000 + step * 100, step },
    response: {
      status: 'success',
      data: { resultType: 'matrix', result: series.map((s) => ({ metric: s.labels, values: s.values.map((v, i) => [1_700_000_000 + i * step, String(v)]) })) },
    },
  });
const world = (...texts: string[]): World =>
  openWorld(
    openReadings(
      texts.map((t, i) => textArtifact(t, { id: `a${i}` })),
      readers,
    ),
    [metrics],
  );

describe('near misses', () => {
  const selector = (name: string, values: readonly number[]): string => answer(name, [{ labels: { __name__: name, job: 'billing', instance: 'h:1' }, values }]);
  test('a cache that warms up, a batch that ends and a rate of a gauge are no growth', () => {
    const mib = (n: number): number => n * 1024 * 1024;
    expect(world(selector('go_memstats_heap_inuse_bytes', [10, 40, 70, 90, 98, 100, 100, 101, 100, 100, 101, 100, 100].map(mib))).look(heapGrowing).state).toBe('absent');
    expect(world(selector('go_goroutines', [10, 11, 400, 800, 900, 500, 40, 12, 10, 11])).look(goroutinesGrowing).state).toBe('absent');
    expect(world(answer('rate(go_goroutines[1m])', [{ labels: { job: 'b', instance: 'h:1' }, values: [1, 90, 180, 270, 360, 450, 540] }])).look(goroutinesGrowing).state).toBe(
      'not-observable',
    );
  });
  test('4xx, probes, and errors as old as the window are no symptom', () => {
    const rate = (code: string, values: readonly number[], route = '/pay'): { labels: Record<string, string>; values: readonly number[] } => ({
      labels: { app: 'billing', route, code },
      values,
    });
    const of = (...s: ReturnType<typeof rate>[]): World => world(answer('sum by (app,route,code) (rate(http_requests_total[30s]))', s));
    const calm = Array.from({ length: 20 }, () => 50);
    expect(
      of(
        rate('200', calm),
        rate(
          '404',
          Array.from({ length: 20 }, (_, i) => i),
        ),
      ).look(requestsFailing).state,
    ).toBe('absent');
    expect(
      of(
        rate('200', calm),
        rate(
          '503',
          Array.from({ length: 20 }, () => 1),
        ),
      ).look(requestsFailing).state,
    ).toBe('absent');
    expect(
      of(
        rate('200', calm, '/healthz'),
        rate(
          '503',
          Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 50)),
          '/healthz',
        ),
      ).look(requestsFailing).state,
    ).not.toBe('observed');
    expect(
      of(
        rate('200', calm),
        rate(
          '503',
          Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 25)),
        ),
      ).look(requestsFailing).state,
    ).toBe('observed');
  });
  test('replicas missing for the length of a rollout are no harm', () => {
    const two = (available: readonly number[]): World =>
      world(
        answer('kube_deployment_spec_replicas', [{ labels: { __name__: 'kube_deployment_spec_replicas', namespace: 'a', deployment: 'd' }, values: available.map(() => 3) }]),
        answer('kube_deployment_status_replicas_available', [
          { labels: { __name__: 'kube_deployment_status_replicas_available', namespace: 'a', deployment: 'd' }, values: available },
        ]),
      );
    expect(two([3, 3, 2, 2, 3, 2, 3, 3]).look(workloadUnavailable).state).toBe('absent');
    expect(two([3, 3, ...Array.from({ length: 14 }, () => 2)]).look(workloadUnavailable).state).toBe('observed');
  });
  test('4 ms instead of 1 harms nobody; 2 s instead of 20 ms does', () => {
    const p99 = (values: readonly number[]): World =>
      world(answer('histogram_quantile(0.99, sum by (app,route,le) (rate(http_request_duration_seconds_bucket[30s])))', [{ labels: { app: 'billing', route: '/pay' }, values }]));
    expect(p99([...Array(10).fill(0.001), ...Array(10).fill(0.004)]).look(requestsSlow).state).toBe('absent');
    expect(p99([...Array(10).fill(0.02), ...Array(10).fill(2)]).look(requestsSlow).state).toBe('observed');
    expect(p99([...Array(10).fill(0.02), 2, 2, ...Array(10).fill(0.02)]).look(requestsSlow).state).toBe('absent');
  });
});

describe('growth and demand', () => {
  const over = (n: number, f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));
  const target = { job: 'billing', instance: 'h:1' };
  const both = (goroutines: readonly number[], perSecond: readonly number[]): World => {
    let total = 0;
    const counter = perSecond.map((r) => {
      total += r * 5;
      return total;
    });
    return world(
      answer('go_goroutines', [{ labels: { __name__: 'go_goroutines', ...target }, values: goroutines }]),
      answer('http_requests_total', [{ labels: { __name__: 'http_requests_total', code: '200', ...target }, values: counter }]),
    );
  };

  test('goroutines that rise with the requests are no growth; without the requests nobody could tell', () => {
    const ramp = over(40, (i) => 20 + 10 * i);
    expect(
      both(
        ramp,
        over(40, (i) => 2 + i),
      ).look(goroutinesGrowing).state,
    ).toBe('absent');
    expect(world(answer('go_goroutines', [{ labels: { __name__: 'go_goroutines', ...target }, values: ramp }])).look(goroutinesGrowing).state).toBe('observed');
  });

  test('under level requests, and after a step of them, growth is growth', () => {
    const level = both(
      over(40, (i) => 20 + 10 * i),
      over(40, () => 30),
    ).look(goroutinesGrowing);
    expect(level.state === 'observed' ? level.conditions[0]?.facts.perDemand : null).toBe(true);
    const step = both(
      over(40, (i) => (i < 8 ? 20 : 20 + 10 * (i - 8))),
      over(40, (i) => (i < 8 ? 1 : 40)),
    );
    expect(step.look(goroutinesGrowing).state).toBe('observed');
  });

  test('growth far beyond the rise of the requests is growth', () => {
    const both40 = both(
      over(40, (i) => 20 + i * i),
      over(40, (i) => 20 + i / 2),
    );
    expect(both40.look(goroutinesGrowing).state).toBe('observed');
  });
});

describe('labels a query fixes', () => {
  test.each([
    ['sum by (pod) (rate(http_requests_total{namespace="shop",code=~"5.."}[30s]))', { namespace: 'shop' }],
    ['sum by (pod)(increase(a{namespace="shop"}[30s])) / sum by (pod)(increase(b{namespace="shop",x="1"}[30s]))', { namespace: 'shop' }],
    ['sum(a{namespace="shop"}) / sum(b{namespace="shop2"})', {}],
    ['a{namespace="shop"} / b', {}],
    ['up', {}],
    ['kube_pod_status_phase{namespace="shop"} == 1', { namespace: 'shop' }],
  ])('%s', (query, labels) => expect(impliedLabels(query)).toEqual(labels));
});

describe('crash loops as kube-state-metrics tells them', () => {
  const of = (name: string, values: readonly number[], more: Record<string, string> = {}): string =>
    answer(name, [{ labels: { __name__: name, namespace: 'shop', pod: 'orders-1', container: 'orders', uid: 'u', ...more }, values }]);
  const restarts = (...values: number[]): string => of('kube_pod_container_status_restarts_total', values);
  const waiting = (reason: string): string => of('kube_pod_container_status_waiting_reason', [1, 1, 1], { reason });

  test('waiting in CrashLoopBackOff is one, also when nothing restarted within the window', () => {
    expect(look(world(restarts(7, 7, 7), waiting('CrashLoopBackOff')), containerCrashLooping as Kind)).toEqual(['container orders waits in CrashLoopBackOff after 7 restarts']);
    expect(look(world(waiting('CrashLoopBackOff')), containerCrashLooping as Kind)).toEqual(['container orders waits in CrashLoopBackOff']);
    expect(look(world(restarts(0, 1, 3)), containerCrashLooping as Kind)).toEqual(['container orders restarted 3 times']);
  });
  test('one restart, old restarts and other reasons to wait are none', () => {
    expect(world(restarts(0, 0, 1)).look(containerCrashLooping).state).toBe('absent');
    expect(world(restarts(9, 9, 9), waiting('ContainerCreating')).look(containerCrashLooping).state).toBe('absent');
  });
});
