/** What the kernel counts in a control group: processes it killed at the memory limit, periods in which it held the processor back. */
import { containerOomKilled, containerThrottled } from '../../model/conditions/container.ts';
import { type Condition, condition, type Kind, type Observation, type Observer, placeAt } from '../../model/index.ts';
import type { CgroupGroup, CgroupValue } from '../../read/cgroup-files/index.ts';
import { groupOwners, type OwnedGroup } from '../lib/cgroup-owners.ts';

const THROTTLED_SHARE = 0.25;
/** Periods are 100 ms by default and counted only while there is something to run: a minute of them, so that a start alone does not count. */
const LEAST_PERIODS = 600;
/** memory.events counts the groups below as well; where both are there, the own count says less than the whole. */
const OOM_KILLS = ['memory.events.oom_kill', 'memory.events.local.oom_kill', 'memory.oom_control.oom_kill'] as const;
const LIMITS = ['memory.max', 'memory.limit_in_bytes', 'memory.stat.hierarchical_memory_limit'] as const;

const counterOf = (g: CgroupGroup, key: string): CgroupValue | undefined => g.values.find((v) => v.key === key);
const firstOf = (g: CgroupGroup, keys: readonly string[]): CgroupValue | undefined => keys.map((k) => counterOf(g, k)).find((v) => v !== undefined);

function oomKilled({ group, artifact, entity, name, strength }: OwnedGroup): Condition[] {
  const kills = firstOf(group, OOM_KILLS);
  if (kills === undefined || !(kills.value > 0)) return [];
  const limit = firstOf(group, LIMITS);
  const limitBytes = limit === undefined || !Number.isFinite(limit.value) ? null : limit.value;
  return [
    condition(containerOomKilled, {
      entity,
      during: { from: null, to: artifact.takenAt ?? null },
      onset: { lastWell: null, firstIll: artifact.takenAt ?? null },
      ...(limitBytes === null ? {} : { quantity: { value: limitBytes, unit: 'bytes', known: 'counted' as const } }),
      facts: { container: name, exitCode: null, limitBytes, restarts: null, finishedAt: null },
      says: `the kernel killed ${kills.value} ${kills.value === 1 ? 'process' : 'processes'} of ${name} at its memory limit${limitBytes === null ? '' : ` of ${Math.round(limitBytes / 2 ** 20)} MiB`}, by the count of its cgroup`,
      places: [kills, ...(limit === undefined ? [] : [limit])].map((v) => placeAt(artifact.id, v.span, { pointer: v.key })),
      strength,
    }),
  ];
}

function limitCores(g: CgroupGroup): number | null {
  const quota = firstOf(g, ['cpu.max.quota', 'cpu.cfs_quota_us'])?.value;
  const period = firstOf(g, ['cpu.max.period', 'cpu.cfs_period_us'])?.value;
  return quota === undefined || period === undefined || !Number.isFinite(quota) || quota <= 0 || period <= 0 ? null : quota / period;
}

function throttled({ group, artifact, entity, name, strength }: OwnedGroup): Condition[] {
  const periods = counterOf(group, 'cpu.stat.nr_periods');
  const held = counterOf(group, 'cpu.stat.nr_throttled');
  if (periods === undefined || held === undefined || periods.value < LEAST_PERIODS) return [];
  const ratio = held.value / periods.value;
  if (ratio <= THROTTLED_SHARE) return [];
  const cores = limitCores(group);
  return [
    condition(containerThrottled, {
      entity,
      during: { from: null, to: artifact.takenAt ?? null },
      onset: { lastWell: null, firstIll: artifact.takenAt ?? null },
      quantity: { value: ratio, unit: 'share of periods', known: 'counted' },
      facts: { container: name, ratio: Math.round(ratio * 1000) / 1000, limitCores: cores },
      says: `${name} was held back in ${Math.round(ratio * 100)} % of its CPU periods${cores === null ? '' : `, with a limit of ${cores} CPU`}`,
      places: [held, periods].map((v) => placeAt(artifact.id, v.span, { pointer: v.key })),
      strength,
    }),
  ];
}

/** A pod's group counts what those of its containers count: where both are shown, the container's says more. */
const countedBelow = (o: OwnedGroup, all: readonly OwnedGroup[]): boolean =>
  o.entity.kind === 'pod' && all.some((below) => below.entity.kind === 'container' && below.entity.key.startsWith(`${o.entity.key}/`));

export const cgroup: Observer = {
  id: 'cgroup',
  answers: [containerOomKilled, containerThrottled] as readonly unknown[] as readonly Kind[],

  look(kind, _query, world): Observation {
    const { owned, unowned } = groupOwners(world.readings);
    const find = kind.id === containerOomKilled.id ? oomKilled : throttled;
    return {
      conditions: owned.filter((o) => !countedBelow(o, owned)).flatMap(find),
      // a container's cgroup is made anew with each restart: a count of 0 says nothing of the life before
      covered: [],
      notObservable: unowned.map((path) => ({
        why: `whose cgroup ${path} is about is not known`,
        next: 'kubectl exec POD -c CONTAINER -- sh -c "head /sys/fs/cgroup/*" > POD.cgroup.txt',
      })),
    };
  },
};
