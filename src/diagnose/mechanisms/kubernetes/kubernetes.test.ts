import { describe, expect, test } from 'vitest';
import { alertFiring } from '../../../model/conditions/alert.ts';
import { requestsFailing } from '../../../model/conditions/calls.ts';
import { rollout, scaled } from '../../../model/conditions/change.ts';
import {
  deniedByPolicy,
  imageReferenceWrong,
  outsideLimitRange,
  quotaExhausted,
  referenceMissing,
  registryRefuses as refusal,
  requestExceedsNodes,
  commandWrong as wrongCommand,
} from '../../../model/conditions/config.ts';
import {
  containerCrashLooping,
  containerExited,
  containerKilledByLiveness,
  containerMemoryGrowing,
  containerNotStarting,
  containerOomKilled,
  imageNotPulled,
  probeFailing,
} from '../../../model/conditions/container.ts';
import { nodeNotReady, nodePressure } from '../../../model/conditions/node.ts';
import { podEvicted, podsNotCreated, podUnschedulable, rolloutStuck, workloadUnavailable } from '../../../model/conditions/workload.ts';
import {
  alert,
  type Condition,
  container,
  type Edge,
  type Entity,
  type Facts,
  type Kind,
  type Mechanism,
  node,
  object,
  placeAt,
  pod,
  revision,
  service,
  workload,
} from '../../../model/index.ts';
import { Chainer } from '../../chain.ts';
import { metricsIn } from '../../lib/alert-families.ts';
import { askOf, evidence, stated } from '../../testing/world.ts';
import { admissionDenied } from './admission-denied/index.ts';
import { alertObserves } from './alert-observes/index.ts';
import { badRollout } from './bad-rollout/index.ts';
import { commandWrong } from './command-wrong/index.ts';
import { crashLoopUnavailable } from './crash-loop-unavailable/index.ts';
import { exitCrashLoop } from './exit-crash-loop/index.ts';
import { failedScheduling } from './failed-scheduling/index.ts';
import { flagEndsProcess } from './flag-ends-process/index.ts';
import { imageReference } from './image-reference/index.ts';
import { limitLowered } from './limit-lowered/index.ts';
import { limitRange } from './limit-range/index.ts';
import { listenPortMoved } from './listen-port-moved/index.ts';
import { livenessCrashLoop } from './liveness-crash-loop/index.ts';
import { missingPodsUnavailable } from './missing-pods-unavailable/index.ts';
import { missingReference } from './missing-reference/index.ts';
import { nodeLostEvicts } from './node-lost-evicts/index.ts';
import { nodeLostFailsRequests } from './node-lost-fails-requests/index.ts';
import { nodeLostUnavailable } from './node-lost-unavailable/index.ts';
import { nodePressureEvicts } from './node-pressure-evicts/index.ts';
import { nodesClosed } from './nodes-closed/index.ts';
import { oomCrashLoop } from './oom-crash-loop/index.ts';
import { podsStallRollout } from './pods-stall-rollout/index.ts';
import { probeKills } from './probe-kills/index.ts';
import { quota } from './quota/index.ts';
import { registryRefuses } from './registry-refuses/index.ts';

const MIB = 1024 ** 2;
const places = [placeAt(evidence.id, { offset: 0, length: 6 })];
const edge = (from: Entity, relation: Edge['relation'], to: Entity): Edge => ({ from, relation, to, strength: 'stated', places });

// orders: one pod of the new template (2), one of the old (1); cart is another workload on another node
const fresh = container('shop', 'orders-new-1', 'orders');
const old = container('shop', 'orders-old-1', 'orders');
const cart = container('shop', 'cart-1', 'cart');
const orders = workload('shop', 'deployment', 'orders');
const edges: Edge[] = [
  edge(fresh, 'part-of', pod('shop', 'orders-new-1')),
  edge(pod('shop', 'orders-new-1'), 'part-of', revision('shop', 'orders-new')),
  edge(old, 'part-of', pod('shop', 'orders-old-1')),
  edge(pod('shop', 'orders-old-1'), 'part-of', revision('shop', 'orders-old')),
  edge(revision('shop', 'orders-new'), 'part-of', orders),
  edge(revision('shop', 'orders-old'), 'part-of', orders),
  edge(orders, 'part-of', service('orders')),
  edge(cart, 'part-of', pod('shop', 'cart-1')),
  edge(pod('shop', 'cart-1'), 'part-of', workload('shop', 'deployment', 'cart')),
  edge(pod('shop', 'orders-new-1'), 'runs-on', node('worker-a')),
  edge(pod('shop', 'cart-1'), 'runs-on', node('worker-b')),
];

const make =
  <F extends Facts>(kind: Kind<F>, at: number) =>
  (entity: Entity, facts: Partial<F> = {}, discriminator?: string): Condition =>
    stated(kind as unknown as Kind, entity, at, { facts: facts as Facts, lastWell: at - 5, ...(discriminator === undefined ? {} : { discriminator }) });

const oom = make(containerOomKilled, 100);
const looping = make(containerCrashLooping, 110);
const exited = make(containerExited, 100);
const killed = make(containerKilledByLiveness, 100);
const probing = make(probeFailing, 80);
const waiting = make(containerNotStarting, 60);
const unpulled = make(imageNotPulled, 60);
const unplaced = make(podUnschedulable, 60);
const refused = make(podsNotCreated, 60);
const few = make(workloadUnavailable, 120);
const stuck = make(rolloutStuck, 50);
const evicted = make(podEvicted, 200);
const lost = make(nodeNotReady, 100);
const pressed = make(nodePressure, 100);

const change = (fields: { path: string; before: string | null; after: string | null }[], more: Facts = {}): Condition =>
  make(rollout, 50)(
    orders,
    { workload: 'deployment/orders', fromRevision: '1', toRevision: '2', fromName: 'orders-old', toName: 'orders-new', fields, at: null, ...more },
    'revision 2',
  );
const firing = (labels: { [k: string]: string }, expr: string | null, target: Entity | null, name = 'A'): { condition: Condition; edges: Edge[] } => {
  const entity = alert(name, JSON.stringify(labels));
  return { condition: make(alertFiring, 90)(entity, { name, labels, expr, forSeconds: 60, summary: '' }), edges: target === null ? [] : [edge(entity, 'part-of', target)] };
};

function judge(m: Mechanism, effect: Condition, causes: readonly Condition[], more: readonly Edge[] = [], covered: readonly string[] = []) {
  const ask = askOf({ conditions: [effect, ...causes], covered, edges: [...edges, ...more] });
  const explanation = new Chainer([m], new Map(), ask).explain(effect);
  const chain = explanation.chains.find((x) => x.link !== null);
  const link = chain?.link;
  return {
    verdict: link?.verdict ?? (explanation.refuted.length > 0 ? 'refuted' : explanation.blocked.length > 0 ? explanation.blocked[0]?.state : 'none'),
    trigger: link?.link.causes[1] ?? null,
    culprits: link === undefined || link === null ? [] : m.culprits(link.link, ask).map((c) => c.ref),
    share: link?.share ?? null,
  };
}
/** Where several kinds may be the cause, those nobody looked at keep the answer open: no link is made either way. */
const verdict = (...args: Parameters<typeof judge>): string | undefined => judge(...args).verdict;
const unlinked = (...args: Parameters<typeof judge>): boolean => ['none', 'unknown', 'fails'].includes(judge(...args).verdict ?? '');

describe('alert-observes', () => {
  const looped = firing(
    { namespace: 'shop', pod: 'orders-new-1', container: 'orders' },
    'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
    fresh,
  );
  test('ties the alert to the state of the object it names', () => {
    expect(verdict(alertObserves, looped.condition, [looping(fresh)], looped.edges)).toBe('confirmed');
  });
  test('not to the same state of another pod at the same time', () => {
    expect(verdict(alertObserves, looped.condition, [looping(cart)], looped.edges)).toBe('none');
    expect(verdict(alertObserves, looped.condition, [looping(old)], looped.edges)).toBe('none');
  });
  test('not to another state of the same pod', () => {
    expect(verdict(alertObserves, looped.condition, [probing(fresh, { probe: 'readiness' }), make(containerMemoryGrowing, 50)(fresh)], looped.edges)).toBe('unknown');
    expect(verdict(alertObserves, looped.condition, [], looped.edges, ['container/crash-looping'])).toBe('fails');
  });
  test('waiting for another reason is another family', () => {
    const other = firing(
      { namespace: 'shop', pod: 'orders-new-1', container: 'orders', reason: 'ErrImagePull' },
      'kube_pod_container_status_waiting_reason{reason!="CrashLoopBackOff"} > 0',
      fresh,
    );
    // the selector names CrashLoopBackOff only to leave it out
    expect(verdict(alertObserves, other.condition, [unpulled(fresh)], other.edges)).toBe('confirmed');
    expect(verdict(alertObserves, other.condition, [looping(fresh)], other.edges)).not.toBe('confirmed');
  });
  test('a workload’s alert sees its pods, a pod’s alert its node', () => {
    const replicas = firing({ namespace: 'shop', deployment: 'orders' }, 'kube_deployment_spec_replicas > kube_deployment_status_replicas_available', orders);
    expect(verdict(alertObserves, replicas.condition, [few(orders)], replicas.edges)).toBe('confirmed');
    expect(verdict(alertObserves, replicas.condition, [looping(fresh)], replicas.edges)).toBe('supported');
    expect(unlinked(alertObserves, replicas.condition, [looping(cart)], replicas.edges)).toBe(true);
    const down = firing({ namespace: 'shop', pod: 'orders-new-1' }, 'up == 0', pod('shop', 'orders-new-1'));
    expect(verdict(alertObserves, down.condition, [lost(node('worker-a'))], down.edges)).toBe('confirmed');
    expect(unlinked(alertObserves, down.condition, [lost(node('worker-b'))], down.edges)).toBe(true);
  });
  test('an unknown metric or missing labels tie nothing', () => {
    const strange = firing({ namespace: 'shop', pod: 'orders-new-1' }, 'shop_basket_size > 3', pod('shop', 'orders-new-1'));
    expect(verdict(alertObserves, strange.condition, [looping(fresh)], strange.edges)).toBe('unknown');
    const bare = firing({ job: 'kube-state-metrics' }, 'up == 0', null);
    expect(verdict(alertObserves, bare.condition, [lost(node('worker-a'))], bare.edges)).toBe('unknown');
  });
  test('reads metrics, not labels or functions', () => {
    expect(metricsIn('sum by (namespace, app, route) (rate(http_requests_total{code=~"5.."}[1m])) / sum by (namespace) (rate(http_requests_total[1m])) > 0.05')).toEqual([
      'http_requests_total',
    ]);
    const errors = firing({ namespace: 'shop', app: 'orders' }, 'sum by (app) (rate(http_requests_total{code=~"5.."}[1m])) > 1', service('orders'));
    expect(verdict(alertObserves, errors.condition, [make(requestsFailing, 80)(service('orders'))], errors.edges)).toBe('confirmed');
    expect(unlinked(alertObserves, errors.condition, [make(requestsFailing, 80)(service('cart'))], errors.edges)).toBe(true);
  });
});

describe('crash loops', () => {
  test('by OOM kills; another newest end speaks against it', () => {
    expect(verdict(oomCrashLoop, looping(fresh, { reason: 'OOMKilled', restarts: 3 }), [oom(fresh)])).toBe('confirmed');
    expect(verdict(oomCrashLoop, looping(fresh, { reason: 'Error', restarts: 3 }), [oom(fresh)])).toBe('unproven');
    expect(verdict(oomCrashLoop, looping(fresh, { reason: 'OOMKilled' }), [oom(old)])).toBe('none');
  });
  test('by exits', () => {
    expect(verdict(exitCrashLoop, looping(fresh, { reason: 'Error', restarts: 3 }), [exited(fresh, { reason: 'Error', exitCode: 2 })])).toBe('confirmed');
    expect(verdict(exitCrashLoop, looping(fresh, { reason: 'OOMKilled' }), [exited(fresh, { reason: 'Error', exitCode: 2 })])).toBe('supported');
    expect(verdict(exitCrashLoop, looping(fresh, { reason: 'Error' }), [exited(cart, { reason: 'Error' })])).toBe('none');
  });
  test('by liveness kills, which must make up the restarts', () => {
    expect(verdict(livenessCrashLoop, looping(fresh, { reason: 'Error', restarts: 3 }), [killed(fresh, { count: 3 })])).toBe('confirmed');
    expect(verdict(livenessCrashLoop, looping(fresh, { reason: 'Error', restarts: 9 }), [killed(fresh, { count: 1 })])).toBe('supported');
    expect(verdict(livenessCrashLoop, looping(fresh, { reason: 'OOMKilled', restarts: 3 }), [killed(fresh, { count: 3 })])).toBe('unproven');
  });
  test('a probe kills only by its own kind', () => {
    const kill = killed(fresh, { probe: 'liveness', message: 'Container orders failed liveness probe, will be restarted' });
    expect(verdict(probeKills, kill, [probing(fresh, { probe: 'liveness' }, 'liveness')])).toBe('confirmed');
    expect(verdict(probeKills, kill, [probing(fresh, { probe: 'readiness' }, 'readiness')])).toBe('none');
  });
});

describe('workloads', () => {
  test('miss replicas by crash loops, with the share that they make up', () => {
    expect(judge(crashLoopUnavailable, few(orders, { desired: 2, available: 1 }), [looping(fresh)])).toMatchObject({ verdict: 'confirmed', share: 1 });
    expect(judge(crashLoopUnavailable, few(orders, { desired: 9, available: 1 }), [looping(fresh)])).toMatchObject({ share: 1 / 8 });
    expect(unlinked(crashLoopUnavailable, few(orders, { desired: 2, available: 1 }), [looping(cart)])).toBe(true);
  });
  test('or because pods are not created, placed or started', () => {
    expect(verdict(missingPodsUnavailable, few(orders, { desired: 2, available: 1 }), [refused(revision('shop', 'orders-new'))])).toBe('confirmed');
    expect(unlinked(missingPodsUnavailable, few(orders, { desired: 2, available: 1 }), [unpulled(cart)])).toBe(true);
  });
  test('a rollout waits for pods of its workload', () => {
    expect(verdict(podsStallRollout, stuck(orders, { newReady: 0, oldReady: 1 }), [waiting(fresh)])).toBe('confirmed');
    expect(verdict(podsStallRollout, stuck(orders, { newReady: 1, oldReady: 1 }), [waiting(fresh)])).toBe('supported');
    expect(unlinked(podsStallRollout, stuck(orders, { newReady: 0 }), [waiting(cart)])).toBe(true);
    expect(unlinked(podsStallRollout, stuck(orders, { newReady: 0 }), [probing(fresh, { probe: 'liveness' }, 'liveness')])).toBe(true);
    expect(verdict(podsStallRollout, stuck(orders, { newReady: 0 }), [probing(fresh, { probe: 'readiness' }, 'readiness')])).toBe('confirmed');
  });
  test('lose pods with their node', () => {
    const byTaint = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', resource: null };
    expect(verdict(nodeLostEvicts, evicted(pod('shop', 'orders-new-1'), byTaint), [lost(node('worker-a'))])).toBe('confirmed');
    expect(verdict(nodeLostEvicts, evicted(pod('shop', 'orders-new-1'), byTaint), [lost(node('worker-b'))])).toBe('none');
    expect(verdict(nodeLostEvicts, evicted(pod('shop', 'orders-new-1'), { ...byTaint, reason: 'EvictionByEvictionAPI' }), [lost(node('worker-a'))])).toBe('refuted');
    expect(verdict(nodeLostUnavailable, few(orders, { desired: 2, available: 1 }), [lost(node('worker-a'))])).toBe('confirmed');
    expect(verdict(nodeLostUnavailable, few(orders, { desired: 2, available: 1 }), [lost(node('worker-a')), waiting(fresh)])).toBe('supported');
    expect(verdict(nodeLostUnavailable, few(orders, { desired: 2, available: 1 }), [lost(node('worker-b'))])).toBe('none');
    expect(verdict(nodeLostUnavailable, few(orders, { desired: 20, available: 1 }), [lost(node('worker-a'))])).toBe('associated');
  });
  test('or to a shortage of the node, of the same resource', () => {
    const low = { reason: 'Evicted', message: 'The node was low on resource: memory.', resource: 'memory' };
    expect(verdict(nodePressureEvicts, evicted(pod('shop', 'orders-new-1'), low), [pressed(node('worker-a'), { condition: 'MemoryPressure' })])).toBe('confirmed');
    expect(verdict(nodePressureEvicts, evicted(pod('shop', 'orders-new-1'), low), [pressed(node('worker-a'), { condition: 'DiskPressure' })])).toBe('none');
  });
});

describe('configuration', () => {
  const message = "couldn't find key fraud-check-url in ConfigMap shop/orders-config";
  const missing = make(referenceMissing, 60)(orders, {
    object: 'configmap/orders-config',
    key: 'fraud-check-url',
    referencedBy: 'deployment/orders',
    field: 'containers[orders].env[URL]',
    optional: false,
  });
  const url = { path: 'containers[orders].env[URL]', before: null, after: 'ConfigMap orders-config key fraud-check-url' };

  test('missing-reference, with the rollout that brought the field', () => {
    const r = judge(missingReference, waiting(fresh, { container: 'orders', reason: 'CreateContainerConfigError', message }), [missing, change([url])]);
    expect(r.verdict).toBe('confirmed');
    expect(r.trigger?.kind).toBe('change/rollout');
    expect(r.culprits).toContain('deployment/orders spec.template.spec.containers[orders].env[URL] → configmap/orders-config key fraud-check-url');
  });
  test('another changed field, or pods of the old template that wait as well, are no trigger', () => {
    const effect = waiting(fresh, { container: 'orders', message });
    expect(judge(missingReference, effect, [missing, change([{ path: 'containers[orders].image', before: 'a', after: 'b' }])]).trigger).toBeNull();
    expect(judge(missingReference, effect, [missing, change([url]), waiting(old, { container: 'orders', message })]).trigger).toBeNull();
  });
  test('another message or an optional reference is not it', () => {
    expect(verdict(missingReference, waiting(fresh, { container: 'orders', message: 'secret "tls" not found' }), [missing])).toBe('none');
    const optional = make(referenceMissing, 60)(orders, { object: 'configmap/orders-config', key: 'fraud-check-url', field: '', optional: true });
    expect(verdict(missingReference, waiting(fresh, { container: 'orders', message }), [optional])).toBe('refuted');
  });
  test('image-reference against registry-refuses', () => {
    const image = 'r/orders:2';
    const wrong = make(imageReferenceWrong, 60)(orders, { image, class: 'not-found', referencedBy: 'deployment/orders containers[orders].image' });
    const r = judge(imageReference, unpulled(fresh, { container: 'orders', image, class: 'not-found', message: 'not found' }), [
      wrong,
      change([{ path: 'containers[orders].image', before: 'r/orders:1', after: image }]),
    ]);
    expect(r).toMatchObject({ verdict: 'confirmed', culprits: ['deployment/orders spec.template.spec.containers[orders].image=r/orders:2'] });
    expect(verdict(imageReference, unpulled(fresh, { container: 'orders', image: 'r/other:1', class: 'not-found' }), [wrong])).toBe('none');
    const denied = make(refusal, 60)(orders, { image, class: 'unauthorized', message: 'unauthorized' });
    expect(verdict(registryRefuses, unpulled(fresh, { image, class: 'unauthorized', message: 'unauthorized' }), [denied])).toBe('confirmed');
    expect(verdict(registryRefuses, unpulled(fresh, { image, class: 'not-found' }), [denied])).toBe('none');
  });
  test('failed-scheduling counts nodes', () => {
    const predicates = { 'Insufficient memory': 3 };
    const asks = make(requestExceedsNodes, 60)(orders, { pod: 'orders-new-1', field: 'resources.requests.memory', predicate: 'Insufficient memory', nodes: 3 });
    const field = { path: 'containers[orders].resources.requests.memory', before: '32Mi', after: '32Gi' };
    const r = judge(failedScheduling, unplaced(pod('shop', 'orders-new-1'), { nodes: 3, predicates, complete: true }), [asks, change([field])]);
    expect(r).toMatchObject({ verdict: 'confirmed', share: 1, culprits: ['deployment/orders spec.template.spec.containers[orders].resources.requests.memory=32Gi'] });
    expect(verdict(failedScheduling, unplaced(pod('shop', 'orders-new-1'), { nodes: 9, predicates, complete: true }), [asks])).toBe('associated');
    expect(verdict(failedScheduling, unplaced(pod('shop', 'orders-new-1'), { nodes: 5, predicates, complete: true }), [asks])).toBe('supported');
    expect(verdict(failedScheduling, unplaced(pod('shop', 'orders-new-1'), { nodes: 3, predicates: { 'Insufficient cpu': 3 }, complete: true }), [asks])).toBe('none');
  });
  test('nodes-closed: only where the nodes are closed', () => {
    const closed = { 'node(s) had untolerated taint {node.kubernetes.io/unreachable: }': 2, 'node(s) were unschedulable': 1 };
    expect(verdict(nodesClosed, unplaced(pod('shop', 'orders-new-1'), { nodes: 3, predicates: closed }), [make(nodeNotReady, 50)(node('worker-a'))])).toBe('supported');
    expect(verdict(nodesClosed, unplaced(pod('shop', 'orders-new-1'), { nodes: 3, predicates: { 'Insufficient cpu': 3 } }), [make(nodeNotReady, 50)(node('worker-a'))])).toBe(
      'none',
    );
  });
  test('quota, limit range and policy each answer for their own refusal', () => {
    const set = revision('shop', 'orders-new');
    const full = make(quotaExhausted, 60)(object('shop', 'resourcequota', 'team'), {
      quota: 'team',
      resource: 'limits.memory',
      requested: '64Mi',
      used: '768Mi',
      limited: '768Mi',
    });
    const more = make(scaled, 55)(orders, { workload: 'deployment/orders', from: 2, to: 12, at: null });
    const r = judge(quota, refused(set, { reason: 'quota', quota: 'team' }), [full, more]);
    expect(r.verdict).toBe('confirmed');
    expect(r.trigger?.kind).toBe('change/scaled');
    expect(verdict(quota, refused(set, { reason: 'quota', quota: 'other' }), [full])).toBe('none');
    const bounds = make(outsideLimitRange, 60)(orders, { owner: 'deployment/orders', resource: 'memory', message: 'm' });
    expect(verdict(limitRange, refused(set, { reason: 'limit-range', message: 'maximum memory usage per Container is 1Gi, but limit is 2Gi' }), [bounds])).toBe('confirmed');
    expect(verdict(limitRange, refused(set, { reason: 'quota', message: '' }), [bounds])).toBe('none');
    const policy = make(deniedByPolicy, 60)(orders, { owner: 'deployment/orders', by: 'policy.example', unanswered: false, message: 'denied' });
    expect(verdict(admissionDenied, refused(set, { reason: 'admission' }), [policy])).toBe('confirmed');
    expect(verdict(admissionDenied, refused(set, { reason: 'quota' }), [policy])).toBe('none');
  });
  test('command-wrong and flag-ends-process', () => {
    const wrong = make(wrongCommand, 60)(orders, { container: 'orders', message: 'exec: "/x": no such file' });
    expect(verdict(commandWrong, waiting(fresh, { container: 'orders', message: 'exec: "/x": no such file' }), [wrong])).toBe('confirmed');
    expect(verdict(commandWrong, waiting(fresh, { container: 'sidecar', message: '' }), [wrong])).toBe('none');
    const flag = make(wrongCommand, 60)(orders, { container: 'orders', message: 'flag provided but not defined: -prot' });
    expect(verdict(flagEndsProcess, exited(fresh, { container: 'orders', exitCode: 2 }), [flag])).toBe('confirmed');
    expect(verdict(flagEndsProcess, exited(fresh, { container: 'orders', exitCode: 1 }), [flag])).toBe('refuted');
  });
  test('limit-lowered: only a lower limit that is in force, and not where the old template is killed too', () => {
    const lower = [{ path: 'containers[orders].resources.limits.memory', before: '256Mi', after: '64Mi' }];
    const kill = oom(fresh, { container: 'orders', limitBytes: 64 * MIB });
    expect(judge(limitLowered, kill, [change(lower)])).toMatchObject({
      verdict: 'supported',
      culprits: ['deployment/orders spec.template.spec.containers[orders].resources.limits.memory=64Mi'],
    });
    expect(verdict(limitLowered, kill, [change([{ path: 'containers[orders].resources.limits.memory', before: '32Mi', after: '64Mi' }])])).toBe('none');
    expect(verdict(limitLowered, oom(fresh, { container: 'orders', limitBytes: 128 * MIB }), [change(lower)])).toBe('refuted');
    expect(verdict(limitLowered, kill, [change(lower), looping(old, { container: 'orders' })])).toBe('refuted');
    expect(verdict(limitLowered, kill, [change(lower), oom(old, { container: 'orders', limitBytes: 256 * MIB })])).toBe('none');
  });
  test('listen-port-moved: away from the probed port, and refused there', () => {
    const addr = (after: string, before: string | null = null, path = 'containers[orders].env[ADDR]'): Condition => change([{ path, before, after }]);
    const refusedAt = probing(fresh, { probe: 'readiness', how: 'refused', port: '8080', message: 'connection refused' }, 'readiness');
    expect(verdict(listenPortMoved, refusedAt, [addr(':8081')])).toBe('supported');
    expect(verdict(listenPortMoved, refusedAt, [addr('0.0.0.0:8081', ':8080')])).toBe('confirmed');
    expect(verdict(listenPortMoved, refusedAt, [addr(':8080', ':9090')])).toBe('none');
    expect(verdict(listenPortMoved, refusedAt, [addr('300', '200', 'containers[orders].env[RETRIES]')])).toBe('none');
    expect(verdict(listenPortMoved, refusedAt, [addr('http://inventory:8081', 'http://inventory:8082', 'containers[orders].env[INVENTORY_ADDR]')])).toBe('none');
    const hung = probing(fresh, { probe: 'liveness', how: 'timeout', port: '8080', message: 'Client.Timeout exceeded' }, 'liveness');
    expect(verdict(listenPortMoved, hung, [addr(':8081')])).toBe('refuted');
  });
  test('node-lost-fails-requests: only when every pod of the service is on it', () => {
    const failing = make(requestsFailing, 120)(service('cart'));
    const cartEdges = [edge(workload('shop', 'deployment', 'cart'), 'part-of', service('cart'))];
    expect(verdict(nodeLostFailsRequests, failing, [lost(node('worker-b'))], cartEdges)).toBe('supported');
    expect(verdict(nodeLostFailsRequests, failing, [lost(node('worker-a'))], cartEdges)).toBe('none');
    // orders has a pod whose node is not the lost one
    expect(verdict(nodeLostFailsRequests, make(requestsFailing, 120)(service('orders')), [lost(node('worker-a'))])).toBe('none');
    // a caller of cart
    expect(
      verdict(nodeLostFailsRequests, make(requestsFailing, 120)(service('web')), [lost(node('worker-b'))], [...cartEdges, edge(service('web'), 'calls', service('cart'))]),
    ).toBe('supported');
  });
  test('bad-rollout: a new image ends, the old one did not; a changed setting alone is not enough', () => {
    const end = exited(fresh, { container: 'orders', exitCode: 2 });
    const image = [{ path: 'containers[orders].image', before: 'r/o:1', after: 'r/o:2' }];
    expect(verdict(badRollout, end, [change(image)])).toBe('supported');
    expect(verdict(badRollout, end, [change([{ path: 'containers[orders].env[X]', before: '1', after: '2' }])])).toBe('none');
    expect(verdict(badRollout, end, [change(image), exited(old, { container: 'orders', exitCode: 2 })])).toBe('none');
  });
});

test('the pods of a job are of no rollout: that none was captured is no gap of theirs', () => {
  const import1 = container('shop', 'import-x2k4z', 'import');
  const of = (kind: string): Edge[] => [edge(import1, 'part-of', pod('shop', 'import-x2k4z')), edge(pod('shop', 'import-x2k4z'), 'part-of', workload('shop', kind, 'import'))];
  const ended = exited(import1, { container: 'import', exitCode: 1 });
  const blocked = (kind: string) => new Chainer([badRollout], new Map(), askOf({ conditions: [ended], covered: [], edges: of(kind) })).explain(ended).blocked.map((b) => b.state);
  expect(blocked('job')).toEqual(['fails']);
  expect(blocked('deployment')).toEqual(['unknown']);
});
