import { processCrashed } from '../../../../model/conditions/crash.ts';
import { callersGone } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { leftBy } from '../../../lib/error-texts.ts';

/** Seconds between a cancellation and the send that meets the closed channel: as long as the sender still works. */
const SOON = 10;

/** The receiver closes its channel when the context ends, while senders still work: the next send panics. */
export const channelClosedOnCancel = defineMechanism({
  id: 'go/channel-closed-on-cancel',
  title: 'a goroutine sends on a channel that was closed when a caller went away',
  to: processCrashed,
  from: [
    {
      kind: callersGone,
      role: 'trigger',
      join: leftBy,
    },
  ],
  because: 'whoever waits closes the channel when its context ends, and the goroutine that was to answer sends on it afterwards',
  requires: [
    {
      id: 'send-on-closed',
      title: 'the crash is a send on a closed channel',
      test: (link) =>
        isKind(link.effect, processCrashed) && link.effect.facts.class === 'send-on-closed-channel'
          ? holds(link.effect.facts.message, link.effect.places)
          : fails('it crashed of something else', link.effect.places),
    },
    {
      id: 'after-a-cancellation',
      title: 'callers went away just before',
      test(link) {
        const gone = link.causes[0];
        const crashed = link.effect.during.from;
        const from = gone?.during.from ?? null;
        const to = gone?.during.to ?? null;
        if (gone == null || crashed === null || from === null) return fails('when it crashed is not known', link.effect.places);
        const before = Number(crashed - from) / 1e9;
        const since = to === null ? 0 : Number(crashed - to) / 1e9;
        return before >= 0 && since <= SOON
          ? holds(`callers had been leaving for ${before.toFixed(1)} s when it crashed`, [...gone.places, ...link.effect.places])
          : fails('no caller left shortly before', link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'trial',
  culprits: () => [],
  mitigation: () => 'give callers back their patience, so that no context ends while senders work',
  acceptedFalsePositives: ['a channel that is closed for another reason while callers happen to leave'],
});
