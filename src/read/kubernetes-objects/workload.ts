import { booleanAt, listAt, numberAt, objectAt, textAt, textsAt } from '../lib/fields.ts';
import type { KeysView, NodeView, QuotaView, ServiceView, WorkloadView } from '../lib/kubernetes-views.ts';
import { fieldOf, type KubernetesObject, objectView, withField } from './object.ts';
import { conditionViews, referenceViews } from './pod.ts';

export const WORKLOAD_KINDS = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController'] as const;

export function workloadView(o: KubernetesObject): WorkloadView {
  const v = o.value;
  const daemon = o.kind === 'DaemonSet';
  const job = o.kind === 'Job';
  const count = (...names: readonly string[]): number | null => {
    for (const n of names) {
      const found = numberAt(v, 'status', n);
      if (found !== null) return found;
    }
    // a status that is there leaves zero counts out
    return objectAt(v, 'status') === null ? null : 0;
  };
  const templatePointer = '/spec/template';
  return withField(fieldOf(o, ''), {
    ...objectView(o),
    desired: daemon
      ? count('desiredNumberScheduled')
      : job
        ? null
        : (numberAt(v, 'spec', 'replicas') ?? (o.kind === 'ReplicaSet' || o.kind === 'Deployment' || o.kind === 'StatefulSet' ? 1 : null)),
    ready: daemon ? count('numberReady') : count('readyReplicas', 'ready'),
    available: daemon ? count('numberAvailable') : job ? null : count('availableReplicas'),
    updated: daemon ? count('updatedNumberScheduled') : o.kind === 'ReplicaSet' || job ? null : count('updatedReplicas'),
    generation: numberAt(v, 'metadata', 'generation'),
    observedGeneration: numberAt(v, 'status', 'observedGeneration'),
    paused: booleanAt(v, 'spec', 'paused') ?? false,
    revision: textAt(v, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'),
    changeCause: textAt(v, 'metadata', 'annotations', 'kubernetes.io/change-cause'),
    selector: objectAt(v, 'spec', 'selector', 'matchLabels') === null ? null : textsAt(v, 'spec', 'selector', 'matchLabels'),
    strategy: textAt(v, 'spec', 'strategy', 'type'),
    conditions: conditionViews(o),
    template: objectAt(v, 'spec', 'template'),
    templatePointer,
    references: referenceViews(o, '/spec/template/spec'),
    counts: fieldOf(o, '/status'),
    failed: job ? count('failed') : null,
    succeeded: job ? count('succeeded') : null,
    completions: job ? numberAt(v, 'spec', 'completions') : null,
  });
}

export function nodeView(o: KubernetesObject): NodeView {
  return withField(fieldOf(o, ''), {
    ...objectView(o),
    conditions: conditionViews(o),
    addresses: listAt(o.value, 'status', 'addresses').flatMap((a) => textAt(a, 'address') ?? []),
    taints: listAt(o.value, 'spec', 'taints').flatMap((t) => {
      const key = textAt(t, 'key');
      return key === null ? [] : [`${key}:${textAt(t, 'effect') ?? ''}`];
    }),
    unschedulable: booleanAt(o.value, 'spec', 'unschedulable') ?? false,
  });
}

export function serviceView(o: KubernetesObject): ServiceView {
  const selector = textsAt(o.value, 'spec', 'selector');
  return withField(fieldOf(o, ''), { ...objectView(o), selector: Object.keys(selector).length === 0 ? null : selector });
}

export function quotaView(o: KubernetesObject): QuotaView {
  return withField(fieldOf(o, ''), { ...objectView(o), hard: textsAt(o.value, 'status', 'hard'), used: textsAt(o.value, 'status', 'used') });
}

export function keysView(o: KubernetesObject): KeysView {
  const keys = new Set<string>();
  for (const field of ['data', 'binaryData', 'stringData']) for (const k of Object.keys(objectAt(o.value, field) ?? {})) keys.add(k);
  return withField(fieldOf(o, ''), { ...objectView(o), keys: [...keys].sort() });
}
