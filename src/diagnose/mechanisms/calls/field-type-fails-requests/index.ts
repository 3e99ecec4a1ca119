import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { fieldTypeDiffers } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { otherTypeCulprit, textOf } from '../../../lib/error-texts.ts';
import { joinBy } from '../../../lib/join.ts';

/** The reader answers 400, as it should; the requests that needed it fail. */
export const fieldTypeFailsRequests = defineMechanism({
  id: 'calls/field-type-fails-requests',
  title: 'requests fail because a field is sent with another type than its reader has',
  to: requestsFailing,
  from: [
    {
      kind: fieldTypeDiffers,
      role: 'defect',
      // held to by trace ids: most requests of the sender fail in the traces of these records
      join: (effect, ask) =>
        joinBy(fieldTypeDiffers, ask, (c) => {
          if (!isKind(effect, requestsFailing)) return null;
          const { service } = effect.facts;
          if (c.facts.failingCallers.includes(service)) return 'derived';
          return c.facts.service === service && c.facts.answered > 0 && c.facts.failed >= 0.5 * c.facts.answered ? 'stated' : null;
        }),
    },
  ],
  because: 'the reader refuses the document it cannot read, and the request that needs its answer has none',
  requires: [],
  refutes: [],
  rivals: ['calls/callee-fails-requests'],
  accounts: countedShare(requestsFailing, (link) => textOf(link).facts.count),
  leastShare: 0.3,
  order: 'same-record',
  status: 'trial',
  culprits: otherTypeCulprit,
  acceptedFalsePositives: ['a call whose document nobody needs, in requests that all fail for a reason they do not log'],
});
