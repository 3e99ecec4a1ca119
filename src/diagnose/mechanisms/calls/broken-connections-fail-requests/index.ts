import { connectionsBroken } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { failsWith, ofCallee } from '../../../lib/error-texts.ts';

/** Why the connection ended is the next question: a crash, a write timeout, an idle limit. */
export const brokenConnectionsFailRequests = defineMechanism({
  ...failsWith(connectionsBroken),
  id: 'calls/broken-connections-fail-requests',
  title: 'requests fail because connections end before the answer',
  because: 'the handler has no answer to pass on when the connection to its callee ends',
  refutes: [],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  culprits: ofCallee,
  acceptedFalsePositives: ['an optional call whose connection breaks in requests that fail for a reason they do not log'],
});
