import { addSeconds, type Coverage, container, type Entity, type Instant, type NotObservable, namespace, node, type Place, placeAt, revision } from '../../model/index.ts';
import { type ClusterState, placeOf } from './cluster.ts';
import { ownerOfPod, podEntity, workloadEntity } from './owners.ts';

/** The API server forgets events after this long unless it was told otherwise. */
const EVENT_TTL_SECONDS = 3600;

/** Containers' states: the newest termination only. An older one is gone, so with several restarts only the last life is covered. */
export function statusCoverage(state: ClusterState): Coverage[] {
  const out: Coverage[] = [];
  const owners = new Map<string, Coverage>();
  for (const list of state.pods.values()) {
    const s = list[0];
    if (s === undefined) continue;
    const places = [placeOf(s.artifact, s.view)];
    let from: Instant | null = s.view.createdAt;
    for (const c of s.view.containers) {
      const since = (c.restartCount ?? 0) > 1 ? (c.lastState?.startedAt ?? s.view.createdAt) : s.view.createdAt;
      if (since !== null && (from === null || since > from)) from = since;
      out.push({ entity: container(s.view.namespace ?? '', s.view.name, c.name), interval: { from: since, to: s.at }, places: [placeOf(s.artifact, c)] });
    }
    out.push({ entity: podEntity(s.view), interval: { from, to: s.at }, places });
    const owned = ownerOfPod(s, state);
    if (owned !== null && state.listed.has(`Pod ${s.view.namespace ?? ''}`)) {
      owners.set(owned.workload.key, { entity: owned.workload, interval: { from, to: s.at }, places });
      if (owned.revision !== null) owners.set(owned.revision.key, { entity: owned.revision, interval: { from, to: s.at }, places });
    }
  }
  for (const [key, artifact] of state.listed) {
    if (!key.startsWith('Pod ')) continue;
    if ([...state.pods.values()].some((l) => l[0]?.view.namespace === key.slice(4))) continue;
    // a list that was captured and is empty
    out.push({
      entity: namespace(key.slice(4)),
      interval: { from: artifact.takenAt ?? null, to: artifact.takenAt ?? null },
      places: [placeAt(artifact.id, { offset: 0, length: Math.min(80, artifact.source.sizeBytes) })],
    });
  }
  return [...out, ...owners.values()];
}

/** Rows of tables: the state at one moment. */
export function rowCoverage(state: ClusterState): Coverage[] {
  return [...state.podRows.values()].map((s) => ({
    entity: podEntity(s.view),
    interval: { from: s.at, to: s.at },
    places: [placeAt(s.artifact.id, s.view.span)],
  }));
}

/** Events of listed namespaces, back to the oldest one seen, at least their time to live. */
export function eventCoverage(state: ClusterState): Coverage[] {
  const out: Coverage[] = [];
  for (const [key, artifact] of state.listed) {
    if (!key.startsWith('Event ')) continue;
    const ns = key.slice(6);
    const at = artifact.takenAt ?? null;
    let from: Instant | null = at === null ? null : addSeconds(at, -EVENT_TTL_SECONDS);
    for (const e of state.events) if ((e.view.namespace ?? '') === ns && e.view.first !== null && from !== null && e.view.first < from) from = e.view.first;
    out.push({ entity: namespace(ns), interval: { from, to: at }, places: [placeAt(artifact.id, { offset: 0, length: Math.min(80, artifact.source.sizeBytes) })] });
  }
  return out;
}

export function workloadCoverage(state: ClusterState): Coverage[] {
  const out: Coverage[] = [];
  for (const list of state.workloads.values()) {
    const s = list[0];
    if (s === undefined) continue;
    const entity: Entity = s.view.kind === 'ReplicaSet' ? revision(s.view.namespace ?? '', s.view.name) : workloadEntity(s.view);
    out.push({ entity, interval: { from: s.view.createdAt, to: s.at }, places: [placeOf(s.artifact, s.view.counts)] });
  }
  return out;
}

export function nodeCoverage(state: ClusterState): Coverage[] {
  const places = (list: readonly { artifact: { id: string }; view: { span: { offset: number; length: number } } }[]): Place[] =>
    list.map((s) => placeAt(s.artifact.id, s.view.span)).slice(0, 1);
  const out: Coverage[] = [...state.nodes.entries()].map(([name, list]) => ({ entity: node(name), interval: { from: null, to: list[0]?.at ?? null }, places: places(list) }));
  for (const s of state.nodeRows) out.push({ entity: node(s.view.name), interval: { from: s.at, to: s.at }, places: places([s]) });
  return out;
}

/** Pods nobody captured: what to ask for. */
export const noPods: NotObservable = { why: 'no pod status was captured', next: 'kubectl get pods -A -o json > pods.json' };
export const noEvents: NotObservable = {
  why: 'no events were captured, or they had expired (the API server keeps them for an hour)',
  next: 'kubectl get events -A -o json > events.json',
};
export const noWorkloads: NotObservable = {
  why: 'no Deployments and ReplicaSets were captured',
  next: 'kubectl get deployments,replicasets,statefulsets,daemonsets -A -o json > workloads.json',
};
export const noNodes: NotObservable = { why: 'no node was captured', next: 'kubectl get nodes -o json > nodes.json' };
