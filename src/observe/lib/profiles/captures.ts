/** CPU profiles by process and in order of time, and citations of samples, for observers. */
import { type Artifact, type Entity, type Interval, instant, type Place, placeAt, type Readings, type Strength } from '../../../model/index.ts';
import { type Profile, pprof, sampleSpan, typeIndex } from '../../../read/pprof/index.ts';
import { processOfArtifact } from '../process-of-artifact.ts';

export interface Capture {
  readonly artifact: Artifact;
  readonly profile: Profile;
  readonly process: Entity;
  /** How well it is known that the profile is of this process. */
  readonly strength: Strength;
  /** From its begin to its end; up to when it was taken where the profile does not say. */
  readonly during: Interval;
  /** Length of the capture; 0 where the profile does not say. */
  readonly seconds: number;
}

/** CPU profiles (sample types samples and cpu), by process, each list in order of time. */
export function cpuCaptures(readings: Readings): ReadonlyMap<string, readonly Capture[]> {
  const out = new Map<string, Capture[]>();
  for (const { artifact, model } of readings.of<Profile>(pprof)) {
    if (typeIndex(model, 'cpu') < 0) continue;
    const { process, strength } = processOfArtifact(artifact, readings);
    const key = `${process.kind} ${process.key}`;
    const list = out.get(key) ?? [];
    list.push({ artifact, profile: model, process, strength, during: duringOf(artifact, model), seconds: Number(model.durationNanos) / 1e9 });
    out.set(key, list);
  }
  for (const list of out.values()) list.sort((a, b) => Number((endOf(a) ?? 0n) - (endOf(b) ?? 0n)) || (a.artifact.id < b.artifact.id ? -1 : 1));
  return out;
}

const endOf = (c: Capture): bigint | null => c.during.to;

function duringOf(artifact: Artifact, model: Profile): Interval {
  if (model.timeNanos > 0n) return { from: instant(model.timeNanos), to: instant(model.timeNanos + model.durationNanos) };
  return { from: null, to: artifact.takenAt ?? null };
}

/** A citation of one sample: its bytes, and what it says in words. */
export const placeOfSample = (artifact: { readonly id: string }, p: Profile, sample: number, says: string): Place =>
  placeAt(artifact.id, sampleSpan(p, sample), { pointer: `sample ${sample}: ${says}` });
