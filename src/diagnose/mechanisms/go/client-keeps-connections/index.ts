import { bucketGrowing, goroutinesGrowing } from '../../../../model/conditions/goroutines.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, isWeaker, type Strength, sameEntity, unknown, weaker } from '../../../../model/index.ts';
import { growthOfBucket, stackHolds } from '../../../lib/buckets.ts';
import { joinBy } from '../../../lib/join.ts';

/** The callee's connections are those of its caller, within what two captures at different moments may differ by. */
const LEAST_RATIO = 0.5;
const MOST_RATIO = 2;

/** The bucket's service calls the service whose goroutines grow. */
function calledBy(bucket: Condition, effect: Condition, ask: Ask): Strength | null {
  let best: Strength | null = null;
  const callees = ask.identity.lift(effect.entity, 'service');
  for (const caller of ask.identity.lift(bucket.entity, 'service'))
    for (const to of ask.identity.neighbours(caller.entity, 'calls'))
      for (const callee of callees) {
        if (!sameEntity(to.entity, callee.entity)) continue;
        const strength = weaker(weaker(caller.strength, to.strength), callee.strength);
        if (best === null || isWeaker(best, strength)) best = strength;
      }
  return best;
}

/** A connection has two ends: a client that never gives one back keeps a goroutine of the server as well. */
export const clientKeepsConnections = defineMechanism({
  id: 'go/client-keeps-connections',
  title: 'a caller keeps its connections open, and each holds a goroutine here',
  to: goroutinesGrowing,
  from: [
    {
      kind: bucketGrowing,
      role: 'amplifier',
      join: (effect, ask) => joinBy(bucketGrowing, ask, (b) => (stackHolds(b, 'net/http.(*persistConn).readLoop') ? calledBy(b, effect, ask) : null)),
    },
  ],
  because: 'net/http serves each connection with a goroutine that lives until the client closes it',
  requires: [
    {
      id: 'both-ends',
      title: 'as many connections more at the caller as goroutines here',
      test(link) {
        const there = link.causes[0] == null ? null : growthOfBucket(link.causes[0]);
        const here = Number(link.effect.facts['toCount']) - Number(link.effect.facts['fromCount']);
        if (there === null || !(here > 0)) return unknown('the growth of one of the two ends is not known', bucketGrowing.next);
        const ratio = there / here;
        const says = `${there} connections more at the caller, ${here} goroutines more here`;
        return ratio >= LEAST_RATIO && ratio <= MOST_RATIO ? holds(says, link.causes[0]?.places ?? []) : fails(says, link.causes[0]?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: ['go/leak-grows-goroutine-count'],
  // the two ends are counted by different captures
  order: 'same-record',
  status: 'trial',
  culprits: (link) => [{ kind: 'endpoint', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['a callee that leaks goroutines of its own at the pace of the calls'],
});
