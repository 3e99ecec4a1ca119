import { describe, expect, it } from 'vitest';
import { probeMismatch, settingMissing } from '../../model/conditions/config.ts';
import { gaveUp, processListening } from '../../model/conditions/crash.ts';
import { type Condition, type Instant, type Kind, parseInstant, type World } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { kubernetes } from '../kubernetes/index.ts';
import { openWorld } from '../lib/world.ts';
import { logs } from '../logs/index.ts';
import { ownWords } from './index.ts';
import { settingAskedFor } from './setting.ts';

const POD = 'cart-68ffb47676-cbpn2';
interface Shape {
  readonly probe?: object;
  readonly ports?: readonly number[];
  readonly state?: object;
  readonly last?: object;
  readonly restarts?: number;
}
const pod = ({ probe, ports = [8080], state = { running: { startedAt: '2026-11-24T03:40:34Z' } }, last, restarts = 0 }: Shape) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { namespace: 'shop', name: POD, uid: 'u1', creationTimestamp: '2026-11-24T03:40:33Z' },
  spec: { containers: [{ name: 'cart', image: 'r/cart:1', ports: ports.map((containerPort) => ({ containerPort })), ...(probe === undefined ? {} : { readinessProbe: probe }) }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'cart', ready: false, restartCount: restarts, containerID: 'containerd://aa', state, ...(last === undefined ? {} : { lastState: { terminated: last } }) },
    ],
  },
});
const unhealthy = (message: string, count: number) => ({
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { namespace: 'shop', name: `${POD}.1` },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: POD, fieldPath: 'spec.containers{cart}' },
  reason: 'Unhealthy',
  message,
  type: 'Warning',
  count,
  firstTimestamp: '2026-11-24T03:40:36Z',
  lastTimestamp: '2026-11-24T03:42:36Z',
});
const REFUSED = 'Readiness probe failed: Get "http://10.244.0.7:8080/healthz": dial tcp 10.244.0.7:8080: connect: connection refused';
const http = { httpGet: { path: '/healthz', port: 8080 } };
const line = (seconds: string, msg: string, more = '', level = 'INFO') => `{"time":"2026-11-24T03:${seconds}Z","level":"${level}","msg":"${msg}"${more}}\n`;
const started = line('40:35', 'starting');

function world(items: readonly object[], log: string): World {
  const takenAt = parseInstant('2026-11-24T03:42:40Z') as Instant;
  const list = JSON.stringify({ kind: 'List', apiVersion: 'v1', items });
  const artifacts = [textArtifact(list, { id: 'objects.json', path: 'objects.json', takenAt }), textArtifact(log, { id: `${POD}.log`, path: `${POD}.log`, takenAt })];
  return openWorld(openReadings(artifacts, readers), [kubernetes, logs, ownWords]);
}
// biome-ignore lint/suspicious/noExplicitAny: kinds carry different facts
const seen = <K extends Kind<any>>(w: World, kind: K): readonly Condition<NonNullable<K['facts']>>[] => {
  const a = w.look(kind);
  return a.state === 'observed' ? (a.conditions as never) : [];
};

describe('probes that ask what the program does not offer', () => {
  const mismatch = (log: string, shape: Shape = {}, count = 25, message = REFUSED) => seen(world([pod({ probe: http, ...shape }), unhealthy(message, count)], log), probeMismatch);

  it('another port', () => {
    const [c] = mismatch(started + line('40:36', 'listening', ',"addr":":8081"'));
    expect(c?.facts).toMatchObject({ how: 'port', asked: '8080', offered: ':8081' });
    expect(c?.says).toBe(`the program listens on :8081, while the readiness probe of pod/${POD} asks port 8080`);
  });
  it('localhost only', () => expect(mismatch(started + line('40:36', 'listening', ',"addr":"127.0.0.1:8080"'))[0]?.facts.how).toBe('loopback'));
  it('a path the server does not know', () =>
    expect(mismatch(started, {}, 24, 'Readiness probe failed: HTTP probe failed with statuscode: 404')[0]?.facts).toMatchObject({ how: 'path', asked: '/healthz' }));

  it('near miss: it listens where it is asked, and was only slow to start', () =>
    expect(mismatch(started + line('42:30', 'listening', ',"addr":":8080"') + line('42:30', 'listening', ',"addr":":9090"'))).toEqual([]));
  it('near miss: it has not come to listen', () => expect(mismatch(started + line('40:36', 'warming cache'))).toEqual([]));
  it('near miss: only the admin port is announced', () =>
    expect(mismatch(started + line('40:36', 'metrics server listening', ',"addr":":9090"') + line('40:36', 'listening for admin', ',"addr":":6060"'))).toEqual([]));
  it('near miss: both ports are declared, the second listener has not come up', () =>
    expect(mismatch(started + line('40:36', 'listening', ',"addr":":9090"'), { ports: [8080, 9090] })).toEqual([]));
  it('near miss: one refusal at the start', () => expect(mismatch(started + line('40:36', 'listening', ',"addr":":8081"'), {}, 1)).toEqual([]));
  it('near miss: a handler that answers 503', () => expect(mismatch(started, {}, 24, 'Readiness probe failed: HTTP probe failed with statuscode: 503')).toEqual([]));
});

describe('why a program gives up', () => {
  const died = { exitCode: 1, reason: 'Error', startedAt: '2026-11-24T03:42:14Z', finishedAt: '2026-11-24T03:42:15Z' };
  const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
  const at = (log: string, last: object = died) => world([pod({ state: waiting, last, restarts: 4 })], log);

  it('a setting it needs, named by its last record', () => {
    const w = at(line('42:15', 'starting') + line('42:15', 'DATABASE_URL is required'));
    expect(seen(w, settingMissing)[0]?.facts).toMatchObject({ setting: 'DATABASE_URL', container: 'cart', owner: `pod/${POD}` });
  });
  it('near miss: it went on for a minute after saying so', () =>
    expect(seen(at(line('41:05', 'starting') + line('41:15', 'DATABASE_URL not set, using the default')), settingMissing)).toEqual([]));
  it('near miss: it was not the last it said', () =>
    expect(seen(at(line('42:15', 'CACHE_URL is not set') + line('42:15', 'listening', ',"addr":":8080"')), settingMissing)).toEqual([]));
  it('near miss: it was killed', () => expect(seen(at(line('42:15', 'DATABASE_URL is required'), { ...died, exitCode: 137, reason: 'OOMKilled' }), settingMissing)).toEqual([]));

  it('a dependency it cannot reach', () => {
    const [c] = seen(at(line('42:15', 'cannot connect to postgres: dial tcp 10.96.7.7:5432: connect: connection refused')), gaveUp);
    expect(c?.facts).toMatchObject({ about: 'dependency', subject: '10.96.7.7:5432' });
  });
  it('near miss: an orderly last word', () => expect(seen(at(line('42:15', 'shutting down')), gaveUp)).toEqual([]));
  it('says where it listens, and after how long', () =>
    expect(seen(at(line('42:10', 'starting') + line('42:15', 'listening on :8080')), processListening)[0]?.facts).toMatchObject({ port: '8080', loopback: false, seconds: 5 }));
});

describe('texts that ask for a setting', () => {
  it.each([
    ['DATABASE_URL is required', 'DATABASE_URL'],
    ['environment variable API_KEY not set', 'API_KEY'],
    ['env: required environment variable "DB_HOST" is not set', 'DB_HOST'],
    ['required key ORDERS_DATABASE_URL missing value', 'ORDERS_DATABASE_URL'],
    ['Error: required flag(s) "db-url" not set', '--db-url'],
    ['missing required env PORT', 'PORT'],
    ['failed to load config: JWT_SECRET must be set', 'JWT_SECRET'],
    ['$KAFKA_BROKERS is empty', 'KAFKA_BROKERS'],
  ])('%s', (text, name) => expect(settingAskedFor(text)).toBe(name));
  it.each([
    'HTTP is required',
    'ERROR missing rows',
    'order is required',
    'GET /cart missing item',
    'dial tcp 10.0.0.1:5432: connect: connection refused',
    'retries set to 5',
    'TLS handshake error',
    'authorization header is required',
  ])('near miss: %s', (text) => expect(settingAskedFor(text)).toBeNull());
});
