import { messageTooLarge } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { surgesWith, tooLargeCulprit } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromMessageSize = defineMechanism({
  ...surgesWith(messageTooLarge),
  id: 'logs/errors-from-message-size',
  title: 'a gRPC message is larger than its receiver allows, and each is logged',
  because: 'the receiver refuses a message above its limit, whatever is in it, and the client gets ResourceExhausted',
  refutes: [],
  rivals: [],
  culprits: tooLargeCulprit,
  mitigation: () => 'raise MaxCallRecvMsgSize (client) or MaxRecvMsgSize (server), whichever receives; page or stream what grows',
  acceptedFalsePositives: ['a limit that is meant, and a peer that is not meant to send so much'],
});
