import { defineKind } from '../condition.ts';

export interface FieldChange {
  readonly [name: string]: string | null;
  /** JSON path within the pod template, e.g. containers[orders].env[RESERVE_TIMEOUT]. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Only a candidate: a change is a cause when a field of it is tied to the failing evidence. */
export const rollout = defineKind<{
  workload: string;
  fromRevision: string | null;
  toRevision: string;
  /** Names of the two ReplicaSets or ControllerRevisions, where they were captured: pods are part of them. */
  fromName: string | null;
  toName: string | null;
  fields: readonly FieldChange[];
  at: string | null;
}>({
  id: 'change/rollout',
  title: 'a rollout changed the template',
  explain:
    'Two ReplicaSets (or ControllerRevisions) of one workload with different templates, ordered by revision; the differing fields are listed. A change is only a candidate until one of its fields is tied to the failing evidence.',
  root: 'change',
  next: 'kubectl get replicasets -o json; kubectl rollout history --revision=N',
});

/** The number of replicas was changed, by a person or an autoscaler; the template is the same. */
export const scaled = defineKind<{ workload: string; from: number; to: number; at: string | null }>({
  id: 'change/scaled',
  title: 'a workload was scaled',
  explain: 'The Deployment controller wrote ScalingReplicaSet for a ReplicaSet that existed already, or spec.replicas differs between two captures. It says how many, not who.',
  root: 'change',
  next: 'kubectl get events -o json; the audit log of the API server says who',
});
