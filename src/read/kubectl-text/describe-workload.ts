import type { Instant, Span } from '../../model/index.ts';
import type { EventView, NodeView, WorkloadView } from '../lib/kubernetes-views.ts';
import { before, parseEventAge } from './age.ts';
import { conditionsIn, fieldSpan, ownerIn } from './describe-pod.ts';
import { childOf, dateOf, type Field, pairsOf, textOf } from './describe-tree.ts';
import type { TextLine } from './lines.ts';
import { readTable } from './table.ts';

export type DescribedKind = 'Pod' | 'Node' | 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'other';

/** describe never names the kind: its fields do (k8s.io/kubectl/pkg/describe). */
export function describedKind(root: Field): DescribedKind {
  const has = (key: string): boolean => childOf(root, key) !== null;
  if (has('Roles') && has('Addresses')) return 'Node';
  if (has('StrategyType') && has('Replicas')) return 'Deployment';
  if (has('Desired Number of Nodes Scheduled')) return 'DaemonSet';
  if (has('Update Strategy') && has('Replicas')) return 'StatefulSet';
  if (has('Pods Status') && / current \/ \d/.test(textOf(root, 'Replicas') ?? '')) return 'ReplicaSet';
  if (has('Parallelism') && has('Pods Statuses')) return 'Job';
  if (has('Containers') && has('Status') && has('Node')) return 'Pod';
  if (has('Containers') && has('Conditions') && has('QoS Class')) return 'Pod';
  return 'other';
}

const first = (pattern: RegExp, text: string | null): number | null => {
  const m = text === null ? null : pattern.exec(text);
  return m === null ? null : Number(m[1]);
};

export function describedWorkload(root: Field, kind: DescribedKind, lines: readonly TextLine[]): WorkloadView {
  const replicas = textOf(root, 'Replicas');
  const pods = textOf(root, 'Pods Status');
  const annotations = annotationsOf(root, lines);
  const counts = childOf(root, 'Replicas') ?? childOf(root, 'Desired Number of Nodes Scheduled') ?? childOf(root, 'Pods Statuses') ?? root;
  const scheduled = first(/^(\d{1,7})/, textOf(root, 'Desired Number of Nodes Scheduled'));
  const jobPods = textOf(root, 'Pods Statuses');
  return {
    kind,
    namespace: textOf(root, 'Namespace'),
    name: textOf(root, 'Name') ?? '',
    uid: null,
    createdAt: dateOf(root, 'CreationTimestamp'),
    deletedAt: null,
    labels: pairsOf(root, 'Labels'),
    owner: ownerIn(root),
    field: () => fieldSpan(root, ''),
    desired: scheduled ?? first(/(\d{1,7}) desired/, replicas),
    // describe of ReplicaSets and StatefulSets counts running pods, not ready ones
    ready: null,
    available: kind === 'DaemonSet' ? first(/^(\d{1,7})/, textOf(root, 'Number of Nodes Scheduled with Available Pods')) : first(/(\d{1,7}) available/, replicas),
    updated: first(/(\d{1,7}) updated/, replicas),
    generation: null,
    observedGeneration: null,
    paused: false,
    revision: annotations['deployment.kubernetes.io/revision'] ?? null,
    changeCause: annotations['kubernetes.io/change-cause'] ?? null,
    selector: pairsOf(root, 'Selector'),
    strategy: textOf(root, 'StrategyType'),
    conditions: conditionsIn(root, lines),
    template: null,
    templatePointer: 'Pod Template',
    references: [],
    counts: fieldSpan(counts, counts === root ? '' : counts.key),
    failed: first(/(\d{1,7}) Failed/, jobPods ?? (kind === 'Job' ? pods : null)),
    succeeded: first(/(\d{1,7}) Succeeded/, jobPods ?? (kind === 'Job' ? pods : null)),
    completions: first(/^(\d{1,7})$/, textOf(root, 'Completions')),
    span: root.span,
    pointer: `${kind} ${textOf(root, 'Name') ?? ''}`,
  };
}

/** Annotations are written "key: value"; the first beside the word, the others as lines of their own below it. */
function annotationsOf(root: Field, lines: readonly TextLine[]): { readonly [name: string]: string } {
  const f = childOf(root, 'Annotations');
  const out: Record<string, string> = {};
  if (f === null) return out;
  const texts = [...f.value.split('\n'), ...[...f.loose, ...f.children.map((c) => c.at)].map((i) => lines[i]?.text.trim() ?? '')];
  for (const t of texts) {
    const m = /^([^\s:]{1,320}): ?(.*)$/.exec(t);
    if (m !== null) out[m[1] ?? ''] = m[2] ?? '';
  }
  return out;
}

export function describedNode(root: Field, lines: readonly TextLine[]): NodeView {
  const taints = (textOf(root, 'Taints') ?? '').split('\n').filter((t) => t !== '');
  return {
    kind: 'Node',
    namespace: null,
    name: textOf(root, 'Name') ?? '',
    uid: null,
    createdAt: dateOf(root, 'CreationTimestamp'),
    deletedAt: null,
    labels: pairsOf(root, 'Labels'),
    owner: null,
    field: () => fieldSpan(root, ''),
    conditions: conditionsIn(root, lines),
    addresses: (childOf(root, 'Addresses')?.children ?? []).map((c) => c.value),
    taints,
    unschedulable: textOf(root, 'Unschedulable') === 'true',
    span: root.span,
    pointer: `Node ${textOf(root, 'Name') ?? ''}`,
  };
}

/** The "Events:" table at the end. describe marks containers as "spec.containers{x}: message" since 1.37. */
export function describedEvents(root: Field, kind: DescribedKind, lines: readonly TextLine[], takenAt: Instant | null): EventView[] {
  const field = childOf(root, 'Events');
  const head = field?.loose[0];
  if (field === null || head === undefined) return [];
  const table = readTable(lines, head, (l) => l.indent <= field.indent);
  if (table === null) return [];
  const namespace = textOf(root, 'Namespace');
  const name = textOf(root, 'Name') ?? '';
  return table.rows.flatMap((r) =>
    eventOf({
      age: r.cells['Age'] ?? '',
      count: null,
      type: r.cells['Type'] ?? '',
      reason: r.cells['Reason'] ?? '',
      source: r.cells['From'] ?? '',
      message: r.cells['Message'] ?? '',
      kind: kind === 'other' ? '' : kind,
      name,
      namespace,
      container: null,
      span: r.span,
      pointer: `Events/${r.cells['Reason'] ?? ''}`,
      takenAt,
    }),
  );
}

export function eventOf(e: {
  age: string;
  count: number | null;
  type: string;
  reason: string;
  source: string;
  message: string;
  kind: string;
  name: string;
  namespace: string | null;
  container: string | null;
  span: Span;
  pointer: string;
  takenAt: Instant | null;
}): EventView[] {
  const age = parseEventAge(e.age);
  if (e.reason === '') return [];
  const marked = /^spec\.(?:initContainers|containers|ephemeralContainers)\{([^{}]{1,253})\}: /.exec(e.message);
  const last = before(e.takenAt, age?.last ?? null);
  return [
    {
      namespace: e.namespace,
      name: null,
      type: e.type === '' ? null : e.type,
      reason: e.reason,
      message: marked === null ? e.message : e.message.slice(marked[0].length),
      involvedKind: e.kind,
      involvedName: e.name,
      involvedNamespace: e.namespace,
      involvedUid: null,
      container: e.container ?? marked?.[1] ?? null,
      first: age?.first === undefined || age.first === null ? (age?.count === 1 ? last : null) : before(e.takenAt, age.first),
      last,
      count: e.count ?? age?.count ?? 1,
      source: e.source === '' ? null : e.source,
      precisionSeconds: Math.max(age?.last.precisionSeconds ?? 1, age?.first?.precisionSeconds ?? 1),
      span: e.span,
      pointer: e.pointer,
    },
  ];
}
