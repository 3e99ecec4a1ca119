/**
 * Observes a heap that fills the memory limit of the Go runtime, so that collections run one after the other.
 * Reads: prometheus-text, prometheus-api (go_gc_gomemlimit_bytes and the runtime's heap series), gctrace · Answers: gc/memory-limit-near.
 * Absent is said where the limit is known (no limit is known, too) and the heap series cover the process.
 */
import { memoryLimitNear } from '../../model/conditions/cpu.ts';
import {
  type Artifact,
  type Condition,
  type Coverage,
  condition,
  type Entity,
  entityId,
  instantFromSeconds,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  type Place,
  placeAt,
  type Query,
  type Readings,
  shortName,
  type World,
} from '../../model/index.ts';
import { type GcCycle, gctrace } from '../../read/gctrace/index.ts';
import { processMetric } from '../lib/cpu-limit.ts';
import { size } from '../lib/heap/snapshots.ts';
import { logOwners } from '../lib/logs/who.ts';
import type { Series } from '../lib/metrics/series.ts';

/** math.MaxInt64 is what the runtime says where nobody set a limit. */
const NO_LIMIT = 2 ** 62;
/** Alive after a collection, of the limit. What is no heap (stacks, the runtime's own) counts as well, so it need not be all. */
const NEAR = 0.8;
/** Collections so many times as often as GOGC alone would ask for are the limit's doing. */
const OFTEN = 3;
/** Less often costs little. */
const LEAST_PER_SECOND = 0.5;
const MIB = 1024 ** 2;

/** The collections of a process, from its gctrace lines. */
interface Traced {
  readonly artifact: Artifact;
  readonly cycles: readonly GcCycle[];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
  /** What GOGC alone would ask for. */
  readonly asked: number;
  readonly liveBytes: number;
  readonly place: Place;
}

export const memoryLimit: Observer = {
  id: 'memory-limit',
  answers: [memoryLimitNear] as readonly unknown[] as readonly Kind[],

  look(_kind: Kind, _query: Query, { readings }: World): Observation {
    const conditions: Condition[] = [];
    const covered: Coverage[] = [];
    const notObservable: NotObservable[] = [];
    const limits = processMetric(readings, 'go_gc_gomemlimit_bytes');
    for (const { process, series } of limits) {
      const limit = series.values.at(-1) ?? NO_LIMIT;
      const place = series.place(series.values.length - 1);
      const traced = cyclesOf(process, readings);
      const stretches = stretchesOf(process, readings, traced);
      if (stretches.length === 0) {
        if (limit < NO_LIMIT) notObservable.push({ why: `how often ${shortName(process)} collects is not at hand`, next: memoryLimitNear.next });
        else covered.push({ entity: process, interval: { from: null, to: null }, places: [place] });
        continue;
      }
      const ill = stretches.filter((s) => limit < NO_LIMIT && s.liveBytes >= NEAR * limit && s.perSecond >= LEAST_PER_SECOND && s.perSecond >= OFTEN * s.asked);
      const first = ill[0];
      if (first === undefined || ill.length < 2) {
        covered.push({
          entity: process,
          interval: { from: instantFromSeconds(stretches[0]!.from), to: instantFromSeconds(stretches.at(-1)!.to) },
          places: [place, stretches.at(-1)!.place],
        });
        continue;
      }
      conditions.push(near(process, limit, place, first, ill, stretches, traced));
    }
    if (limits.length === 0) notObservable.push({ why: 'whether a memory limit is set is not known', next: memoryLimitNear.next });
    return { conditions, covered, notObservable };
  },
};

function near(process: Entity, limit: number, place: Place, first: Stretch, ill: readonly Stretch[], all: readonly Stretch[], cycles: Traced | null): Condition {
  const well = all.slice(0, all.indexOf(first)).at(-1);
  const seconds = ill.reduce((n, s) => n + s.to - s.from, 0);
  const perSecond = ill.reduce((n, s) => n + s.perSecond * (s.to - s.from), 0) / seconds;
  const live = ill.at(-1)!.liveBytes;
  const before = well === undefined ? null : well.perSecond;
  const last = cycles?.cycles.at(-1);
  const round = (n: number): number => Math.round(n * 100) / 100;
  return condition(memoryLimitNear, {
    entity: process,
    during: { from: instantFromSeconds(first.from), to: instantFromSeconds(ill.at(-1)!.to) },
    onset: { lastWell: well === undefined ? null : instantFromSeconds(well.from), firstIll: instantFromSeconds(first.to), clock: 'prometheus' },
    quantity: { value: live, baseline: limit, unit: 'bytes', known: 'estimated' },
    facts: { limitBytes: limit, liveBytes: Math.round(live), perSecond: round(perSecond), perSecondBefore: before === null ? null : round(before) },
    says: `${size(live)} are alive under a memory limit of ${size(limit)} (GOMEMLIMIT): ${round(perSecond)} collections a second${before === null ? '' : `, ${round(before)} before`}`,
    places: [place, first.place, ...(cycles === null || last === undefined ? [] : [placeAt(cycles.artifact.id, last.span, { pointer: `gc ${last.number} @${last.atSeconds}s` })])],
  }) as Condition;
}

/**
 * Between two scrapes: how often it collected, and how often it would with GOGC alone: as often as it allocates GOGC per cent of what is alive.
 * Allocated bytes are never below what is alive, so their least value in the neighbourhood is an upper bound; gctrace says it exactly.
 */
function stretchesOf(process: Entity, readings: Readings, traced: Traced | null): Stretch[] {
  const of = (name: string): Series | undefined => processMetric(readings, name).find((m) => entityId(m.process) === entityId(process))?.series;
  const count = of('go_gc_duration_seconds_count');
  const total = of('go_memstats_alloc_bytes_total');
  const inUse = of('go_memstats_alloc_bytes');
  if (count === undefined || total === undefined || inUse === undefined) return [];
  const percent = of('go_gc_gogc_percent')?.values.at(-1) ?? 100;
  const totals = byTime(total);
  const heaps = byTime(inUse);
  // cycles are numbered from 1: the counter says which was the last
  const liveAfter = new Map(traced?.cycles.map((c) => [c.number, c.liveMb * MIB] as const).reverse());
  const out: Stretch[] = [];
  for (let i = 1; i < count.times.length; i++) {
    const from = count.times[i - 1] as number;
    const to = count.times[i] as number;
    const made = (totals.get(to) ?? Number.NaN) - (totals.get(from) ?? Number.NaN);
    const cycles = (count.values[i] as number) - (count.values[i - 1] as number);
    const bound = Math.min(heaps.get(from) ?? Number.POSITIVE_INFINITY, heaps.get(to) ?? Number.POSITIVE_INFINITY);
    const live = liveAfter.get(count.values[i] as number) ?? bound;
    if (!(made >= 0) || cycles < 0 || !Number.isFinite(live) || to <= from) continue;
    // GOGC=off asks for none
    const asked = percent > 0 && live > 0 ? made / ((live * percent) / 100) / (to - from) : 0;
    out.push({ from, to, perSecond: cycles / (to - from), asked, liveBytes: live, place: count.place(i) });
  }
  return out;
}

/** Of two values at one moment the first counts. */
const byTime = (s: Series): ReadonlyMap<number, number> => new Map(s.times.map((t, i) => [t, s.values[i] as number] as const).reverse());

function cyclesOf(process: Entity, readings: Readings): Traced | null {
  for (const { artifact, model } of readings.of(gctrace)) {
    if (model.lives !== 1) continue;
    const owner = artifact.covers.find((c) => c.entity.kind === 'process')?.entity ?? logOwners(readings).find((o) => o.digest.source.artifact.id === artifact.id)?.process;
    if (owner !== undefined && entityId(owner) === entityId(process)) return { artifact, cycles: model.cycles };
  }
  return null;
}
