import { processCrashed } from '../../../../model/conditions/crash.ts';
import { callsRefused } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { crashOfCallee, diedOfIt } from '../../../lib/crash-of-callee.ts';

/** From the end of the process to the next start nobody listens at its address. */
export const crashRefusesCalls = defineMechanism({
  id: 'calls/crash-refuses-calls',
  title: 'connections are refused because the process behind them crashed',
  to: callsRefused,
  from: [{ kind: processCrashed, role: 'defect', join: (effect, ask) => crashOfCallee(isKind(effect, callsRefused) ? effect.facts.callee : null, ask) }],
  because: 'the listener ends with the process, and the kernel answers with a reset until something listens again',
  requires: [diedOfIt],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => [{ kind: 'object', ref: link.causes[0]?.entity.key ?? '' }],
  acceptedFalsePositives: ['a callee that crashes while its address is wrong at the caller as well'],
});
