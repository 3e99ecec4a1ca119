/**
 * Conditions from series: goroutines, heap and memory that grow, requests that fail or are slow, throttling, restarts, missing replicas.
 * Growth is judged per process life; rates come from counters; labels are read with kube-state-metrics' traps in mind.
 */

import { demand, requestsFailing, requestsSlow } from '../../model/conditions/calls.ts';
import { containerCrashLooping, containerMemoryGrowing, containerOomKilled, containerThrottled } from '../../model/conditions/container.ts';
import { openFilesGrowing } from '../../model/conditions/files.ts';
import { goroutinesGrowing } from '../../model/conditions/goroutines.ts';
import { heapGrowing, notHeap, stacksGrowing } from '../../model/conditions/memory.ts';
import { threadsGrowing } from '../../model/conditions/threads.ts';
import { workloadUnavailable } from '../../model/conditions/workload.ts';
import {
  type Alias,
  type Edge,
  type Entity,
  type Interval,
  instantFromSeconds,
  mayOverlap,
  NOTHING,
  node,
  type Observer,
  pod,
  processOf,
  type Readings,
  sameEntity,
  service,
  workload,
} from '../../model/index.ts';
import { tenancies } from '../lib/address-lives.ts';
import { isProcessMetric, labelled, processEntity, seriesOf, serviceOf } from '../lib/metrics/series.ts';
import { memoryOf } from './memory.ts';
import { requestsOf } from './requests.ts';
import { stateOf } from './state.ts';

/** What captures say they cover, by the address it listens at. */
function capturedAt(readings: Readings): Map<string, { owner: Entity; at: Interval }[]> {
  const found = new Map<string, { owner: Entity; at: Interval }[]>();
  for (const artifact of readings.artifacts)
    for (const { entity } of artifact.covers) {
      if (entity.kind !== 'process') continue;
      const at = artifact.takenAt === undefined ? artifact.interval : { from: artifact.takenAt, to: artifact.takenAt };
      const instance = entity.key.slice(entity.key.lastIndexOf('@') + 1);
      found.set(instance, [...(found.get(instance) ?? []), { owner: entity, at }]);
    }
  return found;
}

const MEMORY = [goroutinesGrowing, openFilesGrowing, heapGrowing, notHeap, stacksGrowing, threadsGrowing, containerMemoryGrowing];
const REQUESTS = [requestsFailing, requestsSlow, demand];
const STATE = [containerOomKilled, containerCrashLooping, containerThrottled, workloadUnavailable];

export const metrics: Observer = {
  id: 'metrics',
  answers: [...MEMORY, ...REQUESTS, ...STATE],

  identify(readings) {
    const edges = new Map<string, Edge>();
    const aliases: Alias[] = [];
    const scraped = new Map<string, { owner: string; at: Interval }[]>();
    const add = (e: Edge): void => {
      edges.set(`${e.from.kind}:${e.from.key} ${e.relation} ${e.to.kind}:${e.to.key}`, e);
    };
    for (const s of seriesOf(readings)) {
      const l = labelled(s);
      const place = [s.place(0)];
      const process = isProcessMetric(s.name) ? processEntity(s) : null;
      const name = serviceOf(s);
      if (process !== null) {
        const at = { from: instantFromSeconds(s.times[0] as number), to: instantFromSeconds(s.times[s.times.length - 1] as number) };
        const list = scraped.get(l.instance as string) ?? [];
        const known = list.find((x) => x.owner === process.key);
        if (known === undefined) list.push({ owner: process.key, at });
        else
          known.at = { from: known.at.from === null || at.from < known.at.from ? at.from : known.at.from, to: known.at.to === null || at.to > known.at.to ? at.to : known.at.to };
        scraped.set(l.instance as string, list);
        if (l.namespace !== undefined && l.pod !== undefined) add({ from: process, relation: 'part-of', to: pod(l.namespace, l.pod), strength: 'stated', places: place });
        // the job names what was configured to be scraped, the app label what the deployment says it is
        if (name !== null) add({ from: process, relation: 'part-of', to: service(name), strength: 'derived', places: place });
      }
      if (s.name === 'kube_pod_info' && l.namespace !== undefined && l.pod !== undefined && l.node !== undefined)
        add({ from: pod(l.namespace, l.pod), relation: 'runs-on', to: node(l.node), strength: 'stated', places: place });
      if (
        s.name === 'kube_pod_owner' &&
        l.namespace !== undefined &&
        l.pod !== undefined &&
        s.labels['owner_kind'] !== undefined &&
        s.labels['owner_name'] !== undefined &&
        s.labels['owner_kind'] !== 'ReplicaSet'
      )
        add({
          from: pod(l.namespace, l.pod),
          relation: 'part-of',
          to: workload(l.namespace, s.labels['owner_kind'].toLowerCase(), s.labels['owner_name']),
          strength: 'stated',
          places: place,
        });
    }
    // one listen address is one process, whatever the scrape job is called: for as long as that process has it
    for (const [instance, covered] of capturedAt(readings)) {
      for (const { owner, during } of tenancies(covered, sameEntity)) {
        if (during === null) continue;
        for (const series of scraped.get(instance) ?? []) {
          if (series.owner === owner.key || !covered.some((c) => sameEntity(c.owner, owner) && mayOverlap(c.at, series.at))) continue;
          const bounded = during.from === null && during.to === null ? {} : { during };
          aliases.push({ a: processOf(series.owner), b: owner, strength: 'derived', why: 'the same listen address', places: [], ...bounded });
        }
      }
    }
    return { aliases, edges: [...edges.values()] };
  },

  look(kind, _query, world) {
    const series = seriesOf(world.readings);
    if (MEMORY.some((k) => k.id === kind.id)) return memoryOf(kind, series, world.baseline);
    if (REQUESTS.some((k) => k.id === kind.id)) return requestsOf(kind, series);
    if (STATE.some((k) => k.id === kind.id)) return stateOf(kind, series);
    return NOTHING;
  },
};
