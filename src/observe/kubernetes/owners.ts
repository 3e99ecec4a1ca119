import { type Entity, type Place, pod, revision, type Strength, workload } from '../../model/index.ts';
import type { ObjectView, PodView } from '../../read/lib/kubernetes-views.ts';
import { type ClusterState, placeOf, podKey, type Seen } from './cluster.ts';

export interface Owned {
  readonly workload: Entity;
  readonly kind: string;
  readonly name: string;
  /** "deployment/orders" */
  readonly label: string;
  readonly revision: Entity | null;
  readonly revisionName: string | null;
  readonly strength: Strength;
  readonly places: readonly Place[];
}

const HASHED = /^(.{1,240})-([0-9a-z]{5,10})$/;

/** Who owns a pod: by owner references; a ReplicaSet that was not captured gives its Deployment by the hash in its name. */
export function ownerOfPod(seen: Seen<PodView>, state: ClusterState): Owned | null {
  const { view } = seen;
  const ns = view.namespace ?? '';
  if (view.owner === null) return null;
  const place = placeOf(seen.artifact, view.owner);
  return ownerFrom(ns, view.owner.kind, view.owner.name, view.labels['pod-template-hash'] ?? null, [place], state);
}

export function ownerFrom(ns: string, kind: string, name: string, hash: string | null, places: readonly Place[], state: ClusterState): Owned {
  if (kind === 'ReplicaSet') {
    const set = state.workloads.get(`ReplicaSet ${podKey(ns, name)}`)?.[0];
    const rev = revision(ns, name);
    if (set?.view.owner?.kind === 'Deployment') {
      const deployment = set.view.owner.name;
      return { ...named(ns, 'deployment', deployment), revision: rev, revisionName: name, strength: 'stated', places: [...places, placeOf(set.artifact, set.view.owner)] };
    }
    const m = HASHED.exec(name);
    if (m !== null && (hash === null || m[2] === hash))
      return { ...named(ns, 'deployment', m[1] ?? name), revision: rev, revisionName: name, strength: hash === null ? 'guessed' : 'derived', places };
    return { ...named(ns, 'replicaset', name), revision: rev, revisionName: name, strength: 'stated', places };
  }
  if (kind === 'Job') {
    const job = state.workloads.get(`Job ${podKey(ns, name)}`)?.[0];
    if (job?.view.owner?.kind === 'CronJob')
      return { ...named(ns, 'cronjob', job.view.owner.name), revision: null, revisionName: null, strength: 'stated', places: [...places, placeOf(job.artifact, job.view.owner)] };
  }
  return { ...named(ns, kind.toLowerCase(), name), revision: null, revisionName: null, strength: 'stated', places };
}

const named = (ns: string, kind: string, name: string): Pick<Owned, 'workload' | 'kind' | 'name' | 'label'> => ({
  workload: workload(ns, kind, name),
  kind,
  name,
  label: `${kind}/${name}`,
});

export const workloadEntity = (v: ObjectView): Entity => workload(v.namespace ?? '', v.kind.toLowerCase(), v.name);
export const podEntity = (v: { namespace: string | null; name: string }): Entity => pod(v.namespace ?? '', v.name);

/** A pod that a controller restarts for ever; Jobs and restartPolicy Never end on purpose. */
export const runsForEver = (view: PodView): boolean => view.restartPolicy !== 'Never' && view.restartPolicy !== 'OnFailure' && view.owner?.kind !== 'Job';
