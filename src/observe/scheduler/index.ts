/**
 * Observes a GOMAXPROCS above what the control group allows.
 * Reads: prometheus-text, prometheus-api, gctrace, cgroup-files · Answers: scheduler/procs-over-quota.
 */
import { procsOverQuota } from '../../model/conditions/scheduler.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Entity,
  entityId,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  type Place,
  placeAt,
  type Query,
  type Readings,
  type Strength,
  shortName,
  type World,
  weaker,
} from '../../model/index.ts';
import { gctrace } from '../../read/gctrace/index.ts';
import { cpuGroups, processMetric } from '../lib/cpu-limit.ts';
import { logOwners } from '../lib/logs/who.ts';

/** What Go 1.25 and later choose where nobody says otherwise: the quota rounded up, and two at least. */
const chosen = (quotaCores: number): number => Math.max(2, Math.ceil(quotaCores));

interface Procs {
  readonly process: Entity;
  readonly count: number;
  readonly idle: number | null;
  readonly place: Place;
}

export const scheduler: Observer = {
  id: 'scheduler',
  answers: [procsOverQuota] as readonly unknown[] as readonly Kind[],

  look(_kind: Kind, _query: Query, { readings, identity }: World): Observation {
    const conditions: Condition[] = [];
    const covered: Coverage[] = [];
    const notObservable: NotObservable[] = [];
    const groups = cpuGroups(readings).filter((g) => g.quotaCores !== null);
    for (const p of procsOf(readings)) {
      let group: (typeof groups)[number] | undefined;
      let strength: Strength = 'stated';
      for (const g of groups) {
        const tie = identity.within(p.process, g.entity, g.entity.kind) ?? identity.within(p.process, g.entity, 'process');
        if (tie === null) continue;
        group = g;
        strength = weaker(tie, g.strength);
      }
      if (group?.quotaPlace == null || group.quotaCores === null) {
        notObservable.push({ why: `the CPU quota of ${shortName(p.process)} is not known`, next: procsOverQuota.next });
        continue;
      }
      covered.push({ entity: p.process, interval: { from: null, to: null }, places: [p.place, group.quotaPlace] });
      const quota = group.quotaCores;
      if (p.count <= chosen(quota)) continue;
      conditions.push(
        condition(procsOverQuota, {
          entity: p.process,
          during: { from: null, to: null },
          onset: { lastWell: null, firstIll: null },
          quantity: { value: p.count, baseline: quota, unit: 'processors', known: 'counted' },
          facts: { gomaxprocs: p.count, quotaCores: quota, idle: p.idle },
          says: `${shortName(p.process)} runs with GOMAXPROCS ${p.count} under a quota of ${Number(quota.toPrecision(2))} CPU${p.idle === null ? '' : `; ${p.idle} processors have nothing to do (median)`}`,
          places: [p.place, group.quotaPlace],
          strength,
        }) as Condition,
      );
    }
    return { conditions, covered, notObservable };
  },
};

/** By the process's own metric; else by the lines GODEBUG leaves in its log. */
function procsOf(readings: Readings): Procs[] {
  const found = new Map<string, Procs>();
  for (const { process, series } of processMetric(readings, 'go_sched_gomaxprocs_threads')) {
    const last = series.values.length - 1;
    found.set(entityId(process), { process, count: series.values[last] ?? 0, idle: null, place: series.place(last) });
  }
  for (const { artifact, model } of readings.of(gctrace)) {
    const process = artifact.covers.find((c) => c.entity.kind === 'process')?.entity ?? logOwners(readings).find((o) => o.digest.source.artifact.id === artifact.id)?.process;
    const sched = model.sched.at(-1);
    const cycle = model.cycles.at(-1);
    if (process === undefined || (sched === undefined && cycle === undefined)) continue;
    const idles = model.sched.map((s) => s.idleprocs ?? 0).sort((a, b) => a - b);
    const known = found.get(entityId(process));
    found.set(entityId(process), {
      process,
      count: sched?.gomaxprocs ?? cycle?.procs ?? 0,
      idle: idles.length === 0 ? null : (idles[idles.length >> 1] ?? null),
      place: sched !== undefined ? placeAt(artifact.id, sched.span, { pointer: `SCHED ${sched.atMs}ms` }) : (known?.place ?? placeAt(artifact.id, cycle!.span)),
    });
  }
  return [...found.values()];
}
