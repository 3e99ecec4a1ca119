import { requestsSlow } from '../../../../model/conditions/calls.ts';
import { defineMechanism, isKind, type Link, type Strength, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const slow = (c: Link['effect'] | null | undefined) => (c != null && isKind(c, requestsSlow) ? c : null);

/** Time passes up a call edge: a caller that waits is as slow as what it waits for. */
export const calleeSlowsRequests = defineMechanism({
  id: 'calls/callee-slows-requests',
  title: (link) => `requests are slow because ${slow(link.causes[0])?.facts.service ?? 'a callee'} is`,
  to: requestsSlow,
  from: [
    {
      kind: requestsSlow,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(requestsSlow, ask, (c): Strength | null => {
          if (!isKind(effect, requestsSlow) || c.facts.service === effect.facts.service) return null;
          return ask.identity.neighbours(service(effect.facts.service), 'calls').find((r) => r.entity.kind === 'service' && r.entity.key === c.facts.service)?.strength ?? null;
        }),
    },
  ],
  because: 'the caller waits for the service it calls',
  requires: [],
  refutes: [],
  rivals: [],
  // the part of the caller's added time that the callee added
  accounts(link) {
    const a = slow(link.effect)?.facts;
    const b = slow(link.causes[0])?.facts;
    if (a === undefined || b === undefined || a.baselineSeconds === null || b.baselineSeconds === null || a.seconds <= a.baselineSeconds) return null;
    return Math.min(1, Math.max(0, (b.seconds - b.baselineSeconds) / (a.seconds - a.baselineSeconds)));
  },
  leastShare: 0.3,
  order: 'cause-first',
  status: 'established',
  culprits: (link) => {
    const c = slow(link.causes[0]);
    return c === null ? [] : [{ kind: 'endpoint', ref: `${c.facts.service}${c.facts.route === null ? '' : ` ${c.facts.route}`}` }];
  },
  acceptedFalsePositives: ['a caller slowed by its own work while its callee happens to slow by as much'],
});
