/**
 * Reads the scheduler's refusal: kube-scheduler framework FitError, e.g.
 *   0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable. preemption: …
 * Each node is counted under every reason its deciding plugin gave: a node short of cpu and memory stands in both counts, so the sum may
 * exceed the total; below the total the text was cut. Pre-filter refusals carry a sentence without counts.
 */
export interface Predicate {
  /** As written, without the count. */
  readonly text: string;
  readonly count: number;
}

export interface SchedulingRefusal {
  readonly nodes: number;
  readonly predicates: readonly Predicate[];
  /** Every node has a reason. */
  readonly complete: boolean;
  /** A refusal before any node was looked at: the sentence, else null. */
  readonly before: string | null;
}

const HEAD = /^0\/(\d{1,7}) nodes are available(?:: ?([\s\S]*))?$/;

export function parseSchedulingRefusal(message: string): SchedulingRefusal | null {
  const text = message.trim();
  if (text.startsWith('no nodes available to schedule pods')) return { nodes: 0, predicates: [], complete: true, before: null };
  const head = HEAD.exec(text.slice(0, 16 * 1024));
  if (head === null) return null;
  const nodes = Number(head[1]);
  const body = beforePreemption(head[2] ?? '');
  const predicates: Predicate[] = [];
  const sentences: string[] = [];
  for (const part of body.split(/, (?=\d)/)) {
    const m = /^(\d{1,7}) (\S[\s\S]*)$/.exec(part.trim());
    if (m !== null) predicates.push({ text: (m[2] ?? '').replace(/\.$/, '').trim(), count: Number(m[1]) });
    else if (part.trim() !== '') sentences.push(part.trim().replace(/\.$/, ''));
  }
  const sum = predicates.reduce((n, p) => n + p.count, 0);
  // with nothing to preempt the scheduler adds a bare "not found"
  const before = predicates.length === 0 && sentences.length > 0 ? sentences.join(', ').replace(/\. not found$/, '') : null;
  return { nodes, predicates, complete: before !== null || sum >= nodes, before };
}

function beforePreemption(body: string): string {
  const at = body.search(/\.? ?preemption: /);
  return at < 0 ? body : body.slice(0, at);
}

export interface PredicateMeaning {
  readonly plugin: string;
  /** pod: the template asks for it; node: the node is closed or ill; cluster: another object is in the way. */
  readonly side: 'pod' | 'node' | 'cluster';
  /** Field of the pod spec that asks for it. */
  readonly field: string | null;
}

/** Texts of kube-scheduler's plugins (pkg/scheduler/framework/plugins). */
export function predicateMeaning(text: string): PredicateMeaning {
  const insufficient = /^Insufficient (\S{1,200})$/.exec(text);
  if (insufficient !== null) return { plugin: 'NodeResourcesFit', side: 'pod', field: `resources.requests.${insufficient[1]}` };
  if (text === 'Too many pods') return { plugin: 'NodeResourcesFit', side: 'cluster', field: null };
  if (/node affinity\/selector|didn't match node selector/.test(text)) return { plugin: 'NodeAffinity', side: 'pod', field: 'nodeSelector' };
  // since 1.35 the taints are not named: the nodes must tell which
  if (/untolerated taint\(s\)$/.test(text)) return { plugin: 'TaintToleration', side: 'cluster', field: null };
  if (/taint/.test(text))
    return /node\.kubernetes\.io\/(?:not-ready|unreachable|unschedulable|memory-pressure|disk-pressure|pid-pressure|network-unavailable|out-of-service)/.test(text)
      ? { plugin: 'TaintToleration', side: 'node', field: null }
      : { plugin: 'TaintToleration', side: 'pod', field: 'tolerations' };
  if (/were unschedulable/.test(text)) return { plugin: 'NodeUnschedulable', side: 'node', field: null };
  if (/affinity/.test(text) && /pod/.test(text) && !/volume/.test(text)) return { plugin: 'InterPodAffinity', side: 'pod', field: 'affinity' };
  if (/topology spread/.test(text)) return { plugin: 'PodTopologySpread', side: 'pod', field: 'topologySpreadConstraints' };
  if (/free ports/.test(text)) return { plugin: 'NodePorts', side: 'pod', field: 'containers[].ports[].hostPort' };
  if (/volume|persistentvolumeclaim|PersistentVolume/.test(text)) return { plugin: 'VolumeBinding', side: 'cluster', field: 'volumes' };
  if (/resourceclaim/i.test(text)) return { plugin: 'DynamicResources', side: 'cluster', field: 'resourceClaims' };
  return { plugin: 'unknown', side: 'cluster', field: null };
}
