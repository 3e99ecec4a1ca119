import { openFilesGrowing } from '../../../../model/conditions/files.ts';
import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { type Ask, type Condition, defineMechanism, type Instant, isKind, type Strength, secondsOf } from '../../../../model/index.ts';
import { growthOfBucket, stackHolds } from '../../../lib/buckets.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { readsAnswers } from '../../../lib/kept-connections.ts';

/** A goroutine of net/http that lives as long as its connection does: one a connection. */
const ofConnection = (b: Condition): boolean => readsAnswers(b) || stackHolds(b, 'net/http.(*conn).serve');

/** Buckets of the process whose goroutines each keep a connection. */
function held(effect: Condition, ask: Ask): Condition[] {
  const answer = ask.look(bucketGrowing);
  return answer.state === 'observed' ? answer.conditions.filter((b) => ofConnection(b) && tiedWithin(effect, b, ask, ['process', 'container']) !== null) : [];
}

/** Of several places where connections wait, one that holds fewer than this is not what they are open for. */
const LEAST_PART = 0.2;

function tie(effect: Condition, b: Condition, ask: Ask): Strength | null {
  if (!ofConnection(b)) return null;
  const all = held(effect, ask).reduce((n, x) => n + (growthOfBucket(x) ?? 0), 0);
  return all > 0 && (growthOfBucket(b) ?? 0) < LEAST_PART * all ? null : tiedWithin(effect, b, ask, ['process', 'container']);
}

/** Open files at a moment, by the first sample from then on; at the end where the moment is not known or later. */
function filesAt(effect: Condition, at: Instant | null): number {
  if (at !== null && isKind(effect, openFilesGrowing)) {
    const sample = effect.facts.curve.find(([t]) => t >= secondsOf(at));
    if (sample !== undefined) return sample[1];
  }
  return Number(effect.facts['toCount']);
}

/** Connections are files: goroutines that each keep one add up to the open files of their process. */
export const connectionsHoldFiles = defineMechanism({
  id: 'go/connections-hold-files',
  title: 'each of the goroutines that pile up keeps a connection open',
  to: openFilesGrowing,
  from: [
    {
      kind: bucketGrowing,
      role: 'amplifier',
      join: (effect, ask) => joinBy(bucketGrowing, ask, (b) => tie(effect, b, ask)),
    },
  ],
  because: (link) => `${growthOfBucket(link.causes[0] ?? link.effect) ?? 'most'} connections more are held by goroutines of net/http, and each is an open file`,
  requires: [],
  refutes: [],
  rivals: [],
  // connections wait in more places than one: all of them together, against the files that were open when the dump was taken
  accounts(link, ask) {
    const part = held(link.effect, ask).reduce((n, b) => n + (growthOfBucket(b) ?? 0), 0);
    const whole = filesAt(link.effect, link.causes[0]?.during.to ?? null) - Number(link.effect.facts['fromCount']);
    return part <= 0 || !(whole > 0) ? null : Math.min(1, part / whole);
  },
  leastShare: 0.3,
  // both are counts of the same connections, taken at different moments
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'endpoint', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['dumps and the counter cover different stretches of the process'],
});
