/**
 * Heap profiles of one process in order of time, as snapshots of what is in use by site; split where the process began anew.
 * A site is the path of the program's own functions to an allocation: what libraries and the runtime do below it is one thing.
 */
import {
  type Artifact,
  type Entity,
  entityId,
  type Instant,
  instant,
  normaliseGoSymbol,
  originOfFrame,
  type Place,
  parseGoSymbol,
  placeAt,
  processOf,
  type Readings,
  type Strength,
} from '../../../model/index.ts';
import { framesOf, type Profile, type ProfileFrame, pprof, sampleSpan, typeIndex } from '../../../read/pprof/index.ts';
import { estimated, type ProfileText, pprofText } from '../../../read/pprof-text/index.ts';
import { guessedProcess } from '../pile.ts';
import { varianceBySize } from '../profiles/sampling.ts';

export interface Site {
  readonly key: string;
  /** Own function nearest to the allocation (else the nearest at all), as pprof spells it, normalised. */
  readonly function: string;
  readonly file: string;
  readonly line: number;
  /** Innermost first, "function file:line", of the stack that holds most. */
  readonly stack: readonly string[];
  readonly bytes: number;
  readonly objects: number;
  /** Variance of `bytes`: allocations are sampled by size. */
  readonly variance: number;
  readonly places: readonly Place[];
}

export interface Snapshot {
  readonly artifact: Artifact;
  readonly at: Instant | null;
  readonly totalBytes: number;
  readonly totalVariance: number;
  /** Allocated since the process began; falls only when it begins anew. */
  readonly allocatedBytes: number;
  readonly buildId: string;
  readonly program: string;
  readonly sites: ReadonlyMap<string, Site>;
  /** A difference of two snapshots (`?seconds=N`): bytes are growth over that time. */
  readonly deltaSeconds: number | null;
  readonly place: Place;
}

export interface ProfiledProcess {
  readonly process: Entity;
  readonly strength: Strength;
  /** What the capture says it covers, or the service guessed. */
  readonly covers: readonly { readonly entity: Entity; readonly strength: Strength }[];
  /** One list a process life, each in order of time. */
  readonly lives: readonly (readonly Snapshot[])[];
  readonly deltas: readonly Snapshot[];
}

const memo = new WeakMap<Readings, readonly ProfiledProcess[]>();

export function profiledProcesses(readings: Readings): readonly ProfiledProcess[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const groups = new Map<string, { process: Entity; strength: Strength; covers: { entity: Entity; strength: Strength }[]; snapshots: Snapshot[] }>();
  const add = (snapshot: Snapshot): void => {
    const owner = ownerOf(snapshot, readings);
    const key = entityId(owner.process);
    const group = groups.get(key) ?? { process: owner.process, strength: owner.strength, covers: [], snapshots: [] };
    for (const c of snapshot.artifact.covers) if (!group.covers.some((x) => entityId(x.entity) === entityId(c.entity))) group.covers.push(c);
    group.snapshots.push(snapshot);
    groups.set(key, group);
  };
  for (const { artifact, model } of readings.of(pprof)) {
    const snapshot = fromProfile(artifact, model);
    if (snapshot !== null) add(snapshot);
  }
  for (const { artifact, model } of readings.of(pprofText)) if (model.profile === 'heap') add(fromText(artifact, model));
  const made = [...groups.values()].map(({ process, strength, covers, snapshots }) => ({
    process,
    strength,
    covers,
    lives: livesOf(snapshots.filter((s) => s.deltaSeconds === null)),
    deltas: snapshots.filter((s) => s.deltaSeconds !== null),
  }));
  memo.set(readings, made);
  return made;
}

/** Sampling scales by mean size, so a cumulative count may fall by a little between two profiles of one life. */
const FALL = 0.9;
const ONE_MOMENT_NS = 1_000_000_000n;

function livesOf(snapshots: readonly Snapshot[]): Snapshot[][] {
  const sorted = [...snapshots].sort((a, b) => (a.at === b.at ? (a.artifact.id < b.artifact.id ? -1 : 1) : (a.at ?? 0n) < (b.at ?? 0n) ? -1 : 1));
  const lives: Snapshot[][] = [];
  for (const s of sorted) {
    const life = lives.at(-1);
    const before = life?.at(-1);
    // without a time there is no order, and no growth to speak of
    const goesOn = before !== undefined && s.at !== null && before.at !== null && s.buildId === before.buildId && s.allocatedBytes >= before.allocatedBytes * FALL;
    // heap, allocs and their texts taken together show one moment, not several
    if (life !== undefined && goesOn && before.at !== null && s.at !== null && s.at - before.at < ONE_MOMENT_NS) continue;
    if (life !== undefined && goesOn) life.push(s);
    else lives.push([s]);
  }
  return lives;
}

interface Owner {
  readonly process: Entity;
  readonly strength: Strength;
}

function ownerOf(s: Snapshot, readings: Readings): Owner {
  const stated = s.artifact.covers.find((c) => c.entity.kind === 'process');
  if (stated !== undefined) return { process: stated.entity, strength: stated.strength };
  const inside = s.artifact.covers.find((c) => c.entity.kind === 'container');
  if (inside !== undefined) return { process: processOf(inside.entity.key), strength: inside.strength };
  const pod = s.artifact.covers.find((c) => c.entity.kind === 'pod');
  const program = s.program === '' ? 'program' : s.program;
  if (pod !== undefined) return { process: processOf(`${pod.entity.key}/${program}`), strength: 'guessed' };
  const of = s.artifact.covers.find((c) => c.entity.kind === 'service');
  if (of !== undefined) return { process: processOf(`${of.entity.key}@${program}`), strength: 'guessed' };
  return { process: guessedProcess(s.artifact, readings) ?? processOf(program), strength: 'guessed' };
}

/** The service a program's name stands for: only known by its binary's name. */
export const programOf = (p: ProfiledProcess): string => p.lives[0]?.[0]?.program ?? p.deltas[0]?.program ?? '';

interface Sum {
  bytes: number;
  objects: number;
  variance: number;
  frames: readonly ProfileFrame[];
  own: number;
  heaviest: { bytes: number; pointer: string; offset: number; length: number }[];
}

function fromProfile(artifact: Artifact, p: Profile): Snapshot | null {
  const space = typeIndex(p, 'inuse_space');
  const count = typeIndex(p, 'inuse_objects');
  const allocated = typeIndex(p, 'alloc_space');
  if (space < 0 || count < 0) return null;
  const types = p.sampleTypes.length;
  const sums = new Map<string, Sum>();
  let totalBytes = 0;
  let totalVariance = 0;
  let allocatedBytes = 0;
  for (let s = 0; s < p.samples.count; s++) {
    const bytes = p.samples.value[s * types + space]!;
    if (allocated >= 0) allocatedBytes += p.samples.value[s * types + allocated]!;
    if (bytes === 0) continue;
    const objects = p.samples.value[s * types + count]!;
    const variance = varianceBySize(bytes, objects, p.period);
    totalBytes += bytes;
    totalVariance += variance;
    addTo(sums, framesOf(p, s), bytes, objects, variance, { ...sampleSpan(p, s) }, s);
  }
  const delta = p.delta || (p.durationNanos > 0n && allocated >= 0);
  const main = p.mappings[0];
  const file = main?.filename ?? '';
  return {
    artifact,
    at: artifact.takenAt ?? (p.timeNanos > 0n ? instant(p.timeNanos) : null),
    totalBytes,
    totalVariance,
    allocatedBytes,
    buildId: main?.buildId ?? '',
    program: file.slice(file.lastIndexOf('/') + 1),
    sites: sitesOf(artifact, sums),
    deltaSeconds: delta ? Number(p.durationNanos) / 1e9 : null,
    place: placeAt(
      artifact.id,
      { offset: 0, length: Math.min(16, artifact.source.sizeBytes) },
      { pointer: `heap profile, ${p.samples.count} samples, ${size(totalBytes)} in use` },
    ),
  };
}

function fromText(artifact: Artifact, m: ProfileText): Snapshot {
  const sums = new Map<string, Sum>();
  let totalBytes = 0;
  let totalVariance = 0;
  let allocatedBytes = 0;
  m.rows.forEach((row, i) => {
    const inUse = estimated(row.values[0]!, row.values[1]!, m.rateBytes);
    allocatedBytes += estimated(row.values[2]!, row.values[3]!, m.rateBytes).bytes;
    if (inUse.bytes === 0) return;
    const variance = varianceBySize(inUse.bytes, inUse.objects, m.rateBytes);
    totalBytes += inUse.bytes;
    totalVariance += variance;
    const frames = row.frames.map((f) => ({ function: f.function, file: f.file, line: f.line, inlined: false }));
    addTo(sums, frames, inUse.bytes, inUse.objects, variance, row.span, i);
  });
  const last = m.memStats.get('LastGC');
  return {
    artifact,
    // the text carries no time of its own; the last collection is at most two minutes older
    at: artifact.takenAt ?? (last !== undefined && last.value > 1e18 ? instant(BigInt(last.value)) : null),
    totalBytes,
    totalVariance,
    allocatedBytes: m.memStats.get('TotalAlloc')?.value ?? allocatedBytes,
    buildId: '',
    program: '',
    sites: sitesOf(artifact, sums),
    deltaSeconds: null,
    place: placeAt(artifact.id, m.head),
  };
}

function addTo(
  sums: Map<string, Sum>,
  frames: readonly ProfileFrame[],
  bytes: number,
  objects: number,
  variance: number,
  span: { readonly offset: number; readonly length: number },
  index: number,
): void {
  const own = frames.findIndex((f) => originOfFrame(f.function, f.file) === 'own');
  const named = own >= 0 ? own : frames.findIndex((f) => !/^(?:runtime|internal\/runtime)\b/.test(parseGoSymbol(f.function).package));
  const at = Math.max(0, named);
  const path = frames.slice(at).map((f) => normaliseGoSymbol(f.function));
  const key = path.join('\n');
  const known = sums.get(key) ?? { bytes: 0, objects: 0, variance: 0, frames: [], own: 0, heaviest: [] };
  known.bytes += bytes;
  known.objects += objects;
  known.variance += variance;
  const most = known.heaviest[0];
  if (most === undefined || Math.abs(bytes) > Math.abs(most.bytes)) {
    known.frames = frames;
    known.own = at;
  }
  known.heaviest.push({ bytes, pointer: `sample ${index}: inuse_space ${size(bytes)} ${path[0] ?? ''}`, offset: span.offset, length: span.length });
  known.heaviest.sort((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes));
  known.heaviest.length = Math.min(2, known.heaviest.length);
  sums.set(key, known);
}

function sitesOf(artifact: Artifact, sums: ReadonlyMap<string, Sum>): Map<string, Site> {
  const out = new Map<string, Site>();
  for (const [key, s] of sums) {
    const site = s.frames[s.own];
    out.set(key, {
      key,
      function: site === undefined ? 'unknown' : normaliseGoSymbol(site.function),
      file: site?.file ?? '',
      line: site?.line ?? 0,
      stack: s.frames.map((f) => `${normaliseGoSymbol(f.function)} ${f.file}:${f.line}`),
      bytes: s.bytes,
      objects: s.objects,
      variance: s.variance,
      places: s.heaviest.map((h) => placeAt(artifact.id, h, { pointer: h.pointer })),
    });
  }
  return out;
}

export function size(bytes: number): string {
  const magnitude = Math.abs(bytes);
  if (magnitude < 1024) return `${Math.round(bytes)} B`;
  const [unit, by] = magnitude < 1024 ** 2 ? ['KiB', 1024] : magnitude < 1024 ** 3 ? ['MiB', 1024 ** 2] : ['GiB', 1024 ** 3];
  const value = bytes / (by as number);
  return `${Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${unit}`;
}
