/**
 * Everything captured about Kubernetes objects, from whatever text, put together once: newest capture first, objects before descriptions
 * of the same moment, repeated events once.
 */
import { type Artifact, type Instant, type Place, placeAt, type Readings } from '../../model/index.ts';
import { type Alerts, alertmanager } from '../../read/alertmanager/index.ts';
import { type KubectlText, kubectlText, type NodeRow, type PodRow, type WorkloadRow } from '../../read/kubectl-text/index.ts';
import {
  eventView,
  type KubernetesObject,
  type KubernetesObjects,
  keysView,
  kubernetesObjects,
  nodeView,
  podView,
  quotaView,
  serviceView,
  WORKLOAD_KINDS,
  workloadView,
} from '../../read/kubernetes-objects/index.ts';
import type { EventView, FieldSpan, KeysView, NodeView, PodView, QuotaView, ServiceView, WorkloadView } from '../../read/lib/kubernetes-views.ts';

export interface Seen<T> {
  readonly view: T;
  readonly artifact: Artifact;
  /** When it was captured; null where nothing says so. */
  readonly at: Instant | null;
}

export interface ClusterState {
  /** By "namespace/name"; newest capture first. */
  readonly pods: ReadonlyMap<string, readonly Seen<PodView>[]>;
  /** Rows of pods that no object and no description shows. */
  readonly podRows: ReadonlyMap<string, Seen<PodRow>>;
  /** By "Kind namespace/name"; newest first. */
  readonly workloads: ReadonlyMap<string, readonly Seen<WorkloadView>[]>;
  readonly workloadRows: readonly Seen<WorkloadRow>[];
  readonly nodes: ReadonlyMap<string, readonly Seen<NodeView>[]>;
  readonly nodeRows: readonly Seen<NodeRow>[];
  /** Node leases by node name: the kubelet's last word. */
  readonly leases: ReadonlyMap<string, Seen<KubernetesObject>>;
  readonly services: readonly Seen<ServiceView>[];
  readonly quotas: readonly Seen<QuotaView>[];
  /** "configmap namespace/name" and "secret namespace/name". */
  readonly keys: ReadonlyMap<string, Seen<KeysView>>;
  readonly controllerRevisions: readonly Seen<KubernetesObject>[];
  readonly events: readonly Seen<EventView>[];
  /** Whole lists: "Kind namespace", with the artifact; absence can be concluded from them. */
  readonly listed: ReadonlyMap<string, Artifact>;
  readonly texts: readonly { readonly artifact: Artifact; readonly model: KubectlText }[];
}

const memo = new WeakMap<Readings, ClusterState>();

export function clusterState(readings: Readings): ClusterState {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const made = collect(readings);
  memo.set(readings, made);
  return made;
}

export const placeOf = (artifact: Artifact, field: FieldSpan): Place => placeAt(artifact.id, field.span, { pointer: field.pointer });
export const podKey = (namespace: string | null, name: string): string => `${namespace ?? ''}/${name}`;

const add = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

function collect(readings: Readings): ClusterState {
  const objects = readings.of<KubernetesObjects>(kubernetesObjects);
  const texts = readings.of<KubectlText>(kubectlText);
  const pods = new Map<string, Seen<PodView>[]>();
  const workloads = new Map<string, Seen<WorkloadView>[]>();
  const nodes = new Map<string, Seen<NodeView>[]>();
  const leases = new Map<string, Seen<KubernetesObject>>();
  const services: Seen<ServiceView>[] = [];
  const quotas: Seen<QuotaView>[] = [];
  const keys = new Map<string, Seen<KeysView>>();
  const controllerRevisions: Seen<KubernetesObject>[] = [];
  const events: Seen<EventView>[] = [];
  const listed = new Map<string, Artifact>();

  for (const { artifact, model } of objects) {
    const at = artifact.takenAt ?? null;
    for (const o of model.objects) {
      const seen = <T>(view: T): Seen<T> => ({ view, artifact, at });
      if (o.kind === 'Pod') add(pods, podKey(o.namespace, o.name), seen(podView(o)));
      else if (o.kind === 'Event') {
        const view = eventView(o);
        if (view !== null) events.push(seen(view));
      } else if (o.kind === 'Node') add(nodes, o.name, seen(nodeView(o)));
      else if (o.kind === 'Lease' && o.namespace === 'kube-node-lease') leases.set(o.name, seen(o));
      else if (o.kind === 'Service') services.push(seen(serviceView(o)));
      else if (o.kind === 'ResourceQuota') quotas.push(seen(quotaView(o)));
      else if (o.kind === 'ConfigMap' || o.kind === 'Secret') keys.set(`${o.kind.toLowerCase()} ${podKey(o.namespace, o.name)}`, seen(keysView(o)));
      else if (o.kind === 'ControllerRevision') controllerRevisions.push(seen(o));
      else if ((WORKLOAD_KINDS as readonly string[]).includes(o.kind)) add(workloads, `${o.kind} ${podKey(o.namespace, o.name)}`, seen(workloadView(o)));
    }
    // one List may hold several kinds: kubectl get pods,events
    const kinds = new Set(model.lists.length === 0 ? [] : [...model.objects.map((o) => o.kind), ...model.lists.flatMap((l) => l.kind ?? [])]);
    for (const kind of kinds) {
      const found = new Set(model.objects.filter((o) => o.kind === kind).map((o) => o.namespace ?? ''));
      for (const c of artifact.covers) if (c.entity.kind === 'namespace') found.add(c.entity.key);
      for (const ns of found) listed.set(`${kind} ${ns}`, artifact);
    }
  }

  // names without a namespace take that of the artifact, else that of the one object known by this name
  const namespaceOf = namespaces(pods, workloads, readings);
  for (const { artifact, model } of texts) {
    const at = artifact.takenAt ?? null;
    const seen = <T>(view: T): Seen<T> => ({ view, artifact, at });
    for (const p of model.pods)
      add(pods, podKey(p.namespace ?? namespaceOf(artifact, p.name), p.name), seen(p.namespace === null ? { ...p, namespace: namespaceOf(artifact, p.name) } : p));
    for (const w of model.workloads) add(workloads, `${w.kind} ${podKey(w.namespace, w.name)}`, seen(w));
    for (const n of model.nodes) add(nodes, n.name, seen(n));
  }
  for (const list of [...pods.values(), ...workloads.values(), ...nodes.values()] as Seen<unknown>[][]) list.sort(newestFirst);

  const podRows = new Map<string, Seen<PodRow>>();
  const workloadRows: Seen<WorkloadRow>[] = [];
  const nodeRows: Seen<NodeRow>[] = [];
  for (const { artifact, model } of texts) {
    const at = artifact.takenAt ?? null;
    for (const r of model.podRows) {
      const namespace = r.namespace ?? namespaceOf(artifact, r.name);
      const key = podKey(namespace, r.name);
      const known = podRows.get(key);
      if (!pods.has(key) && (known === undefined || (known.at ?? 0n) < (at ?? 0n))) podRows.set(key, { view: { ...r, namespace }, artifact, at });
    }
    for (const r of model.workloadRows) {
      const namespace = r.namespace ?? namespaceOf(artifact, r.name);
      if (!workloads.has(`${r.kind} ${podKey(namespace, r.name)}`)) workloadRows.push({ view: { ...r, namespace }, artifact, at });
    }
    for (const r of model.nodeRows) if (!nodes.has(r.name)) nodeRows.push({ view: r, artifact, at });
    for (const e of model.events) {
      const namespace = e.namespace ?? namespaceOf(artifact, e.involvedName);
      events.push({ view: { ...e, namespace, involvedNamespace: e.involvedNamespace ?? namespace }, artifact, at });
    }
  }
  return { pods, podRows, workloads, workloadRows, nodes, nodeRows, leases, services, quotas, keys, controllerRevisions, events: uniqueEvents(events), listed, texts };
}

/** Captured later first; of one moment objects before text, then by artifact. */
function newestFirst(a: Seen<unknown>, b: Seen<unknown>): number {
  const x = a.at ?? 0n;
  const y = b.at ?? 0n;
  const second = 1_000_000_000n;
  // descriptions are taken seconds after the list: the object says more of the same moment
  if (x !== y && (x > y ? x - y : y - x) > 30n * second) return x > y ? -1 : 1;
  const text = (s: Seen<unknown>): number => ((s.view as { uid?: string | null }).uid === null ? 1 : 0);
  if (text(a) !== text(b)) return text(a) - text(b);
  if (x !== y) return x > y ? -1 : 1;
  return a.artifact.id < b.artifact.id ? -1 : a.artifact.id > b.artifact.id ? 1 : 0;
}

/** Text without a namespace column: the namespace the artifact states, else that of names in it which something else places. */
function namespaces(
  pods: ReadonlyMap<string, readonly Seen<PodView>[]>,
  workloads: ReadonlyMap<string, readonly Seen<WorkloadView>[]>,
  readings: Readings,
): (artifact: Artifact, name: string | null) => string {
  const byName = new Map<string, Set<string>>();
  const note = (name: string, namespace: string | null | undefined): void => {
    if (namespace === null || namespace === undefined || namespace === '') return;
    const set = byName.get(name) ?? new Set<string>();
    set.add(namespace);
    byName.set(name, set);
  };
  for (const list of [...pods.values(), ...workloads.values()]) for (const s of list) note(s.view.name, s.view.namespace);
  const texts = readings.of<KubectlText>(kubectlText);
  for (const { model } of texts) {
    for (const p of [...model.pods, ...model.workloads, ...model.podRows, ...model.workloadRows]) note(p.name, p.namespace);
    for (const e of model.events) note(e.involvedName, e.namespace);
  }
  for (const { model } of readings.of<Alerts>(alertmanager))
    for (const a of model.alerts) for (const l of ['pod', 'deployment', 'statefulset', 'daemonset']) if (a.labels[l] !== undefined) note(a.labels[l], a.labels['namespace']);
  const only = (name: string): string | null => {
    const known = byName.get(name);
    return known?.size === 1 ? ([...known][0] ?? null) : null;
  };
  const byArtifact = new Map<string, string>();
  for (const { artifact, model } of texts) {
    const votes = new Map<string, number>();
    for (const name of [
      ...model.podRows.map((r) => r.name),
      ...model.workloadRows.map((r) => r.name),
      ...model.events.map((e) => e.involvedName),
      ...model.pods.map((p) => p.name),
    ]) {
      const ns = only(name);
      if (ns !== null) votes.set(ns, (votes.get(ns) ?? 0) + 1);
    }
    const best = [...votes.entries()].sort((a, b) => (a[1] !== b[1] ? b[1] - a[1] : a[0] < b[0] ? -1 : 1))[0];
    if (best !== undefined) byArtifact.set(artifact.id, best[0]);
  }
  const all = new Set([...byName.values()].flatMap((s) => [...s]));
  return (artifact, name) => {
    const stated = artifact.covers.find((c) => c.entity.kind === 'namespace');
    if (stated !== undefined) return stated.entity.key;
    // kubectl without -n prints the context's namespace: with one namespace in sight that is it
    return (name === null ? null : only(name)) ?? byArtifact.get(artifact.id) ?? (all.size === 1 ? ([...all][0] ?? 'default') : 'default');
  };
}

/** One event object may be captured twice, and printed as text besides: the capture with the highest count stays. */
function uniqueEvents(events: readonly Seen<EventView>[]): Seen<EventView>[] {
  const best = new Map<string, Seen<EventView>>();
  const texts = new Set<string>();
  const said = (e: EventView): string => `${e.involvedKind} ${podKey(e.involvedNamespace, e.involvedName)} ${e.reason} ${e.message}`;
  for (const s of events) {
    const key = s.view.name === null ? `text ${said(s.view)}` : `${podKey(s.view.namespace, s.view.name)}`;
    if (s.view.name !== null) texts.add(said(s.view));
    const known = best.get(key);
    if (known === undefined || known.view.count < s.view.count || (known.view.count === s.view.count && (known.at ?? 0n) > (s.at ?? 0n))) best.set(key, s);
  }
  return [...best.entries()]
    .filter(([key, s]) => !key.startsWith('text ') || !texts.has(said(s.view)))
    .map(([, s]) => s)
    .sort((a, b) => {
      const x = a.view.last ?? 0n;
      const y = b.view.last ?? 0n;
      if (x !== y) return x < y ? -1 : 1;
      return said(a.view) < said(b.view) ? -1 : 1;
    });
}
