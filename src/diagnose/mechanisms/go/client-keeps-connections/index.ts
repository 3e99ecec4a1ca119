import { bucketGrowing, goroutinesGrowing } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { bothEnds, keptBy } from '../../../lib/kept-connections.ts';

/** A connection has two ends: a client that never gives one back keeps a goroutine of the server as well. */
export const clientKeepsConnections = defineMechanism({
  id: 'go/client-keeps-connections',
  title: 'a caller keeps its connections open, and each holds a goroutine here',
  to: goroutinesGrowing,
  from: [{ kind: bucketGrowing, role: 'amplifier', join: (effect, ask) => joinBy(bucketGrowing, ask, (b) => keptBy(b, effect, ask)) }],
  because: 'net/http serves each connection with a goroutine that lives until the client closes it',
  requires: [bothEnds],
  refutes: [],
  rivals: ['go/leak-grows-goroutine-count'],
  // the two ends are counted by different captures
  order: 'same-record',
  status: 'trial',
  culprits: (link) => [{ kind: 'endpoint', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['a callee that leaks goroutines of its own at the pace of the calls'],
});
