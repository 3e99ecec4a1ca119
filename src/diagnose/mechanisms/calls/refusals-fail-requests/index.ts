import { callsRefused } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { calleeWasReached, failsWith, ofCallee } from '../../../lib/error-texts.ts';
import { decisive } from '../../../lib/join.ts';

/** A refused connection is an effect as well: why nobody listens is the next question. */
export const refusalsFailRequests = defineMechanism({
  ...failsWith(callsRefused),
  id: 'calls/refusals-fail-requests',
  title: 'requests fail because the service they need refuses connections',
  because: 'nobody listens at the address: the handler has no answer to pass on',
  refutes: [decisive(calleeWasReached)],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  culprits: ofCallee,
  acceptedFalsePositives: ['an optional call that is refused in requests that fail for a reason they do not log'],
});
