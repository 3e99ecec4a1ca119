/**
 * Which process an artifact speaks of: what the capture states, else the pod it is called after, else the guess of ./pile.ts.
 */
import { type Artifact, type Edge, type Entity, type Place, placeAt, processOf, type Readings, type Strength } from '../../model/index.ts';
import { guessedProcess, stemOf } from './pile.ts';
import { podFile } from './pod-files.ts';

export interface ProcessOfArtifact {
  readonly process: Entity;
  readonly strength: Strength;
  readonly edges: readonly Edge[];
}

const COVERING = ['process', 'container', 'pod', 'service'] as const;
export function processOfArtifact(artifact: Artifact, readings: Readings): ProcessOfArtifact {
  const place = placeAt(artifact.id, { offset: 0, length: Math.min(80, artifact.source.sizeBytes) });
  for (const kind of COVERING) {
    const cover = artifact.covers.find((c) => c.entity.kind === kind);
    if (cover === undefined) continue;
    const process = kind === 'process' ? cover.entity : processOf(kind === 'service' ? `${cover.entity.key}@${stemOf(artifact)}` : cover.entity.key);
    return { process, strength: cover.strength, edges: upwards(process, artifact, place) };
  }
  const pod = podFile(artifact, readings);
  if (pod !== null)
    return { process: pod.process, strength: pod.strength, edges: [{ from: pod.process, relation: 'part-of', to: pod.container, strength: 'stated', places: [pod.place] }] };
  const process = guessedProcess(artifact, readings) ?? processOf(stemOf(artifact));
  return { process, strength: 'guessed', edges: upwards(process, artifact, place) };
}

function upwards(process: Entity, artifact: Artifact, place: Place): Edge[] {
  const edges: Edge[] = [];
  for (const c of artifact.covers) {
    if (!['container', 'pod', 'revision', 'workload', 'service'].includes(c.entity.kind)) continue;
    edges.push({ from: process, relation: 'part-of', to: c.entity, strength: c.strength, places: [place] });
  }
  return edges;
}
