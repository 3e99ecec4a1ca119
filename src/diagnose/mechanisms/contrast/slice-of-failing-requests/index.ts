import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { contrast } from '../../../../model/conditions/contrast.ts';
import { type Condition, defineMechanism, isKind, type Link } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const differs = (c: Condition | null | undefined) => (c != null && isKind(c, contrast) ? c : null);

/** Which requests fail, where nothing says why: a value on the failing ones that the others do not have. */
export const sliceOfFailingRequests = defineMechanism({
  id: 'contrast/slice-of-failing-requests',
  title: (link) => `the failing requests share ${differs(link.causes[0])?.facts.subject ?? 'a value'}`,
  to: requestsFailing,
  from: [
    {
      kind: contrast,
      role: 'trigger',
      join: (effect, ask) =>
        joinBy(contrast, ask, (c) =>
          isKind(effect, requestsFailing) && c.facts.what === 'value-over-represented' && c.entity.kind === 'service' && c.entity.key === effect.facts.service ? 'stated' : null,
        ),
    },
  ],
  because: 'the value is on the failing records and far rarer on the others; what it stands for is not known from that',
  requires: [],
  refutes: [],
  rivals: [],
  accounts: (link: Link) => (differs(link.causes[0])?.facts.after ?? 0) / 100,
  // however much of the harm the slice covers
  ceiling: { verdict: 'associated', why: 'a contrast says what differs, not why' },
  needsBaseline: true,
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const c = differs(link.causes[0]);
    return c === null ? [] : [{ kind: 'input', ref: c.facts.subject }];
  },
  acceptedFalsePositives: ['a value that travels with the true one: the region of the only customer who is affected'],
});
