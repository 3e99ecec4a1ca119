/**
 * What a claim is about. An entity is a kind and a key; two artifacts that speak of the same thing must build the same key,
 * or an alias must say that they do. Constructors below are the only way to make keys.
 *
 * part-of edges lead upwards: goroutine bucket → process → container → pod → revision → workload → service, pod → node.
 */
import type { Place } from './place.ts';
import type { Strength } from './strength.ts';
import type { Interval } from './time.ts';

export type EntityKind =
  | 'alert'
  | 'bucket'
  | 'change'
  | 'channel'
  | 'cluster'
  | 'container'
  | 'endpoint'
  | 'function'
  | 'image'
  | 'input'
  | 'lock'
  | 'module'
  | 'namespace'
  | 'node'
  | 'object'
  | 'pod'
  | 'process'
  | 'revision'
  | 'service'
  | 'slice'
  | 'trace'
  | 'workload';

export interface Entity {
  readonly kind: EntityKind;
  /** Unique within the kind. Parts joined by '/'. */
  readonly key: string;
}

export const entityId = (e: Entity): string => `${e.kind}:${e.key}`;
export const sameEntity = (a: Entity, b: Entity): boolean => a.kind === b.kind && a.key === b.key;
const make = (kind: EntityKind, ...parts: string[]): Entity => ({ kind, key: parts.join('/') });

export const cluster = (name: string): Entity => make('cluster', name);
export const node = (name: string): Entity => make('node', name);
export const namespace = (name: string): Entity => make('namespace', name);
export const pod = (ns: string, name: string): Entity => make('pod', ns, name);
export const container = (ns: string, podName: string, name: string): Entity => make('container', ns, podName, name);
/** kind in lower case: deployment, statefulset, daemonset, job, cronjob. */
export const workload = (ns: string, kind: string, name: string): Entity => make('workload', ns, kind, name);
/** A ReplicaSet or ControllerRevision: one template of a workload. */
export const revision = (ns: string, name: string): Entity => make('revision', ns, name);
/** Any other Kubernetes object, kind in lower case. */
export const object = (ns: string, kind: string, name: string): Entity => make('object', ns, kind, name);
export const service = (name: string): Entity => make('service', name);
/** One life of one program: `name` is the most specific name known (ns/pod/container#restart, host:port, file). */
export const processOf = (name: string): Entity => make('process', name);
/** Goroutines of one process that stand at the same stack; `stack` is the bucket's key. */
export const bucket = (processName: string, stack: string): Entity => make('bucket', processName, stack);
/** Lock and channel addresses hold within one process life only. */
export const lock = (processName: string, address: string): Entity => make('lock', processName, address);
export const channel = (processName: string, address: string): Entity => make('channel', processName, address);
/** `symbol` is the normalised full Go symbol, e.g. shop/orders/internal/inventory.(*Client).Reserve.func1. */
export const goFunction = (symbol: string): Entity => make('function', symbol);
export const endpoint = (serviceName: string, route: string): Entity => make('endpoint', serviceName, route);
export const alert = (name: string, labels: string): Entity => make('alert', name, labels);
export const change = (what: string): Entity => make('change', what);
export const image = (ref: string): Entity => make('image', ref);
export const trace = (id: string): Entity => make('trace', id);
export const slice = (of: string, field: string, value: string): Entity => make('slice', of, field, value);
export const input = (name: string): Entity => make('input', name);

/** The last part of a key, for people. */
export const shortName = (e: Entity): string => {
  if (e.kind === 'function' || e.kind === 'image' || e.kind === 'service' || e.kind === 'change' || e.kind === 'slice') return e.key;
  const cut = e.key.lastIndexOf('/');
  return cut < 0 ? e.key : e.key.slice(cut + 1);
};

/** Two names, one entity. Through a guess nothing rises above `supported`. */
export interface Alias {
  readonly a: Entity;
  readonly b: Entity;
  readonly strength: Strength;
  readonly why: string;
  readonly places: readonly Place[];
  /** How long the two are one: a listen address is a process's for as long as that lives. Absent: always. */
  readonly during?: Interval;
  /** Said by the user (--same) and found in no input: what leans on it says so. */
  readonly byUser?: boolean;
}

export type Relation = 'part-of' | 'runs-on' | 'calls' | 'owns' | 'reads' | 'limits';

export interface Edge {
  readonly from: Entity;
  readonly relation: Relation;
  readonly to: Entity;
  readonly strength: Strength;
  readonly places: readonly Place[];
}

/** An entity reached over aliases and edges, with the weakest strength on the way. */
export interface Reached {
  readonly entity: Entity;
  readonly strength: Strength;
  readonly places: readonly Place[];
  /** Where one of the aliases on the way holds for a while only: when all of them did. */
  readonly during?: Interval;
}
