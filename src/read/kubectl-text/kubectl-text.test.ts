import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Artifact, decodeText, formatInstant, parseInstant, readSlice } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { parseAge, parseEventAge } from './age.ts';
import { type KubectlText, kubectlText } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));

const summary = (m: KubectlText): unknown => ({
  tables: m.tables.map((t) => [t.kind, t.rows, t.allNamespaces]),
  podRows: m.podRows.map((r) => [r.namespace, r.name, r.ready, r.containers, r.status, r.restarts, r.lastRestart?.seconds ?? null, r.node]),
  workloadRows: m.workloadRows.map((r) => [r.kind, r.namespace, r.name, r.desired, r.ready, r.available]),
  nodeRows: m.nodeRows.map((r) => [r.name, r.ready, r.status]),
  events: m.events.map((e) => [e.involvedKind, e.involvedNamespace, e.involvedName, e.container, e.reason, e.count, e.source, e.message.slice(0, 60)]),
  pods: m.pods.map((p) => [
    p.namespace,
    p.name,
    p.phase,
    p.node,
    p.owner?.name,
    p.conditions.map((c) => [c.type, c.status]),
    p.containers.map((c) => [
      c.name,
      c.image,
      c.ready,
      c.restartCount,
      c.state?.kind,
      c.state?.reason,
      c.lastState?.reason,
      c.lastState?.exitCode,
      c.memoryLimit,
      c.probes.map((x) => [x.probe, x.path, x.timeoutSeconds]),
    ]),
    p.references.map((r) => [r.field, r.object, r.name, r.key]),
  ]),
  workloads: m.workloads.map((w) => [w.kind, w.namespace, w.name, w.desired, w.available, w.revision, w.changeCause, w.conditions.map((c) => [c.type, c.status, c.reason])]),
  nodes: m.nodes.map((n) => [n.name, n.addresses, n.taints, n.conditions.map((c) => [c.type, c.status, c.reason, c.heartbeat === null ? null : formatInstant(c.heartbeat)])]),
  described: m.described.map((d) => [d.kind, d.name]),
  histories: m.histories.map((h) => [h.kind, h.name, h.revisions.map((r) => [r.revision, r.cause]), h.detail]),
});

function integrity(m: KubectlText, artifact: Artifact): void {
  const size = artifact.source.sizeBytes;
  const spans = [...m.podRows, ...m.workloadRows, ...m.nodeRows, ...m.events, ...m.pods, ...m.workloads, ...m.nodes, ...m.histories].map((x) => x.span);
  for (const p of m.pods) for (const c of p.containers) spans.push(c.span, ...(c.lastState === null ? [] : [c.lastState.span]), ...p.conditions.map((x) => x.span));
  for (const s of spans) {
    expect(s.offset).toBeGreaterThanOrEqual(0);
    expect(s.length).toBeGreaterThanOrEqual(0);
    expect(s.offset + s.length).toBeLessThanOrEqual(size);
  }
}

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.txt$/))('%s', (file) => checkReader({ reader: kubectlText, file, summary, integrity, mutations: 20 }));
});

const open = (name: string, takenAt: string | null = null): { artifact: Artifact; model: KubectlText } => {
  const at = takenAt === null ? null : parseInstant(takenAt);
  const artifact = testArtifact(fixtureBytes(`${testdata}/${name}`), at === null ? {} : { takenAt: at });
  return { artifact, model: kubectlText.read(artifact).model as KubectlText };
};

describe('ages', () => {
  it('count back from the capture', () => {
    const { model } = open('get-events.txt', '2026-11-24T02:32:00Z');
    const refused = model.events.find((e) => e.reason === 'FailedScheduling');
    expect(refused?.last === undefined || refused.last === null ? '' : formatInstant(refused.last)).toMatch(/^2026-11-24T02:3\d:\d\dZ$/);
    expect(open('get-events.txt').model.events.every((e) => e.last === null)).toBe(true);
    expect(kubectlText.read(open('get-events.txt').artifact).problems.map((p) => p.code)).toEqual(['kubectl-text/no-capture-time']);
  });
  it('know their precision', () => {
    expect(parseAge('5m12s')).toEqual({ seconds: 312, precisionSeconds: 1 });
    expect(parseAge('3h')).toEqual({ seconds: 10800, precisionSeconds: 3600 });
    expect(parseAge('<unknown>')).toBeNull();
    expect(parseEventAge('28s (x2 over 33s)')).toEqual({ last: { seconds: 28, precisionSeconds: 1 }, first: { seconds: 33, precisionSeconds: 1 }, count: 2 });
  });
});

describe('places', () => {
  it('a described last state is cited with its lines', () => {
    const { artifact, model } = open('describe-pods.txt');
    const orders = model.pods.find((p) => p.name.startsWith('orders-'));
    const last = orders?.containers[0]?.lastState;
    expect(decodeText(readSlice(artifact.source, last?.span.offset ?? 0, last?.span.length ?? 0))).toMatch(/^ +Last State: +Terminated\n +Reason: +OOMKilled\n +Exit Code: +137/);
    expect(orders?.containers[0]?.memoryLimit).toBe('128Mi');
    expect(orders?.references.map((r) => `${r.object}/${r.name}:${r.key}`)).toEqual(['configmap/orders-settings:LOG_LEVEL', 'secret/orders-database:url']);
  });
  it('a template as text has paths like a pod spec', () => {
    const fields = new Map(open('rollout-history-2.txt').model.histories[0]?.detail?.fields.map((f) => [f.path, f.value]));
    expect(fields.get('containers[orders].env[RESERVE_TIMEOUT]')).toBe('300ms');
    expect(fields.get('containers[orders].resources.limits.memory')).toBe('256Mi');
  });
});

describe('refuses', () => {
  it('prose, logs and tables of other tools', () => {
    for (const text of [
      'NAME OF THE ROSE\n',
      '2026/11/24 02:00:00 started\n',
      'CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n',
      'State    Recv-Q   Send-Q   Local Address:Port\n',
      'Name: x\nbut nothing else\n',
    ])
      expect(kubectlText.sniff(new TextEncoder().encode(text), text.length).confidence).toBe(0);
    expect(kubectlText.read(textArtifact('hello\n')).model).toBeNull();
  });
  it('rows of a watch that are not aligned with the header are cut at their gaps', () => {
    const m = kubectlText.read(textArtifact('NAME   READY   STATUS    RESTARTS   AGE\norders-67cfdccc8b-6tn9m   0/1     CrashLoopBackOff   2 (4s ago)   26s\n')).model;
    expect(m?.podRows[0]).toMatchObject({ name: 'orders-67cfdccc8b-6tn9m', ready: 0, containers: 1, status: 'CrashLoopBackOff', restarts: 2 });
  });
});
