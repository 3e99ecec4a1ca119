import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rollout } from '../../model/conditions/change.ts';
import { imageReferenceWrong, outsideLimitRange, quotaExhausted, referenceMissing, requestExceedsNodes, runtimeSetting } from '../../model/conditions/config.ts';
import {
  containerCrashLooping,
  containerExited,
  containerKilledByLiveness,
  containerNotStarting,
  containerOomKilled,
  imageNotPulled,
  probeFailing,
} from '../../model/conditions/container.ts';
import { nodeNotReady, nodeOomKill } from '../../model/conditions/node.ts';
import { podEvicted, podsNotCreated, podUnschedulable, rolloutStuck, workloadUnavailable } from '../../model/conditions/workload.ts';
import { type Artifact, type Condition, container, entityId, type Kind, namespace, node, parseInstant, type Reader, service, type World, workload } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { kernelOom } from '../../read/kernel-oom/index.ts';
import { kubectlText } from '../../read/kubectl-text/index.ts';
import { kubernetesObjects } from '../../read/kubernetes-objects/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { openWorld } from '../lib/world.ts';
import { kubernetes } from './index.ts';
import { runtimeValue } from './runtime-settings.ts';
import { templateDiff, templateLeaves } from './template-diff.ts';

const testdata = fileURLToPath(new URL('./testdata/', import.meta.url));
const incidents = fileURLToPath(new URL('../../../incidents/', import.meta.url));

const worldOf = (artifacts: readonly Artifact[]): World => openWorld(openReadings(artifacts, [kubernetesObjects, kubectlText] as Reader<unknown>[]), [kubernetes]);
const at = (text: string) => {
  const t = parseInstant(text);
  return t === null ? {} : { takenAt: t };
};
const file = (name: string, taken: string): Artifact => testArtifact(new Uint8Array(readFileSync(`${testdata}${name}`)), { id: name, path: name, ...at(taken) });
const incident = (name: string): World => {
  const folder = `${incidents}${name}/kubectl/`;
  const manifest = JSON.parse(readFileSync(`${incidents}${name}/gorca.bundle.json`, 'utf8')) as { artifacts: { path: string; takenAt: string }[] };
  const covers = [{ entity: namespace('shop'), strength: 'stated' as const }];
  return worldOf(
    readdirSync(folder)
      .filter((f) => f.endsWith('.json'))
      .map((f) =>
        testArtifact(new Uint8Array(readFileSync(`${folder}${f}`)), { id: f, path: f, covers, ...at(manifest.artifacts.find((a) => a.path === `kubectl/${f}`)?.takenAt ?? '') }),
      ),
  );
};
const seen = <F extends Record<string, never>>(world: World, kind: Kind<F>): readonly Condition<F>[] => {
  const a = world.look(kind);
  return a.state === 'observed' ? a.conditions : [];
};
// biome-ignore lint/suspicious/noExplicitAny: kinds carry different facts
const observed = <K extends Kind<any>>(world: World, kind: K): readonly Condition<NonNullable<K['facts']>>[] => seen(world, kind) as never;

const BEFORE = '2026-11-24T02:31:50Z';
const LOST = '2026-11-24T02:32:55Z';
const controlPlane = (): World => worldOf(['pods.json', 'replicasets.json', 'deployments.json', 'events.json', 'nodes.json'].map((f) => file(f, BEFORE)));

describe('identity', () => {
  it('goes from the process up to the service, and onto the node', () => {
    const w = controlPlane();
    const kill = observed(w, containerOomKilled)[0];
    const up = w.identity.upwards(kill?.entity ?? container('', '', '')).map((r) => `${entityId(r.entity)} ${r.strength}`);
    expect(up).toContain('workload:shop/deployment/orders stated');
    expect(up.some((u) => u.startsWith('revision:shop/orders-'))).toBe(true);
    expect(w.identity.lift(kill?.entity ?? container('', '', ''), 'service').map((r) => r.entity)).toContainEqual(service('orders'));
    const pod = w.identity.lift(kill?.entity ?? container('', '', ''), 'pod')[0]?.entity;
    expect(pod === undefined ? [] : w.identity.neighbours(pod, 'runs-on').map((r) => r.entity.kind)).toEqual(['node']);
  });
});

describe('a recorded control plane', () => {
  it('sees kills, loops, refusals and rollouts', () => {
    const w = controlPlane();
    expect(observed(w, containerOomKilled).map((c) => [c.facts.exitCode, c.facts.limitBytes])).toEqual([
      [137, 128 * 2 ** 20],
      [137, 128 * 2 ** 20],
    ]);
    // two pods are there; four of older templates are gone and left events
    expect(observed(w, containerCrashLooping).filter((c) => !c.says.includes('which is gone'))).toHaveLength(2);
    const gone = observed(w, containerCrashLooping).find((c) => c.says.includes('which is gone'));
    expect(gone === undefined ? [] : w.identity.lift(gone.entity, 'workload').map((r) => r.entity.key)).toEqual(['shop/deployment/orders']);
    expect(observed(w, containerExited)).toEqual([]);
    const cruncher = observed(w, podUnschedulable).find((c) => c.facts.pod === 'cruncher');
    expect(cruncher?.facts.complete).toBe(true);
    expect(Object.values(cruncher?.facts.predicates ?? {}).reduce((a, b) => a + b, 0)).toBe(cruncher?.facts.nodes);
    expect(observed(w, requestExceedsNodes).map((c) => c.facts.field)).toContain('resources.requests.cpu');
    expect(observed(w, podsNotCreated).map((c) => c.facts.reason)).toEqual(['quota', 'limit-range']);
    expect(observed(w, quotaExhausted)[0]?.facts).toMatchObject({ quota: 'team-budget', resource: 'limits.memory', requested: '256Mi', used: '512Mi', limited: '512Mi' });
    expect(observed(w, outsideLimitRange)).toHaveLength(1);
    expect(observed(w, rolloutStuck).map((c) => entityId(c.entity))).toContain('workload:shop/deployment/report');
    const fields = observed(w, rollout).flatMap((c) => c.facts.fields.map((f) => `${c.facts.toRevision} ${f.path} ${f.before} → ${f.after}`));
    expect(fields).toContain('2 containers[orders].env[RESERVE_TIMEOUT] 2s → 300ms');
    expect(fields).toContain('4 containers[orders].resources.limits.memory 256Mi → 128Mi');
    // a completed Job is well
    expect(observed(w, workloadUnavailable).map((c) => entityId(c.entity))).not.toContain(entityId(workload('shop', 'job', 'migrate')));
  });
  it('tells absent from not observable', () => {
    expect(controlPlane().look(containerNotStarting).state).toBe('absent');
    expect(worldOf([file('pods.json', BEFORE)]).look(containerKilledByLiveness).state).toBe('not-observable');
    expect(worldOf([file('events.json', BEFORE)]).look(containerOomKilled).state).toBe('not-observable');
    expect(controlPlane().look(containerOomKilled, container('shop', 'gone-123', 'x')).state).toBe('not-observable');
  });
  it('knows when a lost node was last heard', () => {
    const w = worldOf([file('nodes-lost.json', LOST), file('pods-lost.json', LOST)]);
    const lost = observed(w, nodeNotReady);
    expect(lost.map((c) => c.entity)).toEqual(['worker-a', 'worker-b', 'worker-c'].map(node));
    expect(lost[0]?.onset.lastWell).not.toBeNull();
    expect((lost[0]?.onset.lastWell ?? 0n) < (lost[0]?.onset.firstIll ?? 0n)).toBe(true);
    expect(observed(w, podEvicted).map((c) => c.facts.reason)).toEqual(['DeletionByTaintManager']);
    expect(worldOf([file('nodes.json', BEFORE)]).look(nodeNotReady).state).toBe('absent');
  });
});

describe.skipIf(!existsSync(incidents))('recorded incidents', () => {
  it('a key that is missing', () => {
    const w = incident('missing-config-key');
    expect(observed(w, containerNotStarting).map((c) => c.facts.reason)).toEqual(['CreateContainerConfigError']);
    expect(observed(w, referenceMissing)[0]?.facts).toEqual({
      object: 'configmap/orders-config',
      key: 'fraud-check-url',
      referencedBy: 'deployment/orders',
      field: 'containers[orders].env[FRAUD_CHECK_URL]',
      optional: false,
    });
    expect(observed(w, rolloutStuck)[0]?.facts).toMatchObject({ newReady: 0, oldReady: 2 });
    // readiness at start, 503 while stopping: normal
    expect(w.look(probeFailing).state).toBe('absent');
    expect(w.look(workloadUnavailable).state).toBe('absent');
  });
  it('an image that is missing, and a crash loop beside it', () => {
    const w = incident('image-pull-and-crash-loop');
    expect(observed(w, imageNotPulled).map((c) => c.facts.class)).toEqual(['not-found']);
    expect(observed(w, imageReferenceWrong).map((c) => c.facts.image)).toEqual(['registry.internal/shop/gateway:1.5.0']);
    expect(observed(w, containerExited).map((c) => [c.facts.container, c.facts.exitCode])).toEqual([['notifier', 2]]);
    expect(observed(w, containerCrashLooping).map((c) => c.facts.container)).toEqual(['notifier']);
    expect(w.look(containerOomKilled).state).toBe('absent');
  });
});

const pod = (status: object, more: object = {}, meta: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders-7d9f6c5b4-x2x4x', namespace: 'shop', uid: 'u1', creationTimestamp: '2026-11-24T02:00:00Z', labels: { app: 'orders' }, ...meta },
  spec: { nodeName: 'worker-a', restartPolicy: 'Always', containers: [{ name: 'orders', image: 'r/orders:1', resources: { limits: { memory: '64Mi' } } }], ...more },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'orders', image: 'r/orders:1', ready: true, restartCount: 0, state: { running: { startedAt: '2026-11-24T02:00:05Z' } }, ...status }],
  },
});
const event = (reason: string, message: string, first: string, last: string, count = 1): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `e.${reason}.${first}.${message.length}`, namespace: 'shop' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'orders-7d9f6c5b4-x2x4x', uid: 'u1', fieldPath: 'spec.containers{orders}' },
  reason,
  message,
  type: 'Warning',
  firstTimestamp: first,
  lastTimestamp: last,
  count,
});
const made = (...items: object[]): World =>
  worldOf([
    textArtifact(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), { ...at('2026-11-24T02:30:00Z'), covers: [{ entity: namespace('shop'), strength: 'stated' }] }),
  ]);
const ended = (reason: string, exitCode: number, finishedAt = '2026-11-24T02:20:00Z') => ({ terminated: { reason, exitCode, startedAt: '2026-11-24T02:10:00Z', finishedAt } });

describe('traps', () => {
  it('a ready pod may have been OOMKilled, and is no crash loop for it', () => {
    const w = made(pod({ restartCount: 1, lastState: ended('OOMKilled', 137) }));
    expect(observed(w, containerOomKilled)).toHaveLength(1);
    expect(w.look(containerCrashLooping).state).toBe('absent');
  });
  it('137 with reason Error is not memory', () => {
    const w = made(pod({ restartCount: 1, lastState: ended('Error', 137) }));
    expect(w.look(containerOomKilled).state).toBe('absent');
    expect(observed(w, containerExited)[0]?.facts).toMatchObject({ exitCode: 137, signal: 9, reason: 'Error' });
  });
  it('what ends after a liveness kill is the kill, not an exit of its own', () => {
    const kill = event('Killing', 'Container orders failed liveness probe, will be restarted', '2026-11-24T02:19:50Z', '2026-11-24T02:19:50Z');
    const w = made(pod({ restartCount: 1, lastState: ended('Error', 137) }), kill);
    expect(observed(w, containerKilledByLiveness)).toHaveLength(1);
    expect(w.look(containerExited).state).toBe('absent');
    // near-miss: the kill came long before that end
    const old = event('Killing', 'Container orders failed liveness probe, will be restarted', '2026-11-24T02:05:00Z', '2026-11-24T02:05:00Z');
    expect(observed(made(pod({ restartCount: 2, lastState: ended('Error', 137) }), old), containerExited)).toHaveLength(1);
  });
  it('the end of a deleted pod is no exit, whatever its code', () => {
    const stop = event('Killing', 'Stopping container orders', '2026-11-24T02:19:58Z', '2026-11-24T02:19:58Z');
    for (const code of [143, 0, 2]) {
      expect(made(pod({ ready: false, state: ended('Error', code) }, {}, { deletionTimestamp: '2026-11-24T02:20:28Z' }), stop).look(containerExited).state).toBe('absent');
      expect(made(pod({ ready: false, state: ended('Error', code) }), stop).look(containerExited).state).toBe('absent');
    }
  });
  it('a completed Job is well, a failed one is not', () => {
    const owner = { ownerReferences: [{ kind: 'Job', name: 'migrate', uid: 'j', controller: true }] };
    expect(made(pod({ state: ended('Completed', 0) }, { restartPolicy: 'Never' }, owner)).look(containerExited).state).toBe('absent');
    expect(observed(made(pod({ state: ended('Error', 1) }, { restartPolicy: 'Never' }, owner)), containerExited)).toHaveLength(1);
    expect(observed(made(pod({ restartCount: 3, lastState: ended('Completed', 0) })), containerExited)).toHaveLength(1);
  });
  it('one refused readiness probe at start is normal, refusals without end are not', () => {
    const refused = 'Readiness probe failed: Get "http://10.0.0.1:8080/readyz": dial tcp 10.0.0.1:8080: connect: connection refused';
    expect(made(pod({}), event('Unhealthy', refused, '2026-11-24T02:00:06Z', '2026-11-24T02:00:06Z')).look(probeFailing).state).toBe('absent');
    const w = made(pod({ ready: false }), event('Unhealthy', refused, '2026-11-24T02:00:06Z', '2026-11-24T02:29:00Z', 170));
    expect(observed(w, probeFailing)[0]?.facts).toMatchObject({ probe: 'readiness', how: 'refused', port: '8080', count: 170 });
  });
  it('old restarts of a long-lived pod are no loop', () => {
    const w = made(pod({ restartCount: 3, lastState: ended('Error', 1, '2026-11-20T02:20:00Z') }, {}, { creationTimestamp: '2026-08-01T00:00:00Z' }));
    expect(w.look(containerCrashLooping).state).toBe('absent');
  });
  it('a refusal to schedule that ended is none', () => {
    const refusal = event('FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.', '2026-11-24T02:00:00Z', '2026-11-24T02:00:00Z');
    expect(made(pod({}), refusal).look(podUnschedulable).state).toBe('absent');
  });
});

describe('kernel reports', () => {
  const report = (constraint: string): string =>
    `[ 4297.714113] oom-kill:constraint=${constraint},nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=/kubepods/burstable/pod0f0f0f0f-0392-4c4a-b110-f7c1807a524f,task_memcg=/kubepods/burstable/pod0f0f0f0f-0392-4c4a-b110-f7c1807a524f/${'a'.repeat(64)},task=orders,pid=30224,uid=65532
[ 4297.714168] Memory cgroup out of memory: Killed process 30224 (orders) total-vm:1336888kB, anon-rss:63872kB, file-rss:8912kB, shmem-rss:0kB, UID:65532 pgtables:240kB oom_score_adj:999
`;
  const seenWith = (text: string, uid: string): World =>
    openWorld(
      openReadings(
        [
          textArtifact(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod({ restartCount: 1, lastState: ended('Error', 137) }, {}, { uid })] }), {
            id: 'pods',
            path: 'pods',
            ...at('2026-11-24T02:30:00Z'),
          }),
          textArtifact(text, { id: 'dmesg', path: 'dmesg' }),
        ],
        [kubernetesObjects, kubectlText, kernelOom] as Reader<unknown>[],
      ),
      [kubernetes],
    );
  it('tie a kill to its container by the pod uid in the cgroup path', () => {
    const w = seenWith(report('CONSTRAINT_MEMCG'), '0f0f0f0f-0392-4c4a-b110-f7c1807a524f');
    expect(observed(w, nodeOomKill)[0]?.facts).toMatchObject({ process: 'orders', constraint: 'memcg' });
    expect(observed(w, containerOomKilled).map((c) => entityId(c.entity))).toEqual(['container:shop/orders-7d9f6c5b4-x2x4x/orders']);
  });
  it('not to another pod, nor a shortage of the node to the limit', () => {
    expect(seenWith(report('CONSTRAINT_MEMCG'), 'another').look(containerOomKilled).state).toBe('absent');
    const w = seenWith(report('CONSTRAINT_NONE'), '0f0f0f0f-0392-4c4a-b110-f7c1807a524f');
    expect(observed(w, nodeOomKill)[0]?.facts.constraint).toBe('node');
    expect(w.look(containerOomKilled).state).toBe('absent');
  });
});

describe('template diff', () => {
  const template = (env: object[], more: object = {}): object => ({
    metadata: { labels: { app: 'a', 'pod-template-hash': String(env.length) } },
    spec: { containers: [{ name: 'c', image: 'i:1', env, ...more }] },
  });
  it('matches by name, ignores the hash, shows where values come from', () => {
    const a = templateLeaves(
      template([
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ]),
    );
    const b = templateLeaves(
      template([
        { name: 'B', value: '2' },
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } },
      ]),
    );
    expect(templateDiff(a, b).map((c) => [c.path, c.before?.value, c.after?.value])).toEqual([['containers[c].env[A]', '1', 'ConfigMap m key k']]);
    expect(templateDiff(a, a)).toEqual([]);
  });
  it('names limits and images', () => {
    const a = templateLeaves(template([], { resources: { limits: { memory: '64Mi' } } }));
    const b = templateLeaves(template([], { image: 'i:2', resources: { limits: { memory: '32Mi' } } }));
    expect(templateDiff(a, b).map((c) => c.path)).toEqual(['containers[c].image', 'containers[c].resources.limits.memory']);
  });
});

describe('settings of the Go runtime', () => {
  type Env = Record<string, unknown>;
  const recorded = JSON.parse(readFileSync(`${testdata}pods.json`, 'utf8')) as { items: { metadata: { name: string }; spec: { containers: Record<string, unknown>[] } }[] };
  /** The first recorded pod with another environment; `beside`: the environment of a second container. */
  const settings = (env: readonly Env[], more: Record<string, unknown> = {}, beside: readonly Env[] = []) => {
    const pod = structuredClone(recorded.items[0]!);
    const [own] = pod.spec.containers;
    Object.assign(own!, { env, resources: { limits: { memory: '256Mi', cpu: '1500m' } }, ...more });
    pod.spec.containers.push({ ...own, name: 'beside', env: beside, resources: { limits: { memory: '1Gi' } } });
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod] }, null, 2);
    const found = observed(worldOf([textArtifact(text, { id: 'pods.json', path: 'pods.json' })]), runtimeSetting);
    return {
      text,
      of: (name: string, container = String(own!['name'])) => found.find((c) => c.facts.name === name && c.facts.container === container),
    };
  };
  const resource = (name: string, of: string, more: object = {}): Env => ({ name, valueFrom: { resourceFieldRef: { resource: of, divisor: '0', ...more } } });

  it('are read with their place, and told from those of another container of the pod', () => {
    const s = settings([{ name: 'GOMEMLIMIT', value: '230MiB' }], {}, [{ name: 'GOGC', value: 'off' }]);
    const own = s.of('GOMEMLIMIT');
    expect(own?.facts).toMatchObject({ how: 'value', text: '230MiB', value: 230 * 2 ** 20, limit: 256 * 2 ** 20, off: false, malformed: false });
    expect(own?.facts.where).toMatch(/^pod agent-\S+ containers\[agent\]\.env\[GOMEMLIMIT\]$/);
    const place = own?.places[0];
    expect(s.text.slice(place!.offset, place!.offset + place!.length)).toContain('230MiB');
    expect(s.of('GOGC')?.facts).toMatchObject({ how: 'unset', off: false, value: null });
    expect(s.of('GOGC', 'beside')?.facts).toMatchObject({ how: 'value', off: true });
    expect(s.of('GOMEMLIMIT', 'beside')?.facts).toMatchObject({ how: 'unset', limit: 2 ** 30 });
  });
  it('come from a limit as the kubelet computes it: of this or of another container, rounded up', () => {
    expect(settings([resource('GOMEMLIMIT', 'limits.memory')]).of('GOMEMLIMIT')?.facts).toMatchObject({ how: 'resource', text: String(256 * 2 ** 20), value: 256 * 2 ** 20 });
    expect(settings([resource('GOMEMLIMIT', 'limits.memory', { containerName: 'beside' })]).of('GOMEMLIMIT')?.facts).toMatchObject({ value: 2 ** 30, limit: 256 * 2 ** 20 });
    expect(settings([resource('GOMAXPROCS', 'limits.cpu', { divisor: '1' })]).of('GOMAXPROCS')?.facts).toMatchObject({ value: 2, limit: 1.5 });
  });
  it('near miss: what the pod does not show is said to come from elsewhere, with the command that shows it', () => {
    const key = { name: 'GOMEMLIMIT', valueFrom: { configMapKeyRef: { name: 'orders', key: 'gomemlimit' } } };
    const elsewhere = settings([key]).of('GOMEMLIMIT');
    expect(elsewhere?.facts).toMatchObject({ how: 'elsewhere', text: null, value: null });
    expect(elsewhere?.says).toContain('comes from configMapKeyRef orders gomemlimit, which is not in the pod');
    expect(elsewhere?.facts.next).toMatch(/^kubectl exec agent-\S+ -c agent -- printenv GOMEMLIMIT$/);
    expect(settings([], { envFrom: [{ configMapRef: { name: 'orders' } }] }).of('GOGC')?.facts.how).toBe('elsewhere');
    // a variable of its own goes before those of envFrom
    expect(settings([{ name: 'GOGC', value: '50' }], { envFrom: [{ configMapRef: { name: 'orders' } }] }).of('GOGC')?.facts).toMatchObject({ how: 'value', value: 50 });
    expect(settings([{ name: 'GOGC', value: '$(OTHER)' }]).of('GOGC')?.facts.how).toBe('elsewhere');
    expect(settings([resource('GOMEMLIMIT', 'limits.memory')], { resources: {} }).of('GOMEMLIMIT')?.facts.how).toBe('elsewhere');
  });
  it('of two with one name the later counts, and an empty one is none', () => {
    expect(
      settings([
        { name: 'GOGC', value: '50' },
        { name: 'GOGC', value: '200' },
      ]).of('GOGC')?.facts.value,
    ).toBe(200);
    expect(settings([{ name: 'GOGC' }]).of('GOGC')?.facts.how).toBe('unset');
  });
  it.each([
    ['GOMEMLIMIT', '512Mi', { malformed: true }],
    ['GOMEMLIMIT', '512MiB', { value: 512 * 2 ** 20 }],
    ['GOMEMLIMIT', '1073741824', { value: 2 ** 30 }],
    ['GOMEMLIMIT', '100mib', { malformed: true }],
    ['GOMEMLIMIT', '-1', { malformed: true }],
    ['GOMEMLIMIT', 'off', { off: true }],
    ['GOGC', 'off', { off: true, value: null }],
    ['GOGC', '-1', { off: true }],
    ['GOGC', '150%', { malformed: true }],
    ['GOMAXPROCS', '0', { malformed: true }],
    ['GOMAXPROCS', '4', { value: 4 }],
  ] as const)('%s=%s', (name, text, wanted) => {
    expect(runtimeValue(name, text)).toMatchObject(wanted);
  });
  it('nothing is said without pod objects', () => {
    expect(worldOf([]).look(runtimeSetting).state).toBe('not-observable');
  });
});
