/**
 * Firing alerts, from Alertmanager's payloads and lists and from Prometheus' own list.
 * startsAt is when the rule had been true for its `for`: the harm began that much earlier, and up to one rate window and one scrape before
 * that. Firing and resolved pairs of one alert are one condition with its episodes. Pending alerts told nobody; Watchdog and InfoInhibitor
 * fire always by design.
 */

import { alertFiring } from '../../model/conditions/alert.ts';
import {
  addSeconds,
  alert,
  type Condition,
  type Coverage,
  condition,
  type Edge,
  type Entity,
  endpoint,
  formatInstant,
  type Identified,
  type Instant,
  type Kind,
  type Observation,
  type Observer,
  type Place,
  placeAt,
  pod,
  type Readings,
  service,
  type World,
} from '../../model/index.ts';
import { type Alerts, alertmanager } from '../../read/alertmanager/index.ts';
import { type PrometheusAnswer, type PrometheusRule, prometheusApi } from '../../read/prometheus-api/index.ts';
import { earliest, latest } from '../lib/earliest.ts';
import { ownersByName } from '../lib/generated-names.ts';
import { identityLabels, type Labels, labelOf, namedBy } from './labels.ts';

const ALWAYS_ON = new Set(['Watchdog', 'InfoInhibitor', 'DeadMansSwitch', 'DeadMansSnitch']);
/** Scrape and evaluation intervals are a minute by default: the first sample of the harm is at most that much older than the rule's. */
const LAG_SECONDS = 60;

interface Episode {
  readonly name: string;
  readonly labels: Labels;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  /** When the rule became true, where Prometheus says it. */
  readonly activeAt: Instant | null;
  readonly expr: string | null;
  readonly summary: string;
  readonly place: Place;
}

function episodes(readings: Readings): Episode[] {
  const out: Episode[] = [];
  for (const { artifact, model } of readings.of<Alerts>(alertmanager)) {
    for (const a of model.alerts) {
      if (a.name === '' || ALWAYS_ON.has(a.name)) continue;
      out.push({
        name: a.name,
        labels: a.labels,
        startsAt: a.startsAt,
        endsAt: a.endsAt,
        activeAt: null,
        expr: a.expr,
        summary: a.annotations['summary'] ?? a.annotations['description'] ?? a.annotations['message'] ?? '',
        place: placeAt(artifact.id, a.span, { pointer: a.pointer }),
      });
    }
  }
  for (const { artifact, model } of readings.of<PrometheusAnswer>(prometheusApi)) {
    for (const a of model.alerts) {
      if (a.state !== 'firing' || a.name === '' || ALWAYS_ON.has(a.name)) continue;
      out.push({
        name: a.name,
        labels: a.labels,
        startsAt: null,
        endsAt: null,
        activeAt: a.activeAt,
        expr: null,
        summary: a.annotations['summary'] ?? a.annotations['description'] ?? '',
        place: placeAt(artifact.id, a.span, { pointer: `alert ${a.name}` }),
      });
    }
  }
  return out;
}

function rulesByName(readings: Readings): Map<string, { rule: PrometheusRule; place: Place }[]> {
  const out = new Map<string, { rule: PrometheusRule; place: Place }[]>();
  for (const { artifact, model } of readings.of<PrometheusAnswer>(prometheusApi))
    for (const rule of model.rules) {
      if (rule.kind !== 'alerting') continue;
      const list = out.get(rule.name) ?? [];
      list.push({ rule, place: placeAt(artifact.id, rule.span, { pointer: `rule ${rule.name}` }) });
      out.set(rule.name, list);
    }
  return out;
}

/** Longest range in the rule: rates look that far back. */
function windowSeconds(expr: string | null): number {
  let longest = 0;
  for (const m of (expr ?? '').matchAll(/\[(\d{1,6})(ms|s|m|h|d)(?::[^\]]{0,20})?\]/g)) {
    const unit = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 }[m[2] as 'ms' | 's' | 'm' | 'h' | 'd'];
    longest = Math.max(longest, Number(m[1]) * unit);
  }
  return longest;
}

function firing(readings: Readings): Condition[] {
  const rules = rulesByName(readings);
  const groups = new Map<string, Episode[]>();
  for (const e of episodes(readings)) {
    const key = `${e.name}\u0000${identityLabels(e.labels)}`;
    groups.set(key, [...(groups.get(key) ?? []), e]);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, list]) => {
      const first = list[0] as Episode;
      const known = rules.get(first.name) ?? [];
      const expr = list.find((e) => e.expr !== null)?.expr ?? (known.length === 1 ? (known[0]?.rule.query ?? null) : null);
      const rule = known.length === 1 ? known[0] : known.find((k) => squeeze(k.rule.query) === squeeze(expr ?? ''));
      const forSeconds = rule?.rule.forSeconds ?? null;
      const startsAt = earliest(list.map((e) => e.startsAt));
      const counted = startsAt === null || forSeconds === null ? null : addSeconds(startsAt, -forSeconds);
      const active = earliest(list.map((e) => e.activeAt));
      const began = earliest([counted, active]);
      const window = windowSeconds(expr ?? rule?.rule.query ?? null);
      const open = list.some((e) => e.endsAt === null && e.startsAt === null) || lastStart(list);
      const times = [...new Set(list.map((e) => e.startsAt).filter((t) => t !== null))].length;
      const named = namedBy(first.labels);
      const where = named === null ? '' : ` for ${named.entity.key}`;
      return condition(alertFiring, {
        entity: alert(first.name, identityLabels(first.labels)),
        during: { from: startsAt ?? active, to: open ? null : latest(list.map((e) => e.endsAt)) },
        onset: { lastWell: began === null ? null : addSeconds(began, -(window + LAG_SECONDS)), firstIll: began ?? startsAt, clock: 'prometheus' },
        ...(times > 1 ? { quantity: { value: times, unit: 'episodes', known: 'counted' as const } } : {}),
        facts: { name: first.name, labels: first.labels, expr: expr ?? rule?.rule.query ?? null, forSeconds, summary: first.summary },
        says: `alert ${first.name}${where} fired${startsAt === null ? '' : ` at ${formatInstant(startsAt).slice(11, 19)}`}${times > 1 ? ` (${times} times)` : ''}${open ? '' : ', resolved since'}`,
        places: [first.place, ...(rule === undefined ? [] : [rule.place]), ...list.slice(1, 3).map((e) => e.place)],
      });
    });
}

const squeeze = (text: string): string => text.replaceAll(/\s+/g, '');

/** Whether the newest episode was still firing when it was last heard of. */
function lastStart(list: readonly Episode[]): boolean {
  const starts = latest(list.map((e) => e.startsAt));
  return !list.some((e) => e.endsAt !== null && e.startsAt === starts);
}

/** Lists that show every alert; payloads only show their own group. */
function covered(readings: Readings): Coverage[] {
  const out: Coverage[] = [];
  const cover = (artifact: { id: string; takenAt?: Instant; source: { sizeBytes: number } }): void => {
    const at = artifact.takenAt ?? null;
    out.push({ entity: null, interval: { from: at, to: at }, places: [placeAt(artifact.id, { offset: 0, length: Math.min(80, artifact.source.sizeBytes) })] });
  };
  for (const { artifact, model } of readings.of<Alerts>(alertmanager)) if (model.form === 'api-v2') cover(artifact);
  for (const { artifact, model } of readings.of<PrometheusAnswer>(prometheusApi)) if (model.form === 'alerts') cover(artifact);
  return out;
}

/** Where nothing but alerts was captured, a pod's name is all that says whose it is. */
function ofPod(named: Entity, place: Place): Edge[] {
  const [ns, name, box] = named.key.split('/');
  if ((named.kind !== 'pod' && named.kind !== 'container') || ns === undefined || name === undefined) return [];
  const at: Edge[] = box === undefined ? [] : [{ from: named, relation: 'part-of', to: pod(ns, name), strength: 'stated', places: [place] }];
  return [...at, ...ownersByName(ns, name, place)];
}

export const alerts: Observer = {
  id: 'alerts',
  answers: [alertFiring],
  /** An alert is about what its labels name. */
  identify(readings): Identified {
    const edges: Edge[] = [];
    const done = new Set<string>();
    for (const e of episodes(readings)) {
      const from = alert(e.name, identityLabels(e.labels));
      const named = namedBy(e.labels);
      if (done.has(from.key) || named === null || named.entity.kind === 'namespace') continue;
      done.add(from.key);
      edges.push({ from, relation: 'part-of', to: named.entity, strength: named.strength, places: [e.place] });
      edges.push(...ofPod(named.entity, e.place));
      if (named.entity.kind === 'endpoint') {
        const app = labelOf(e.labels, 'app') ?? labelOf(e.labels, 'service') ?? '';
        edges.push({ from: endpoint(app, named.entity.key.slice(app.length + 1)), relation: 'part-of', to: service(app), strength: 'stated', places: [e.place] });
      }
    }
    return { aliases: [], edges };
  },
  look(kind: Kind, _query, world: World): Observation {
    if (kind.id !== alertFiring.id) return { conditions: [], covered: [], notObservable: [] };
    const found = covered(world.readings);
    return {
      conditions: firing(world.readings),
      covered: found,
      notObservable: found.length > 0 ? [] : [{ why: 'no list of alerts was captured', next: alertFiring.next }],
    };
  },
};
