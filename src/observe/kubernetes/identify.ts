import {
  type Alias,
  container,
  type Edge,
  type Entity,
  type Identified,
  namespace,
  node,
  type Place,
  placeAt,
  pod,
  processOf,
  type Readings,
  revision,
  type Strength,
  service,
  workload,
} from '../../model/index.ts';
import { ownersByName } from '../lib/generated-names.ts';
import { parseKilling } from '../lib/refusals/probe.ts';
import { clusterState, placeOf, podKey } from './cluster.ts';
import { ownerFrom, ownerOfPod, podEntity, workloadEntity } from './owners.ts';
import { podsOfJobs } from './unready.ts';

/** containers → pods → revisions → workloads → services, pods on nodes. */
export function identify(readings: Readings): Identified {
  const state = clusterState(readings);
  const edges: Edge[] = [];
  const aliases: Alias[] = [];
  const seen = new Set<string>();
  const edge = (from: Entity, relation: Edge['relation'], to: Entity, strength: Strength, places: readonly Place[]): void => {
    const key = `${from.kind}:${from.key} ${relation} ${to.kind}:${to.key} ${strength}`;
    if (seen.has(key) || (from.kind === to.kind && from.key === to.key)) return;
    seen.add(key);
    edges.push({ from, relation, to, strength, places });
  };
  const labelsOf = new Map<string, { entity: Entity; labels: { readonly [k: string]: string }; namespace: string; place: Place; name: string }>();

  for (const list of state.pods.values()) {
    for (const s of list) {
      const { view, artifact } = s;
      const ns = view.namespace ?? '';
      const at = podEntity(view);
      const here = placeOf(artifact, view.owner ?? view);
      for (const c of view.containers) {
        const box = container(ns, view.name, c.name);
        edge(box, 'part-of', at, 'stated', [placeOf(artifact, c)]);
        edge(processOf(`${ns}/${view.name}/${c.name}`), 'part-of', box, 'stated', [placeOf(artifact, c)]);
      }
      edge(at, 'part-of', namespace(ns), 'stated', [here]);
      if (view.node !== null && view.nodeAt !== null) edge(at, 'runs-on', node(view.node), 'stated', [placeOf(artifact, view.nodeAt)]);
      const owned = ownerOfPod(s, state);
      if (owned === null) {
        labelsOf.set(`${at.kind}:${at.key}`, { entity: at, labels: view.labels, namespace: ns, place: here, name: view.name });
        continue;
      }
      if (owned.revision !== null) {
        edge(at, 'part-of', owned.revision, 'stated', [here]);
        edge(owned.revision, 'part-of', owned.workload, owned.strength, owned.places);
      } else edge(at, 'part-of', owned.workload, owned.strength, owned.places);
      edge(owned.workload, 'part-of', namespace(ns), 'stated', [here]);
      labelsOf.set(`${owned.workload.kind}:${owned.workload.key}`, { entity: owned.workload, labels: view.labels, namespace: ns, place: here, name: owned.name });
    }
  }
  for (const s of state.podRows.values()) {
    const { view, artifact } = s;
    const ns = view.namespace ?? '';
    const here = placeAt(artifact.id, view.span);
    const at = pod(ns, view.name);
    edge(at, 'part-of', namespace(ns), 'stated', [here]);
    // a table does not say which container its status is of
    edge(container(ns, view.name, ''), 'part-of', at, 'stated', [here]);
    if (view.node !== null) edge(at, 'runs-on', node(view.node), 'stated', [here]);
    for (const e of ownersByName(ns, view.name, here)) edge(e.from, e.relation, e.to, e.strength, e.places);
  }
  // pods that are gone, named by events: their ReplicaSet is the one whose name theirs begins with
  for (const e of state.events) {
    const ns = e.view.involvedNamespace ?? '';
    const name = e.view.involvedName;
    if (e.view.involvedKind !== 'Pod' || state.pods.has(podKey(ns, name)) || state.podRows.has(podKey(ns, name))) continue;
    const set = /^(.{1,240})-[a-z0-9]{5}$/.exec(name)?.[1];
    const seen = set === undefined ? undefined : state.workloads.get(`ReplicaSet ${podKey(ns, set)}`)?.[0];
    if (set === undefined || seen === undefined) continue;
    const here = placeOf(e.artifact, e.view);
    edge(pod(ns, name), 'part-of', revision(ns, set), 'derived', [here]);
    const box = e.view.container ?? /restarting failed container[= ]([a-z0-9-]{1,63})/.exec(e.view.message)?.[1] ?? '';
    edge(container(ns, name, box), 'part-of', pod(ns, name), 'stated', [here]);
  }
  // owners that only events name
  for (const j of podsOfJobs(state)) edge(j.pod, 'part-of', j.job, 'stated', [j.place]);
  for (const e of state.events) {
    const ns = e.view.involvedNamespace ?? '';
    const scaled =
      e.view.reason === 'ScalingReplicaSet' && e.view.involvedKind === 'Deployment' ? /^Scaled (?:up|down) replica set (\S{1,253})/.exec(e.view.message)?.[1] : undefined;
    if (scaled !== undefined) edge(revision(ns, scaled), 'part-of', workload(ns, 'deployment', e.view.involvedName), 'stated', [placeOf(e.artifact, e.view)]);
  }
  // a table's nameless container of a pod that has one, and the one that events name
  for (const s of state.podRows.values()) {
    const ns = s.view.namespace ?? '';
    if (s.view.containers !== 1) continue;
    const own = state.events.filter((e) => e.view.involvedKind === 'Pod' && e.view.involvedName === s.view.name && (e.view.involvedNamespace ?? '') === ns);
    const names = new Map(
      own.flatMap((e) => {
        const name = e.view.container ?? parseKilling(e.view.message).container ?? /restarting failed container[= ]([a-z0-9-]{1,63})/.exec(e.view.message)?.[1];
        return name === undefined || name === null ? [] : [[name, e] as const];
      }),
    );
    const [only] = names;
    if (names.size !== 1 || only === undefined) continue;
    aliases.push({
      a: container(ns, s.view.name, ''),
      b: container(ns, s.view.name, only[0]),
      strength: 'derived',
      why: `pod ${s.view.name} has one container`,
      places: [placeAt(s.artifact.id, s.view.span), placeOf(only[1].artifact, only[1].view)],
    });
    edge(container(ns, s.view.name, only[0]), 'part-of', pod(ns, s.view.name), 'stated', [placeOf(only[1].artifact, only[1].view)]);
  }
  for (const list of state.workloads.values()) {
    const s = list[0];
    if (s === undefined) continue;
    const { view, artifact } = s;
    const ns = view.namespace ?? '';
    const here = placeOf(artifact, view.owner ?? view);
    if (view.kind === 'ReplicaSet') {
      const owned = ownerFrom(ns, 'ReplicaSet', view.name, view.labels['pod-template-hash'] ?? null, [here], state);
      edge(revision(ns, view.name), 'part-of', owned.workload, owned.strength, owned.places);
      // a ReplicaSet is named as a workload where alerts and refusals speak of it
      if (owned.kind !== 'replicaset') edge(workload(ns, 'replicaset', view.name), 'part-of', owned.workload, owned.strength, owned.places);
      continue;
    }
    const at = workloadEntity(view);
    edge(at, 'part-of', namespace(ns), 'stated', [here]);
    const template = view.template?.['metadata'];
    const labels = typeof template === 'object' && template !== null ? (template as { labels?: { [k: string]: string } }).labels : undefined;
    const known = labelsOf.get(`${at.kind}:${at.key}`);
    labelsOf.set(`${at.kind}:${at.key}`, { entity: at, labels: labels ?? known?.labels ?? view.selector ?? {}, namespace: ns, place: here, name: view.name });
  }
  // a Service is what its selector picks; a workload nobody selects goes by its own name
  for (const w of labelsOf.values()) {
    let picked = false;
    for (const s of state.services) {
      const selector = s.view.selector;
      if (selector === null || (s.view.namespace ?? '') !== w.namespace) continue;
      if (!Object.entries(selector).every(([k, v]) => w.labels[k] === v)) continue;
      picked = true;
      edge(w.entity, 'part-of', service(s.view.name), 'derived', [placeOf(s.artifact, s.view), w.place]);
    }
    const app = w.labels['app.kubernetes.io/name'] ?? w.labels['app'];
    if (app !== undefined) edge(w.entity, 'part-of', service(app), 'derived', [w.place]);
    else if (!picked && w.entity.kind === 'workload') edge(w.entity, 'part-of', service(w.name), 'guessed', [w.place]);
  }
  return { aliases, edges };
}
