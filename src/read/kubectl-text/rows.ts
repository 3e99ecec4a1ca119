import type { Instant, Span } from '../../model/index.ts';
import type { EventView } from '../lib/kubernetes-views.ts';
import { type Age, before, parseAge } from './age.ts';
import { eventOf } from './describe-workload.ts';
import type { Row, Table } from './table.ts';

export type TableKind = 'pods' | 'events' | 'deployments' | 'replicasets' | 'statefulsets' | 'daemonsets' | 'nodes' | 'jobs' | 'other';

export interface PodRow {
  readonly namespace: string | null;
  readonly name: string;
  readonly ready: number;
  readonly containers: number;
  /** The STATUS column: a phase, a waiting or termination reason, Terminating, Init:0/1 … */
  readonly status: string;
  readonly restarts: number;
  readonly lastRestart: Age | null;
  readonly createdAt: Instant | null;
  readonly ip: string | null;
  readonly node: string | null;
  readonly span: Span;
}

export interface WorkloadRow {
  readonly kind: 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet';
  readonly namespace: string | null;
  readonly name: string;
  readonly desired: number | null;
  readonly ready: number | null;
  readonly available: number | null;
  readonly span: Span;
}

export interface NodeRow {
  readonly name: string;
  readonly ready: boolean;
  /** As written: "NotReady,SchedulingDisabled". */
  readonly status: string;
  readonly span: Span;
}

const set = (t: { readonly columns: readonly string[] }): ReadonlySet<string> => new Set(t.columns);

/** A header of kubectl get: NAME or LAST SEEN in first place (after NAMESPACE) and a column set that only kubectl prints. */
export function tableKind(columns: readonly string[]): TableKind | null {
  const has = (...names: readonly string[]): boolean => names.every((n) => columns.includes(n));
  const firstColumn = columns[0] === 'NAMESPACE' ? columns[1] : columns[0];
  if (has('TYPE', 'REASON', 'OBJECT', 'MESSAGE') && (firstColumn === 'LAST SEEN' || has('LAST SEEN'))) return 'events';
  if (firstColumn !== 'NAME') return null;
  if (has('READY', 'STATUS', 'RESTARTS')) return 'pods';
  if (has('READY', 'UP-TO-DATE', 'AVAILABLE') && !has('DESIRED')) return 'deployments';
  if (has('DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE')) return 'daemonsets';
  if (has('DESIRED', 'CURRENT', 'READY')) return 'replicasets';
  if (has('STATUS', 'ROLES', 'VERSION')) return 'nodes';
  if (has('COMPLETIONS', 'DURATION')) return 'jobs';
  if (has('READY', 'AGE')) return 'statefulsets';
  if (has('AGE') && columns.every((c) => c === c.toUpperCase())) return 'other';
  return null;
}

/** kubectl get all prefixes names: "pod/x", "deployment.apps/x". */
const bare = (name: string): string => name.slice(name.indexOf('/') + 1);
const pair = (text: string): [number | null, number | null] => {
  const m = /^(\d{1,7})\/(\d{1,7})$/.exec(text);
  return m === null ? [null, null] : [Number(m[1]), Number(m[2])];
};
const count = (text: string | undefined): number | null => (text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null);
const column = (r: Row, name: string): string | null => {
  const v = r.cells[name];
  return v === undefined || v === '' || v === '<none>' || v === '<unknown>' ? null : v;
};

export function podRows(t: Table, takenAt: Instant | null): PodRow[] {
  return t.rows.flatMap((r) => {
    const name = column(r, 'NAME');
    const [ready, containers] = pair(r.cells['READY'] ?? '');
    const status = column(r, 'STATUS');
    if (name === null || ready === null || containers === null || status === null) return [];
    const restarts = /^(\d{1,9})(?: \((\S{1,20}) ago\))?$/.exec(r.cells['RESTARTS'] ?? '');
    return [
      {
        namespace: column(r, 'NAMESPACE'),
        name: bare(name),
        ready,
        containers,
        status,
        restarts: Number(restarts?.[1] ?? 0),
        lastRestart: restarts?.[2] === undefined ? null : parseAge(restarts[2]),
        createdAt: before(takenAt, parseAge(r.cells['AGE'] ?? '')),
        ip: column(r, 'IP'),
        node: column(r, 'NODE'),
        span: r.span,
      },
    ];
  });
}

export function workloadRows(t: Table, kind: TableKind): WorkloadRow[] {
  const of = { deployments: 'Deployment', replicasets: 'ReplicaSet', statefulsets: 'StatefulSet', daemonsets: 'DaemonSet' } as const;
  const object = kind in of ? of[kind as keyof typeof of] : null;
  if (object === null) return [];
  return t.rows.flatMap((r) => {
    const name = column(r, 'NAME');
    if (name === null) return [];
    const [ready, desired] = pair(r.cells['READY'] ?? '');
    return [
      {
        kind: object,
        namespace: column(r, 'NAMESPACE'),
        name: bare(name),
        desired: desired ?? count(r.cells['DESIRED']),
        ready: ready ?? count(r.cells['READY']),
        available: count(r.cells['AVAILABLE']),
        span: r.span,
      },
    ];
  });
}

export function nodeRows(t: Table): NodeRow[] {
  return t.rows.flatMap((r) => {
    const name = column(r, 'NAME');
    const status = column(r, 'STATUS');
    if (name === null || status === null) return [];
    return [{ name: bare(name), ready: status.split(',')[0] === 'Ready', status, span: r.span }];
  });
}

const KINDS: { readonly [short: string]: string } = {
  pod: 'Pod',
  node: 'Node',
  deployment: 'Deployment',
  replicaset: 'ReplicaSet',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  job: 'Job',
  cronjob: 'CronJob',
  service: 'Service',
  horizontalpodautoscaler: 'HorizontalPodAutoscaler',
  persistentvolumeclaim: 'PersistentVolumeClaim',
};

export function eventRows(t: Table, takenAt: Instant | null): EventView[] {
  const wide = set(t).has('COUNT');
  return t.rows.flatMap((r) => {
    const object = column(r, 'OBJECT');
    const cut = object?.indexOf('/') ?? -1;
    if (object === null || cut < 0) return [];
    const kind = object.slice(0, cut);
    const subobject = /\{([^{}]{1,253})\}/.exec(r.cells['SUBOBJECT'] ?? '');
    const made = eventOf({
      age: r.cells['LAST SEEN'] ?? '',
      count: wide ? count(r.cells['COUNT']) : null,
      type: r.cells['TYPE'] ?? '',
      reason: r.cells['REASON'] ?? '',
      source: (r.cells['SOURCE'] ?? '').split(',')[0] ?? '',
      message: r.cells['MESSAGE'] ?? '',
      kind: KINDS[kind] ?? kind,
      name: object.slice(cut + 1),
      namespace: column(r, 'NAMESPACE'),
      container: subobject?.[1] ?? null,
      span: r.span,
      pointer: `event ${object}`,
      takenAt,
    });
    const first = parseAge(r.cells['FIRST SEEN'] ?? '');
    return made.map((e) => (first === null ? e : { ...e, first: before(takenAt, first), precisionSeconds: Math.max(e.precisionSeconds, first.precisionSeconds) }));
  });
}
