/** Why a callee is slow by its own measure: what ties a cause to it. */
import { calleeLatency } from '../../model/conditions/calls.ts';
import { type Ask, type Check, type Condition, fails, holds, isKind, isWeaker, processOf, type Strength, service, weaker } from '../../model/index.ts';

type Latency = Condition<NonNullable<(typeof calleeLatency)['facts']>>;

export const latencyOf = (c: Condition | null | undefined): Latency | null => (c != null && isKind(c, calleeLatency) ? c : null);

/** A callee that merely fails, or takes as long as ever, has no slowness to explain. */
export const becameSlower: Check = {
  id: 'became-slower',
  title: 'the callee became slower by its own measure',
  test({ effect }) {
    return latencyOf(effect)?.facts.steady === false ? holds(effect.says, effect.places) : fails(`it did not become slower: ${effect.says}`, effect.places);
  },
};

/**
 * The cause is in a process whose answers became slow. Where the measure does not tell the replicas apart the service must do, and that one
 * of them is meant is a guess unless only one is known.
 */
export function inSlowProcess(effect: Condition, cause: Condition, ask: Ask): Strength | null {
  const latency = latencyOf(effect);
  if (latency === null) return null;
  const of = service(latency.facts.service);
  const tied = ask.identity.within(cause.entity, of, 'service');
  const slow = latency.facts.slowIn ?? [];
  if (slow.length === 0) {
    if (tied === null) return null;
    const replicas = ask.identity.downwards(of).filter((r) => r.entity.kind === 'process');
    return replicas.length <= 1 ? tied : weaker(tied, 'guessed');
  }
  let best: Strength | null = null;
  for (const name of slow)
    for (const level of ['process', 'container', 'pod'] as const) {
      const strength = ask.identity.within(cause.entity, processOf(name), level);
      if (strength !== null && (best === null || isWeaker(best, strength))) best = strength;
    }
  return best;
}
