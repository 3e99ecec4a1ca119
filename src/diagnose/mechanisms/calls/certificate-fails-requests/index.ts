import { certificateRefused } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { calleeWasReached, failsWith, ofCallee } from '../../../lib/error-texts.ts';
import { decisive } from '../../../lib/join.ts';

/** Callers and alerts take a refused certificate for a callee that is down. */
export const certificateFailsRequests = defineMechanism({
  ...failsWith(certificateRefused),
  id: 'calls/certificate-fails-requests',
  title: 'requests fail because a certificate is not accepted',
  because: 'without an agreed certificate no request is sent: the callee may be well and looks as if it were down',
  refutes: [decisive(calleeWasReached)],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  culprits: ofCallee,
  acceptedFalsePositives: ['an optional call with a bad certificate in requests that fail for a reason they do not log'],
});
