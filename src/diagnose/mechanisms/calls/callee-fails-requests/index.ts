import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { defineMechanism, isKind, type Link, type Strength, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const failing = (c: Link['effect'] | null | undefined) => (c != null && isKind(c, requestsFailing) ? c : null);

/** Errors pass up a call edge: the caller has no answer where its callee has none. */
export const calleeFailsRequests = defineMechanism({
  id: 'calls/callee-fails-requests',
  title: (link) => `requests fail because ${failing(link.causes[0])?.facts.service ?? 'a callee'} fails`,
  to: requestsFailing,
  from: [
    {
      kind: requestsFailing,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(requestsFailing, ask, (c): Strength | null => {
          if (!isKind(effect, requestsFailing) || c.facts.service === effect.facts.service) return null;
          return ask.identity.neighbours(service(effect.facts.service), 'calls').find((r) => r.entity.kind === 'service' && r.entity.key === c.facts.service)?.strength ?? null;
        }),
    },
  ],
  because: 'the caller passes on the failure of the service it calls',
  requires: [],
  refutes: [],
  rivals: ['calls/deadline-fails-requests'],
  accounts(link) {
    const a = failing(link.effect);
    const b = failing(link.causes[0]);
    if (a === null || b === null || a.facts.ratePerSecond === null || b.facts.ratePerSecond === null || a.facts.ratePerSecond <= 0) return null;
    if (a.quantity?.known !== 'counted' || b.quantity?.known !== 'counted') return null;
    return Math.min(1, b.facts.ratePerSecond / a.facts.ratePerSecond);
  },
  leastShare: 0.3,
  order: 'cause-first',
  status: 'established',
  culprits: (link) => {
    const c = failing(link.causes[0]);
    return c === null ? [] : [{ kind: 'endpoint', ref: `${c.facts.service}${c.facts.route === null ? '' : ` ${c.facts.route}`}` }];
  },
  acceptedFalsePositives: ['caller and callee that fail at the same time for a shared reason below both: the reason is found from the callee'],
});
