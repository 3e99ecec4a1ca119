/**
 * What an alert watches, by the metrics in its rule: the condition kinds that such a series shows, the most direct first.
 * Without a rule the names of kube-prometheus' alerts tell. An alert whose metrics no row knows is tied to nothing.
 */
import { deadlineExceeded, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { quotaExhausted } from '../../model/conditions/config.ts';
import {
  containerCrashLooping,
  containerExited,
  containerKilledByLiveness,
  containerMemoryGrowing,
  containerNotStarting,
  containerOomKilled,
  containerThrottled,
  imageNotPulled,
  probeFailing,
} from '../../model/conditions/container.ts';
import { processCrashed } from '../../model/conditions/crash.ts';
import { openFilesGrowing } from '../../model/conditions/files.ts';
import { bucketGrowing, goroutinesGrowing } from '../../model/conditions/goroutines.ts';
import { errorBurst } from '../../model/conditions/logs.ts';
import { heapGrowing } from '../../model/conditions/memory.ts';
import { nodeNotReady, nodeOomKill, nodePressure } from '../../model/conditions/node.ts';
import { podEvicted, podsNotCreated, podUnschedulable, rolloutStuck, workloadUnavailable } from '../../model/conditions/workload.ts';
import type { Condition, Kind } from '../../model/index.ts';

export interface Family {
  readonly metric: RegExp;
  /** Direct: the series is this state itself. */
  readonly direct: readonly Kind[];
  /** The series moves with these as well. */
  readonly near: readonly Kind[];
}

// kinds carry different facts; as antecedents they are only asked for
const kinds = (...list: readonly unknown[]): readonly Kind[] => list as readonly Kind[];

const RESTARTS = kinds(containerCrashLooping, containerOomKilled, containerKilledByLiveness, containerExited);
const WAITING = kinds(containerNotStarting, imageNotPulled);
const UNREADY = kinds(
  podUnschedulable,
  containerNotStarting,
  imageNotPulled,
  containerCrashLooping,
  containerOomKilled,
  containerKilledByLiveness,
  containerExited,
  probeFailing,
  podEvicted,
  nodeNotReady,
);
const REPLICAS = kinds(workloadUnavailable, rolloutStuck, podsNotCreated);

const WAITING_ALERT: Family = {
  metric: /^kube_pod_(?:init_)?container_status_waiting(?:_reason)?$/,
  direct: [...WAITING, ...kinds(containerCrashLooping)],
  near: kinds(podUnschedulable),
};

export const FAMILIES: readonly Family[] = [
  WAITING_ALERT,
  { metric: /^kube_pod_(?:init_)?container_status_restarts_total$/, direct: RESTARTS, near: kinds(processCrashed) },
  { metric: /^kube_pod_container_status_(?:last_)?terminated_(?:reason|exitcode)$/, direct: kinds(containerOomKilled, containerExited), near: kinds(containerCrashLooping) },
  { metric: /^kube_pod_status_unschedulable$/, direct: kinds(podUnschedulable), near: [] },
  { metric: /^kube_pod_(?:container_)?status_(?:phase|ready|reason|scheduled|running)$/, direct: UNREADY, near: kinds(nodePressure) },
  { metric: /^kube_deployment_status_condition$/, direct: kinds(rolloutStuck, workloadUnavailable), near: kinds(podsNotCreated) },
  { metric: /^kube_(?:deployment|statefulset|daemonset|replicaset)_/, direct: REPLICAS, near: UNREADY },
  { metric: /^kube_job_/, direct: kinds(containerExited, containerOomKilled, podsNotCreated), near: UNREADY },
  { metric: /^kube_node_(?:status_condition|spec_taint|spec_unschedulable)$/, direct: kinds(nodeNotReady, nodePressure), near: [] },
  { metric: /^kube_resourcequota$/, direct: kinds(quotaExhausted), near: [] },
  {
    metric: /^up$|^probe_success$|^kubelet_|^absent$/,
    direct: kinds(containerCrashLooping, containerOomKilled, containerKilledByLiveness, containerExited, nodeNotReady),
    near: kinds(podEvicted, containerNotStarting, processCrashed),
  },
  { metric: /^container_oom_events_total$|^node_vmstat_oom_kill$/, direct: kinds(containerOomKilled, nodeOomKill), near: [] },
  { metric: /^go_goroutines$/, direct: kinds(goroutinesGrowing), near: kinds(bucketGrowing) },
  { metric: /^process_(?:open|max)_fds$|^process_open_file_descriptor_count$/, direct: kinds(openFilesGrowing), near: [] },
  { metric: /^go_memstats_|^go_gc_/, direct: kinds(heapGrowing), near: kinds(containerMemoryGrowing) },
  { metric: /^container_memory_|^process_resident_memory_bytes$/, direct: kinds(containerMemoryGrowing), near: kinds(heapGrowing, containerOomKilled) },
  { metric: /^node_memory_|^node_filesystem_/, direct: kinds(nodePressure), near: kinds(nodeOomKill) },
  { metric: /^container_cpu_cfs_/, direct: kinds(containerThrottled), near: [] },
  { metric: /(?:panic|crash)[a-z_]*(?:_total|_count)$/, direct: kinds(processCrashed), near: [] },
  { metric: /timeouts?(?:_total|_count)$|deadline[a-z_]*_total$/, direct: kinds(deadlineExceeded), near: kinds(requestsFailing, errorBurst) },
  { metric: /(?:duration|latency)[a-z_]*(?:_bucket|_sum|_seconds|_milliseconds)$|_seconds_bucket$/, direct: kinds(requestsSlow), near: kinds(deadlineExceeded) },
  { metric: /(?:requests?|responses?|handled|rpcs?|calls?)_total$|_requests$|_duration_seconds_count$/, direct: kinds(requestsFailing), near: kinds(errorBurst, deadlineExceeded) },
  { metric: /(?:errors?|failures?|failed)_total$/, direct: kinds(requestsFailing, errorBurst), near: kinds(deadlineExceeded) },
  { metric: /log_messages_total$|log_lines?_total$/, direct: kinds(errorBurst), near: [] },
];

/** kube-prometheus' names for alerts whose rule was not captured. */
const NAMES: { readonly [alert: string]: string } = {
  KubePodCrashLooping: 'kube_pod_container_status_waiting_reason',
  KubePodNotReady: 'kube_pod_status_phase',
  KubeContainerWaiting: 'kube_pod_container_status_waiting_reason',
  KubeDeploymentReplicasMismatch: 'kube_deployment_spec_replicas',
  KubeDeploymentRolloutStuck: 'kube_deployment_status_condition',
  KubeDeploymentGenerationMismatch: 'kube_deployment_status_observed_generation',
  KubeStatefulSetReplicasMismatch: 'kube_statefulset_status_replicas_ready',
  KubeStatefulSetUpdateNotRolledOut: 'kube_statefulset_status_replicas_ready',
  KubeDaemonSetRolloutStuck: 'kube_daemonset_status_number_available',
  KubeJobFailed: 'kube_job_failed',
  KubeNodeNotReady: 'kube_node_status_condition',
  KubeNodeUnreachable: 'kube_node_spec_taint',
  KubeNodePressure: 'kube_node_status_condition',
  KubeQuotaFullyUsed: 'kube_resourcequota',
  KubeQuotaExceeded: 'kube_resourcequota',
  CPUThrottlingHigh: 'container_cpu_cfs_throttled_periods_total',
  TargetDown: 'up',
  NodeMemoryHighUtilization: 'node_memory_MemAvailable_bytes',
};

const WORDS = new Set([
  'sum',
  'max',
  'min',
  'avg',
  'count',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'rate',
  'irate',
  'increase',
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'le',
  'job',
  'namespace',
  'pod',
  'container',
  'histogram_quantile',
]);

/** Metric names of a rule: words that are followed by a selector, a range or an operator, never label names inside braces. */
export function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^{}]*\}/g, '{}')
    .replaceAll(/\[[^\]]{0,60}\]/g, '');
  const out = new Set<string>();
  for (const m of bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*/g)) {
    const after = bare.slice(m.index + m[0].length).trimStart();
    if (WORDS.has(m[0]) || after.startsWith('(')) continue;
    // a list of labels: by (namespace, pod)
    const before = bare.slice(0, m.index);
    const open = before.lastIndexOf('(');
    if (open > before.lastIndexOf(')') && /\b(?:by|without|on|ignoring|group_left|group_right)\s*$/.test(before.slice(0, open))) continue;
    out.add(m[0]);
  }
  return [...out];
}

export interface Watched {
  readonly direct: readonly Kind[];
  readonly near: readonly Kind[];
  /** Metric that decided, or the alert's name. */
  readonly by: string;
}

/** What the alert watches; null when neither rule nor name is known. */
export function watchedBy(alert: Condition): Watched | null {
  const expr = typeof alert.facts['expr'] === 'string' ? alert.facts['expr'] : null;
  const name = String(alert.facts['name'] ?? '');
  const metrics = expr === null ? (NAMES[name] === undefined ? [] : [NAMES[name]]) : metricsIn(expr);
  const text = `${expr ?? ''} ${JSON.stringify(alert.facts['labels'] ?? {})} ${name}`;
  for (const metric of metrics) {
    const family = FAMILIES.find((f) => f.metric.test(metric));
    if (family === undefined) continue;
    if (family === WAITING_ALERT) return { ...waiting(text), by: metric };
    return { direct: family.direct, near: family.near, by: metric };
  }
  return null;
}

/** The waiting reason, in the rule or as a label, decides which kind of waiting it is. */
function waiting(text: string): Pick<Watched, 'direct' | 'near'> {
  const looping = /reason["\s]*[:=]~?\s*"?CrashLoopBackOff|KubePodCrashLooping/.test(text);
  return looping ? { direct: kinds(containerCrashLooping), near: [] } : { direct: WAITING, near: WAITING_ALERT.near };
}
