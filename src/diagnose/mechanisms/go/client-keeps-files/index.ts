import { openFilesGrowing } from '../../../../model/conditions/files.ts';
import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { bothEnds, keptBy } from '../../../lib/kept-connections.ts';

/** The server cannot close what its client still holds: its open files are the other ends. */
export const clientKeepsFiles = defineMechanism({
  id: 'go/client-keeps-files',
  title: 'a caller keeps its connections open, and each is an open file here',
  to: openFilesGrowing,
  from: [{ kind: bucketGrowing, role: 'amplifier', join: (effect, ask) => joinBy(bucketGrowing, ask, (b) => keptBy(b, effect, ask)) }],
  because: 'each connection is an open file at both ends until one of them closes it, and the caller does not',
  requires: [bothEnds],
  refutes: [],
  rivals: ['go/connections-hold-files'],
  // the two ends are counted by different captures
  order: 'same-record',
  status: 'trial',
  culprits: (link) => [{ kind: 'endpoint', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['a callee that leaks files of its own at the pace of the calls'],
});
