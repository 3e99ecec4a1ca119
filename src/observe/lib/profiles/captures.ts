/**
 * Profiles of one kind by process and in order of time, for observers. Of a CPU profile `from` is when the capture began and `to` when it
 * ended; a snapshot (heap, goroutine) has both alike.
 */
import { type Artifact, type Edge, type Entity, type Instant, instant, type Place, placeAt, type Readings, type Strength } from '../../../model/index.ts';
import { type Profile, pprof, sampleSpan, typeIndex } from '../../../read/pprof/index.ts';
import { processOfArtifact } from '../process-of-artifact.ts';

export interface Capture {
  readonly artifact: Artifact;
  readonly profile: Profile;
  readonly process: Entity;
  /** How well it is known that the profile is of this process. */
  readonly strength: Strength;
  readonly edges: readonly Edge[];
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Length of the capture; 0 where the profile does not say. */
  readonly seconds: number;
}

/** CPU profiles (sample types samples and cpu), by process, each list in order of time. */
export function cpuCaptures(readings: Readings): ReadonlyMap<string, readonly Capture[]> {
  const out = new Map<string, Capture[]>();
  for (const { artifact, model } of readings.of<Profile>(pprof)) {
    if (typeIndex(model, 'cpu') < 0) continue;
    const { process, strength, edges } = processOfArtifact(artifact, readings);
    const began = model.timeNanos > 0n ? model.timeNanos : null;
    const from = began === null ? (artifact.takenAt ?? null) : instant(began);
    const to = began === null ? from : instant(began + model.durationNanos);
    const key = `${process.kind} ${process.key}`;
    const list = out.get(key) ?? [];
    list.push({ artifact, profile: model, process, strength, edges, from, to, seconds: Number(model.durationNanos) / 1e9 });
    out.set(key, list);
  }
  for (const list of out.values()) list.sort((a, b) => Number((a.from ?? 0n) - (b.from ?? 0n)) || (a.artifact.id < b.artifact.id ? -1 : 1));
  return out;
}

/** A citation of one sample: its bytes, and what it says in words. */
export const placeOfSample = (artifact: Artifact, p: Profile, sample: number, says: string): Place =>
  placeAt(artifact.id, sampleSpan(p, sample), { pointer: `sample ${sample}: ${says}` });
