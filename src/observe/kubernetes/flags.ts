/** A program that refuses its own command line: the log says what, the pod says where the flag is set. */

import { commandWrong } from '../../model/conditions/config.ts';
import { flagError } from '../../model/conditions/crash.ts';
import { type Condition, condition, type World, weaker } from '../../model/index.ts';
import type { ClusterState } from './cluster.ts';
import { commandPlace } from './configuration.ts';
import { ownerOfPod } from './owners.ts';

export function flagErrors(state: ClusterState, world: World): Condition[] {
  const answer = world.look(flagError);
  if (answer.state !== 'observed') return [];
  return answer.conditions.map((c) => {
    const box = world.identity.lift(c.entity, 'container')[0];
    const podKeyOf = box === undefined ? null : box.entity.key.slice(0, box.entity.key.lastIndexOf('/'));
    const name = box === undefined ? '' : box.entity.key.slice(box.entity.key.lastIndexOf('/') + 1);
    const pod = podKeyOf === null ? null : (state.pods.get(podKeyOf)?.[0] ?? null);
    const owned = pod === null ? null : ownerOfPod(pod, state);
    return condition(commandWrong, {
      entity: owned?.workload ?? c.entity,
      discriminator: name,
      during: c.during,
      onset: c.onset,
      facts: { container: name, message: c.facts.message },
      says: `${owned?.label ?? 'the program'} is started with a wrong flag: ${c.facts.message}`,
      places: [...c.places.slice(0, 2), ...commandPlace({ pod }, name)],
      strength: box === undefined ? c.strength : weaker(c.strength, box.strength),
    });
  });
}
