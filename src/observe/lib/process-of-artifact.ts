/**
 * Which process an artifact speaks of: what the capture states, else a guess from the file name.
 * Files of one process are usually called alike but for a counter, a time or the kind of capture: goroutines-1.txt, orders.goroutine.debug2.txt.
 */
import { type Artifact, type Edge, type Entity, type Place, placeAt, processOf, type Strength } from '../../model/index.ts';

export interface ProcessOfArtifact {
  readonly process: Entity;
  readonly strength: Strength;
  readonly edges: readonly Edge[];
}

const COVERING = ['process', 'container', 'pod', 'service'] as const;
const KINDS =
  /(?:^|[-_. ])(?:goroutines?|goroutineleak|dumps?|stacks?|heap|allocs|cpu|profile|block|mutex|trace|debug ?=? ?[012]|pprof|logs?|stderr|stdout|crash|panic|previous|prev|current|before|after|first|second|third|later|last)(?=$|[-_. ]|\d)/gi;
const COUNTERS = /(?:^|[-_.])(?:\d{4}-?\d\d-?\d\d[T_-]?)?\d{1,9}(?:\.\d{1,9})?Z?(?=$|[-_.])/g;

export function processOfArtifact(artifact: Artifact): ProcessOfArtifact {
  const place = placeAt(artifact.id, { offset: 0, length: Math.min(80, artifact.source.sizeBytes) });
  for (const kind of COVERING) {
    const cover = artifact.covers.find((c) => c.entity.kind === kind);
    if (cover === undefined) continue;
    const process = kind === 'process' ? cover.entity : processOf(kind === 'service' ? `${cover.entity.key}@${stemOf(artifact)}` : cover.entity.key);
    return { process, strength: cover.strength, edges: upwards(process, artifact, place) };
  }
  return { process: processOf(stemOf(artifact)), strength: 'guessed', edges: upwards(processOf(stemOf(artifact)), artifact, place) };
}

function upwards(process: Entity, artifact: Artifact, place: Place): Edge[] {
  const edges: Edge[] = [];
  for (const c of artifact.covers) {
    if (!['container', 'pod', 'revision', 'workload', 'service'].includes(c.entity.kind)) continue;
    edges.push({ from: process, relation: 'part-of', to: c.entity, strength: c.strength, places: [place] });
  }
  return edges;
}

/** Folder and file name without what counts or names the kind of capture. */
function stemOf(artifact: Artifact): string {
  const path = (artifact.member ?? artifact.path).replaceAll('\\', '/');
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(0, slash));
  const name = path
    .slice(slash + 1)
    .replace(/\.(?:gz|zst|zip)$/i, '')
    .replace(/\.(?:txt|log|out|err|pb|json|pprof|prof)$/i, '')
    .replace(COUNTERS, '')
    .replace(KINDS, '')
    .replace(/^[-_. ]+|[-_. ]+$/g, '');
  return name !== '' ? name : folder !== '' ? folder : 'process';
}
