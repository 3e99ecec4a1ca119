/**
 * `gorca.bundle.json`: what a collector knows about the files of a bundle and the files alone do not say.
 * A folder without one is as welcome; a folder with one is read as the manifest lists it.
 */
import type { Artifact, Cover } from './artifact.ts';
import type { Entity } from './entity.ts';
import { cluster, container, namespace, node, pod, processOf, revision, service, workload } from './entity.ts';
import type { ReportGap } from './report.ts';
import { parseInstant } from './time.ts';

export const BUNDLE_FILE = 'gorca.bundle.json';
export const BUNDLE_VERSION = 'gorca.bundle/1';

/** The file as written. Times are RFC 3339. */
export interface BundleManifest {
  readonly schema: typeof BUNDLE_VERSION;
  readonly artifacts: readonly BundleArtifact[];
  /** What could not be captured, and why. */
  readonly gaps?: readonly (Omit<ReportGap, 'next'> & { readonly next?: string })[];
  /** For people; not read. */
  readonly title?: string;
  readonly recorded?: Readonly<Record<string, string>>;
}

export interface BundleArtifact {
  /** Relative to the manifest, with '/'. An archive's members share its entry. */
  readonly path: string;
  /** Of the file as it lies there, before gzip is opened. */
  readonly sha256?: string;
  readonly collector?: string;
  /** Command, URL or query that took it. */
  readonly command?: string;
  readonly takenAt?: string;
  readonly interval?: { readonly from?: string | null; readonly to?: string | null };
  /** `{"kind": "container", "namespace": "shop", "pod": "orders-7d9f-x2x", "container": "orders"}`; fields by kind in COVERS. */
  readonly covers?: readonly { readonly kind: string; readonly [field: string]: string }[];
  readonly incomplete?: { readonly how: 'cut' | 'sampled' | 'expired' | 'filtered'; readonly why: string };
}

/** An entry in the model's own terms. */
export interface StatedArtifact extends Pick<Artifact, 'collector' | 'command' | 'takenAt' | 'interval' | 'covers' | 'incomplete'> {
  readonly path: string;
  readonly sha256: string | null;
}

export interface ReadManifest {
  readonly artifacts: readonly StatedArtifact[];
  readonly gaps: readonly ReportGap[];
  /** What in it could not be understood, one sentence each. */
  readonly faults: readonly string[];
}

type Loose = { readonly [name: string]: unknown };
const isRecord = (v: unknown): v is Loose => typeof v === 'object' && v !== null && !Array.isArray(v);

/** Fields of each kind of cover, in the order its constructor takes them. */
const COVERS: Readonly<Record<string, { readonly fields: readonly string[]; readonly make: (...parts: string[]) => Entity }>> = {
  cluster: { fields: ['name'], make: (name) => cluster(name as string) },
  node: { fields: ['name'], make: (name) => node(name as string) },
  namespace: { fields: ['name'], make: (name) => namespace(name as string) },
  service: { fields: ['name'], make: (name) => service(name as string) },
  process: { fields: ['name'], make: (name) => processOf(name as string) },
  pod: { fields: ['namespace', 'pod'], make: (ns, name) => pod(ns as string, name as string) },
  container: { fields: ['namespace', 'pod', 'container'], make: (ns, podName, name) => container(ns as string, podName as string, name as string) },
  revision: { fields: ['namespace', 'name'], make: (ns, name) => revision(ns as string, name as string) },
  workload: { fields: ['namespace', 'type', 'name'], make: (ns, type, name) => workload(ns as string, (type as string).toLowerCase(), name as string) },
};

function coverOf(v: unknown): Entity | null {
  if (!isRecord(v) || typeof v['kind'] !== 'string') return null;
  const form = COVERS[v['kind']];
  const parts = form?.fields.map((f) => v[f]);
  return form !== undefined && parts?.every((p): p is string => typeof p === 'string' && p !== '') === true ? form.make(...(parts as string[])) : null;
}

const INCOMPLETE = ['cut', 'sampled', 'expired', 'filtered'] as const;

/** Reads the parsed JSON of a manifest; null when it is not one of a version known here. */
export function readManifest(json: unknown): ReadManifest | null {
  if (!isRecord(json) || json['schema'] !== BUNDLE_VERSION || !Array.isArray(json['artifacts'])) return null;
  const faults: string[] = [];
  const artifacts: StatedArtifact[] = [];
  for (const [i, entry] of (json['artifacts'] as unknown[]).entries()) {
    if (!isRecord(entry) || typeof entry['path'] !== 'string') {
      faults.push(`artifacts[${i}] has no path`);
      continue;
    }
    artifacts.push(stated(entry, entry['path'], (fault) => faults.push(`${entry['path']}: ${fault}`)));
  }
  const gaps: ReportGap[] = [];
  for (const [i, gap] of (Array.isArray(json['gaps']) ? (json['gaps'] as unknown[]) : []).entries()) {
    if (isRecord(gap) && typeof gap['what'] === 'string') {
      gaps.push({ what: gap['what'], why: typeof gap['why'] === 'string' ? gap['why'] : '', next: typeof gap['next'] === 'string' ? gap['next'] : '' });
    } else faults.push(`gaps[${i}] does not say what is missing`);
  }
  return { artifacts, gaps, faults };
}

function stated(entry: Loose, path: string, fault: (what: string) => void): StatedArtifact {
  const text = (name: string): string | undefined => {
    const v = entry[name];
    if (v === undefined || v === null) return undefined;
    if (typeof v === 'string') return v;
    fault(`${name} is not text`);
    return undefined;
  };
  const time = (name: string, v: unknown) => {
    if (v === undefined || v === null) return null;
    const at = typeof v === 'string' ? parseInstant(v) : null;
    if (at === null) fault(`${name} is no RFC 3339 time`);
    return at;
  };
  const covers: Cover[] = [];
  for (const cover of Array.isArray(entry['covers']) ? (entry['covers'] as unknown[]) : []) {
    const entity = coverOf(cover);
    if (entity === null) fault(`covers names no entity: ${JSON.stringify(cover)}`);
    else covers.push({ entity, strength: 'stated' });
  }
  const collector = text('collector');
  const command = text('command');
  const takenAt = time('takenAt', entry['takenAt']);
  const span = isRecord(entry['interval']) ? entry['interval'] : {};
  const cut = isRecord(entry['incomplete']) ? entry['incomplete'] : null;
  const how = INCOMPLETE.find((h) => h === cut?.['how']);
  if (cut !== null && how === undefined) fault('incomplete.how is none of cut, sampled, expired, filtered');
  return {
    path: path.replace(/^\.\//, ''),
    sha256: text('sha256')?.toLowerCase() ?? null,
    covers,
    interval: { from: time('interval.from', span['from']), to: time('interval.to', span['to']) },
    ...(collector === undefined ? {} : { collector }),
    ...(command === undefined ? {} : { command }),
    ...(takenAt === null ? {} : { takenAt }),
    ...(how === undefined ? {} : { incomplete: { how, why: typeof cut?.['why'] === 'string' ? cut['why'] : '' } }),
  };
}
