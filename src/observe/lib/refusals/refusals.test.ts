import { describe, expect, it } from 'vitest';
import { parseCreationRefusal } from './creation.ts';
import { imageInMessage, imagePullClass, isBackOffText } from './image-pull.ts';
import { parseMissingReference } from './missing-reference.ts';
import { parseKilling, parseProbeText } from './probe.ts';
import { parseSchedulingRefusal, predicateMeaning } from './scheduling.ts';
import { commandInMessage, startFailure } from './start.ts';

describe('scheduling', () => {
  it('counts nodes by predicate', () => {
    const r = parseSchedulingRefusal(
      "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    );
    expect(r?.nodes).toBe(3);
    expect(r?.predicates).toEqual([
      { text: 'Insufficient cpu', count: 1 },
      { text: "node(s) didn't match Pod's node affinity/selector", count: 1 },
      { text: 'node(s) were unschedulable', count: 1 },
    ]);
    expect(r?.complete).toBe(true);
    expect(r?.predicates.map((p) => predicateMeaning(p.text).side)).toEqual(['pod', 'pod', 'node']);
  });
  it('a node short of two resources counts twice; a cut text is not complete', () => {
    expect(parseSchedulingRefusal('0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.')?.complete).toBe(true);
    expect(parseSchedulingRefusal('0/5 nodes are available: 2 Insufficient cpu, 1 node(s) had unto')?.complete).toBe(false);
  });
  it('old taint text holds a comma', () => {
    const r = parseSchedulingRefusal("0/2 nodes are available: 1 Insufficient memory, 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate.");
    expect(r?.predicates.map((p) => p.count)).toEqual([1, 1]);
    expect(predicateMeaning(r?.predicates[1]?.text ?? '')).toEqual({ plugin: 'TaintToleration', side: 'pod', field: 'tolerations' });
  });
  it('a lost node is not what the pod asks for', () => {
    expect(predicateMeaning('node(s) had untolerated taint {node.kubernetes.io/unreachable: }').side).toBe('node');
  });
  it('refusals before any node carry a sentence', () => {
    const r = parseSchedulingRefusal(
      '0/3 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    );
    expect(r?.before).toBe('persistentvolumeclaim "data" not found');
    expect(parseSchedulingRefusal('Successfully assigned shop/x to worker-a')).toBeNull();
  });
});

describe('creation', () => {
  it('reads quota amounts', () => {
    const r = parseCreationRefusal(
      'Error creating: pods "batch-5ff5f9c76b-6lblz" is forbidden: exceeded quota: team-budget, requested: limits.memory=256Mi,requests.memory=256Mi, used: limits.memory=512Mi,requests.memory=512Mi, limited: limits.memory=512Mi,requests.memory=512Mi',
    );
    expect(r.reason).toBe('quota');
    expect(r.quota).toBe('team-budget');
    expect(r.resources).toContainEqual({ resource: 'limits.memory', requested: '256Mi', used: '512Mi', limited: '512Mi' });
  });
  it('tells limit range, policy and webhook outage apart', () => {
    expect(parseCreationRefusal('Error creating: pods "huge-x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi').reason).toBe('limit-range');
    expect(parseCreationRefusal('admission webhook "policy.example" denied the request: no').by).toBe('policy.example');
    const down = parseCreationRefusal('Internal error occurred: failed calling webhook "policy.example": failed to call webhook: Post "https://…": context deadline exceeded');
    expect(down.unanswered).toBe(true);
    expect(parseCreationRefusal('the server was unable to return a response').reason).toBe('other');
  });
});

describe('image pull', () => {
  it.each([
    ['Failed to pull image "r/x:1": rpc error: code = NotFound desc = failed to pull and unpack image "r/x:1": failed to resolve reference "r/x:1": r/x:1: not found', 'not-found'],
    ['Error response from daemon: manifest for r/x:1 not found: manifest unknown: manifest unknown', 'not-found'],
    ['initializing source docker://r/x:1: reading manifest 1 in r/x: manifest unknown', 'not-found'],
    [
      'failed to resolve reference "r/x:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'unauthorized',
    ],
    ['failed to resolve reference "r/x:1": failed to do request: Head "https://r/v2/x/manifests/1": tls: failed to verify certificate: x509: certificate has expired', 'x509'],
    ['failed to do request: Head "https://r/v2/": dial tcp 10.0.0.1:443: i/o timeout', 'timeout'],
    ['pinging container registry r: Get "https://r/v2/": dial tcp: lookup r: no such host', 'unreachable'],
    ['toomanyrequests: You have reached your pull rate limit', 'rate-limit'],
    ['no match for platform in manifest: not found', 'platform'],
    ['failed to authorize: failed to fetch anonymous token: unexpected status: 503 Service Unavailable: not found', 'unreachable'],
  ])('%s', (message, expected) => expect(imagePullClass(message, 'ErrImagePull')).toBe(expected));
  it('a back-off names the image, not why', () => {
    expect(imagePullClass('Back-off pulling image "r/x:1"', 'ImagePullBackOff')).toBe('unknown');
    expect(isBackOffText('Back-off pulling image "r/x:1"')).toBe(true);
    expect(imageInMessage('Back-off pulling image "r/x:1"')).toBe('r/x:1');
  });
});

describe('kubelet texts', () => {
  it('missing references', () => {
    expect(parseMissingReference('configmap "orders-settings" not found')).toEqual({ object: 'configmap', name: 'orders-settings', key: null, volume: null });
    expect(parseMissingReference("couldn't find key LOG_LEVEL in ConfigMap shop/orders-settings")).toEqual({
      object: 'configmap',
      name: 'orders-settings',
      key: 'LOG_LEVEL',
      volume: null,
    });
    expect(parseMissingReference('MountVolume.SetUp failed for volume "tls" : secret "orders-tls" not found')).toEqual({
      object: 'secret',
      name: 'orders-tls',
      key: null,
      volume: 'tls',
    });
    expect(parseMissingReference('MountVolume.SetUp failed for volume "cfg" : configmap references non-existent config key: app.yaml')).toMatchObject({
      object: 'configmap',
      key: 'app.yaml',
    });
    expect(parseMissingReference('container has runAsNonRoot and image will run as root')).toBeNull();
  });
  it('probes', () => {
    expect(parseProbeText('Liveness probe failed: Get "http://10.244.0.9:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)')).toEqual({
      probe: 'liveness',
      how: 'timeout',
      path: '/healthz',
      port: '8080',
    });
    expect(parseProbeText('Readiness probe failed: dial tcp 10.244.0.9:8080: connect: connection refused')).toMatchObject({ how: 'refused', port: '8080' });
    expect(parseProbeText('Readiness probe failed: HTTP probe failed with statuscode: 503')).toMatchObject({ how: 'status' });
    expect(parseProbeText('Back-off restarting failed container')).toBeNull();
  });
  it('killing', () => {
    expect(parseKilling('Container orders failed liveness probe, will be restarted')).toEqual({ container: 'orders', why: 'liveness' });
    expect(parseKilling('Stopping container orders')).toEqual({ container: 'orders', why: 'stopping' });
  });
  it('start failures', () => {
    const text =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/serverr": stat /serverr: no such file or directory: unknown';
    expect(startFailure(text)).toBe('command-not-found');
    expect(commandInMessage(text)).toBe('/serverr');
    expect(startFailure('error mounting "/x" to rootfs: no such file or directory')).toBe('other');
  });
});
