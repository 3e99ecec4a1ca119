/** Goroutines, open files, heap, resident and container memory: what grows over a process life and does not come back. */
import { containerMemoryGrowing } from '../../model/conditions/container.ts';
import { openFilesGrowing } from '../../model/conditions/files.ts';
import { goroutinesGrowing } from '../../model/conditions/goroutines.ts';
import { heapGrowing, notHeap, stacksGrowing } from '../../model/conditions/memory.ts';
import { threadsGrowing } from '../../model/conditions/threads.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Entity,
  entityId,
  type Interval,
  instantFromSeconds,
  type Kind,
  NOTHING,
  type Observation,
  secondsOf,
  shortName,
} from '../../model/index.ts';
import { mayBeStart } from '../lib/cold-start.ts';
import { entityOf, labelled, type Series, serviceOf } from '../lib/metrics/series.ts';
import { demandAt, keepsStep } from './demand.ts';
import { type Growth, type GrowthLimits, growthOf, livesOf } from './growth.ts';

const MIB = 1024 ** 2;

interface Gauge {
  readonly kind: Kind;
  /** In order of preference: the first name an entity has is the one judged. */
  readonly names: readonly string[];
  readonly limits: GrowthLimits;
}

const GAUGES: readonly Gauge[] = [
  { kind: goroutinesGrowing as Kind, names: ['go_goroutines', 'go_goroutine_count', 'go_sched_goroutines_goroutines'], limits: { least: 50, leastShare: 0.5 } },
  { kind: openFilesGrowing as Kind, names: ['process_open_fds', 'process_open_file_descriptor_count'], limits: { least: 50, leastShare: 0.5 } },
  {
    kind: heapGrowing as Kind,
    names: ['go_memstats_heap_inuse_bytes', 'go_memstats_heap_alloc_bytes', 'go_memstats_alloc_bytes', 'go_memory_used_bytes'],
    limits: { least: 12 * MIB, leastShare: 1 },
  },
  { kind: stacksGrowing as Kind, names: ['go_memstats_stack_inuse_bytes'], limits: { least: 12 * MIB, leastShare: 1 } },
  { kind: threadsGrowing as Kind, names: ['go_threads'], limits: { least: 30, leastShare: 1 } },
  {
    kind: containerMemoryGrowing as Kind,
    names: ['container_memory_working_set_bytes', 'container_memory_rss', 'container_memory_usage_bytes', 'process_resident_memory_bytes'],
    limits: { least: 8 * MIB, leastShare: 0.4 },
  },
];

const UNLIMITED: GrowthLimits = { least: 64 * MIB, leastShare: 1 };

interface Grown {
  readonly entity: Entity;
  /** The life that grew the most: its sizes are told. */
  readonly series: Series;
  readonly growth: Growth;
  /** The first life that grew: there it began. */
  readonly first: { readonly series: Series; readonly growth: Growth };
  readonly lives: number;
}

export function memoryOf(kind: Kind, series: readonly Series[], baseline: Interval | null = null): Observation {
  if (kind.id === notHeap.id) return notHeapOf(series, baseline);
  const gauge = GAUGES.find((g) => g.kind.id === kind.id);
  if (gauge === undefined) return NOTHING;
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const groups = byEntity(series, gauge.names);
  const metered = new Set(groups.flatMap(([e, list]) => (e.kind === 'container' ? list.map(podOf) : [])));
  for (const [entity, list] of groups) {
    // resident memory is the program's own word; where the container was metered that is the one the limit is held against
    if (gauge.kind.id === containerMemoryGrowing.id && entity.kind === 'process' && list.some((s) => podOf(s) !== null && metered.has(podOf(s)))) continue;
    // without a limit to run into, resident memory has to grow a lot to be anybody's harm
    const limits = gauge.kind.id === containerMemoryGrowing.id && entity.kind === 'process' ? UNLIMITED : gauge.limits;
    const judged = judge(entity, list, series, limits, wellSeconds(baseline));
    covered.push(...list.filter((s) => s.times.length >= 4).map((s) => coverageOf(entity, s)));
    if (judged !== null) conditions.push(growing(gauge.kind, judged, series, wellSeconds(baseline)));
  }
  return { conditions, covered, notObservable: [] };
}

function onsetOf({ first: { series: s, growth } }: Grown): Condition['onset'] {
  const firstIll = instantFromSeconds(s.times[growth.firstIll] as number);
  return { lastWell: growth.lastWell < 0 ? null : instantFromSeconds((s.times[growth.lastWell] as number) - s.step), firstIll, clock: 'prometheus' };
}

const podOf = (s: Series): string | null => {
  const l = labelled(s);
  return l.namespace === undefined || l.pod === undefined ? null : `${l.namespace}/${l.pod}`;
};

/** What people call it: the pod, else the service, else the address. */
const nameOf = (s: Series, entity: Entity): string => labelled(s).pod ?? serviceOf(s) ?? shortName(entity);

/** Raw series of the preferred name, by entity. Several series of one entity (cAdvisor makes one a restart) are separate lives. */
function byEntity(series: readonly Series[], names: readonly string[]): [Entity, Series[]][] {
  const out = new Map<string, { entity: Entity; rank: number; list: Series[] }>();
  for (const s of series) {
    const rank = names.indexOf(s.name);
    if (rank < 0 || !s.raw) continue;
    const entity = entityOf(s);
    if (entity === null) continue;
    const known = out.get(entityId(entity));
    if (known === undefined || rank < known.rank) out.set(entityId(entity), { entity, rank, list: [s] });
    else if (rank === known.rank) known.list.push(s);
  }
  return [...out.values()].map((x) => [x.entity, x.list]);
}

/** Start times of the same target, from its own clock. */
function startsOf(s: Series, series: readonly Series[]): number[] {
  const target = (x: Series): string => ['namespace', 'pod', 'container', 'instance', 'job'].map((k) => x.labels[k] ?? '').join('|');
  const starts = new Set<number>();
  for (const x of series) if (x.name === 'process_start_time_seconds' && x.raw && target(x) === target(s)) for (const v of x.values) starts.add(v);
  return [...starts].sort((a, b) => a - b);
}

/** What the same target had allocated by then; null where it does not say. */
function allocatedAt(s: Series, series: readonly Series[], time: number): number | null {
  const target = (x: Series): string => ['namespace', 'pod', 'container', 'instance', 'job'].map((k) => x.labels[k] ?? '').join('|');
  for (const x of series) {
    if (x.name !== 'go_memstats_alloc_bytes_total' || !x.raw || target(x) !== target(s)) continue;
    const at = x.times.findLastIndex((t) => t <= time);
    if (at >= 0) return x.values[at] as number;
  }
  return null;
}

const HEAP_AGAIN = 'curl -s http://HOST:PORT/debug/pprof/heap > heap-later.pb.gz';

const wellSeconds = (b: Interval | null): { from: number; to: number } | null =>
  b === null ? null : { from: b.from === null ? Number.NEGATIVE_INFINITY : secondsOf(b.from), to: b.to === null ? Number.POSITIVE_INFINITY : secondsOf(b.to) };

/** The life that grew the most; a series that begins within the window of the others was born there. */
function judge(entity: Entity, list: readonly Series[], series: readonly Series[], limits: GrowthLimits, well: { from: number; to: number } | null): Grown | null {
  let best: { series: Series; growth: Growth } | null = null;
  let first: { series: Series; growth: Growth } | null = null;
  let lives = 0;
  const windowStart = Math.min(...series.map((s) => s.times[0] ?? Number.POSITIVE_INFINITY));
  for (const s of list) {
    const starts = startsOf(s, series);
    const demand = demandAt(s, series);
    const all = livesOf(s.times, s.values, starts);
    for (const life of all) {
      const born = life.bornHere || (s.times[life.from] as number) > windowStart + 2 * Math.max(s.step, 5);
      const growth = growthOf(s.times, s.values, { ...life, bornHere: born }, limits, well);
      if (growth === null || (demand !== null && keepsStep(s, growth, demand))) continue;
      lives++;
      if (best === null || growth.to - growth.from > best.growth.to - best.growth.from) best = { series: s, growth };
      if (first === null || (s.times[growth.firstIll] as number) < (first.series.times[first.growth.firstIll] as number)) first = { series: s, growth };
    }
  }
  return best === null || first === null ? null : { entity, ...best, first, lives };
}

function growing(kind: Kind, g: Grown, series: readonly Series[], well: { from: number; to: number } | null): Condition {
  const { series: s, growth, entity } = g;
  const onset = onsetOf(g);
  const base = {
    entity,
    during: { from: onset.firstIll, to: instantFromSeconds(s.times[growth.last] as number) },
    onset,
    places: [g.first.series.place(g.first.growth.firstIll), s.place(growth.last)],
  };
  const again = g.lives > 1 ? ` (in ${g.lives} process lives)` : '';
  if (kind.id === goroutinesGrowing.id) {
    return condition(goroutinesGrowing, {
      ...base,
      quantity: { value: growth.to, baseline: growth.from, unit: 'goroutines', known: 'sampled' },
      facts: { fromCount: growth.from, toCount: growth.to, perMinute: Math.round(growth.perMinute), perDemand: demandAt(s, series) !== null },
      says: `goroutines of ${nameOf(s, entity)} ${Math.round(growth.from)} → ${Math.round(growth.to)}, ${Math.round(growth.perMinute)} a minute${again}`,
    }) as Condition;
  }
  if (kind.id === threadsGrowing.id) {
    return condition(threadsGrowing, {
      ...base,
      quantity: { value: growth.to, baseline: growth.from, unit: 'threads', known: 'sampled' },
      facts: { fromCount: growth.from, toCount: growth.to, perMinute: Math.round(growth.perMinute) },
      says: `threads of ${nameOf(s, entity)} ${Math.round(growth.from)} → ${Math.round(growth.to)}, ${Math.round(growth.perMinute)} a minute${again}`,
    }) as Condition;
  }
  if (kind.id === openFilesGrowing.id) {
    const limit = maxFilesOf(s, series);
    return condition(openFilesGrowing, {
      ...base,
      quantity: { value: growth.to, baseline: growth.from, unit: 'files', known: 'sampled' },
      facts: { fromCount: growth.from, toCount: growth.to, perMinute: Math.round(growth.perMinute), limit, curve: curveOf(s) },
      says: `open files of ${nameOf(s, entity)} ${Math.round(growth.from)} → ${Math.round(growth.to)}, ${Math.round(growth.perMinute)} a minute${again}${limit === null ? '' : ` (the limit is ${limit})`}`,
    }) as Condition;
  }
  const limit = limitOf(s, series);
  const begin = s.times[growth.first] as number;
  // where the user says that all was well at the beginning, that was no start
  const mayPass =
    well !== null && begin >= well.from && begin <= well.to
      ? undefined
      : mayBeStart(
          {
            started: startsOf(s, series).findLast((t) => t <= begin) ?? null,
            from: begin,
            to: s.times[growth.last] as number,
            grownBytes: growth.to - growth.from,
            toBytes: growth.to,
            allocatedBefore: allocatedAt(s, series, begin),
            limitBytes: limit,
          },
          HEAP_AGAIN,
        );
  const quantity = { value: growth.to, baseline: growth.from, unit: 'bytes', known: 'sampled' as const };
  const sizes = `${mib(growth.from)} → ${mib(growth.to)}, ${mib(growth.perMinute)} a minute${again}`;
  if (kind.id === heapGrowing.id || kind.id === stacksGrowing.id) {
    const [of, what] = kind.id === heapGrowing.id ? [heapGrowing, 'heap in use'] : [stacksGrowing, 'stacks of goroutines'];
    return condition(of, {
      ...base,
      quantity,
      // stacks are kept by goroutines: a cache keeps none
      mayPass: kind.id === heapGrowing.id ? mayPass : undefined,
      facts: { fromBytes: growth.from, toBytes: growth.to, perMinuteBytes: growth.perMinute, source: s.name },
      says: `${what} of ${nameOf(s, entity)} ${sizes}`,
    }) as Condition;
  }
  return condition(containerMemoryGrowing, {
    ...base,
    quantity,
    mayPass,
    facts: { container: s.labels['container'] ?? shortName(entity), fromBytes: growth.from, toBytes: growth.to, limitBytes: limit, perMinuteBytes: growth.perMinute },
    says: `${s.name === 'process_resident_memory_bytes' ? 'resident memory' : 'memory'} of ${nameOf(s, entity)} ${sizes}${limit === null ? '' : ` of ${mib(limit)}`}`,
  }) as Condition;
}

const CURVE_MOST = 240;
const curveOf = (s: Series): [number, number][] => s.times.map((t, i): [number, number] => [t, s.values[i] as number]).slice(-CURVE_MOST);

function maxFilesOf(s: Series, series: readonly Series[]): number | null {
  const of = entityOf(s);
  const known = series.find((x) => x.name === 'process_max_fds' && of !== null && entityId(entityOf(x) ?? of) === entityId(of));
  const value = known?.values.at(-1);
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function limitOf(s: Series, series: readonly Series[]): number | null {
  for (const x of series) {
    if (x.name !== 'kube_pod_container_resource_limits' && x.name !== 'container_spec_memory_limit_bytes') continue;
    if (x.labels['resource'] !== undefined && x.labels['resource'] !== 'memory') continue;
    if (['namespace', 'pod', 'container'].every((k) => x.labels[k] === s.labels[k])) return x.values.at(-1) ?? null;
  }
  return null;
}

/** Resident memory grew while the heap of the same process, in the same life, stayed flat. */
function notHeapOf(series: readonly Series[], baseline: Interval | null): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const heaps = byEntity(series, ['go_memstats_heap_inuse_bytes', 'go_memstats_heap_alloc_bytes']);
  for (const [entity, list] of byEntity(series, ['process_resident_memory_bytes'])) {
    const heap = heaps.find(([e]) => entityId(e) === entityId(entity))?.[1];
    if (heap === undefined) continue;
    covered.push(...list.map((s) => coverageOf(entity, s)));
    const rss = judge(entity, list, series, { least: 16 * MIB, leastShare: 0.5 }, wellSeconds(baseline));
    if (rss === null) continue;
    const from = rss.series.times[rss.growth.firstIll] as number;
    const to = rss.series.times[rss.growth.last] as number;
    const within = heap.flatMap((h) => h.times.map((t, i) => ({ t, v: h.values[i] as number, h, i }))).filter((x) => x.t >= from && x.t <= to);
    const first = within[0];
    const last = within.at(-1);
    if (first === undefined || last === undefined) continue;
    const most = within.reduce((a, b) => (a.v >= b.v ? a : b));
    const grown = rss.growth.to - rss.growth.from;
    if (most.v - first.v > grown * 0.25) continue;
    conditions.push(
      condition(notHeap, {
        entity,
        during: { from: instantFromSeconds(from), to: instantFromSeconds(to) },
        onset: onsetOf(rss),
        quantity: { value: rss.growth.to, baseline: rss.growth.from, unit: 'bytes', known: 'sampled' },
        facts: { rssBytes: rss.growth.to, heapBytes: last.v, growthBytes: grown, heapGrowthBytes: last.v - first.v },
        says: `resident memory of ${nameOf(rss.series, entity)} ${mib(rss.growth.from)} → ${mib(rss.growth.to)} while the Go heap stays at ${mib(last.v)}`,
        places: [rss.series.place(rss.growth.last), last.h.place(last.i)],
      }) as Condition,
    );
  }
  return { conditions, covered, notObservable: [] };
}

export const coverageOf = (entity: Entity | null, s: Series): Coverage => ({
  entity,
  interval: { from: instantFromSeconds(s.times[0] as number), to: instantFromSeconds(s.times.at(-1) as number) },
  places: [s.place(s.times.length - 1)],
});

const mib = (bytes: number): string =>
  Math.abs(bytes) >= 1024 * MIB ? `${(bytes / (1024 * MIB)).toFixed(1)} GiB` : `${bytes >= 10 * MIB ? Math.round(bytes / MIB) : (bytes / MIB).toFixed(1)} MiB`;
