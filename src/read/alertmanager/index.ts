/**
 * Reads Alertmanager notifications and its alert list.
 * Written by: Alertmanager notify/webhook (payload version 4; 0.34 adds notification_reason and routeLabels, and lets users replace the whole
 *   body), GET /api/v2/alerts and /api/v2/alerts/groups. Several payloads in one file, one after another, as a receiver logs them.
 * Sample:   {"receiver":"oncall","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"KubePodNotReady",…},"startsAt":"…"}],…
 * Units:    times become instants. A firing alert has endsAt 0001-01-01 in a payload and a time in the future in the API: both read as null.
 * Problems: alertmanager/missing-fields (a user-defined payload), /truncated-alerts (Alertmanager left some out), /truncated, /empty-list, /nothing.
 * Not read: silences, receivers' settings.
 */
import { decodeText, type Instant, type Problem, parseInstant, placeAt, type Reader, readSlice, type Span } from '../../model/index.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../lib/fields.ts';
import { elements, members, parseSpan, skipSpace, skipValue } from '../lib/json-scan.ts';

export interface NotifiedAlert {
  readonly name: string;
  readonly status: 'firing' | 'resolved' | 'suppressed';
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  /** When the rule had been true for its `for`: not the onset. */
  readonly startsAt: Instant | null;
  /** null while it fires. */
  readonly endsAt: Instant | null;
  /** PromQL of the rule as the generator URL carries it. */
  readonly expr: string | null;
  readonly fingerprint: string | null;
  readonly span: Span;
  readonly pointer: string;
  /** Index into notifications; -1 for the API's list. */
  readonly notification: number;
}

export interface Notification {
  readonly receiver: string | null;
  readonly status: string | null;
  readonly groupKey: string | null;
  readonly groupLabels: { readonly [name: string]: string };
  readonly truncatedAlerts: number;
  readonly reason: string | null;
  readonly span: Span;
}

export interface Alerts {
  readonly form: 'webhook' | 'api-v2';
  readonly notifications: readonly Notification[];
  readonly alerts: readonly NotifiedAlert[];
}

const CAP = 64 * 1024 * 1024;
const PAYLOAD_FIELDS = ['version', 'groupKey', 'status', 'receiver', 'groupLabels', 'commonLabels', 'alerts'];

export const alertmanager: Reader<Alerts> = {
  id: 'alertmanager',
  title: 'Alertmanager notifications and alerts',
  takes: 'whole',

  sniff(head, sizeBytes) {
    const at = skipSpace(head, head[0] === 0xef ? 3 : 0);
    if (head[at] === 0x7b) {
      const keys = new Set<string>();
      let reached = at;
      for (const m of members(head, at)) {
        keys.add(m.key);
        reached = m.value.offset;
      }
      const known = PAYLOAD_FIELDS.filter((f) => keys.has(f)).length;
      if (keys.has('alerts') && known >= 4) return { confidence: 0.95, reached, why: 'payload with alerts, receiver and group labels' };
      if (keys.has('alerts') && !keys.has('data')) return { confidence: 0.6, reached, why: 'JSON with a list of alerts' };
      return { confidence: 0, reached, why: 'JSON without alerts' };
    }
    if (head[at] === 0x5b) {
      const first = skipSpace(head, at + 1);
      if (head[first] === 0x5d && sizeBytes <= first + 3) return { confidence: 0.5, reached: first, why: 'an empty JSON list, as /api/v2/alerts answers when nothing fires' };
      const keys = new Set([...members(head, first)].map((m) => m.key));
      if (keys.has('labels') && keys.has('startsAt')) return { confidence: 0.95, reached: first, why: 'JSON list of alerts with labels and startsAt' };
      if (keys.has('alerts') && keys.has('receiver')) return { confidence: 0.95, reached: first, why: 'JSON list of alert groups' };
      return { confidence: 0, reached: first, why: 'JSON list of something else' };
    }
    return { confidence: 0, reached: at, why: 'no JSON' };
  },

  read(artifact) {
    const size = artifact.source.sizeBytes;
    const problems: Problem[] = [];
    const emptyList = /^\s*\[\s*\]\s*$/.test(decodeText(readSlice(artifact.source, 0, 64))) && size <= 64;
    // a bare empty list could be of anything: only who took it can say that no alert fired
    if (emptyList && !/alertmanager|\/api\/v2\/alerts/i.test(`${artifact.collector ?? ''} ${artifact.command ?? ''}`))
      return {
        model: null,
        problems: [
          {
            code: 'alertmanager/empty-list',
            severity: 'note',
            place: placeAt(artifact.id, { offset: 0, length: size }),
            what: 'an empty list, and nothing says of what',
            why: 'Alertmanager answers so when nothing fires, and so do many others',
            next: 'keep the request beside the answer, or collect with gorca collect',
          },
        ],
      };
    const note = (what: string, severity: Problem['severity'], span: Span, text: string, why: string, next: string): void => {
      problems.push({ code: `alertmanager/${what}`, severity, place: placeAt(artifact.id, span), what: text, why, next });
    };
    const bytes = readSlice(artifact.source, 0, Math.min(size, CAP));
    const notifications: Notification[] = [];
    const alerts: NotifiedAlert[] = [];
    let form: Alerts['form'] = 'webhook';
    let cut = size > CAP;
    let strangers = 0;
    let i = skipSpace(bytes, bytes[0] === 0xef ? 3 : 0);
    while (i < bytes.length) {
      const end = skipValue(bytes, i);
      const span: Span = { offset: i, length: (end < 0 ? bytes.length : end) - i };
      if (end < 0) cut = true;
      if (end === i) break;
      if (bytes[i] === 0x5b) {
        form = 'api-v2';
        takeList(bytes, i, alerts);
      } else if (bytes[i] === 0x7b) {
        const before = alerts.length;
        const n = takePayload(bytes, span, notifications, alerts);
        if (n === null) strangers++;
        else {
          const missing = PAYLOAD_FIELDS.filter((f) => !n.has(f));
          if (missing.length > 0 && end >= 0)
            note(
              'missing-fields',
              'warning',
              { offset: span.offset, length: Math.min(80, span.length) },
              `the payload lacks ${missing.join(', ')}`,
              'a user-defined payload or a copy by hand: what it lacks is taken from the alerts themselves',
              'deliver the standard payload (version 4), or save /api/v2/alerts',
            );
          const made = notifications[notifications.length - 1];
          if (made !== undefined && made.truncatedAlerts > 0)
            note(
              'truncated-alerts',
              'warning',
              { offset: span.offset, length: Math.min(80, span.length) },
              `Alertmanager left out ${made.truncatedAlerts} of ${made.truncatedAlerts + alerts.length - before} alerts`,
              'max_alerts of the receiver is smaller than the group: alerts are missing here',
              'curl -s http://ALERTMANAGER/api/v2/alerts > alerts.json',
            );
        }
      } else strangers++;
      if (end < 0) break;
      i = skipSpace(bytes, end);
    }
    if (cut)
      note(
        'truncated',
        'warning',
        { offset: Math.max(0, bytes.length - 80), length: Math.min(80, bytes.length) },
        'the text ends inside a payload',
        'alerts after the cut are unknown',
        'save it again',
      );
    if (alerts.length === 0 && notifications.length === 0 && !(form === 'api-v2' && !cut)) {
      note(
        'nothing',
        'error',
        { offset: 0, length: Math.min(80, bytes.length) },
        strangers > 0 ? 'no alert in it' : 'the text is empty',
        'payloads have alerts with labels',
        'curl -s http://ALERTMANAGER/api/v2/alerts > alerts.json',
      );
      return { model: null, problems };
    }
    return { model: { form, notifications, alerts }, problems };
  },
};

/** Keys of the payload, or null when it is none. Whole alerts of a cut payload are kept. */
function takePayload(bytes: Uint8Array, span: Span, notifications: Notification[], alerts: NotifiedAlert[]): ReadonlySet<string> | null {
  const keys = new Set<string>();
  let list: number | null = null;
  const rest: Record<string, unknown> = {};
  for (const m of members(bytes, span.offset)) {
    keys.add(m.key);
    if (m.key === 'alerts') list = m.value.offset;
    else if (m.whole) rest[m.key] = parseSpan(bytes, m.value);
  }
  if (list === null) return null;
  const n = notifications.length;
  notifications.push({
    receiver: textAt(rest, 'receiver'),
    status: textAt(rest, 'status'),
    groupKey: textAt(rest, 'groupKey'),
    groupLabels: textsAt(rest, 'groupLabels'),
    truncatedAlerts: Math.max(0, numberAt(rest, 'truncatedAlerts') ?? 0),
    reason: textAt(rest, 'notification_reason'),
    span,
  });
  let k = 0;
  for (const e of elements(bytes, list)) {
    const made = alertOf(bytes, e, `/alerts/${k}`, n, textAt(rest, 'status'));
    if (made !== null) alerts.push(made);
    k++;
  }
  return keys;
}

/** /api/v2/alerts, or /api/v2/alerts/groups with the alerts one level down. */
function takeList(bytes: Uint8Array, at: number, alerts: NotifiedAlert[]): void {
  let k = 0;
  for (const e of elements(bytes, at)) {
    const inner = [...members(bytes, e.offset)].find((m) => m.key === 'alerts' && bytes[m.value.offset] === 0x5b);
    if (inner !== undefined) {
      let g = 0;
      for (const a of elements(bytes, inner.value.offset)) {
        const made = alertOf(bytes, a, `/${k}/alerts/${g}`, -1, null);
        if (made !== null) alerts.push(made);
        g++;
      }
    } else {
      const made = alertOf(bytes, e, `/${k}`, -1, null);
      if (made !== null) alerts.push(made);
    }
    k++;
  }
}

function alertOf(bytes: Uint8Array, span: Span, pointer: string, notification: number, groupStatus: string | null): NotifiedAlert | null {
  const v = objectAt(parseSpan(bytes, span));
  if (v === null || objectAt(v, 'labels') === null) return null;
  const labels = textsAt(v, 'labels');
  const state = textAt(v, 'status', 'state');
  const said = textAt(v, 'status') ?? groupStatus;
  // the API calls a firing alert active, and one that nobody hears of suppressed
  const silenced = state === 'suppressed' || listAt(v, 'status', 'silencedBy').length > 0 || listAt(v, 'status', 'inhibitedBy').length > 0;
  const status = silenced ? 'suppressed' : said === 'resolved' ? 'resolved' : 'firing';
  const ends = textAt(v, 'endsAt');
  return {
    name: labels['alertname'] ?? '',
    status,
    labels,
    annotations: textsAt(v, 'annotations'),
    startsAt: instantOf(textAt(v, 'startsAt')),
    endsAt: status === 'resolved' ? instantOf(ends) : null,
    expr: exprOf(textAt(v, 'generatorURL')),
    fingerprint: textAt(v, 'fingerprint'),
    span,
    pointer,
    notification,
  };
}

const instantOf = (text: string | null): Instant | null => (text === null ? null : parseInstant(text));

/** …/graph?g0.expr=up+%3D%3D+0&g0.tab=1 */
function exprOf(url: string | null): string | null {
  const m = url === null ? null : /[?&]g0\.expr=([^&#]{1,20000})/.exec(url);
  if (m === null) return null;
  try {
    return decodeURIComponent((m[1] ?? '').replaceAll('+', ' '));
  } catch {
    return null;
  }
}
