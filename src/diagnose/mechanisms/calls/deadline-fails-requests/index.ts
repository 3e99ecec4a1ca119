import { deadlineExceeded, requestsFailing } from '../../../../model/conditions/calls.ts';
import { defineMechanism, fails, holds, isKind, type Link } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const failing = (link: Link) => (isKind(link.effect, requestsFailing) ? link.effect : null);
const missed = (link: Link) => (link.causes[0] != null && isKind(link.causes[0], deadlineExceeded) ? link.causes[0] : null);

/** A service that did not get an answer in time has none to give. */
export const deadlineFailsRequests = defineMechanism({
  id: 'calls/deadline-fails-requests',
  title: 'requests fail because a call they need ends at its deadline',
  to: requestsFailing,
  from: [
    {
      kind: deadlineExceeded,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(deadlineExceeded, ask, (c) => (isKind(effect, requestsFailing) && effect.facts.service === c.facts.caller ? 'stated' : ask.identity.same(effect.entity, c.entity))),
    },
  ],
  because: 'the handler answers an error when a call it depends on ends at its deadline',
  requires: [
    {
      id: 'a-timeout-code',
      title: 'the answers carry a code that a missed deadline leads to',
      test(link) {
        const code = failing(link)?.facts.code ?? '';
        // 504 and 503 by convention, 502 and 500 by habit; gRPC DeadlineExceeded and Unavailable
        const fits = /^5\d\d$|^5xx$|deadline|unavailable|internal|unknown|^(?:2|4|13|14)$/i.test(code);
        return fits ? holds(`answers with ${code}`, link.effect.places) : fails(`answers with ${code}, which is no timeout`, link.effect.places);
      },
    },
  ],
  supports: [
    {
      id: 'as-many',
      title: 'as many requests fail as calls miss their deadline',
      test(link) {
        const a = failing(link)?.facts.count ?? 0;
        const b = missed(link)?.facts.count ?? 0;
        const says = `${a} failed requests, ${b} calls over their deadline`;
        return a > 0 && b >= 0.5 * a ? holds(says, [...link.effect.places, ...(link.causes[0]?.places ?? [])]) : fails(says, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['calls/callee-fails-requests'],
  // rates: both sides may be cut or sampled, their counts cannot be set off against each other then
  accounts(link) {
    const a = failing(link);
    const b = missed(link);
    if (a === null || b === null || a.facts.ratePerSecond === null || b.facts.ratePerSecond === null || a.facts.ratePerSecond <= 0) return null;
    if (a.quantity?.known !== 'counted' || b.quantity?.known !== 'counted') return null;
    return Math.min(1, b.facts.ratePerSecond / a.facts.ratePerSecond);
  },
  leastShare: 0.3,
  order: 'cause-first',
  status: 'established',
  culprits: (link) => {
    const c = missed(link);
    return c === null ? [] : [{ kind: 'endpoint', ref: `${c.facts.caller} → ${c.facts.callee ?? 'unknown'}${c.facts.operation === null ? '' : ` ${c.facts.operation}`}` }];
  },
  acceptedFalsePositives: ['a service whose timed-out call is optional and whose requests fail for another reason at the same rate'],
});
