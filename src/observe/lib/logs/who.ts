/** Whose log is it? Stated by its records, or by what the capture says it covers, or guessed from the file's name. */
import { type Alias, container, type Edge, type Entity, entityId, type Place, placeAt, type Readings, type Strength, service } from '../../../model/index.ts';
import { logs } from '../../../read/logs/index.ts';
import { podFile } from '../pod-files.ts';
import { processOfArtifact } from '../process-of-artifact.ts';
import { digestOf, type LogDigest, Overlap } from './digest.ts';

export interface LogOwner {
  readonly digest: LogDigest;
  readonly service: string | null;
  readonly strength: Strength;
  /** One name for all captures of one process: what the capture says, else a guess from the file's name. */
  readonly process: Entity;
  /** A record or span that says whose log it is. */
  readonly place: Place;
}

const memo = new WeakMap<Readings, readonly LogOwner[]>();

export function logOwners(readings: Readings): readonly LogOwner[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const overlaps = new Map<string, Overlap>();
  const made = readings.of(logs).map((r) => {
    const of = r.artifact.covers.find((c) => c.entity.kind === 'process' || c.entity.kind === 'container')?.entity ?? podFile(r.artifact, readings)?.process;
    if (of === undefined) return ownerOf(digestOf(r.model), readings);
    const key = entityId(of);
    const overlap = overlaps.get(key) ?? new Overlap();
    overlaps.set(key, overlap);
    return ownerOf(digestOf(r.model, overlap), readings);
  });
  memo.set(readings, made);
  return made;
}

/** One service must speak for most of a file; a merged file of several speaks for none in particular. */
const MOST = 0.8;
/** orders-7d9f8b6c5d-x2x1z: ReplicaSet hash and pod suffix in Kubernetes' own alphabet. */
const POD_SUFFIX = /-[a-z0-9]{6,10}-[a-z0-9]{5}$/;
const ENDINGS = /(?:[-_.](?:previous|prev|current|stdout|stderr|log|logs|app|json|txt|\d{1,8}))+$/;

function ownerOf(digest: LogDigest, readings: Readings): LogOwner {
  const { artifact } = digest.source;
  const total = digest.services.reduce((n, s) => n + s.count, 0);
  const top = digest.services[0];
  const covered = (kind: Entity['kind']) => artifact.covers.find((c) => c.entity.kind === kind);
  const head = placeAt(artifact.id, digest.patterns[0]?.spans[0] ?? { offset: 0, length: Math.min(80, artifact.source.sizeBytes) });
  let name: string | null = null;
  let strength: Strength = 'guessed';
  let place = head;
  if (top !== undefined && top.count >= MOST * total) {
    name = top.name;
    strength = 'stated';
    place = top.place;
  } else {
    const byService = covered('service');
    const byWorkload = covered('workload');
    if (byService !== undefined) {
      name = byService.entity.key;
      strength = byService.strength;
    } else if (byWorkload !== undefined) {
      name = byWorkload.entity.key.slice(byWorkload.entity.key.lastIndexOf('/') + 1);
      strength = 'guessed';
    } else name = serviceOfFile(artifact.member ?? artifact.path);
  }
  const process = processOfArtifact(artifact, readings).process;
  return { digest, service: name, strength, process, place };
}

const stem = (path: string): string => {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:gz|zst)$/, '');
  return file.replace(/\.(?:log|txt|json|ndjson|jsonl|out|err)$/, '');
};

function serviceOfFile(path: string): string | null {
  const name = stem(path).replace(ENDINGS, '').replace(POD_SUFFIX, '');
  return /^[A-Za-z][\w.-]{0,127}$/.test(name) && !/^(?:logs?|out|stdout|stderr|unknown|test|sample)$/i.test(name) ? name : null;
}

/** process → container, process and container → service, as strongly as each is known. */
export function ownerEdges(owners: readonly LogOwner[]): { aliases: Alias[]; edges: Edge[] } {
  const edges = new Map<string, Edge>();
  const add = (from: Entity, relation: Edge['relation'], to: Entity, strength: Strength, place: Place): void => {
    const key = `${entityId(from)} ${relation} ${entityId(to)}`;
    if (!edges.has(key)) edges.set(key, { from, relation, to, strength, places: [place] });
  };
  for (const o of owners) {
    if (o.service !== null) add(o.process, 'part-of', service(o.service), o.strength, o.place);
    for (const c of o.digest.source.artifact.covers) {
      if (!['container', 'pod', 'process', 'workload', 'service', 'revision'].includes(c.entity.kind)) continue;
      if (entityId(c.entity) !== entityId(o.process) && c.entity.kind !== 'service') add(o.process, 'part-of', c.entity, c.strength, o.place);
      // what the capture says belongs together is of one service when the records name it
      if (o.service !== null && (c.entity.kind === 'container' || c.entity.kind === 'pod')) add(c.entity, 'part-of', service(o.service), o.strength, o.place);
    }
    for (const pod of o.digest.pods) {
      // kubectl logs --prefix names pod and container but no namespace: only a manifest's cover can complete it
      const [podName, containerName] = pod.name.split('/');
      const ns = o.digest.source.artifact.covers.find((c) => c.entity.kind === 'namespace');
      if (ns === undefined || podName === undefined || containerName === undefined) continue;
      const at = container(ns.entity.key, podName, containerName);
      if (o.service !== null) add(at, 'part-of', service(o.service), o.strength, pod.place);
    }
  }
  return { aliases: [], edges: [...edges.values()] };
}
