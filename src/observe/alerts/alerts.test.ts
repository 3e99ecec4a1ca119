import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { alertFiring } from '../../model/conditions/alert.ts';
import {
  type Artifact,
  type Condition,
  container,
  endpoint,
  entityId,
  node,
  parseInstant,
  pod,
  type Reader,
  secondsBetween,
  service,
  type World,
  workload,
} from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { alertmanager } from '../../read/alertmanager/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { prometheusApi } from '../../read/prometheus-api/index.ts';
import { openWorld } from '../lib/world.ts';
import { alerts } from './index.ts';
import { identityLabels, namedBy } from './labels.ts';

const worldOf = (...artifacts: Artifact[]): World => openWorld(openReadings(artifacts, [alertmanager, prometheusApi] as Reader<unknown>[]), [alerts]);
const recorded = (name: string): Artifact => {
  const file = fileURLToPath(new URL(`../../read/alertmanager/testdata/${name}`, import.meta.url));
  return testArtifact(new Uint8Array(readFileSync(file)), { id: name, path: name });
};
type Alert = Condition<NonNullable<(typeof alertFiring)['facts']>>;
const seen = (w: World): readonly Alert[] => {
  const a = w.look(alertFiring);
  return a.state === 'observed' ? a.conditions : [];
};
const at = (text: string): bigint => parseInstant(text) ?? 0n;

const one = (more: object = {}, labels: object = {}): object => ({
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'orders-1', container: 'orders', ...labels },
  annotations: { summary: 's' },
  startsAt: '2026-11-24T02:20:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://p/graph?g0.expr=max_over_time%28kube_pod_container_status_waiting_reason%7Breason%3D%22CrashLoopBackOff%22%7D%5B5m%5D%29+%3E%3D+1',
  ...more,
});
const payload = (...items: object[]): Artifact =>
  textArtifact(JSON.stringify({ version: '4', groupKey: 'g', status: 'firing', receiver: 'r', groupLabels: {}, commonLabels: {}, alerts: items }), {
    id: `p${items.length}`,
    path: 'p',
  });
const rules = (...list: object[]): Artifact =>
  textArtifact(JSON.stringify({ status: 'success', data: { groups: [{ name: 'g', file: 'f', rules: list }] } }), { id: 'rules', path: 'rules' });
const rule = (name: string, duration: number, query = 'up == 0'): object => ({
  name,
  query,
  duration,
  labels: {},
  annotations: {},
  alerts: [],
  health: 'ok',
  type: 'alerting',
  state: 'firing',
});

describe('onset', () => {
  it('reaches back by the rule’s for, the rate window and a scrape', () => {
    const c = seen(worldOf(payload(one()), rules(rule('KubePodCrashLooping', 900))))[0];
    expect(c?.facts.forSeconds).toBe(900);
    expect(c?.onset.firstIll).toBe(at('2026-11-24T02:05:00Z'));
    expect(secondsBetween(c?.onset.lastWell ?? (0n as never), c?.onset.firstIll ?? (0n as never))).toBe(360);
  });
  it('is open on the well side when the rules were not captured', () => {
    const c = seen(worldOf(payload(one())))[0];
    expect(c?.onset).toMatchObject({ lastWell: null, firstIll: at('2026-11-24T02:20:00Z') });
    expect(c?.facts.expr).toContain('kube_pod_container_status_waiting_reason');
  });
});

describe('episodes', () => {
  it('firing and resolved pairs are one condition', () => {
    const c = seen(worldOf(payload(one({ status: 'resolved', endsAt: '2026-11-24T02:22:00Z' }), one({ startsAt: '2026-11-24T02:25:00Z' }))));
    expect(c).toHaveLength(1);
    expect(c[0]?.quantity?.value).toBe(2);
    expect(c[0]?.during).toEqual({ from: at('2026-11-24T02:20:00Z'), to: null });
  });
  it('merges what Alertmanager and Prometheus say of one alert', () => {
    const prometheus = textArtifact(
      JSON.stringify({
        status: 'success',
        data: {
          alerts: [
            {
              labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'orders-1', container: 'orders' },
              annotations: {},
              state: 'firing',
              activeAt: '2026-11-24T02:04:00Z',
              value: '1e+00',
            },
          ],
        },
      }),
      { id: 'alerts', path: 'alerts' },
    );
    const c = seen(worldOf(payload(one({}, { cluster: 'a' })), prometheus));
    expect(c).toHaveLength(1);
    expect(c[0]?.onset.firstIll).toBe(at('2026-11-24T02:04:00Z'));
  });
  it('leaves out pending alerts and those that always fire', () => {
    const prometheus = textArtifact(
      JSON.stringify({ status: 'success', data: { alerts: [{ labels: { alertname: 'A' }, annotations: {}, state: 'pending', activeAt: '2026-11-24T02:04:00Z', value: '1' }] } }),
      { id: 'x', path: 'x' },
    );
    expect(worldOf(payload(one({}, { alertname: 'Watchdog' })), prometheus).look(alertFiring).state).toBe('absent');
  });
  it('an empty list is absence, a payload of another group is not', () => {
    expect(worldOf(textArtifact('{"status":"success","data":{"alerts":[]}}', { id: 'v1', path: 'v1' })).look(alertFiring).state).toBe('absent');
    expect(worldOf().look(alertFiring).state).toBe('not-observable');
  });
});

describe('recorded', () => {
  it('alerts of a test cluster, each once', () => {
    const c = seen(worldOf(recorded('webhooks.jsonl')));
    expect(new Set(c.map((x) => x.entity.key)).size).toBe(c.length);
    expect(c.map((x) => x.facts.name)).toContain('KubeNodeNotReady');
    const node_ = c.find((x) => x.facts.name === 'KubeNodeNotReady');
    expect(node_?.during.to).not.toBeNull();
    expect(c.every((x) => x.facts.expr !== null)).toBe(true);
  });
});

describe('labels', () => {
  it('name the narrowest object', () => {
    expect(namedBy({ namespace: 'shop', pod: 'p', container: 'c' })?.entity).toEqual(container('shop', 'p', 'c'));
    expect(namedBy({ namespace: 'shop', pod: 'p' })?.entity).toEqual(pod('shop', 'p'));
    expect(namedBy({ namespace: 'shop', deployment: 'd' })?.entity).toEqual(workload('shop', 'deployment', 'd'));
    expect(namedBy({ namespace: 'shop', app: 'orders', route: '/buy' })?.entity).toEqual(endpoint('orders', '/buy'));
    expect(namedBy({ node: 'n', job: 'kube-state-metrics', instance: '10.0.0.1:8080' })?.entity).toEqual(node('n'));
  });
  it('do not lie to it', () => {
    expect(namedBy({ namespace: 'monitoring', pod: 'ksm-1', exported_namespace: 'shop', exported_pod: 'orders-1' })?.entity).toEqual(pod('shop', 'orders-1'));
    expect(namedBy({ job: 'kube-state-metrics', instance: '10.0.0.1:8080' })).toBeNull();
    expect(namedBy({ job: 'orders', instance: '10.0.0.1:8080' })).toEqual({ entity: service('orders'), strength: 'derived' });
  });
  it('of the exporter are no part of an alert’s identity', () => {
    expect(identityLabels({ alertname: 'A', job: 'kube-state-metrics', instance: 'x', cluster: 'c', pod: 'p' })).toBe('pod=p');
    expect(identityLabels({ alertname: 'A', job: 'orders', instance: 'x' })).toBe('instance=x,job=orders');
  });
  it('tie the alert to its object', () => {
    const w = worldOf(payload(one()));
    const c = seen(w)[0];
    expect(w.identity.upwards(c?.entity ?? node('')).map((r) => entityId(r.entity))).toContain('container:shop/orders-1/orders');
  });
});
