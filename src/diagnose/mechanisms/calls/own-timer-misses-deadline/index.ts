import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { ownTimer } from '../../../../model/conditions/error-texts.ts';
import { type Condition, defineMechanism, isKind, type Link } from '../../../../model/index.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { durationText } from '../../../lib/durations.ts';
import { joinBy } from '../../../lib/join.ts';

const timer = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, ownTimer) ? c.facts : null;
};

/** time.After(d) beside no case for ctx.Done(): the handler works for a caller that is no longer there. */
export const ownTimerMissesDeadline = defineMechanism({
  id: 'calls/own-timer-misses-deadline',
  title: (link) => `${timer(link)?.callee ?? 'the callee'} waits by a timer of its own, longer than its caller`,
  to: deadlineExceeded,
  from: [
    {
      kind: ownTimer,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(ownTimer, ask, (c) => (isKind(effect, deadlineExceeded) && effect.facts.caller === c.facts.caller && effect.facts.callee === c.facts.callee ? 'stated' : null)),
    },
  ],
  because: 'the handler waits for its own timer and not for the context of the request: it answers the failure long after the caller has left, and holds what it holds until then',
  requires: [],
  refutes: [],
  rivals: ['calls/callee-slow', 'calls/deadline-shorter-than-callee'],
  accounts: countedShare(deadlineExceeded, (link) => timer(link)?.count),
  leastShare: 0.3,
  order: 'standing',
  status: 'trial',
  culprits(link) {
    const t = timer(link);
    return t === null ? [] : [{ kind: 'endpoint', ref: `${t.callee}${t.route === null ? '' : ` ${t.route}`}: a fixed ${durationText(t.seconds)}` }];
  },
  acceptedFalsePositives: ['a timeout of the callee towards its own callee, of the same fixed length: the defect is then that it does not take the caller’s deadline over'],
});
