import { messageTooLarge } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { failsWith, tooLargeCulprit } from '../../../lib/error-texts.ts';

/** ResourceExhausted reads like a quota; what is exhausted is the size of one message. */
export const messageSizeFailsRequests = defineMechanism({
  ...failsWith(messageTooLarge),
  id: 'calls/message-size-fails-requests',
  title: 'requests fail because a gRPC message is larger than its receiver allows',
  because: 'the receiver refuses a message above its limit, whatever is in it, and the request has no answer to give',
  refutes: [],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  culprits: tooLargeCulprit,
  mitigation: () => 'raise MaxCallRecvMsgSize (client) or MaxRecvMsgSize (server), whichever receives; page or stream what grows',
  acceptedFalsePositives: ['an optional call with too large an answer in requests that fail for a reason they do not log'],
});
