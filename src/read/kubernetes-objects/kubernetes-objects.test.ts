import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Artifact, decodeText, formatInstant, readSlice } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { eventView, type KubernetesObjects, keysView, kubernetesObjects, nodeView, podView, WORKLOAD_KINDS, workloadView } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));

const summary = (m: KubernetesObjects): unknown => ({
  form: m.form,
  lists: m.lists.map((l) => [l.kind, l.count]),
  objects: m.objects.map((o) => {
    const base = `${o.kind} ${o.namespace ?? '-'}/${o.name} ${o.pointer}`;
    if (o.kind === 'Pod') {
      const p = podView(o);
      return [base, p.phase, p.node, p.owner?.name, p.containers.map((c) => [c.name, c.ready, c.restartCount, c.state?.kind, c.state?.reason, c.lastState?.reason, c.memoryLimit])];
    }
    if (o.kind === 'Event') {
      const e = eventView(o);
      return [base, e?.reason, e?.involvedName, e?.container, e?.count, e?.last === null || e === null ? null : formatInstant(e.last)];
    }
    if (o.kind === 'Node') return [base, nodeView(o).conditions.map((c) => [c.type, c.status, c.reason])];
    if (o.kind === 'ConfigMap' || o.kind === 'Secret') return [base, keysView(o).keys];
    if ((WORKLOAD_KINDS as readonly string[]).includes(o.kind)) {
      const w = workloadView(o);
      return [
        base,
        w.desired,
        w.ready,
        w.available,
        w.revision,
        w.conditions.map((c) => [c.type, c.status, c.reason]),
        w.references.map((r) => [r.field, r.object, r.name, r.key]),
      ];
    }
    return [base];
  }),
});

function integrity(m: KubernetesObjects, artifact: Artifact): void {
  const size = artifact.source.sizeBytes;
  for (const o of m.objects) {
    expect(o.span.offset).toBeGreaterThanOrEqual(0);
    expect(o.span.offset + o.span.length).toBeLessThanOrEqual(size);
    for (const pointer of ['/metadata/name', '/spec', '/status/conditions/0', '/status/containerStatuses/0/lastState/terminated']) {
      const s = o.at(pointer);
      expect(s.offset).toBeGreaterThanOrEqual(o.span.offset);
      expect(s.offset + s.length).toBeLessThanOrEqual(o.span.offset + o.span.length);
    }
  }
}

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.(json|yaml)$/))('%s', (file) => checkReader({ reader: kubernetesObjects, file, summary, integrity, mutations: 10 }));
});

const open = (name: string): { artifact: Artifact; model: KubernetesObjects } => {
  const artifact = testArtifact(fixtureBytes(`${testdata}/${name}`));
  return { artifact, model: kubernetesObjects.read(artifact).model as KubernetesObjects };
};
const shown = (artifact: Artifact, span: { offset: number; length: number }): string => decodeText(readSlice(artifact.source, span.offset, span.length));

describe('places', () => {
  it('a JSON field is cited with its key', () => {
    const { artifact, model } = open('pods.json');
    const pod = model.objects.map(podView).find((p) => p.name.startsWith('orders-'));
    const c = pod?.containers[0];
    expect(shown(artifact, c?.restarts?.span ?? { offset: 0, length: 0 })).toMatch(/^"restartCount": \d+$/);
    expect(shown(artifact, c?.lastState?.span ?? { offset: 0, length: 0 })).toContain('"reason": "OOMKilled"');
    expect(c?.lastState?.pointer).toMatch(/^\/items\/\d+\/status\/containerStatuses\/0\/lastState\/terminated$/);
  });
  it('a YAML field is cited with its key, in bytes', () => {
    const { artifact, model } = open('orders.yaml');
    const deployment = model.objects[0];
    const span = deployment?.at('/spec/template/spec/containers/0/resources/limits/memory') ?? { offset: 0, length: 0 };
    expect(shown(artifact, span)).toMatch(/^memory: \d+Mi$/);
    const wide = textArtifact('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: grüße\ndata:\n  ключ: "€"\n  last: x\n');
    const o = kubernetesObjects.read(wide).model?.objects[0];
    expect(shown(wide, o?.at('/data/last') ?? { offset: 0, length: 0 })).toBe('last: x');
  });
});

describe('shapes', () => {
  it('a stream of watch events, an archive of events, an empty list', () => {
    const watch = '{"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"n"}}}\n';
    expect(kubernetesObjects.read(textArtifact(watch + watch)).model?.objects.map((o) => o.pointer)).toEqual(['/object', '/object']);
    const event =
      '{"metadata":{"name":"e","namespace":"n"},"reason":"BackOff","message":"m","involvedObject":{"kind":"Pod","name":"a"},"lastTimestamp":"2026-11-24T02:00:00Z","count":3}\n';
    expect(kubernetesObjects.read(textArtifact(event)).model?.objects.map((o) => eventView(o)?.count)).toEqual([3]);
    expect(kubernetesObjects.read(textArtifact('{"apiVersion":"v1","items":[],"kind":"List","metadata":{"resourceVersion":""}}')).model?.lists).toHaveLength(1);
  });
  it('keeps the whole items of a cut list and says so', () => {
    const { artifact } = open('pods.json');
    const cut = testArtifact(readSlice(artifact.source, 0, 30_000));
    const r = kubernetesObjects.read(cut);
    expect(r.model?.objects.length).toBeGreaterThan(2);
    expect(r.model?.lists).toHaveLength(0);
    expect(r.problems.map((p) => p.code)).toContain('kubernetes-objects/truncated');
  });
  it('never keeps what a Secret holds, nor a kubeconfig', () => {
    const text = `apiVersion: v1
kind: Secret
metadata:
  name: s
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"p":"hunter2"}}'
data:
  p: aHVudGVyMg==
`;
    const o = kubernetesObjects.read(textArtifact(text)).model?.objects[0];
    expect(JSON.stringify(o?.value)).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(o === undefined ? [] : keysView(o).keys).toEqual(['p']);
    const kubeconfig = kubernetesObjects.read(textArtifact('apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: me\n  user: {token: t0ken}\n'));
    expect(kubeconfig.model).toBeNull();
    expect(kubeconfig.problems.map((p) => p.code)).toEqual(['kubernetes-objects/kubeconfig']);
  });
  it('is not sniffed in Prometheus answers, webhooks or logs', () => {
    for (const text of [
      '{"status":"success","data":{"resultType":"matrix","result":[]}}',
      '{"version":"4","groupKey":"{}","alerts":[]}',
      '{"level":"info","msg":"x"}',
      'goroutine 1 [running]:',
    ])
      expect(kubernetesObjects.sniff(new TextEncoder().encode(text), text.length).confidence).toBe(0);
  });
});
