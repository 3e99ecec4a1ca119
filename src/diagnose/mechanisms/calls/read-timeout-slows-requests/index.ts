import { requestsSlow } from '../../../../model/conditions/calls.ts';
import { readTimeoutTooShort } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { durationText } from '../../../lib/durations.ts';
import { joinBy } from '../../../lib/join.ts';
import { readTimeoutCulprit, readTimeoutMitigation } from '../../../lib/read-timeout.ts';

/** A request whose body does not come lasts as long as the server waits for it. */
export const readTimeoutSlowsRequests = defineMechanism({
  id: 'calls/read-timeout-slows-requests',
  title: 'requests are slow because their server waits for a body until its read timeout',
  to: requestsSlow,
  from: [
    {
      kind: readTimeoutTooShort,
      role: 'defect',
      join: (effect, ask) => {
        const found = joinBy(readTimeoutTooShort, ask, (c) => (isKind(effect, requestsSlow) && effect.facts.service === c.facts.service ? 'stated' : null));
        // it shows by the errors it brings: slowness alone is no reason to look for it
        return 'state' in found && found.state === 'unknown' ? [] : found;
      },
    },
  ],
  because: 'the handler waits in its read of the body until the connection’s deadline',
  requires: [
    {
      id: 'as-long-as-the-timeout',
      title: 'the slow requests take as long as those whose body did not come',
      test(link) {
        const c = link.causes[0];
        if (c == null || !isKind(c, readTimeoutTooShort) || !isKind(link.effect, requestsSlow)) return fails('no read timeout', []);
        const { seconds } = link.effect.facts;
        const { cutFromSeconds: from, cutToSeconds: to } = c.facts;
        const says = `the requests take ${durationText(seconds)}, those whose body did not come ${durationText(from)} to ${durationText(to)}`;
        return seconds >= 0.95 * from && seconds <= 1.05 * to ? holds(says, link.effect.places) : fails(says, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['calls/callee-slows-requests'],
  order: 'standing',
  status: 'trial',
  culprits: readTimeoutCulprit,
  mitigation: readTimeoutMitigation,
  acceptedFalsePositives: ['slow bodies that are the harm themselves, and a limit that is meant for them'],
});
