import { deadlineExceeded, requestsSlow } from '../../../../model/conditions/calls.ts';
import { defineMechanism, fails, holds, isKind, type Link, unknown } from '../../../../model/index.ts';
import { durationText } from '../../../lib/durations.ts';
import { joinBy } from '../../../lib/join.ts';

const missed = (link: Link) => (link.causes[0] != null && isKind(link.causes[0], deadlineExceeded) ? link.causes[0].facts : null);

/** What is added to a deadline before the request is answered: other calls, and the encoding of an error. */
const LEAST_SHARE = 0.7;

/** Whoever waits for a call until its deadline is as slow as that deadline: the failing requests are the slow ones. */
export const deadlineSlowsRequests = defineMechanism({
  id: 'calls/deadline-slows-requests',
  title: 'requests are slow because they wait for a call until its deadline',
  to: requestsSlow,
  from: [
    {
      kind: deadlineExceeded,
      role: 'amplifier',
      join: (effect, ask) => joinBy(deadlineExceeded, ask, (c) => (isKind(effect, requestsSlow) && effect.facts.service === c.facts.caller ? 'stated' : null)),
    },
  ],
  because: 'a call that ends at its deadline takes all of it, and the request that needs it no less',
  requires: [
    {
      id: 'as-long-as-the-deadline',
      title: 'the slow requests take as long as the calls that were given up',
      test(link) {
        const slow = isKind(link.effect, requestsSlow) ? link.effect.facts.seconds : null;
        const f = missed(link);
        const waited = f?.tookSeconds ?? f?.deadlineSeconds ?? null;
        if (slow === null || waited === null) return unknown('how long the failed calls took is not known', deadlineExceeded.next);
        const says = `the requests take ${durationText(slow)}, the failed calls ${durationText(waited)}`;
        return waited <= slow * 1.05 && waited >= LEAST_SHARE * slow ? holds(says, link.effect.places) : fails(says, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['calls/callee-slows-requests'],
  order: 'same-record',
  status: 'trial',
  culprits: (link) => {
    const f = missed(link);
    return f === null ? [] : [{ kind: 'endpoint', ref: `${f.caller} → ${f.callee ?? 'unknown'}` }];
  },
  acceptedFalsePositives: ['requests of another route that became as slow as the deadline by chance'],
});
