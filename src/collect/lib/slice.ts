/**
 * What came back from a log store: one file for each source of lines (a container, else a service, else a stream), so that each says
 * whose it is, and what did not come back.
 */

import { BUNDLE_VERSION, type BundleArtifact, type BundleManifest, readManifest } from '../../model/bundle.ts';
import { type Artifact, formatInstant, type Instant, memorySource, type ReportGap } from '../../model/index.ts';
import { sha256Of } from '../../platform/hash.ts';

export type Labels = Readonly<Record<string, string>>;

export interface SliceFile {
  /** Within the bundle, with '/'. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly lines: number;
  readonly covers: NonNullable<BundleArtifact['covers']>;
}

/** One query that was put to the store. */
export interface Asked {
  /** What was looked for, and where: "structured metadata trace_id". */
  readonly what: string;
  readonly query: string;
  /** Address with the query, without what authenticates. */
  readonly url: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly lines: number;
}

export interface StoreSlice {
  readonly store: 'loki' | 'victorialogs';
  /** Host and port. */
  readonly server: string;
  readonly files: readonly SliceFile[];
  readonly lines: number;
  readonly asked: readonly Asked[];
  readonly gaps: readonly ReportGap[];
  readonly from: Instant;
  /** Up to here the lines are all there (as far as the gaps do not say otherwise). */
  readonly to: Instant;
  readonly takenAt: Instant;
  /** Why the files do not hold all that was logged in that time; null: they do. */
  readonly incomplete: BundleArtifact['incomplete'] | null;
  readonly interrupted: boolean;
}

export interface Source {
  /** Lines with one key stand in one file. */
  readonly key: string;
  readonly name: string;
  readonly covers: SliceFile['covers'];
}

const first = (labels: Labels, names: readonly string[]): string | null => {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '' && value !== 'unknown_service') return value;
  }
  return null;
};

const NAMESPACE = ['namespace', 'k8s_namespace_name', 'k8s.namespace.name', 'kubernetes_namespace_name', 'kubernetes.namespace_name', 'kubernetes.pod_namespace'];
const POD = ['pod', 'pod_name', 'k8s_pod_name', 'k8s.pod.name', 'kubernetes_pod_name', 'kubernetes.pod_name'];
const CONTAINER = ['container', 'container_name', 'k8s_container_name', 'k8s.container.name', 'kubernetes_container_name', 'kubernetes.container_name'];
const SERVICE = ['service', 'service.name', 'service_name', 'app', 'app_kubernetes_io_name', 'application', 'svc'];

/** By labels of the stream: what they say of the line's origin is as good as the shipper that set them. */
export function sourceOf(labels: Labels): Source {
  const covers: { kind: string; [field: string]: string }[] = [];
  const [ns, pod, container, service] = [NAMESPACE, POD, CONTAINER, SERVICE].map((names) => first(labels, names)) as [string | null, string | null, string | null, string | null];
  if (ns !== null && pod !== null && container !== null) covers.push({ kind: 'container', namespace: ns, pod, container });
  else if (ns !== null && pod !== null) covers.push({ kind: 'pod', namespace: ns, pod });
  else if (ns !== null) covers.push({ kind: 'namespace', name: ns });
  if (service !== null) covers.push({ kind: 'service', name: service });
  const parts = [service !== null && service !== container && !(pod ?? '').startsWith(service) ? service : null, ns, pod, container].filter((p): p is string => p !== null);
  if (pod !== null || service !== null) return { key: JSON.stringify([ns, pod, container, service]), name: parts.join('_') || (service as string), covers };
  const all = Object.keys(labels)
    .sort()
    .map((k) => `${k}-${labels[k]}`);
  return { key: JSON.stringify(Object.entries(labels).sort()), name: all.slice(0, 3).join('_') || 'lines', covers };
}

/** A file name of it, and one of its own. */
export class FileNames {
  readonly #folder: string;
  readonly #ending: string;
  readonly #taken = new Set<string>();

  constructor(folder: string, ending: string) {
    this.#folder = folder;
    this.#ending = ending;
  }

  of(name: string): string {
    const stem =
      name
        .replace(/[^\w.-]+/g, '-')
        .replace(/^[.-]+|[.-]+$/g, '')
        .slice(0, 100) || 'lines';
    let path = `${this.#folder}/${stem}${this.#ending}`;
    for (let n = 2; this.#taken.has(path.toLowerCase()); n++) path = `${this.#folder}/${stem}-${n}${this.#ending}`;
    this.#taken.add(path.toLowerCase());
    return path;
  }
}

/** More files than that help nobody: what is left shares one. */
export const MOST_FILES = 200;

const TITLES = { loki: 'Loki', victorialogs: 'VictoriaLogs' } as const;

/** The manifest of a bundle that holds these slices. */
export function manifestOf(slices: readonly StoreSlice[], title: string): BundleManifest {
  const recorded: Record<string, string> = {};
  for (const s of slices) {
    for (const [i, a] of s.asked.entries()) {
      recorded[`${s.store} query ${i + 1}`] =
        `${a.what}: ${a.lines} line${a.lines === 1 ? '' : 's'} of ${formatInstant(a.from)} to ${formatInstant(a.to)} by ${a.query} (${a.url})`;
    }
  }
  return { schema: BUNDLE_VERSION, title, recorded, artifacts: slices.flatMap((s) => s.files.map((f) => entryOf(s, f))), gaps: slices.flatMap((s) => s.gaps) };
}

function entryOf(slice: StoreSlice, file: SliceFile): BundleArtifact {
  return {
    path: file.path,
    sha256: sha256Of(memorySource(file.bytes)),
    collector: `gorca collect (${TITLES[slice.store]} at ${slice.server}; lines of one source in one file)`,
    command: slice.asked
      .filter((a) => a.lines > 0)
      .map((a) => a.url)
      .join(' '),
    takenAt: formatInstant(slice.takenAt),
    interval: { from: formatInstant(slice.from), to: formatInstant(slice.to) },
    ...(file.covers.length === 0 ? {} : { covers: file.covers }),
    ...(slice.incomplete === null || slice.incomplete === undefined ? {} : { incomplete: slice.incomplete }),
  };
}

/** The files of a slice as artifacts, as they would be when read back from a bundle. */
export function artifactsOf(slice: StoreSlice): Artifact[] {
  const stated = readManifest(manifestOf([slice], ''))?.artifacts ?? [];
  return slice.files.map((file, i) => {
    const { path, sha256, ...more } = stated[i]!;
    return { id: path, path, decoders: [], source: memorySource(file.bytes), sha256: sha256 ?? '', ...more };
  });
}
