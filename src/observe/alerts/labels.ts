/**
 * Which object an alert's labels name. Labels lie: without honor_labels the series carry the exporter's own namespace and pod, and the real
 * ones stand in exported_*; `instance` and `job` of kube-state-metrics are the exporter's, never the node or the service.
 */
import { container, type Entity, endpoint, namespace, node, object, pod, service, workload } from '../../model/index.ts';

export type Labels = { readonly [name: string]: string };

/** Scrape jobs whose instance and job label speak of the exporter. */
const EXPORTERS = /^(?:kube-state-metrics|kubelet|cadvisor|node-exporter|node|apiserver|prometheus|alertmanager|pods|kubernetes-pods|blackbox.*)$/;

export const labelOf = (labels: Labels, name: string): string | null => {
  const value = labels[`exported_${name}`] ?? labels[name];
  return value === undefined || value === '' ? null : value;
};

export interface Named {
  /** The narrowest object named: what the alert is about. */
  readonly entity: Entity;
  readonly strength: 'stated' | 'derived' | 'guessed';
}

export function namedBy(labels: Labels): Named | null {
  const ns = labelOf(labels, 'namespace');
  const of = (name: string): string | null => labelOf(labels, name);
  if (ns !== null) {
    const podName = of('pod') ?? of('pod_name');
    const box = of('container') ?? of('container_name');
    if (podName !== null && box !== null && box !== 'POD') return { entity: container(ns, podName, box), strength: 'stated' };
    if (podName !== null) return { entity: pod(ns, podName), strength: 'stated' };
    for (const kind of ['deployment', 'statefulset', 'daemonset', 'cronjob'] as const) {
      const name = of(kind);
      if (name !== null) return { entity: workload(ns, kind, name), strength: 'stated' };
    }
    const job = of('job_name');
    if (job !== null) return { entity: workload(ns, 'job', job), strength: 'stated' };
    for (const kind of ['resourcequota', 'persistentvolumeclaim', 'horizontalpodautoscaler', 'poddisruptionbudget'] as const) {
      const name = of(kind);
      if (name !== null) return { entity: object(ns, kind, name), strength: 'stated' };
    }
  }
  const name = of('app') ?? of('service') ?? of('service_name') ?? of('app_kubernetes_io_name');
  if (name !== null && !(labels['service'] === name && EXPORTERS.test(name))) {
    const route = of('route') ?? of('handler') ?? of('path');
    return { entity: route === null ? service(name) : endpoint(name, route), strength: 'stated' };
  }
  const onNode = of('node') ?? of('nodename');
  if (onNode !== null) return { entity: node(onNode), strength: 'stated' };
  const job = labels['job'];
  if (job !== undefined && job !== '' && !EXPORTERS.test(job)) return { entity: service(job), strength: 'derived' };
  return ns === null ? null : { entity: namespace(ns), strength: 'guessed' };
}

/** Added by Prometheus or its exporters to every alert: not part of what is alerted on. */
const SIDE_LABELS = new Set(['alertname', 'severity', 'cluster', 'prometheus', 'prometheus_replica', 'replica', 'uid', 'endpoint', 'alertstate', '__name__']);

/** Labels that tell two alerts of one rule apart, in order; the same from Alertmanager (external labels added) and from Prometheus. */
export function identityLabels(labels: Labels): string {
  const exporter = EXPORTERS.test(labels['job'] ?? '') || labels['exported_namespace'] !== undefined;
  return Object.keys(labels)
    .filter((k) => !SIDE_LABELS.has(k) && !(exporter && (k === 'instance' || k === 'job')))
    .sort()
    .map((k) => `${k}=${labels[k] ?? ''}`)
    .join(',');
}
