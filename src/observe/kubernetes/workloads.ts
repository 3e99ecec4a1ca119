/** Replicas that are missing, rollouts that do not end, pods that nobody may create or place, pods taken away. */

import { podEvicted, podsNotCreated, podUnschedulable, rolloutStuck, workloadUnavailable } from '../../model/conditions/workload.ts';
import {
  addSeconds,
  type Condition,
  condition,
  type Entity,
  formatInstant,
  type Instant,
  type Place,
  placeAt,
  pod,
  revision,
  secondsBetween,
  workload,
} from '../../model/index.ts';
import type { PodView, WorkloadView } from '../../read/lib/kubernetes-views.ts';
import { earliest } from '../lib/earliest.ts';
import { parseCreationRefusal } from '../lib/refusals/creation.ts';
import { parseSchedulingRefusal } from '../lib/refusals/scheduling.ts';
import { type ClusterState, placeOf, podKey, type Seen } from './cluster.ts';
import { ownerFrom, ownerOfPod, podEntity, workloadEntity } from './owners.ts';
import { short } from './starting.ts';

/** Replicas may be missing this long while pods start: images are pulled, probes wait. */
const STARTING_SECONDS = 60;

const newest = (state: ClusterState): Seen<WorkloadView>[] => [...state.workloads.values()].flatMap((l) => l.slice(0, 1));

export function unavailable(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const s of newest(state)) {
    const { view } = s;
    if (view.kind === 'ReplicaSet' || view.kind === 'Job' || view.desired === null || view.desired === 0) continue;
    const available = view.available ?? view.ready;
    if (available === null || available >= view.desired) continue;
    const condition_ = view.conditions.find((c) => c.type === 'Available');
    // a rolling update holds back or adds a replica: the Deployment itself says whether too few are left
    const belowMinimum = condition_ === undefined ? available === 0 || view.kind !== 'Deployment' : condition_.status === 'False';
    if (!belowMinimum) continue;
    const since = condition_?.since ?? null;
    if (isStarting(s, since, state)) continue;
    out.push(
      condition(workloadUnavailable, {
        entity: workloadEntity(view),
        during: { from: since, to: null },
        onset: { lastWell: since === null ? view.createdAt : addSeconds(since, -1), firstIll: since ?? s.at, clock: 'control-plane' },
        quantity: { value: available, baseline: view.desired, unit: 'replicas', known: 'counted' },
        facts: { workload: `${view.kind.toLowerCase()}/${view.name}`, desired: view.desired, available },
        says: `${view.kind.toLowerCase()} ${view.name} has ${available} of ${view.desired} replicas available`,
        places: [placeOf(s.artifact, condition_ ?? view.counts), ...(condition_ === undefined ? [] : [placeOf(s.artifact, view.counts)])],
      }),
    );
  }
  for (const s of state.workloadRows) {
    const { kind, desired, ready, available } = s.view;
    const have = available ?? ready;
    if (kind === 'ReplicaSet' || desired === null || desired === 0 || have === null || have > 0) continue;
    out.push(
      condition(workloadUnavailable, {
        entity: workload(s.view.namespace ?? '', kind.toLowerCase(), s.view.name),
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: s.at },
        quantity: { value: have, baseline: desired, unit: 'replicas', known: 'counted' },
        facts: { workload: `${kind.toLowerCase()}/${s.view.name}`, desired, available: have },
        says: `${kind.toLowerCase()} ${s.view.name} has ${have} of ${desired} replicas available`,
        places: [placeAt(s.artifact.id, s.view.span)],
      }),
    );
  }
  return out;
}

/** Young, and none of its pods in trouble: what a creation or a Recreate passes through. */
function isStarting(s: Seen<WorkloadView>, since: Instant | null, state: ClusterState): boolean {
  const from = since ?? s.view.createdAt;
  if (s.at === null || from === null || secondsBetween(from, s.at) > STARTING_SECONDS) return false;
  const entity = workloadEntity(s.view);
  return podsOf(entity, state).every((p) =>
    p.view.containers.every((c) => (c.restartCount ?? 0) === 0 && (c.state?.kind !== 'waiting' || c.state.reason === 'ContainerCreating' || c.state.reason === 'PodInitializing')),
  );
}

export function podsOf(entity: Entity, state: ClusterState): Seen<PodView>[] {
  return [...state.pods.values()].flatMap((l) => {
    const s = l[0];
    if (s === undefined) return [];
    const owned = ownerOfPod(s, state);
    return owned !== null && owned.workload.key === entity.key ? [s] : [];
  });
}

export function stuckRollouts(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  for (const s of newest(state)) {
    const { view } = s;
    if (view.kind !== 'Deployment' || view.paused || view.desired === 0) continue;
    const sets = setsOf(s, state);
    const current = sets[0];
    const progressing = view.conditions.find((c) => c.type === 'Progressing');
    const failed = progressing?.status === 'False';
    const young = current?.view.createdAt === null || current === undefined || s.at === null || secondsBetween(current.view.createdAt, s.at) <= STARTING_SECONDS;
    const neverReady = current !== undefined && (current.view.desired ?? 0) > 0 && current.view.ready === 0 && !young && progressing?.reason !== 'NewReplicaSetAvailable';
    if (!failed && !neverReady) continue;
    const newReady = current?.view.ready ?? 0;
    const oldReady = sets.slice(1).reduce((n, r) => n + (r.view.ready ?? 0), 0);
    const began = current?.view.createdAt ?? null;
    const reason = failed ? (progressing?.reason ?? '') : 'NeverReady';
    const places: Place[] = [];
    if (progressing !== undefined) places.push(placeOf(s.artifact, progressing));
    if (current !== undefined) places.push(placeOf(current.artifact, current.view.counts));
    out.push(
      condition(rolloutStuck, {
        entity: workloadEntity(view),
        during: { from: began, to: null },
        onset: { lastWell: began === null ? null : addSeconds(began, -1), firstIll: began ?? progressing?.since ?? s.at, clock: 'control-plane' },
        quantity: { value: newReady, ...(view.desired === null ? {} : { baseline: view.desired }), unit: 'new replicas ready', known: 'counted' },
        facts: { workload: `deployment/${view.name}`, reason, message: progressing?.message ?? '', revision: current?.view.revision ?? view.revision, newReady, oldReady },
        says: `the rollout of ${view.name}${view.revision === null ? '' : ` to revision ${view.revision}`} does not finish: ${newReady} new ${newReady === 1 ? 'replica' : 'replicas'} ready, ${oldReady} old still serving`,
        places: places.length > 0 ? places : [placeOf(s.artifact, view)],
      }),
    );
  }
  return out;
}

/** ReplicaSets of a Deployment, newest revision first. */
function setsOf(s: Seen<WorkloadView>, state: ClusterState): Seen<WorkloadView>[] {
  return newest(state)
    .filter((r) => r.view.kind === 'ReplicaSet' && r.view.namespace === s.view.namespace && r.view.owner?.kind === 'Deployment' && r.view.owner.name === s.view.name)
    .sort((a, b) => Number(b.view.revision ?? 0) - Number(a.view.revision ?? 0));
}

export function unschedulable(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const done = new Set<string>();
  const push = (entity: Entity, name: string, message: string, since: Instant | null, created: Instant | null, until: Instant | null, places: readonly Place[]): void => {
    if (done.has(entity.key)) return;
    done.add(entity.key);
    const refusal = parseSchedulingRefusal(message);
    const predicates: Record<string, number> = {};
    for (const p of refusal?.predicates ?? []) predicates[p.text] = p.count;
    if (refusal?.before !== null && refusal?.before !== undefined) predicates[refusal.before] = refusal.nodes;
    out.push(
      condition(podUnschedulable, {
        entity,
        during: { from: since, to: null },
        onset: { lastWell: created ?? since, firstIll: since ?? until, clock: 'scheduler' },
        facts: { pod: name, message, nodes: refusal?.nodes ?? 0, predicates, complete: refusal?.complete ?? false },
        says: `pod ${name} fits no node: ${
          refusal === null
            ? short(message)
            : refusal.before !== null
              ? refusal.before
              : `0 of ${refusal.nodes}: ${Object.entries(predicates)
                  .map(([t, n]) => `${n} ${t}`)
                  .join(', ')}`
        }`,
        places,
      }),
    );
  };
  const refusals = (ns: string, name: string) =>
    state.events.filter((e) => e.view.reason === 'FailedScheduling' && e.view.involvedName === name && (e.view.involvedNamespace ?? '') === ns);
  for (const list of state.pods.values()) {
    const s = list[0];
    if (s === undefined || s.view.node !== null || s.view.deletedAt !== null) continue;
    const c = s.view.conditions.find((x) => x.type === 'PodScheduled' && x.status === 'False');
    if (c === undefined || c.reason === 'SchedulingGated') continue;
    const events = refusals(s.view.namespace ?? '', s.view.name);
    const last = events.at(-1);
    // the newest refusal; the condition in describe has no message
    const message = last?.view.message ?? c.message ?? '';
    push(podEntity(s.view), s.view.name, message, c.since ?? events[0]?.view.first ?? null, s.view.createdAt, s.at, [
      placeOf(s.artifact, c),
      ...(last === undefined ? [] : [placeOf(last.artifact, last.view)]),
    ]);
  }
  // pods nobody captured; one that found its place later only waited
  for (const e of state.events.toReversed()) {
    if (e.view.reason !== 'FailedScheduling' || e.view.involvedKind !== 'Pod') continue;
    const ns = e.view.involvedNamespace ?? '';
    if (state.pods.has(podKey(ns, e.view.involvedName))) continue;
    const placed = state.events.some((x) => x.view.reason === 'Scheduled' && x.view.involvedName === e.view.involvedName && (x.view.involvedNamespace ?? '') === ns);
    const row = state.podRows.get(podKey(ns, e.view.involvedName));
    if (placed || (row !== undefined && row.view.status !== 'Pending')) continue;
    push(pod(ns, e.view.involvedName), e.view.involvedName, e.view.message, refusals(ns, e.view.involvedName)[0]?.view.first ?? e.view.first, null, e.at, [
      placeOf(e.artifact, e.view),
    ]);
  }
  return out;
}

export function notCreated(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const done = new Set<string>();
  for (const e of state.events.toReversed()) {
    if (e.view.reason !== 'FailedCreate') continue;
    const { involvedKind: kind, involvedName: name } = e.view;
    const ns = e.view.involvedNamespace ?? '';
    const key = `${kind} ${podKey(ns, name)}`;
    if (done.has(key)) continue;
    const owner = state.workloads.get(key)?.[0];
    const failure = owner?.view.conditions.find((c) => c.type === 'ReplicaFailure' && c.status === 'True');
    // it came to an end: all pods exist now
    if (owner !== undefined && failure === undefined && kind === 'ReplicaSet' && (owner.view.desired ?? 0) <= (owner.view.ready ?? 0)) continue;
    if (owner !== undefined && owner.view.desired === 0) continue;
    done.add(key);
    const all = state.events.filter(
      (x) => x.view.reason === 'FailedCreate' && x.view.involvedKind === kind && x.view.involvedName === name && (x.view.involvedNamespace ?? '') === ns,
    );
    const first = earliest(all.map((x) => x.view.first));
    out.push(
      refused(kind, ns, name, e.view.message, first, owner?.view.createdAt ?? null, e.at, [
        placeOf(e.artifact, e.view),
        ...(failure === undefined || owner === undefined ? [] : [placeOf(owner.artifact, failure)]),
      ]),
    );
  }
  for (const s of newest(state)) {
    const failure = s.view.conditions.find((c) => c.type === 'ReplicaFailure' && c.status === 'True');
    if (failure === undefined || s.view.kind !== 'ReplicaSet' || done.has(`ReplicaSet ${podKey(s.view.namespace, s.view.name)}`)) continue;
    out.push(refused('ReplicaSet', s.view.namespace ?? '', s.view.name, failure.message ?? '', failure.since, s.view.createdAt, s.at, [placeOf(s.artifact, failure)]));
  }
  return out;
}

function refused(
  kind: string,
  ns: string,
  name: string,
  message: string,
  since: Instant | null,
  created: Instant | null,
  until: Instant | null,
  places: readonly Place[],
): Condition {
  const r = parseCreationRefusal(message);
  const entity = kind === 'ReplicaSet' ? revision(ns, name) : workload(ns, kind.toLowerCase(), name);
  return condition(podsNotCreated, {
    entity,
    during: { from: since, to: null },
    onset: { lastWell: created, firstIll: since ?? until, clock: 'control-plane' },
    facts: { owner: `${kind.toLowerCase()}/${name}`, reason: r.reason, message, quota: r.quota, resource: r.resources[0]?.resource ?? null },
    says: `the API server refuses pods of ${kind.toLowerCase()} ${name}: ${short(message.replace(/^.*?is forbidden: /, ''))}`,
    places,
  });
}

const DISRUPTIONS = new Set(['DeletionByTaintManager', 'PreemptionByScheduler', 'EvictionByEvictionAPI', 'TerminationByKubelet', 'DeletionByPodGC']);

export function evicted(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const done = new Set<string>();
  const push = (entity: Entity, name: string, reason: string, message: string, at: Instant | null, places: readonly Place[]): void => {
    if (done.has(entity.key)) return;
    done.add(entity.key);
    const resource = /low on resource: ([a-z-]{1,60})/.exec(message)?.[1] ?? null;
    out.push(
      condition(podEvicted, {
        entity,
        during: { from: at, to: null },
        onset: { lastWell: at === null ? null : addSeconds(at, -1), firstIll: at, clock: 'control-plane' },
        facts: { pod: name, reason, message, resource },
        says: `pod ${name} was taken away: ${reason}${resource === null ? '' : ` (${resource})`}${at === null ? '' : ` at ${formatInstant(at).slice(11, 19)}`}`,
        places,
      }),
    );
  };
  for (const list of state.pods.values()) {
    for (const s of list) {
      const target = s.view.conditions.find((c) => c.type === 'DisruptionTarget' && c.status === 'True');
      if (s.view.reason === 'Evicted' && s.view.reasonAt !== null)
        push(podEntity(s.view), s.view.name, 'Evicted', s.view.message ?? '', target?.since ?? null, [
          placeOf(s.artifact, s.view.reasonAt),
          ...(target === undefined ? [] : [placeOf(s.artifact, target)]),
        ]);
      else if (target !== undefined && DISRUPTIONS.has(target.reason ?? ''))
        push(podEntity(s.view), s.view.name, target.reason ?? '', target.message ?? '', target.since, [placeOf(s.artifact, target)]);
    }
  }
  for (const e of state.events) {
    if (e.view.involvedKind !== 'Pod') continue;
    const cancelled = /^Cancelling deletion/.test(e.view.message);
    if ((e.view.reason === 'TaintManagerEviction' && !cancelled) || e.view.reason === 'Evicted' || e.view.reason === 'Preempted')
      push(
        pod(e.view.involvedNamespace ?? '', e.view.involvedName),
        e.view.involvedName,
        e.view.reason === 'TaintManagerEviction' ? 'DeletionByTaintManager' : e.view.reason,
        e.view.message,
        e.view.last,
        [placeOf(e.artifact, e.view)],
      );
  }
  return out;
}

/** For other observers of this folder: the workload that a ReplicaSet's name stands for. */
export const ownerOfSet = (ns: string, name: string, state: ClusterState) => ownerFrom(ns, 'ReplicaSet', name, null, [], state);
