/** Pods that run and are not ready, and jobs that failed. */

import { probeFailing } from '../../model/conditions/container.ts';
import { jobFailed, podNotReady } from '../../model/conditions/workload.ts';
import { type Condition, condition, type Entity, entityId, type Instant, isKind, type Place, pod, workload } from '../../model/index.ts';
import { type ClusterState, placeOf, podKey } from './cluster.ts';
import { ownerOfPod, podEntity } from './owners.ts';
import { probes } from './starting.ts';

/** Fewer failures are what a start or a busy moment passes through. */
const LEAST = 3;

export function unreadyPods(state: ClusterState): Condition[] {
  const failing = probes(state).filter((p) => isKind(p, probeFailing) && p.facts.probe !== 'liveness' && p.facts.count >= LEAST);
  const out: Condition[] = [];
  for (const list of state.pods.values()) {
    const s = list[0];
    if (s === undefined || s.view.deletedAt !== null || s.view.phase === 'Succeeded' || s.view.phase === 'Failed') continue;
    const ready = s.view.conditions.find((c) => c.type === 'Ready' && c.status === 'False');
    const running = s.view.containers.some((c) => c.state?.kind === 'running' && c.ready === false && !c.init);
    if (ready === undefined || !running) continue;
    const owned = ownerOfPod(s, state);
    const kind = owned?.kind ?? '';
    // its missing replicas say it
    const captured =
      owned !== null &&
      ([...state.workloads.values()].some((l) => l[0]?.view.kind.toLowerCase() === kind && l[0].view.name === owned.name && l[0].view.namespace === s.view.namespace) ||
        state.workloadRows.some((r) => r.view.kind.toLowerCase() === kind && r.view.name === owned.name));
    const own = failing.filter((p) => p.entity.key.startsWith(`${podKey(s.view.namespace, s.view.name)}/`));
    const first = own[0];
    if (captured || first === undefined) continue;
    out.push(
      condition(podNotReady, {
        entity: podEntity(s.view),
        during: { from: ready.since ?? first.during.from, to: null },
        onset: { lastWell: s.view.createdAt, firstIll: ready.since ?? first.onset.firstIll, clock: 'kubelet' },
        facts: { pod: s.view.name, message: ready.message ?? '' },
        says: `pod ${s.view.name} runs and is not ready`,
        places: [placeOf(s.artifact, ready), ...first.places.slice(0, 1)],
      }) as Condition,
    );
  }
  return out;
}

export function failedJobs(state: ClusterState): Condition[] {
  const out: Condition[] = [];
  const done = new Set<string>();
  const push = (entity: Entity, name: string, reason: string, message: string, at: Instant | null, created: Instant | null, places: readonly Place[]): void => {
    if (done.has(entityId(entity))) return;
    done.add(entityId(entity));
    out.push(
      condition(jobFailed, {
        entity,
        during: { from: at, to: null },
        onset: { lastWell: created, firstIll: at, clock: 'control-plane' },
        facts: { job: name, reason, message },
        says: `job ${name} failed: ${reason}${message === '' ? '' : ` (${message})`}`,
        places,
      }) as Condition,
    );
  };
  for (const list of state.workloads.values()) {
    const s = list[0];
    const failed = s?.view.kind === 'Job' ? s.view.conditions.find((c) => c.type === 'Failed' && c.status === 'True') : undefined;
    if (s === undefined || failed === undefined) continue;
    push(workload(s.view.namespace ?? '', 'job', s.view.name), s.view.name, failed.reason ?? 'Failed', failed.message ?? '', failed.since, s.view.createdAt, [
      placeOf(s.artifact, failed),
    ]);
  }
  for (const e of state.events) {
    const { involvedKind, involvedName, involvedNamespace, reason, message, first } = e.view;
    if (involvedKind !== 'Job' || (reason !== 'BackoffLimitExceeded' && reason !== 'DeadlineExceeded')) continue;
    if (state.workloads.has(`Job ${podKey(involvedNamespace, involvedName)}`)) continue;
    push(workload(involvedNamespace ?? '', 'job', involvedName), involvedName, reason, message, first ?? e.at, null, [placeOf(e.artifact, e.view)]);
  }
  return out;
}

/** "Created pod: import-orders-w8rqm" of a job nobody captured. */
export function podsOfJobs(state: ClusterState): { pod: Entity; job: Entity; place: Place }[] {
  return state.events.flatMap((e) => {
    const created = e.view.involvedKind === 'Job' && e.view.reason === 'SuccessfulCreate' ? /^Created pod: (\S{1,253})$/.exec(e.view.message)?.[1] : undefined;
    const ns = e.view.involvedNamespace ?? '';
    return created === undefined ? [] : [{ pod: pod(ns, created), job: workload(ns, 'job', e.view.involvedName), place: placeOf(e.artifact, e.view) }];
  });
}
