/**
 * Whose control group a paste shows: the container or process the capture states; the pod uid or container id in the cgroup's path, where the pod
 * was captured; the pod the file is called after; else, as a guess, the only process of the pile.
 */
import { type Artifact, container, type Entity, entityId, pod, type Readings, type Strength, shortName } from '../../model/index.ts';
import { type CgroupGroup, cgroupFiles } from '../../read/cgroup-files/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { containerIdOf, podUidOf } from '../../read/kernel-oom/index.ts';
import { kubernetesObjects, podView } from '../../read/kubernetes-objects/index.ts';
import type { PodView } from '../../read/lib/kubernetes-views.ts';
import { logs } from '../../read/logs/index.ts';
import { pprof } from '../../read/pprof/index.ts';
import { prometheusText } from '../../read/prometheus-text/index.ts';
import { podFile } from './pod-files.ts';
import { processOfArtifact } from './process-of-artifact.ts';

export interface OwnedGroup {
  readonly group: CgroupGroup;
  readonly artifact: Artifact;
  readonly entity: Entity;
  readonly name: string;
  readonly strength: Strength;
}

type Owner = Pick<OwnedGroup, 'entity' | 'name' | 'strength'>;
const named = (entity: Entity, strength: Strength): Owner => ({ entity, name: shortName(entity), strength });

export function groupOwners(readings: Readings): { owned: readonly OwnedGroup[]; unowned: readonly string[] } {
  const owned: OwnedGroup[] = [];
  const unowned: string[] = [];
  for (const { artifact, model } of readings.of(cgroupFiles)) {
    for (const group of model.groups) {
      // a path with ids says whose it is; without one the file speaks for its owner, unless it holds several groups
      const owner = byPath(group.path, readings) ?? (model.groups.length === 1 && podUidOf(group.path) === null ? byFile(artifact, readings) : null);
      if (owner === null) unowned.push(group.path ?? artifact.path);
      else owned.push({ group, artifact, ...owner });
    }
  }
  return { owned, unowned };
}

function byPath(path: string | null, readings: Readings): Owner | null {
  const uid = podUidOf(path);
  if (uid === null) return null;
  for (const { model } of readings.of(kubernetesObjects))
    for (const o of model.objects) {
      if (o.kind !== 'Pod') continue;
      const view: PodView = podView(o);
      if (view.uid !== uid) continue;
      const id = containerIdOf(path);
      const box = view.containers.find((c) => id !== null && (c.containerId === id || c.lastContainerId === id));
      if (box !== undefined) return named(container(view.namespace ?? '', view.name, box.name), 'stated');
      const [only, second] = view.containers;
      if (only !== undefined && second === undefined) return named(container(view.namespace ?? '', view.name, only.name), 'derived');
      return named(pod(view.namespace ?? '', view.name), 'stated');
    }
  return null;
}

function byFile(artifact: Artifact, readings: Readings): Owner | null {
  for (const kind of ['container', 'process', 'pod'] as const) {
    const cover = artifact.covers.find((c) => c.entity.kind === kind);
    if (cover !== undefined) return named(cover.entity, cover.strength);
  }
  // a capture that states a node or a service says that it is not about one process
  if (artifact.covers.length > 0) return null;
  const file = podFile(artifact, readings);
  if (file !== null) return named(file.container, file.strength);
  const processes = processesOf(readings);
  const [only] = processes;
  return only === undefined || processes.length > 1 ? null : named(only, 'guessed');
}

/** Processes the rest of the pile speaks of. */
function processesOf(readings: Readings): Entity[] {
  const found = new Map<string, Entity>();
  for (const reader of [goroutineDump, goroutineProfileText, logs, pprof, prometheusText])
    for (const { artifact } of readings.of(reader as typeof logs)) {
      const { process } = processOfArtifact(artifact, readings);
      found.set(entityId(process), process);
    }
  return [...found.values()];
}
