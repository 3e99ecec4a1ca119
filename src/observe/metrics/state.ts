/** What kube-state-metrics and cAdvisor say of containers and workloads, for when no objects were captured, and with times where they were. */
import { containerCrashLooping, containerOomKilled, containerThrottled } from '../../model/conditions/container.ts';
import { workloadUnavailable } from '../../model/conditions/workload.ts';
import { type Condition, type Coverage, condition, container, entityId, instantFromSeconds, type Kind, NOTHING, type Observation, workload } from '../../model/index.ts';
import { labelled, type Series } from '../lib/metrics/series.ts';
import { coverageOf } from './memory.ts';

/** A rollout passes through fewer replicas than wanted; longer than this it is harm. */
const UNAVAILABLE_SECONDS = 45;
const THROTTLED_SHARE = 0.25;

export function stateOf(kind: Kind, series: readonly Series[]): Observation {
  switch (kind.id) {
    case containerOomKilled.id:
      return oomKilled(series);
    case containerCrashLooping.id:
      return crashLooping(series);
    case containerThrottled.id:
      return throttled(series);
    case workloadUnavailable.id:
      return unavailable(series);
    default:
      return NOTHING;
  }
}

const at = (s: Series, i: number) => instantFromSeconds(s.times[i] as number);
const containerOf = (s: Series) => {
  const l = labelled(s);
  return l.namespace === undefined || l.pod === undefined || l.container === undefined ? null : container(l.namespace, l.pod, l.container);
};

/** last_terminated_reason is sticky: it tells that, and the first sample with it tells when at the latest. */
function oomKilled(series: readonly Series[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  for (const s of series) {
    if (!s.raw || (s.name !== 'kube_pod_container_status_last_terminated_reason' && s.name !== 'kube_pod_container_status_terminated_reason')) continue;
    const entity = containerOf(s);
    if (entity === null) continue;
    covered.push(coverageOf(entity, s));
    if (s.labels['reason'] !== 'OOMKilled') continue;
    const first = s.values.indexOf(1);
    if (first < 0) continue;
    const restarts = series.find(
      (x) => x.name === 'kube_pod_container_status_restarts_total' && x.raw && ['namespace', 'pod', 'container'].every((k) => x.labels[k] === s.labels[k]),
    );
    const count = restarts?.values.at(-1) ?? null;
    // the series appears with the first kill: the scrape before it is the last well one, if scrapes were on by then
    const before =
      first > 0
        ? at(s, first - 1)
        : restarts !== undefined && (restarts.times[0] as number) < (s.times[first] as number)
          ? instantFromSeconds((s.times[first] as number) - Math.max(s.step, 5))
          : null;
    conditions.push(
      condition(containerOomKilled, {
        entity,
        during: { from: at(s, first), to: null },
        onset: { lastWell: before, firstIll: at(s, first), clock: 'prometheus' },
        facts: { container: s.labels['container'] ?? '', exitCode: null, limitBytes: null, restarts: count, finishedAt: null },
        says: `container ${s.labels['container'] ?? ''} OOMKilled`,
        places: [s.place(first)],
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable: [] };
}

/** Waiting in CrashLoopBackOff, or restarts that grow by two: each is enough, and a container that backs off for five minutes restarts in neither. */
function crashLooping(series: readonly Series[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const containers = new Map<string, { entity: NonNullable<ReturnType<typeof containerOf>>; restarts: Series | null; waiting: Series | null }>();
  for (const s of series) {
    const isRestarts = s.name === 'kube_pod_container_status_restarts_total';
    if (!s.raw || (!isRestarts && s.name !== 'kube_pod_container_status_waiting_reason')) continue;
    const entity = containerOf(s);
    if (entity === null) continue;
    const known = containers.get(entityId(entity)) ?? { entity, restarts: null, waiting: null };
    if (isRestarts) known.restarts = s;
    else if (s.labels['reason'] === 'CrashLoopBackOff' && s.values.includes(1)) known.waiting = s;
    containers.set(entityId(entity), known);
  }
  for (const { entity, restarts, waiting } of containers.values()) {
    if (restarts !== null) covered.push(coverageOf(entity, restarts));
    const first = restarts?.values[0] ?? null;
    const last = restarts?.values.at(-1) ?? null;
    const grown = first === null || last === null ? 0 : last - first;
    if (grown < 2 && waiting === null) continue;
    const name = (restarts ?? waiting)?.labels['container'] ?? '';
    const i = restarts === null || grown <= 0 ? -1 : restarts.values.findIndex((v) => v > (first as number));
    const w = waiting === null ? -1 : waiting.values.indexOf(1);
    const places = [...(restarts === null ? [] : [restarts.place(restarts.values.length - 1)]), ...(waiting === null ? [] : [waiting.place(w)])];
    // restarts that did not grow within the window: it was looping before the window began
    const onset =
      i >= 0 && restarts !== null
        ? { lastWell: at(restarts, Math.max(0, i - 1)), firstIll: at(restarts, i), clock: 'prometheus' }
        : { lastWell: null, firstIll: at(waiting as Series, w), clock: 'prometheus' };
    conditions.push(
      condition(containerCrashLooping, {
        entity,
        during: { from: onset.firstIll, to: null },
        onset,
        ...(last === null || first === null ? {} : { quantity: { value: last, baseline: first, unit: 'restarts', known: 'counted' as const } }),
        facts: { container: name, restarts: last ?? 0, reason: waiting === null ? 'restarts' : 'CrashLoopBackOff' },
        says:
          grown > 0 ? `container ${name} restarted ${grown} times` : `container ${name} waits in CrashLoopBackOff${last === null || last === 0 ? '' : ` after ${last} restarts`}`,
        places,
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable: [] };
}

/** A ratio somebody queried, or the two counters it is made of. */
function throttled(series: readonly Series[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const add = (s: Series, ratios: readonly number[], times: readonly number[]): void => {
    const entity = containerOf(s);
    if (entity === null || ratios.length === 0) return;
    covered.push(coverageOf(entity, s));
    const over = ratios.map((r, i) => ({ r, i })).filter((x) => x.r > THROTTLED_SHARE);
    const firstOver = over[0];
    if (firstOver === undefined || over.length < 3) return;
    const most = over.reduce((a, b) => (a.r >= b.r ? a : b));
    conditions.push(
      condition(containerThrottled, {
        entity,
        during: { from: instantFromSeconds(times[firstOver.i] as number), to: instantFromSeconds(times[(over.at(-1) as { i: number }).i] as number) },
        onset: {
          lastWell: firstOver.i === 0 ? null : instantFromSeconds(times[firstOver.i - 1] as number),
          firstIll: instantFromSeconds(times[firstOver.i] as number),
          clock: 'prometheus',
        },
        quantity: { value: most.r, unit: 'share of periods', known: 'sampled' },
        facts: { container: s.labels['container'] ?? '', ratio: Math.round(most.r * 1000) / 1000, limitCores: null },
        says: `up to ${Math.round(most.r * 100)} % of CPU periods throttled`,
        places: [s.place(firstOver.i), s.place(most.i)],
      }) as Condition,
    );
  };
  for (const s of series) {
    if (!s.raw && s.query !== null && /cfs_throttled_periods/.test(s.query) && /\//.test(s.query)) add(s, s.values, s.times);
    if (s.raw && s.name === 'container_cpu_cfs_throttled_periods_total') {
      const periods = series.find(
        (x) => x.raw && x.name === 'container_cpu_cfs_periods_total' && ['namespace', 'pod', 'container', 'id'].every((k) => x.labels[k] === s.labels[k]),
      );
      if (periods === undefined || periods.times.length !== s.times.length) continue;
      const ratios = s.values.map((v, i) => {
        const dp = (periods.values[i] as number) - (periods.values[i - 1] ?? Number.NaN);
        return dp > 0 ? (v - (s.values[i - 1] as number)) / dp : 0;
      });
      add(s, ratios, s.times);
    }
  }
  return { conditions, covered, notObservable: [] };
}

function unavailable(series: readonly Series[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  for (const s of series) {
    if (!s.raw || s.name !== 'kube_deployment_spec_replicas') continue;
    const l = labelled(s);
    if (l.namespace === undefined || l.deployment === undefined) continue;
    const have = series.find(
      (x) => x.raw && x.name === 'kube_deployment_status_replicas_available' && labelled(x).namespace === l.namespace && labelled(x).deployment === l.deployment,
    );
    if (have === undefined) continue;
    const entity = workload(l.namespace, 'deployment', l.deployment);
    covered.push(coverageOf(entity, have));
    const wanted = new Map(s.times.map((t, i) => [t, s.values[i] as number]));
    // the stretch at the end counts, and any other that is long enough
    let start = -1;
    let worst: { from: number; to: number } | null = null;
    for (let i = 0; i <= have.times.length; i++) {
      const short = i < have.times.length && (have.values[i] as number) < (wanted.get(have.times[i] as number) ?? (s.values.at(-1) as number));
      if (short && start < 0) start = i;
      if (!short && start >= 0) {
        const seconds = (have.times[i - 1] as number) - (have.times[start] as number);
        if (seconds >= UNAVAILABLE_SECONDS && (worst === null || i - start > worst.to - worst.from)) worst = { from: start, to: i - 1 };
        start = -1;
      }
    }
    if (worst === null) continue;
    const available = have.values[worst.to] as number;
    const desired = wanted.get(have.times[worst.to] as number) ?? (s.values.at(-1) as number);
    conditions.push(
      condition(workloadUnavailable, {
        entity,
        during: { from: at(have, worst.from), to: worst.to === have.times.length - 1 ? null : at(have, worst.to) },
        onset: { lastWell: worst.from === 0 ? null : at(have, worst.from - 1), firstIll: at(have, worst.from), clock: 'prometheus' },
        quantity: { value: available, baseline: desired, unit: 'replicas', known: 'counted' },
        facts: { workload: l.deployment, desired, available },
        says: `${available} of ${desired} replicas of ${l.deployment} available`,
        places: [have.place(worst.from), have.place(worst.to)],
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable: [] };
}
