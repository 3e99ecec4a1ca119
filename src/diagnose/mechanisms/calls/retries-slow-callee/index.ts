import { requestsSlow } from '../../../../model/conditions/calls.ts';
import { retryStorm } from '../../../../model/conditions/error-texts.ts';
import { type Condition, defineMechanism, fails, holds, isKind, type Link, unknown } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const storm = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, retryStorm) ? c.facts : null;
};

/** Less is within what failing requests change by themselves. */
const MORE = 1.3;

/** Work for callers that left queues before the work for those who wait. What made the callee slow at first is another matter. */
export const retriesSlowCallee = defineMechanism({
  id: 'calls/retries-slow-callee',
  title: (link) => `retries of ${storm(link)?.service ?? 'a caller'} keep ${storm(link)?.callee ?? 'the callee'} slow`,
  to: requestsSlow,
  from: [
    {
      kind: retryStorm,
      role: 'amplifier',
      join(effect, ask) {
        const found = joinBy(retryStorm, ask, (c) => (isKind(effect, requestsSlow) && effect.facts.service === c.facts.callee ? 'stated' : null));
        // it makes worse what something else began: where it cannot be looked at, it is not what to look for next
        return 'state' in found && found.state === 'unknown' ? [] : found;
      },
    },
  ],
  because: 'each request of the caller becomes several of the callee, which works on for those that were given up',
  requires: [
    {
      id: 'callee-gets-more',
      title: 'the callee gets more calls for each request than before',
      test(link) {
        const s = storm(link);
        if (s === null || s.callsBefore === null || s.callsSince === null || s.callsBefore === 0)
          return unknown('the callee’s own records of the tries are not at hand', 'the log of the callee with trace ids, over both stretches');
        const says = `${s.callsBefore} → ${s.callsSince} calls of ${s.callee} a request of ${s.service}`;
        return s.callsSince >= MORE * s.callsBefore ? holds(says, link.causes[0]?.places ?? []) : fails(says, link.causes[0]?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: [],
  // it closes a loop: the callee was slow before the first retry
  order: 'standing',
  status: 'trial',
  culprits: (link) => (storm(link) === null ? [] : [{ kind: 'endpoint', ref: `${storm(link)?.service} → ${storm(link)?.callee}: ${storm(link)?.attempts} tries` }]),
  acceptedFalsePositives: ['a callee that would be as slow without them, because the tries it gets are few against its load'],
});
