/**
 * Files called after a pod: `kubectl logs orders-7d9f8b6c5d-x2x1z > orders-7d9f8b6c5d-x2x1z.log`, as most people do it. Where the same pile
 * holds the pod itself (an object, a description), the name ties the file to its container. The hash and suffix of a ReplicaSet's pod are no
 * accident: derived. A name people might give to anything ("store-0", "db") stays a guess.
 */
import { type Artifact, container, type Entity, type Place, placeAt, processOf, type Readings, type Strength } from '../../model/index.ts';
import { kubectlText } from '../../read/kubectl-text/index.ts';
import { kubernetesObjects, podView } from '../../read/kubernetes-objects/index.ts';
import type { PodView } from '../../read/lib/kubernetes-views.ts';

export interface PodFile {
  readonly process: Entity;
  readonly container: Entity;
  readonly strength: Strength;
  /** The pod as it was captured. */
  readonly place: Place;
}

interface KnownPod {
  readonly namespace: string;
  readonly name: string;
  readonly containers: readonly { readonly name: string; readonly init: boolean; readonly created: boolean }[];
  readonly place: Place;
}

const GENERATED = /-[a-z0-9]{6,10}-[a-z0-9]{5}$|-[bcdfghjklmnpqrstvwxz2456789]{5}$/;
const STATED = new Set(['process', 'container', 'pod', 'service']);
/** What a name says of the kind of capture, not of whose it is. */
const KIND = /\.(?:log|txt|json|ndjson|jsonl|out|err|gz)$|[-_.](?:previous|prev|current|logs?|stdout|stderr)$/;
const memo = new WeakMap<Readings, readonly KnownPod[]>();

function knownPods(readings: Readings): readonly KnownPod[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const found = new Map<string, KnownPod>();
  const add = (artifact: Artifact, view: PodView): void => {
    const key = `${view.namespace ?? ''}/${view.name}`;
    if (view.namespace !== null && !found.has(key))
      found.set(key, {
        namespace: view.namespace,
        name: view.name,
        containers: view.containers.map((c) => ({ name: c.name, init: c.init, created: c.containerId !== null })),
        place: placeAt(artifact.id, view.span, { pointer: view.pointer }),
      });
  };
  for (const { artifact, model } of readings.of(kubernetesObjects)) for (const o of model.objects) if (o.kind === 'Pod') add(artifact, podView(o));
  for (const { artifact, model } of readings.of(kubectlText)) for (const p of model.pods) add(artifact, p);
  const list = [...found.values()];
  memo.set(readings, list);
  return list;
}

/** The container a file is called after; null where no captured pod is, or pods of several namespaces are. */
export function podFile(artifact: Artifact, readings: Readings): PodFile | null {
  // what the capture states goes before any name
  if (artifact.covers.some((c) => STATED.has(c.entity.kind))) return null;
  const path = (artifact.member ?? artifact.path).replaceAll('\\', '/');
  const file = path.slice(path.lastIndexOf('/') + 1);
  const named = knownPods(readings).filter((p) => called(file, p.name));
  const longest = Math.max(0, ...named.map((p) => p.name.length));
  const pods = named.filter((p) => p.name.length === longest);
  const pod = pods[0];
  if (pod === undefined) return onlyContainer(file, readings);
  if (pods.length > 1) return null;
  const rest = file.slice(file.indexOf(pod.name) + pod.name.length);
  const stated = pod.containers.filter((c) => called(rest, c.name)).sort((a, b) => b.name.length - a.name.length)[0];
  // a container that was never created has no log: while a pod initialises only its init containers have
  const created = pod.containers.filter((c) => c.created);
  const likely = created.length > 0 ? created : pod.containers;
  // without a name `kubectl logs` prints the first container
  const box = stated ?? likely.find((c) => !c.init) ?? likely[0];
  if (box === undefined) return null;
  const sure = GENERATED.test(pod.name) && (stated !== undefined || likely.length === 1);
  return {
    process: processOf(`${pod.namespace}/${pod.name}/${box.name}`),
    container: container(pod.namespace, pod.name, box.name),
    strength: sure ? 'derived' : 'guessed',
    place: pod.place,
  };
}

/** `kubectl logs deploy/orders > orders.log`: a container's own name, where one captured pod has such a container. A guess. */
function onlyContainer(file: string, readings: Readings): PodFile | null {
  let stem = file;
  for (let cut = stem.replace(KIND, ''); cut !== stem; cut = stem.replace(KIND, '')) stem = cut;
  const pods = knownPods(readings).filter((p) => p.containers.some((c) => c.name === stem));
  const pod = pods[0];
  if (pod === undefined || pods.length > 1) return null;
  return { process: processOf(`${pod.namespace}/${pod.name}/${stem}`), container: container(pod.namespace, pod.name, stem), strength: 'guessed', place: pod.place };
}

/** The name stands in it whole: not as a part of a longer one. */
function called(text: string, name: string): boolean {
  const at = text.indexOf(name);
  if (at < 0 || name === '') return false;
  const before = at === 0 ? '' : (text[at - 1] ?? '');
  const after = text[at + name.length] ?? '';
  return !/[A-Za-z0-9]/.test(before) && !/[A-Za-z0-9]/.test(after);
}
