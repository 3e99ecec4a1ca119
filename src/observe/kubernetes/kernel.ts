/** What the kernel's own reports say of kills, tied to containers by the pod uid and container id in the cgroup path. */

import { containerOomKilled } from '../../model/conditions/container.ts';
import { nodeOomKill } from '../../model/conditions/node.ts';
import {
  type Condition,
  condition,
  container,
  type Entity,
  formatInstant,
  type Onset,
  type Place,
  placeAt,
  pod,
  processOf,
  type Readings,
  type Strength,
} from '../../model/index.ts';
import { type KernelOom, kernelOom, type OomKill } from '../../read/kernel-oom/index.ts';
import type { PodView } from '../../read/lib/kubernetes-views.ts';
import type { ClusterState, Seen } from './cluster.ts';

interface Victim {
  readonly kill: OomKill;
  readonly entity: Entity;
  readonly containerName: string | null;
  readonly strength: Strength;
  readonly place: Place;
}

function victims(readings: Readings, state: ClusterState): Victim[] {
  const byUid = new Map<string, Seen<PodView>>();
  for (const list of state.pods.values()) for (const s of list) if (s.view.uid !== null && !byUid.has(s.view.uid)) byUid.set(s.view.uid, s);
  const out: Victim[] = [];
  for (const { artifact, model } of readings.of<KernelOom>(kernelOom)) {
    for (const kill of model.kills) {
      const place = placeAt(artifact.id, kill.span);
      const of = kill.podUid === null ? undefined : byUid.get(kill.podUid);
      if (of !== undefined) {
        const named = of.view.containers.find((c) => kill.containerId !== null && (c.containerId === kill.containerId || c.lastContainerId === kill.containerId));
        const box = named ?? (of.view.containers.length === 1 ? of.view.containers[0] : undefined);
        const entity = box === undefined ? pod(of.view.namespace ?? '', of.view.name) : container(of.view.namespace ?? '', of.view.name, box.name);
        // a pod with one container leaves no doubt which; an older life of it has another id
        out.push({ kill, entity, containerName: box?.name ?? null, strength: named !== undefined ? 'stated' : 'derived', place });
        continue;
      }
      const at = artifact.covers.find((c) => c.entity.kind === 'node');
      out.push({ kill, entity: at?.entity ?? processOf(`${kill.process} pid ${kill.pid}`), containerName: null, strength: at?.strength ?? 'stated', place });
    }
  }
  return out;
}

const onsetOf = (kill: OomKill): Onset => ({ lastWell: null, firstIll: kill.at, clock: 'kernel' });
const resident = (bytes: number | null): string => (bytes === null ? '' : ` with ${Math.round(bytes / 2 ** 20)} MiB resident`);

export function kernelKills(readings: Readings, state: ClusterState): Condition[] {
  return victims(readings, state).map(({ kill, entity, strength, place }) =>
    condition(nodeOomKill, {
      entity,
      discriminator: `pid ${kill.pid}`,
      during: { from: kill.at, to: kill.at },
      onset: onsetOf(kill),
      ...(kill.anonRssBytes === null ? {} : { quantity: { value: kill.anonRssBytes, unit: 'bytes', known: 'counted' as const } }),
      facts: { process: kill.process, pid: kill.pid, constraint: kill.constraint, anonRssBytes: kill.anonRssBytes, cgroup: kill.taskCgroup },
      says: `the kernel killed ${kill.process} (pid ${kill.pid})${resident(kill.anonRssBytes)}: ${kill.constraint === 'memcg' ? 'its cgroup was at its limit' : kill.constraint === 'node' ? 'the whole node was out of memory' : 'out of memory'}`,
      places: [place],
      strength,
    }),
  );
}

/** A memory-cgroup kill in a container is its OOM kill, also where the status has been overwritten. */
export function containersKilledByKernel(readings: Readings, state: ClusterState): Condition[] {
  return victims(readings, state).flatMap(({ kill, entity, containerName, strength, place }) => {
    if (entity.kind !== 'container' || containerName === null || kill.constraint !== 'memcg') return [];
    return [
      condition(containerOomKilled, {
        entity,
        during: { from: null, to: kill.at },
        onset: onsetOf(kill),
        ...(kill.limitBytes === null || !Number.isFinite(kill.limitBytes) ? {} : { quantity: { value: kill.limitBytes, unit: 'bytes', known: 'counted' as const } }),
        facts: { container: containerName, exitCode: null, limitBytes: kill.limitBytes, restarts: null, finishedAt: kill.at === null ? null : formatInstant(kill.at) },
        says: `the kernel killed ${kill.process} of container ${containerName} at its memory limit`,
        places: [place],
        strength,
      }),
    ];
  });
}
