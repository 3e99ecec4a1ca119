import { openFilesGrowing } from '../../../../model/conditions/files.ts';
import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, type Link } from '../../../../model/index.ts';
import { growthOfBucket, stackHolds } from '../../../lib/buckets.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { readsAnswers } from '../../../lib/kept-connections.ts';

/** A goroutine of net/http that lives as long as its connection does: one a connection. */
const ofConnection = (b: Link['effect']): boolean => readsAnswers(b) || stackHolds(b, 'net/http.(*conn).serve');

/** Connections are files: goroutines that each keep one add up to the open files of their process. */
export const connectionsHoldFiles = defineMechanism({
  id: 'go/connections-hold-files',
  title: 'each of the goroutines that pile up keeps a connection open',
  to: openFilesGrowing,
  from: [
    {
      kind: bucketGrowing,
      role: 'amplifier',
      join: (effect, ask) => joinBy(bucketGrowing, ask, (b) => (ofConnection(b) ? tiedWithin(effect, b, ask, ['process', 'container']) : null)),
    },
  ],
  because: (link) => `${growthOfBucket(link.causes[0] ?? link.effect) ?? 'most'} connections more are held by goroutines of net/http, and each is an open file`,
  requires: [],
  refutes: [],
  rivals: [],
  accounts(link) {
    const part = link.causes[0] == null ? null : growthOfBucket(link.causes[0]);
    const whole = Number(link.effect.facts['toCount']) - Number(link.effect.facts['fromCount']);
    return part === null || !(whole > 0) ? null : Math.max(0, Math.min(1, part / whole));
  },
  leastShare: 0.3,
  // both are counts of the same connections, taken at different moments
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'endpoint', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['dumps and the counter cover different stretches of the process'],
});
