/**
 * One line that allocates so much that memory takes the CPU. By the CPU profile: allocation and collection together, and the line that is
 * charged for most of what can be charged to a caller. By the profile of allocations: the line that makes most of the bytes. What a library
 * allocates for a call is the call's, not the line's: that is told as what the call costs.
 */
import { allocatingSite } from '../../model/conditions/cpu.ts';
import {
  type Condition,
  type Coverage,
  condition,
  entityId,
  normaliseGoSymbol,
  type Observation,
  originOfFrame,
  type Place,
  placeAt,
  type Readings,
  shortGoSymbol,
} from '../../model/index.ts';
import { framesOf, type Profile, pprof, typeIndex } from '../../read/pprof/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { placeOfSample } from '../lib/profiles/captures.ts';
import { COLLECTING, leastShare, placesOf, type Spent, type SpentAt, spentOf } from './spent.ts';
import { percent, round } from './spent-conditions.ts';

/** Allocation and collection, at least so much of the CPU time whatever the sampling. */
const LEAST_CPU = 1 / 3;
const MOST = 0.5;
/** Those are charged to who allocates; marking in the background is not. */
const CHARGED = ['allocation', 'gc-assist', 'gc-sweep'] as const;

interface Allocated {
  readonly bytes: number;
  readonly total: number;
  readonly place: Place;
}

export function lookAllocating(readings: Readings): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const all = spentOf(readings);
  for (const spent of all) {
    if (spent.ticks === 0) continue;
    covered.push({ entity: spent.process, interval: spent.during, places: [placeAt(spent.artifact.id, { offset: 0, length: Math.min(80, spent.artifact.source.sizeBytes) })] });
    const made = allocating(spent, readings);
    if (made !== null) conditions.push(made);
  }
  return { conditions, covered, notObservable: covered.length > 0 ? [] : [{ why: 'no CPU profile is at hand', next: allocatingSite.next }] };
}

function allocating(spent: Spent, readings: Readings): Condition | null {
  let memory = spent.classes.get('allocation')?.ticks ?? 0;
  for (const name of COLLECTING) memory += spent.classes.get(name)?.ticks ?? 0;
  if (leastShare(memory, spent.ticks) < LEAST_CPU) return null;
  const charged = (s: SpentAt): number => CHARGED.reduce((n, name) => n + (s.classes.get(name) ?? 0), 0);
  const all = CHARGED.reduce((n, name) => n + (spent.classes.get(name)?.ticks ?? 0), 0);
  const top = spent.sites.filter((s) => s.calls === null).reduce<SpentAt | null>((a, b) => (a === null || charged(b) > charged(a) ? b : a), null);
  if (top === null || leastShare(charged(top), all) < MOST) return null;
  const bytes = allocatedAt(top, spent, readings);
  if (bytes !== null && bytes.bytes / bytes.total < MOST) return null;
  const share = memory / spent.ticks;
  const where = `${shortGoSymbol(top.function)}:${top.line}`;
  return condition(allocatingSite, {
    entity: spent.process,
    discriminator: `${top.function}:${top.line}`,
    during: spent.during,
    onset: { lastWell: null, firstIll: null },
    quantity: { value: round(share), unit: 'share of CPU time', known: 'sampled' },
    facts: {
      function: top.function,
      file: top.file,
      line: top.line,
      cpuShare: round(share),
      bytesShare: bytes === null ? null : round(bytes.bytes / bytes.total),
      chargedShare: round(charged(top) / all),
    },
    says: `${percent(share)} of the CPU time goes to allocating and collecting, ${percent(charged(top) / all)} of what callers are charged with to ${where}${bytes === null ? '' : `, which makes ${percent(bytes.bytes / bytes.total)} of all bytes`}`,
    places: [...placesOf(spent, top.samples, where), ...(bytes === null ? [] : [bytes.place])],
    strength: spent.strength,
  }) as Condition;
}

/** Of the bytes a profile of allocations of the same process counts, those of the line itself; null without such a profile. */
function allocatedAt(site: SpentAt, spent: Spent, readings: Readings): Allocated | null {
  let best: Allocated | null = null;
  for (const { artifact, model } of readings.of<Profile>(pprof)) {
    const type = typeIndex(model, 'alloc_space');
    if (type < 0 || model.delta || entityId(processOfArtifact(artifact, readings).process) !== entityId(spent.process)) continue;
    let total = 0;
    let bytes = 0;
    let most = 0;
    let at = 0;
    for (let s = 0; s < model.samples.count; s++) {
      const value = model.samples.value[s * model.sampleTypes.length + type]!;
      if (value <= 0) continue;
      total += value;
      const own = framesOf(model, s).find((f) => originOfFrame(f.function, f.file) === 'own');
      if (own === undefined || own.line !== site.line || normaliseGoSymbol(own.function) !== site.function) continue;
      bytes += value;
      if (value > most) {
        most = value;
        at = s;
      }
    }
    if (total > (best?.total ?? 0)) best = { bytes, total, place: placeOfSample(artifact, model, at, `${shortGoSymbol(site.function)}:${site.line}`) };
  }
  return best;
}
