/**
 * Whether a process uses all the CPU it may. Two witnesses: the kernel, which counts the periods in which it held the group back, and the
 * process, which counts its CPU time. Between two captures each gives one share; alone neither says when it began better than that.
 */

import { containerThrottled } from '../../model/conditions/container.ts';
import { burstThrottled, cpuSaturated } from '../../model/conditions/cpu.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Entity,
  instantFromSeconds,
  type NotObservable,
  type Observation,
  type Place,
  placeAt,
  type Strength,
  secondsBetween,
  shortName,
  type World,
  weaker,
} from '../../model/index.ts';
import { type CpuCounters, type CpuGroup, cpuGroups, processMetric } from '../lib/cpu-limit.ts';

/** Held back in so many of the periods. */
const THROTTLED = 0.25;
/** Fewer periods (of 100 ms, and only those in which there was something to run) may be one burst. */
const LEAST_PERIODS = 20;
/** Since the group was made, without a second capture: a minute of them. */
const LEAST_ALONE = 600;
/** So much of what it may use is all of it: sampling of the counters and the rounding of ticks take the rest. */
const FULL = 0.9;
/** Below this share it surely was not. */
const WELL = 0.6;
/** More than it may use in a stretch: who is held back answers a scrape late, and what it says is of later than the scrape was asked for. */
const TOO_MUCH = 1.05;
/** Held back although it used less than this of its quota: its work came in bursts. */
const BURSTS = 0.85;
const SUSTAINED = 2;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly cores: number;
  readonly place: Place;
}

/** Two captures of the counters of one group between which it was held back, and what it used meanwhile. */
interface HeldBack {
  readonly a: CpuCounters;
  readonly b: CpuCounters;
  readonly share: number;
  readonly used: number | null;
  readonly bursts: boolean;
  readonly lastWell: CpuCounters | null;
  readonly last: CpuCounters;
}

interface Facts {
  usedCores: number | null;
  limitCores: number | null;
  limit: 'quota' | 'gomaxprocs' | null;
  throttled: number | null;
}

export function lookSaturated(world: World): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const notObservable: NotObservable[] = [];
  const groups = cpuGroups(world.readings);
  const rates = ratesOf(world);
  for (const g of groups) {
    const used = rates.find((r) => world.identity.within(r.process, g.entity, g.entity.kind) !== null || world.identity.within(r.process, g.entity, 'process') !== null);
    const found = byCounters(g, used?.stretches ?? []);
    if (found !== null) conditions.push(found);
    else if (g.quotaCores !== null && g.counters.length >= 2 && g.counters.some((c) => c.periods !== null || g.quotaCores === Number.POSITIVE_INFINITY))
      covered.push(...coverOf(g));
  }
  for (const r of rates) {
    const group = groups.find((g) => world.identity.within(r.process, g.entity, g.entity.kind) !== null || world.identity.within(r.process, g.entity, 'process') !== null);
    const quota = group?.quotaCores ?? null;
    const limit = Math.min(quota ?? Number.POSITIVE_INFINITY, r.gomaxprocs ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(limit)) {
      notObservable.push({ why: `how much CPU ${shortName(r.process)} may use is not known`, next: cpuSaturated.next });
      continue;
    }
    const found = byRate(r, limit, quota !== null && quota <= limit ? 'quota' : 'gomaxprocs', group);
    if (found !== null) conditions.push(found);
    // below GOMAXPROCS a container may still be at its quota
    else if (quota !== null)
      covered.push({ entity: r.process, interval: intervalOf(r.stretches), places: [r.stretches[0]?.place, r.stretches.at(-1)?.place].filter((p) => p !== undefined) });
    else notObservable.push({ why: `whether ${shortName(r.process)} has a CPU quota is not known`, next: cpuSaturated.next });
  }
  conditions.push(...byOthers(world, conditions));
  return { conditions, covered, notObservable };
}

/** Held back although it used less than its quota. */
export function lookBursts(world: World): Observation {
  const rates = ratesOf(world);
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const notObservable: NotObservable[] = [];
  for (const g of cpuGroups(world.readings)) {
    const used = rates.find((r) => world.identity.within(r.process, g.entity, g.entity.kind) !== null || world.identity.within(r.process, g.entity, 'process') !== null);
    const h = heldBack(g, used?.stretches ?? []);
    if (h === null) {
      if (g.counters.length >= 2) covered.push(...coverOf(g));
      continue;
    }
    if (h.used === null || g.quotaCores === null) {
      notObservable.push({ why: `how much CPU ${g.name} used while it was held back is not known`, next: burstThrottled.next });
      continue;
    }
    if (!h.bursts) {
      covered.push(...coverOf(g));
      continue;
    }
    const round = (n: number): number => Math.round(n * 1000) / 1000;
    conditions.push(
      condition(burstThrottled, {
        entity: g.entity,
        ...told(h, g),
        quantity: { value: round(h.share), unit: 'share of periods', known: 'counted' },
        facts: { throttled: round(h.share), usedCores: round(h.used), quotaCores: g.quotaCores },
        says: `${g.name} was held back in ${Math.round(h.share * 100)} % of its CPU periods although it used ${digits(h.used)} of ${digits(g.quotaCores)} CPU`,
        strength: g.strength,
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable };
}

interface Rates {
  readonly process: Entity;
  readonly gomaxprocs: number | null;
  readonly gomaxprocsPlace: Place | null;
  readonly stretches: readonly Stretch[];
}

function ratesOf(world: World): Rates[] {
  const threads = processMetric(world.readings, 'go_sched_gomaxprocs_threads');
  return processMetric(world.readings, 'process_cpu_seconds_total').flatMap(({ process, series }) => {
    const stretches: Stretch[] = [];
    for (let i = 1; i < series.times.length; i++) {
      const from = series.times[i - 1] as number;
      const to = series.times[i] as number;
      const delta = (series.values[i] as number) - (series.values[i - 1] as number);
      // a counter that fell is of another process life; a second or less is within the rounding of ticks
      if (delta >= 0 && to - from > 1) stretches.push({ from, to, cores: delta / (to - from), place: series.place(i) });
    }
    const limit = threads.find((t) => t.process.key === process.key)?.series;
    const last = limit === undefined ? -1 : limit.values.length - 1;
    return stretches.length === 0
      ? []
      : [{ process, stretches, gomaxprocs: limit === undefined ? null : (limit.values[last] ?? null), gomaxprocsPlace: limit === undefined ? null : limit.place(last) }];
  });
}

const intervalOf = (s: readonly Stretch[]) => ({ from: instantFromSeconds(s[0]?.from ?? 0), to: instantFromSeconds(s.at(-1)?.to ?? 0) });

/** CPU used over an interval, from the stretches that lie mostly inside it. */
function usedWithin(stretches: readonly Stretch[], from: number, to: number): number | null {
  let seconds = 0;
  let cpu = 0;
  for (const s of stretches) {
    const inside = Math.min(s.to, to) - Math.max(s.from, from);
    if (inside < (s.to - s.from) / 2) continue;
    seconds += s.to - s.from;
    cpu += s.cores * (s.to - s.from);
  }
  return seconds === 0 ? null : cpu / seconds;
}

/** The first stretch of a group's counters in which it was held back. */
function heldBack(g: CpuGroup, stretches: readonly Stretch[]): HeldBack | null {
  const timed = g.counters.filter((c) => c.at !== null && c.periods !== null && c.throttled !== null);
  let lastWell: CpuCounters | null = null;
  for (let i = 1; i < timed.length; i++) {
    const a = timed[i - 1] as CpuCounters;
    const b = timed[i] as CpuCounters;
    const periods = (b.periods?.value ?? 0) - (a.periods?.value ?? 0);
    const held = (b.throttled?.value ?? 0) - (a.throttled?.value ?? 0);
    // fewer than before: a new group
    if (periods < 0 || held < 0) continue;
    const share = periods === 0 ? 0 : held / periods;
    if (share < THROTTLED || periods < LEAST_PERIODS) {
      lastWell = b;
      continue;
    }
    const seconds = secondsBetween(a.at!, b.at!);
    const used =
      a.usedSeconds !== null && b.usedSeconds !== null && seconds > 0
        ? (b.usedSeconds - a.usedSeconds) / seconds
        : usedWithin(stretches, Number(a.at! / 1_000_000n) / 1000, Number(b.at! / 1_000_000n) / 1000);
    const bursts = used !== null && g.quotaCores !== null && used < BURSTS * g.quotaCores;
    return { a, b, share, used, bursts, lastWell, last: timed.at(-1) ?? b };
  }
  return null;
}

const told = (h: HeldBack, g: CpuGroup): Pick<Condition, 'during' | 'onset' | 'places'> => ({
  during: { from: h.a.at, to: h.last.at },
  onset: { lastWell: h.lastWell?.at ?? null, firstIll: h.b.at },
  places: [...placesOf(h.b), ...placesOf(h.a), ...(g.quotaPlace === null ? [] : [g.quotaPlace])],
});

function byCounters(g: CpuGroup, stretches: readonly Stretch[]): Condition | null {
  const h = heldBack(g, stretches);
  if (h?.bursts === true) return null;
  if (h !== null)
    return saturated(
      g.entity,
      g.strength,
      { usedCores: h.used, limitCores: finite(g.quotaCores), limit: 'quota', throttled: h.share },
      {
        ...told(h, g),
        says: `${g.name} was held back in ${Math.round(h.share * 100)} % of its CPU periods${g.quotaCores === null ? '' : `, with a limit of ${g.quotaCores} CPU`}`,
      },
    );
  const only = g.counters.length === 1 ? g.counters[0] : undefined;
  const periods = only?.periods?.value ?? 0;
  if (only === undefined || periods < LEAST_ALONE || (only.throttled?.value ?? 0) / periods < THROTTLED) return null;
  const share = (only.throttled?.value ?? 0) / periods;
  return saturated(
    g.entity,
    g.strength,
    { usedCores: null, limitCores: finite(g.quotaCores), limit: 'quota', throttled: share },
    {
      during: { from: null, to: only.at },
      onset: { lastWell: null, firstIll: null },
      places: placesOf(only),
      says: `${g.name} was held back in ${Math.round(share * 100)} % of all its CPU periods${g.quotaCores === null ? '' : `, with a limit of ${g.quotaCores} CPU`}`,
    },
  );
}

const finite = (n: number | null): number | null => (n === null || !Number.isFinite(n) ? null : n);
const placesOf = (c: CpuCounters): Place[] => [c.throttled, c.periods].flatMap((v) => (v === null ? [] : [placeAt(c.artifact.id, v.span, { pointer: v.key })]));

const coverOf = (g: CpuGroup): Coverage[] => {
  const first = g.counters[0];
  const last = g.counters.at(-1);
  if (first === undefined || last === undefined) return [];
  return [
    {
      entity: g.entity,
      interval: { from: first.at, to: last.at },
      places: [...placesOf(first).slice(0, 1), ...placesOf(last).slice(0, 1), ...(g.quotaPlace === null ? [] : [g.quotaPlace])],
    },
  ];
};

/** A stretch with more than there can be in it took some of the next: the two are one. */
function settled(stretches: readonly Stretch[], limit: number): Stretch[] {
  const out: Stretch[] = [];
  for (const s of stretches) {
    const before = out.at(-1);
    if (before === undefined || before.cores <= TOO_MUCH * limit) out.push(s);
    else
      out[out.length - 1] = { from: before.from, to: s.to, cores: (before.cores * (before.to - before.from) + s.cores * (s.to - s.from)) / (s.to - before.from), place: s.place };
  }
  return out;
}

function byRate(given: Rates, limit: number, of: 'quota' | 'gomaxprocs', group: CpuGroup | undefined): Condition | null {
  const r: Rates = { ...given, stretches: settled(given.stretches, limit) };
  let run = 0;
  let start = -1;
  for (let i = 0; i < r.stretches.length && start < 0; i++) {
    run = (r.stretches[i] as Stretch).cores >= FULL * limit ? run + 1 : 0;
    if (run === SUSTAINED) start = i - SUSTAINED + 1;
  }
  if (start < 0) return null;
  const ill = r.stretches.slice(start).filter((s) => s.cores >= FULL * limit);
  const first = r.stretches[start] as Stretch;
  const well = r.stretches.slice(0, start).findLast((s) => s.cores < WELL * limit);
  const used = ill.reduce((n, s) => n + s.cores * (s.to - s.from), 0) / ill.reduce((n, s) => n + s.to - s.from, 0);
  const limitPlace = of === 'quota' ? (group?.quotaPlace ?? null) : r.gomaxprocsPlace;
  return saturated(
    r.process,
    group === undefined ? 'stated' : weaker('stated', group.strength),
    { usedCores: used, limitCores: limit, limit: of, throttled: null },
    {
      during: { from: instantFromSeconds(first.from), to: instantFromSeconds(ill.at(-1)?.to ?? first.to) },
      onset: { lastWell: well === undefined ? null : instantFromSeconds(well.from), firstIll: instantFromSeconds(first.to), clock: 'prometheus' },
      places: [first.place, ill.at(-1)?.place, limitPlace].filter((p): p is Place => p !== undefined && p !== null),
      says: `${shortName(r.process)} uses ${digits(used)} of ${digits(limit)} CPU${of === 'quota' ? ', its quota' : ', its GOMAXPROCS'}`,
    },
  );
}

const digits = (n: number): string => String(Number(n.toPrecision(2)));

function saturated(entity: Entity, strength: Strength, facts: Facts, more: Pick<Condition, 'during' | 'onset' | 'places' | 'says'>): Condition {
  const round = (n: number | null): number | null => (n === null ? null : Math.round(n * 1000) / 1000);
  return condition(cpuSaturated, {
    entity,
    ...more,
    ...(facts.usedCores === null
      ? {}
      : { quantity: { value: round(facts.usedCores) ?? 0, ...(facts.limitCores === null ? {} : { baseline: facts.limitCores }), unit: 'CPU', known: 'counted' as const } }),
    facts: { usedCores: round(facts.usedCores), limitCores: round(facts.limitCores), limit: facts.limit, throttled: round(facts.throttled) },
    strength,
  }) as Condition;
}

/** What metrics of the kubelet or one paste of cpu.stat show of a container that nothing above speaks of. */
function byOthers(world: World, known: readonly Condition[]): Condition[] {
  const answer = world.look(containerThrottled);
  if (answer.state !== 'observed') return [];
  return answer.conditions
    .filter((c) => !known.some((k) => world.identity.within(k.entity, c.entity, c.entity.kind) !== null || world.identity.within(c.entity, k.entity, k.entity.kind) !== null))
    .map((c) =>
      saturated(
        c.entity,
        c.strength,
        { usedCores: null, limitCores: c.facts.limitCores, limit: 'quota', throttled: c.facts.ratio },
        {
          during: c.during,
          onset: c.onset,
          places: c.places,
          says: c.says,
        },
      ),
    );
}
