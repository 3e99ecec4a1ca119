import { dnsFailing } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { calleeWasReached, failsWith, ofCallee } from '../../../lib/error-texts.ts';
import { decisive } from '../../../lib/join.ts';

/** Without an address there is no call. */
export const dnsFailsRequests = defineMechanism({
  ...failsWith(dnsFailing),
  id: 'calls/dns-fails-requests',
  title: 'requests fail because a name cannot be resolved',
  because: 'the handler cannot call a service whose address it does not get',
  refutes: [decisive(calleeWasReached)],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  culprits: ofCallee,
  acceptedFalsePositives: ['an optional name that fails in the same requests as something else, which logs no error'],
});
