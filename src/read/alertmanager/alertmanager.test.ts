import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Artifact, formatInstant } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { type Alerts, alertmanager } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));

const summary = (m: Alerts): unknown => ({
  form: m.form,
  notifications: m.notifications.map((n) => [n.receiver, n.status, n.groupLabels, n.truncatedAlerts]),
  alerts: m.alerts.map((a) => [
    a.name,
    a.status,
    a.labels['namespace'],
    a.labels['pod'] ?? a.labels['deployment'] ?? a.labels['node'],
    a.startsAt === null ? null : formatInstant(a.startsAt),
    a.endsAt === null ? null : formatInstant(a.endsAt),
    a.expr,
    a.pointer,
  ]),
});

function integrity(m: Alerts, artifact: Artifact): void {
  for (const a of m.alerts) {
    expect(a.span.offset + a.span.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
    if (/^[A-Za-z]+$/.test(a.name)) expectSpanText(artifact, a.span, a.name);
    expect(a.notification).toBeLessThan(m.notifications.length);
    if (a.status !== 'resolved') expect(a.endsAt).toBeNull();
  }
}

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.jsonl?$/))('%s', (file) => checkReader({ reader: alertmanager, file, summary, integrity, mutations: 20 }));
});

describe('payloads', () => {
  const bytes = fixtureBytes(`${testdata}/webhook.json`);
  const standard = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;

  it('carry the rule in the generator URL', () => {
    const m = alertmanager.read(testArtifact(bytes)).model;
    expect(m?.alerts.every((a) => a.expr?.includes('kube_'))).toBe(true);
  });
  it('that users define are read as far as they go', () => {
    const { alerts, status } = standard;
    const r = alertmanager.read(textArtifact(JSON.stringify({ status, alerts, text: 'something is wrong' })));
    expect(r.model?.alerts.length).toBeGreaterThan(0);
    expect(r.problems.map((p) => p.code)).toEqual(['alertmanager/missing-fields']);
    expect(r.problems[0]?.what).toContain('receiver');
  });
  it('say that alerts are missing', () => {
    const r = alertmanager.read(textArtifact(JSON.stringify({ ...standard, truncatedAlerts: 4 })));
    expect(r.problems.map((p) => p.code)).toEqual(['alertmanager/truncated-alerts']);
  });
  it('know the fields of 0.34', () => {
    const r = alertmanager.read(textArtifact(JSON.stringify({ ...standard, notification_reason: 'group interval', routeLabels: { team: 'a' } })));
    expect(r.problems).toEqual([]);
    expect(r.model?.notifications[0]?.reason).toBe('group interval');
  });
  it('cut short keep their whole alerts', () => {
    const text = JSON.stringify({ ...standard, alerts: [...(standard['alerts'] as unknown[]), ...(standard['alerts'] as unknown[])] });
    const r = alertmanager.read(textArtifact(text.slice(0, text.lastIndexOf('"alertname"'))));
    expect(r.model?.alerts.length).toBeGreaterThan(0);
    expect(r.problems.map((p) => p.code)).toContain('alertmanager/truncated');
  });
  it('are not seen in Prometheus answers or objects', () => {
    for (const text of ['{"status":"success","data":{"alerts":[]}}', '{"kind":"List","items":[]}', '[1,2]', 'alerts: []'])
      expect(alertmanager.sniff(new TextEncoder().encode(text), text.length).confidence).toBe(0);
  });
  it('an empty list is an answer only of somebody who was asked for alerts', () => {
    expect(alertmanager.sniff(new TextEncoder().encode('[]\n'), 3).confidence).toBe(0.5);
    expect(alertmanager.read(textArtifact('[]\n', { collector: 'alertmanager' })).model?.alerts).toEqual([]);
    expect(alertmanager.read(textArtifact('[]\n')).problems.map((p) => p.code)).toEqual(['alertmanager/empty-list']);
  });
});
