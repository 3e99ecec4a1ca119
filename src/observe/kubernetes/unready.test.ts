import { describe, expect, it } from 'vitest';
import { referenceMissing } from '../../model/conditions/config.ts';
import { containerExited, containerNotStarting, containerOomKilled } from '../../model/conditions/container.ts';
import { nodeNotReady } from '../../model/conditions/node.ts';
import { jobFailed, podNotReady, podUnschedulable } from '../../model/conditions/workload.ts';
import { type Artifact, type Condition, container, type Kind, pod, revision, type World, workload } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { openWorld } from '../lib/world.ts';
import { kubernetes } from './index.ts';

const worldOf = (files: { [name: string]: string }): World => {
  const artifacts: Artifact[] = Object.entries(files).map(([path, text]) => textArtifact(text, { id: path, path }));
  return openWorld(openReadings(artifacts, readers), [kubernetes]);
};
// biome-ignore lint/suspicious/noExplicitAny: kinds carry different facts
const seen = <K extends Kind<any>>(w: World, kind: K): readonly Condition<NonNullable<K['facts']>>[] => {
  const a = w.look(kind);
  return a.state === 'observed' ? (a.conditions as never) : [];
};
const describePod = (ready: string, failures: string, state = 'Running', more = ''): string => `Name:             cart-68ffb47676-cbpn2
Namespace:        shop
Priority:         0
Service Account:  default
Node:             worker-a/10.20.0.11
Start Time:       Tue, 24 Nov 2026 03:40:33 +0000
Labels:           app=cart
                  pod-template-hash=68ffb47676
Status:           Running
IP:               10.244.1.13
Controlled By:    ReplicaSet/cart-68ffb47676
Containers:
  cart:
    Container ID:   containerd://aa
    Image:          r/cart:1
    Port:           8080/TCP
    State:          ${state}
      Started:      Tue, 24 Nov 2026 03:40:34 +0000
    Ready:          ${ready}
    Restart Count:  0
    Readiness:      http-get http://:8080/healthz delay=0s timeout=1s period=5s #success=1 #failure=3
${more}Conditions:
  Type                        Status
  Initialized                 True
  Ready                       ${ready}
  ContainersReady             ${ready}
Events:
  Type     Reason     Age                From     Message
  ----     ------     ----               ----     -------
  Warning  Unhealthy  ${`5s (x${failures} over 2m)`.padEnd(17)}  kubelet  spec.containers{cart}: Readiness probe failed: HTTP probe failed with statuscode: 404
`;

describe('a described pod that runs and is not ready', () => {
  it('is harm', () => expect(seen(worldOf({ 'a.txt': describePod('False', '24') }), podNotReady).map((c) => c.says)).toEqual(['pod cart-68ffb47676-cbpn2 runs and is not ready']));
  it('near miss: it is ready again', () => expect(seen(worldOf({ 'a.txt': describePod('True', '24') }), podNotReady)).toEqual([]));
  it('near miss: it has just begun to be asked', () => expect(seen(worldOf({ 'a.txt': describePod('False', '2') }), podNotReady)).toEqual([]));
  it('near miss: the workload was captured and says it itself', () =>
    expect(
      seen(worldOf({ 'a.txt': describePod('False', '24'), 'b.txt': 'NAME   READY   UP-TO-DATE   AVAILABLE   AGE\ncart   0/1     1            0           2m\n' }), podNotReady),
    ).toEqual([]));
});

const EVENTS = 'LAST SEEN   TYPE      REASON                 OBJECT                    MESSAGE\n';
const PODS = 'NAME                  READY   STATUS              RESTARTS   AGE\n';

describe('jobs', () => {
  const failed = `${EVENTS}2m10s       Normal    SuccessfulCreate       job/import-orders         Created pod: import-orders-w8rqm
114s        Warning   BackoffLimitExceeded   job/import-orders         Job has reached the specified backoff limit
`;
  it('one that gave up, and whose its pods are', () => {
    const w = worldOf({ 'events.txt': failed });
    expect(seen(w, jobFailed).map((c) => c.facts.reason)).toEqual(['BackoffLimitExceeded']);
    expect(w.identity.lift(pod('default', 'import-orders-w8rqm'), 'workload').map((r) => r.entity)).toEqual([workload('default', 'job', 'import-orders')]);
  });
  it('near miss: completed, or retrying', () => {
    expect(seen(worldOf({ 'events.txt': `${EVENTS}2m10s       Normal    Completed              job/import-orders         Job completed\n` }), jobFailed)).toEqual([]);
    expect(seen(worldOf({ 'events.txt': failed.split('\n').slice(0, 2).join('\n') }), jobFailed)).toEqual([]);
  });
});

describe('tables alone', () => {
  it('a mount that fails belongs to the pod that is still created', () => {
    const mount = `${EVENTS}19s         Warning   FailedMount            pod/api-794774b698-9gt9j    MountVolume.SetUp failed for volume "certs" : secret "api-tls" not found\n`;
    expect(seen(worldOf({ 'e.txt': mount, 'p.txt': `${PODS}api-794774b698-9gt9j   0/1     ContainerCreating   0          2m27s\n` }), referenceMissing)[0]?.facts.object).toBe(
      'secret/api-tls',
    );
    // it was mounted in the end
    expect(seen(worldOf({ 'e.txt': mount, 'p.txt': `${PODS}api-794774b698-9gt9j   1/1     Running             0          2m27s\n` }), containerNotStarting)).toEqual([]);
  });
  it('events of a Deployment say whose a ReplicaSet is', () => {
    const w = worldOf({ 'e.txt': `${EVENTS}2m13s       Normal    ScalingReplicaSet      deployment/web            Scaled up replica set web-6dffbb7574 from 0 to 1\n` });
    expect(w.identity.lift(revision('default', 'web-6dffbb7574'), 'workload').map((r) => `${r.entity.key} ${r.strength}`)).toEqual(['default/deployment/web stated']);
  });
  it('the nameless container of a row is the one that events name, where the pod has one', () => {
    const event = `${EVENTS}10s         Warning   BackOff                pod/web-6dffbb7574-aaaaa  Back-off restarting failed container web in pod web-6dffbb7574-aaaaa_default(uid)\n`;
    const same = (ready: string) =>
      worldOf({ 'e.txt': event, 'p.txt': `${PODS}web-6dffbb7574-aaaaa   ${ready}     CrashLoopBackOff    4          2m\n` }).identity.same(
        container('default', 'web-6dffbb7574-aaaaa', ''),
        container('default', 'web-6dffbb7574-aaaaa', 'web'),
      );
    expect(same('0/1')).toBe('derived');
    expect(same('1/2')).toBeNull();
  });
  it('what the scheduler says before it looks at nodes', () => {
    const w = worldOf({
      'e.txt': `${EVENTS}2m20s       Warning   FailedScheduling       pod/db-66bc7bb4d4-j5ckg    0/1 nodes are available: persistentvolumeclaim "db-data" not found. not found\n`,
    });
    expect(seen(w, podUnschedulable)[0]?.says).toBe('pod db-66bc7bb4d4-j5ckg fits no node: persistentvolumeclaim "db-data" not found');
    expect(seen(w, referenceMissing)[0]?.facts.object).toBe('persistentvolumeclaim/db-data');
  });
});

describe('kills without a time', () => {
  const last =
    '    Last State:     Terminated\n      Reason:       Error\n      Exit Code:    2\n      Started:      Tue, 24 Nov 2026 03:42:14 +0000\n      Finished:     Tue, 24 Nov 2026 03:42:29 +0000\n';
  const text = (kills: number): string =>
    `${describePod('False', '9', 'Running', last).replace('Restart Count:  0', 'Restart Count:  5')}  Normal   Killing    ${`7s (x${kills} over 2m)`.padEnd(17)}  kubelet  spec.containers{cart}: Container cart failed liveness probe, will be restarted\n`;
  it('as many as restarts: the end is the kubelet’s', () => expect(seen(worldOf({ 'a.txt': text(5) }), containerExited)).toEqual([]));
  it('near miss: fewer', () => expect(seen(worldOf({ 'a.txt': text(2) }), containerExited)).toHaveLength(1));
});

describe('an end of long ago', () => {
  const killed = (ready: boolean, seenAt: string) =>
    worldOf({
      'pods.json': JSON.stringify({
        kind: 'Pod',
        apiVersion: 'v1',
        metadata: { namespace: 'shop', name: 'cart-1', uid: 'u', creationTimestamp: '2026-11-10T00:00:00Z' },
        spec: { containers: [{ name: 'cart' }] },
        status: {
          phase: 'Running',
          containerStatuses: [
            {
              name: 'cart',
              ready,
              restartCount: 1,
              state: { running: { startedAt: '2026-11-18T10:00:01Z' } },
              lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: '2026-11-10T00:00:05Z', finishedAt: '2026-11-18T10:00:00Z' } },
            },
          ],
        },
      }),
      'event.json': JSON.stringify({
        kind: 'Event',
        apiVersion: 'v1',
        metadata: { namespace: 'shop', name: 'other.1' },
        involvedObject: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        reason: 'ScalingReplicaSet',
        message: 'Scaled up',
        type: 'Normal',
        lastTimestamp: seenAt,
      }),
    });
  it('is history where the container has been ready for days since', () => expect(seen(killed(true, '2026-11-24T03:00:00Z'), containerOomKilled)).toEqual([]));
  it('near miss: it is not ready', () => expect(seen(killed(false, '2026-11-24T03:00:00Z'), containerOomKilled)).toHaveLength(1));
  it('near miss: hours ago', () => expect(seen(killed(true, '2026-11-18T15:00:00Z'), containerOomKilled)).toHaveLength(1));
});

describe('a node that only its pods tell of', () => {
  const event = `${EVENTS}105s        Warning   NodeNotReady           pod/orders-5798b9fb86-4nvlm       Node is not ready\n`;
  const pods = (on: string) =>
    `NAME                      READY   STATUS    RESTARTS   AGE     IP           NODE       NOMINATED NODE   READINESS GATES\norders-5798b9fb86-4nvlm   1/1     Running   0          3m44s   10.244.1.5   ${on}   <none>           <none>\n`;
  it('was not ready', () => expect(seen(worldOf({ 'e.txt': event, 'p.txt': pods('worker-a') }), nodeNotReady).map((c) => c.facts.node)).toEqual(['worker-a']));
  it('near miss: nothing says where the pod ran', () => expect(seen(worldOf({ 'e.txt': event }), nodeNotReady)).toEqual([]));
  it('near miss: the node was captured, and is ready', () =>
    expect(
      seen(
        worldOf({ 'e.txt': event, 'p.txt': pods('worker-a'), 'n.txt': 'NAME       STATUS   ROLES    AGE   VERSION\nworker-a   Ready    <none>   10m   v1.37.2\n' }),
        nodeNotReady,
      ),
    ).toEqual([]));
});
