/**
 * Many pods that fail alike: generated, since nobody records a thousand. The objects have the fields that kubectl get -o json writes and the
 * observers read; what is tested is the grouping, never a format.
 */
import { describe, expect, test } from 'vitest';
import { investigate } from '../src/investigate.ts';
import { textArtifact } from '../src/model/testing/artifact.ts';
import { renderMarkdown } from '../src/report/markdown/index.ts';
import { renderTerminal } from '../src/report/terminal/index.ts';

/** More than a chain's alternatives kept, and than any list shows. */
const PODS = 300;
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const suffix = (i: number): string => Array.from({ length: 5 }, (_, k) => ALPHABET[Math.floor(i / 27 ** k) % 27]).join('');

/** A Deployment with its ReplicaSet and pods whose containers are killed at their limit again and again. */
function killed(name: string, pods: number): object[] {
  const set = `${name}-68f495bf69`;
  const image = `registry.example/${name}:1`;
  const container = { name, image, resources: { limits: { memory: '64Mi' } } };
  const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } };
  const metadata = (of: string, uid: string, owner?: { kind: string; name: string; uid: string }) => ({
    namespace: 'shop',
    name: of,
    uid,
    creationTimestamp: '2026-11-24T02:00:00Z',
    labels: { app: name },
    ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...owner }] }),
  });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(name, `${name}-d`),
      spec: { replicas: pods, selector: { matchLabels: { app: name } }, template },
      status: {
        replicas: pods,
        unavailableReplicas: pods,
        conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: '2026-11-24T02:05:00Z', message: 'no minimum availability' }],
      },
    },
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: metadata(set, `${name}-r`, { kind: 'Deployment', name, uid: `${name}-d` }), spec: { replicas: pods, template }, status: { replicas: pods } },
    ...Array.from({ length: pods }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata(`${set}-${suffix(i)}`, `${name}-p-${i}`, { kind: 'ReplicaSet', name: set, uid: `${name}-r` }),
      spec: { nodeName: `node-${i % 20}`, containers: [container] },
      status: {
        phase: 'Running',
        startTime: '2026-11-24T02:00:01Z',
        containerStatuses: [
          {
            name,
            image,
            imageID: 'x',
            ready: false,
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
            lastState: {
              terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: '2026-11-24T02:06:00Z', finishedAt: `2026-11-24T02:07:${String(i % 60).padStart(2, '0')}Z`, containerID: `containerd://${i}` },
            },
          },
        ],
      },
    })),
  ];
}

const objects = (...items: object[]) => textArtifact(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), { id: 'objects.json', path: 'objects.json' });
const alerts = (list: readonly { readonly [label: string]: string }[]) =>
  textArtifact(
    JSON.stringify(
      list.map((labels, i) => ({
        labels,
        annotations: {},
        startsAt: '2026-11-24T02:10:00Z',
        endsAt: '2026-11-24T03:00:00Z',
        updatedAt: '2026-11-24T02:30:00Z',
        fingerprint: `${i}`,
        status: { state: 'active', inhibitedBy: [], silencedBy: [] },
        receivers: [{ name: 'x' }],
      })),
    ),
    { id: 'alerts.json', path: 'alerts.json' },
  );

describe('pods of one workload that fail alike', () => {
  const { report } = investigate([objects(...killed('orders', PODS))]);

  test('are one incident, unproven where nothing tells of their memory', () => {
    expect(report.outcome).toBe('unproven');
    expect(report.incidents).toHaveLength(1);
    expect(report.incidents[0]?.symptoms).toHaveLength(2 * PODS + 1);
  });

  test('are one line a state on the page, in a terminal and in markdown; the JSON has all', () => {
    for (const page of [renderTerminal(report, { columns: 131 }), renderMarkdown(report).split('<details>')[0] as string]) {
      const lines = page.split('\n');
      expect(lines.length).toBeLessThan(40);
      expect(lines.filter((l) => l.includes(`${PODS} pods of deployment/orders`)).length).toBe(3);
    }
  });

  test('those of another workload are another incident, however alike and at one time', () => {
    const both = investigate([objects(...killed('orders', 20), ...killed('cart', 20))]).report;
    expect(both.incidents.map((i) => new Set(i.symptoms.map((s) => s.workload)))).toEqual([new Set(['workload:shop/deployment/cart']), new Set(['workload:shop/deployment/orders'])]);
  });
});

describe('alerts and nothing else', () => {
  const crashLoops = (workload: string, n: number) =>
    Array.from({ length: n }, (_, i) => ({ alertname: 'KubePodCrashLooping', namespace: 'shop', pod: `${workload}-68f495bf69-${suffix(i)}`, container: workload }));

  test('are grouped by the workload that their pods are named after', () => {
    const { report } = investigate([alerts([...crashLoops('orders', 40), ...crashLoops('cart', 2)])]);
    expect(report.incidents.map((i) => i.symptoms.length)).toEqual([40, 2]);
    expect(renderTerminal(report)).toContain('40 alerts on deployment/orders');
  });

  test('and by the node they name; of two nodes they stay two', () => {
    const of = (node: string) => ['KubeNodeNotReady', 'KubeletDown', 'NodeClockSkew'].map((alertname) => ({ alertname, node }));
    expect(investigate([alerts([...of('node-3'), ...of('node-4')])]).report.incidents.map((i) => i.symptoms.length)).toEqual([3, 3]);
  });

  test('a pod whose name is no generated one says nothing of its owner', () => {
    const named = ['orders-blue-green', 'orders-green-blue'].map((pod) => ({ alertname: 'KubePodCrashLooping', namespace: 'shop', pod }));
    expect(investigate([alerts(named)]).report.incidents).toHaveLength(2);
  });
});
