import { processCrashed } from '../../../../model/conditions/crash.ts';
import { connectionsBroken } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { crashOfCallee } from '../../../lib/crash-of-callee.ts';

/** Requests under way when a process dies end with EOF or a reset; so does one whose handler panics, though the process lives. */
export const crashBreaksConnections = defineMechanism({
  id: 'calls/crash-breaks-connections',
  title: 'connections end before the answer because the callee crashed',
  to: connectionsBroken,
  from: [{ kind: processCrashed, role: 'defect', join: (effect, ask) => crashOfCallee(isKind(effect, connectionsBroken) ? effect.facts.callee : null, ask) }],
  because: 'the kernel closes the connections of a process that ends, and net/http that of a handler that panics',
  requires: [],
  refutes: [],
  rivals: ['calls/write-timeout-cuts-answers', 'calls/idle-timeout-breaks-calls'],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['a single crash while most connections break for another reason'],
});
