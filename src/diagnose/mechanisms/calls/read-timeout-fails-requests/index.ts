import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { readTimeoutTooShort } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { joinBy } from '../../../lib/join.ts';
import { readTimeoutCulprit, readTimeoutMitigation, readTimeoutOf } from '../../../lib/read-timeout.ts';

/** The handler's own limit is longer, and never comes to bear: the connection's deadline is over first. */
export const readTimeoutFailsRequests = defineMechanism({
  id: 'calls/read-timeout-fails-requests',
  title: 'requests fail because their server stops reading them before the body has come',
  to: requestsFailing,
  from: [
    {
      kind: readTimeoutTooShort,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(readTimeoutTooShort, ask, (c) => {
          if (!isKind(effect, requestsFailing)) return null;
          return c.facts.service === effect.facts.service ? 'stated' : c.facts.failingCallers.includes(effect.facts.service) ? 'derived' : null;
        }),
    },
  ],
  because:
    'http.Server.ReadTimeout is a deadline of the connection for the whole request with its body; a handler that still reads then gets "i/o timeout", whatever its context allows',
  requires: [],
  refutes: [],
  rivals: ['calls/deadline-fails-requests', 'calls/callee-fails-requests'],
  accounts: countedShare(requestsFailing, (link) => readTimeoutOf(link)?.count),
  leastShare: 0.3,
  order: 'standing',
  status: 'trial',
  culprits: readTimeoutCulprit,
  mitigation: readTimeoutMitigation,
  acceptedFalsePositives: ['a handler that sets a read deadline of its own (http.ResponseController) of the same length'],
});
