/** How many of the missing replicas the sick pods make up. */
import { podsNotCreated, workloadUnavailable } from '../../model/conditions/workload.ts';
import { type Ask, type Check, type Condition, entityId, fails, holds, isKind, type Kind, type Link } from '../../model/index.ts';
import { podsOf } from './part-joins.ts';

const shares = new WeakMap<Ask, Map<string, number | null>>();

/** null where pods are not known one by one (a refused creation has none). The same for every cause of one effect: counted once. */
export const sickReplicas =
  (kinds: readonly Kind[]) =>
  ({ effect }: Link, ask: Ask): number | null => {
    if (!isKind(effect, workloadUnavailable)) return null;
    const memo = shares.get(ask) ?? new Map<string, number | null>();
    shares.set(ask, memo);
    const key = `${effect.id} ${kinds.map((k) => k.id).join()}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const made = count(kinds, effect, ask);
    memo.set(key, made);
    return made;
  };

function count(kinds: readonly Kind[], effect: Condition<NonNullable<(typeof workloadUnavailable)['facts']>>, ask: Ask): number | null {
  const missing = effect.facts.desired - effect.facts.available;
  if (missing <= 0) return null;
  const pods = new Set(podsOf(effect.entity, ask).map(entityId));
  const sick = new Set<string>();
  for (const kind of kinds) {
    const answer = ask.look(kind);
    if (answer.state !== 'observed') continue;
    for (const c of answer.conditions) for (const r of ask.identity.lift(c.entity, 'pod')) if (pods.has(entityId(r.entity))) sick.add(entityId(r.entity));
  }
  return sick.size === 0 ? null : Math.min(1, sick.size / missing);
}

/** Raw counts that leave no replica over for another reason. */
export const allMissingAreThese = (kinds: readonly Kind[]): Check => ({
  id: 'all-missing-are-these',
  title: 'every missing replica is one of these pods',
  test(link, ask) {
    const share = sickReplicas(kinds)(link, ask);
    const cause = link.causes[0];
    if (share !== null && share >= 1) return holds('as many pods are in this state as replicas are missing', cause?.places ?? []);
    // pods that were refused do not exist: the refusal itself says that they are missing
    if (cause != null && isKind(cause, podsNotCreated)) return holds('the controller says itself that it could not create them', cause.places);
    return fails('not every missing replica is one of these pods', link.effect.places);
  },
});
