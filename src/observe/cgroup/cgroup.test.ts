import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containerOomKilled, containerThrottled } from '../../model/conditions/container.ts';
import { type Artifact, container, entityId, type Kind, node, type World } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { cgroupFiles } from '../../read/cgroup-files/index.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { kubernetesObjects } from '../../read/kubernetes-objects/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs } from '../../read/logs/index.ts';
import { openWorld } from '../lib/world.ts';
import { cgroup } from './index.ts';

const folder = join(import.meta.dirname, '../../read/cgroup-files/testdata');
const body = (file: string): string => readFileSync(join(folder, file), 'utf8');
const box = container('shop', 'orders-1', 'orders');
const of = (entity = box): Partial<Artifact> => ({ covers: [{ entity, strength: 'stated' }] });
const open = (...artifacts: Artifact[]): World => openWorld(openReadings(artifacts, [cgroupFiles, crashText, kubernetesObjects, logs]), [cgroup]);
const observed = (world: World, kind: unknown) => {
  const answer = world.look(kind as Kind);
  return answer.state === 'observed' ? answer.conditions : [];
};

describe('container/oom-killed by the count of the cgroup', () => {
  it('a kill at 32 MiB', () => {
    const [c] = observed(open(textArtifact(body('memory-head.txt'), of())), containerOomKilled);
    expect([entityId(c!.entity), c?.facts['limitBytes'], c?.places.map((p) => p.pointer), c?.strength]).toEqual([
      'container:shop/orders-1/orders',
      33554432,
      ['memory.oom_control.oom_kill', 'memory.limit_in_bytes'],
      'stated',
    ]);
    expect(observed(open(textArtifact('memory.max: max\nmemory.events:oom_kill 2\n', of())), containerOomKilled)[0]?.facts['limitBytes']).toBeNull();
  });

  it('a limit that was met often is no kill', () => {
    // memory.failcnt 58, and no count of kills in the paste
    expect(open(textArtifact(body('memory-grep.txt'), of())).look(containerOomKilled as Kind).state).toBe('not-observable');
    expect(observed(open(textArtifact('memory.events:max 90\nmemory.events:oom 0\nmemory.events:oom_kill 0\n', of())), containerOomKilled)).toEqual([]);
  });

  it('no kills is no absence: a restart makes a new cgroup', () => {
    expect(open(textArtifact('memory.events:oom_kill 0\nmemory.max:33554432\n', of())).look(containerOomKilled as Kind).state).toBe('not-observable');
  });

  it('belongs to the pile’s only process as a guess, and to nobody where there are two or where it is a node’s', () => {
    const log = (name: string): Artifact => textArtifact('{"time":"2026-11-24T02:00:00Z","level":"INFO","msg":"a"}\n'.repeat(3), { id: name, path: name });
    const paste = (more: Partial<Artifact> = {}): Artifact => textArtifact(body('memory-head.txt'), { id: 'cgroup.txt', path: 'cgroup.txt', ...more });
    const [c] = observed(open(paste(), log('orders.log')), containerOomKilled);
    expect([entityId(c!.entity), c?.strength]).toEqual(['process:orders', 'guessed']);
    expect(observed(open(paste(), log('orders.log'), log('stock.log')), containerOomKilled)).toEqual([]);
    expect(observed(open(paste()), containerOomKilled)).toEqual([]);
    expect(observed(open(paste({ covers: [{ entity: node('n1'), strength: 'stated' }] }), log('orders.log')), containerOomKilled)).toEqual([]);
  });

  it('the ids in its path say whose it is', () => {
    const uid = '1f1f1f1f-2222-4333-8444-555555555555';
    const id = 'ab'.repeat(32);
    const pods = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orders-1', namespace: 'shop', uid },
      spec: {
        containers: [
          { name: 'orders', image: 'a' },
          { name: 'proxy', image: 'b' },
        ],
      },
      status: { containerStatuses: [{ name: 'orders', containerID: `containerd://${id}`, restartCount: 0, ready: true, image: 'a', imageID: '' }] },
    });
    const path = (u: string) => `/sys/fs/cgroup/kubepods.slice/kubepods-pod${u.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`;
    const world = (u: string) =>
      open(
        textArtifact(pods, { id: 'pods.json', path: 'pods.json' }),
        textArtifact(`${path(u)}/memory.events:oom_kill 1\n${path(u)}/memory.max:1048576\n`, { id: 'c', path: 'c' }),
      );
    expect(observed(world(uid), containerOomKilled).map((c) => [entityId(c.entity), c.strength])).toEqual([['container:shop/orders-1/orders', 'stated']]);
    expect(observed(world(uid.replace('1f', '2e')), containerOomKilled)).toEqual([]);
    // the pod's own group counts the same kill once more
    const slice = path(uid).replace(/\/cri-.*/, '');
    const both = `${slice}/memory.events:oom_kill 1\n${path(uid)}/memory.events:oom_kill 1\n`;
    const told = (text: string) =>
      observed(open(textArtifact(pods, { id: 'pods.json', path: 'pods.json' }), textArtifact(text, { id: 'c', path: 'c' })), containerOomKilled).map((c) => entityId(c.entity));
    expect(told(both)).toEqual(['container:shop/orders-1/orders']);
    expect(told(`${slice}/memory.events:oom_kill 1\n`)).toEqual(['pod:shop/orders-1']);
  });
});

describe('container/cpu-throttled by cpu.stat', () => {
  it('a loop at a fifth of a processor, for a minute', () => {
    const [c] = observed(open(textArtifact(body('cpu-throttled.txt'), of())), containerThrottled);
    expect(c?.facts).toMatchObject({ container: 'orders', limitCores: 0.2 });
    expect(Number(c?.facts['ratio'])).toBeGreaterThan(0.9);
  });
  it('two seconds of it are a start', () => {
    expect(observed(open(textArtifact(body('cpu-stat.txt'), of())), containerThrottled)).toEqual([]);
  });
  it('some throttling is normal', () => {
    expect(observed(open(textArtifact('cpu.stat:nr_periods 9000\ncpu.stat:nr_throttled 900\n', of())), containerThrottled)).toEqual([]);
  });
});
