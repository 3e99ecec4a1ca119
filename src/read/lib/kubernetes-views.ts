/**
 * What gorca looks at in Kubernetes objects, whoever wrote them down: `kubectl -o json|yaml` and `kubectl describe` fill the same shapes,
 * so that one rule reads both. null = not stated there; that is never the same as zero or absent.
 */
import type { Instant, Span } from '../../model/index.ts';

/** Where a field stands. */
export interface FieldSpan {
  readonly span: Span;
  /** JSON pointer from the object, or "Containers/orders/Last State" in describe text. */
  readonly pointer: string;
}

export interface StateView extends FieldSpan {
  readonly kind: 'waiting' | 'running' | 'terminated';
  readonly reason: string | null;
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** A name the pod template leans on: ConfigMap, Secret, claim or service account. */
export interface ReferenceView extends FieldSpan {
  readonly object: 'configmap' | 'secret' | 'persistentvolumeclaim' | 'serviceaccount';
  readonly name: string;
  readonly key: string | null;
  readonly optional: boolean;
  /** e.g. containers[orders].env[LOG_LEVEL] */
  readonly field: string;
  /** Container that names it; null for volumes and pull secrets. */
  readonly container: string | null;
}

export interface ProbeView extends FieldSpan {
  readonly probe: 'liveness' | 'readiness' | 'startup';
  readonly path: string | null;
  readonly port: string | null;
  readonly timeoutSeconds: number | null;
  readonly periodSeconds: number | null;
  readonly failureThreshold: number | null;
}

export interface ContainerView extends FieldSpan {
  readonly name: string;
  readonly init: boolean;
  readonly image: string | null;
  /** As in cgroup paths, without the runtime's scheme. */
  readonly containerId: string | null;
  /** Of the life before. */
  readonly lastContainerId: string | null;
  readonly ready: boolean | null;
  readonly restartCount: number | null;
  readonly restarts: FieldSpan | null;
  readonly state: StateView | null;
  readonly lastState: StateView | null;
  /** As written: 256Mi, 500m. */
  readonly memoryLimit: string | null;
  readonly memoryLimitAt: FieldSpan | null;
  readonly cpuLimit: string | null;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly probes: readonly ProbeView[];
  /** Declared container ports: information only, nothing is opened or closed by them. */
  readonly ports: readonly string[];
  /** As the kubelet evaluates it: of two with one name the later. Null where the text does not show it. */
  readonly env: readonly EnvView[] | null;
  /** ConfigMaps and Secrets all of whose keys become variables: what they hold is not in the pod. */
  readonly envFrom: readonly string[];
}

export interface EnvView extends FieldSpan {
  readonly name: string;
  /** As written; null where it comes from elsewhere. */
  readonly value: string | null;
  /** A limit or request of a container of this pod, divided by `divisor`. */
  readonly resource: { readonly container: string; readonly resource: string; readonly divisor: string | null } | null;
  /** What else it comes from: "ConfigMap orders key gomemlimit". */
  readonly from: string | null;
}

export interface ConditionView extends FieldSpan {
  readonly type: string;
  readonly status: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly since: Instant | null;
  readonly heartbeat: Instant | null;
}

export interface OwnerView extends FieldSpan {
  readonly kind: string;
  readonly name: string;
  readonly uid: string | null;
}

export interface ObjectView extends FieldSpan {
  readonly kind: string;
  /** null: cluster-scoped, or the text does not say. */
  readonly namespace: string | null;
  readonly name: string;
  readonly uid: string | null;
  readonly createdAt: Instant | null;
  readonly deletedAt: Instant | null;
  readonly labels: { readonly [name: string]: string };
  readonly owner: OwnerView | null;
  /** Where a field stands, by JSON pointer from the object; text answers with the nearest it knows. */
  field(pointer: string): FieldSpan;
}

export interface PodView extends ObjectView {
  readonly node: string | null;
  readonly phase: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly reasonAt: FieldSpan | null;
  readonly podIP: string | null;
  readonly nodeAt: FieldSpan | null;
  readonly restartPolicy: string | null;
  readonly conditions: readonly ConditionView[];
  readonly containers: readonly ContainerView[];
  readonly references: readonly ReferenceView[];
}

export interface EventView extends FieldSpan {
  readonly namespace: string | null;
  readonly name: string | null;
  readonly type: string | null;
  readonly reason: string;
  readonly message: string;
  readonly involvedKind: string;
  readonly involvedName: string;
  readonly involvedNamespace: string | null;
  readonly involvedUid: string | null;
  /** spec.containers{orders} → orders */
  readonly container: string | null;
  /** First time it is known to have happened; null where only the last is known. */
  readonly first: Instant | null;
  readonly last: Instant | null;
  readonly count: number;
  readonly source: string | null;
  /** How far first and last may be off: 1 for stamps, more for ages like "3h". */
  readonly precisionSeconds: number;
}

export interface WorkloadView extends ObjectView {
  readonly desired: number | null;
  readonly ready: number | null;
  readonly available: number | null;
  readonly updated: number | null;
  readonly generation: number | null;
  readonly observedGeneration: number | null;
  readonly paused: boolean;
  /** deployment.kubernetes.io/revision of a Deployment or ReplicaSet; null elsewhere. */
  readonly revision: string | null;
  readonly changeCause: string | null;
  readonly selector: { readonly [name: string]: string } | null;
  /** A Deployment's update strategy: Recreate passes through zero replicas. */
  readonly strategy: string | null;
  readonly conditions: readonly ConditionView[];
  /** The pod template; null in text. */
  readonly template: { readonly [key: string]: unknown } | null;
  /** Pointer of the template within the object. */
  readonly templatePointer: string;
  readonly references: readonly ReferenceView[];
  readonly counts: FieldSpan;
  /** Jobs and StatefulSets. */
  readonly failed: number | null;
  readonly succeeded: number | null;
  readonly completions: number | null;
}

export interface NodeView extends ObjectView {
  readonly conditions: readonly ConditionView[];
  readonly addresses: readonly string[];
  readonly taints: readonly string[];
  readonly unschedulable: boolean;
}

export interface ServiceView extends ObjectView {
  readonly selector: { readonly [name: string]: string } | null;
}

export interface QuotaView extends ObjectView {
  readonly hard: { readonly [resource: string]: string };
  readonly used: { readonly [resource: string]: string };
}

/** ConfigMap or Secret: which keys there are. Values are not kept. */
export interface KeysView extends ObjectView {
  readonly keys: readonly string[];
}
