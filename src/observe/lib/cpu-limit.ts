/** How much CPU a process may use: the quota of its control group, and the threads its runtime lets run. */
import { type Artifact, type Entity, entityId, type Instant, type Place, placeAt, type Readings, type Strength } from '../../model/index.ts';
import type { CgroupGroup, CgroupValue } from '../../read/cgroup-files/index.ts';
import { groupOwners } from './cgroup-owners.ts';
import { processEntity, type Series, seriesOf, timeInName } from './metrics/series.ts';

/** Counters of one control group at one moment. */
export interface CpuCounters {
  readonly artifact: Artifact;
  readonly at: Instant | null;
  readonly periods: CgroupValue | null;
  readonly throttled: CgroupValue | null;
  /** Seconds of CPU used since the group was made; null where the files do not say. */
  readonly usedSeconds: number | null;
}

/** What the files of the control groups say of one process, container or pod. */
export interface CpuGroup {
  readonly entity: Entity;
  readonly name: string;
  readonly strength: Strength;
  /** CPUs; Infinity: no limit; null: the files do not say. */
  readonly quotaCores: number | null;
  readonly quotaPlace: Place | null;
  /** In order of time. */
  readonly counters: readonly CpuCounters[];
}

const counterOf = (g: CgroupGroup, key: string): CgroupValue | null => g.values.find((v) => v.key === key) ?? null;

function quotaOf(g: CgroupGroup): { cores: number; value: CgroupValue } | null {
  const quota = counterOf(g, 'cpu.max.quota') ?? counterOf(g, 'cpu.cfs_quota_us');
  const period = counterOf(g, 'cpu.max.period') ?? counterOf(g, 'cpu.cfs_period_us');
  if (quota === null) return null;
  // v1 writes -1 for none
  if (!Number.isFinite(quota.value) || quota.value < 0) return { cores: Number.POSITIVE_INFINITY, value: quota };
  return period === null || period.value <= 0 || quota.value === 0 ? null : { cores: quota.value / period.value, value: quota };
}

const memo = new WeakMap<Readings, readonly CpuGroup[]>();

export function cpuGroups(readings: Readings): readonly CpuGroup[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const found = new Map<string, { -readonly [K in keyof CpuGroup]: CpuGroup[K] } & { counters: CpuCounters[] }>();
  for (const { group, artifact, entity, name, strength } of groupOwners(readings).owned) {
    const key = entityId(entity);
    const of = found.get(key) ?? { entity, name, strength, quotaCores: null, quotaPlace: null, counters: [] };
    found.set(key, of);
    const quota = quotaOf(group);
    if (quota !== null) {
      of.quotaCores = quota.cores;
      of.quotaPlace = placeAt(artifact.id, quota.value.span, { pointer: quota.value.key });
    }
    const usage = counterOf(group, 'cpu.stat.usage_usec');
    of.counters.push({
      artifact,
      at: artifact.takenAt ?? timeInName(artifact),
      periods: counterOf(group, 'cpu.stat.nr_periods'),
      throttled: counterOf(group, 'cpu.stat.nr_throttled'),
      usedSeconds: usage === null ? null : usage.value / 1e6,
    });
  }
  for (const of of found.values()) of.counters.sort((a, b) => (a.at === null || b.at === null ? 0 : a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const made = [...found.values()];
  memo.set(readings, made);
  return made;
}

export interface ProcessMetric {
  readonly process: Entity;
  readonly series: Series;
}

/** A metric that processes export of themselves, by process: the metric itself, not a function of it. */
export const processMetric = (readings: Readings, name: string): ProcessMetric[] =>
  seriesOf(readings).flatMap((series) => {
    if (series.name !== name || !series.raw) return [];
    const process = processEntity(series);
    return process === null ? [] : [{ process, series }];
  });
