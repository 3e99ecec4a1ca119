import { innermostError } from '../../../../knowledge/go-errors/index.ts';
import { readTimeoutTooShort } from '../../../../model/conditions/error-texts.ts';
import { errorBurst } from '../../../../model/conditions/logs.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { joinBy } from '../../../lib/join.ts';
import { readTimeoutCulprit, readTimeoutMitigation, readTimeoutOf } from '../../../lib/read-timeout.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromReadTimeout = defineMechanism({
  id: 'logs/errors-from-read-timeout',
  title: 'a server stops reading requests before the body has come, and logs each',
  to: errorBurst,
  from: [
    {
      kind: readTimeoutTooShort,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(readTimeoutTooShort, ask, (c) =>
          isKind(effect, errorBurst) && effect.facts.service === c.facts.service && innermostError(effect.facts.example)?.pattern.id === c.facts.error ? 'stated' : null,
        ),
    },
  ],
  because: 'the read of the body ends with "i/o timeout" at the connection’s deadline, and the handler logs it',
  requires: [],
  refutes: [],
  rivals: [],
  accounts: countedShare(errorBurst, (link) => readTimeoutOf(link)?.count),
  leastShare: 0.3,
  order: 'standing',
  status: 'trial',
  culprits: readTimeoutCulprit,
  mitigation: readTimeoutMitigation,
  acceptedFalsePositives: ['a handler that sets a read deadline of its own (http.ResponseController) of the same length'],
});
