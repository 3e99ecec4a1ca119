/** Whose text it is that stands in an artifact of one or of several writers. */
import { type Artifact, type Entity, processOf, type Readings, type Strength, sameEntity } from '../../model/index.ts';
import { processOfArtifact } from './process-of-artifact.ts';

/** A log of several writers names each line's; else the artifact's process, as the log readers name it. */
export function processOfText(readings: Readings, artifact: Artifact, writer: string | null): { process: Entity; strength: Strength } {
  let memo = owners.get(readings);
  if (memo === undefined) {
    memo = new Map();
    owners.set(readings, memo);
  }
  const key = `${artifact.id}\u0000${writer ?? ''}`;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const made = writer === null ? artifactOwner(readings, artifact) : writerOf(artifact, writer);
  memo.set(key, made);
  return made;
}

const owners = new WeakMap<Readings, Map<string, { process: Entity; strength: Strength }>>();

function artifactOwner(readings: Readings, artifact: Artifact): { process: Entity; strength: Strength } {
  const own = processOfArtifact(artifact, readings);
  return { process: own.process, strength: own.strength === 'guessed' && standsAlone(artifact, own.process, readings) ? 'stated' : own.strength };
}

/** A name that was guessed for this one artifact joins nothing: what the text says of "the process" leans on no guess. */
const standsAlone = (artifact: Artifact, process: Entity, readings: Readings): boolean =>
  readings.artifacts.every((a) => a.id === artifact.id || !sameEntity(processOfArtifact(a, readings).process, process));

function writerOf(artifact: Artifact, writer: string): { process: Entity; strength: Strength } {
  const parts = writer.split('/');
  if (parts[0] === 'pod' && parts[1] !== undefined && parts[2] !== undefined) {
    const ns = namespaceOf(artifact);
    return ns === null ? { process: processOf(`${parts[1]}/${parts[2]}`), strength: 'derived' } : { process: processOf(`${ns}/${parts[1]}/${parts[2]}`), strength: 'stated' };
  }
  const known = artifact.covers.find((c) => c.entity.kind === 'process' || c.entity.kind === 'container');
  if (known !== undefined) return { process: known.entity.kind === 'process' ? known.entity : processOf(known.entity.key), strength: known.strength };
  return { process: processOf(writer), strength: 'derived' };
}

export function namespaceOf(artifact: Artifact): string | null {
  for (const c of artifact.covers) {
    if (c.entity.kind === 'namespace') return c.entity.key;
    if (c.entity.kind === 'pod' || c.entity.kind === 'container' || c.entity.kind === 'workload') return c.entity.key.split('/')[0] ?? null;
  }
  return null;
}
