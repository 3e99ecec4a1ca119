/** What a pod's own name says of its owners. A guess: names may be given by hand. */
import { type Edge, type Place, pod, revision, workload } from '../../model/index.ts';

/** `<deployment>-<pod-template-hash>-<five>`: the hash is digits written in the safe alphabet, of which they reach ten letters. */
const OF_DEPLOYMENT = /^(.{1,240})-([456789bcdf]{6,10})-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

export function ownersByName(namespace: string, name: string, place: Place): Edge[] {
  const m = OF_DEPLOYMENT.exec(name);
  if (m === null) return [];
  const owner = m[1] as string;
  const set = revision(namespace, `${owner}-${m[2]}`);
  return [
    { from: pod(namespace, name), relation: 'part-of', to: set, strength: 'guessed', places: [place] },
    { from: set, relation: 'part-of', to: workload(namespace, 'deployment', owner), strength: 'guessed', places: [place] },
  ];
}
