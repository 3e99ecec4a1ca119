import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { receiverMayLeave } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, type Link, sameEntity, shortGoSymbol } from '../../../../model/index.ts';
import { growthOfBucket, leakedByRuntime, shrinksAgain, waitsIn } from '../../../lib/buckets.ts';
import { decisive, fact, joinBy, tiedWithin } from '../../../lib/join.ts';
import { citedFrames, joinSource, sourceIsBound, waitingFrame } from '../../../lib/source-frames.ts';

const name = (link: Link, fact: string): string => {
  const value = String(link.causes[0]?.facts[fact] ?? '');
  return value.slice(value.lastIndexOf('/') + 1);
};

/** Receivers that wait for something else grow with their senders; those in flight when the dumps were taken do not grow. */
const RECEIVERS_SHARE = 0.1;

/** Sender blocked for ever: its only receiver stopped listening, most often when its context ended. */
export const abandonedSender = defineMechanism({
  id: 'go/abandoned-sender',
  title: (link) => (link.causes[1] == null ? 'each call that is given up leaves one goroutine behind' : 'each timed-out call leaves one goroutine behind'),
  to: bucketGrowing,
  from: [
    {
      kind: receiverMayLeave,
      role: 'defect',
      join: (effect, ask) =>
        joinSource(
          receiverMayLeave,
          ask,
          [waitingFrame(effect)],
          (c, frame) => c.facts.sendLine <= frame.line && frame.line <= c.facts.sendEndLine && effect.facts['wait'] === 'chan send',
        ),
    },
    {
      kind: deadlineExceeded,
      role: 'trigger',
      optional: true,
      join: (effect, ask) => {
        const found = joinBy(deadlineExceeded, ask, (c) => tiedWithin(effect, c, ask, ['process', 'container', 'workload', 'service']));
        if ('state' in found) return found;
        // calls that name this very function are meant before others of the service
        const created = String(effect.facts['createdBy'] ?? '');
        const here = found.filter((j) => created !== '' && typeof j.cause.facts['site'] === 'string' && created.endsWith(j.cause.facts['site']));
        return here.length > 0 ? here : found;
      },
    },
  ],
  because: (link) =>
    `${name(link, 'receiver')} ${name(link, 'otherCase')} (line ${link.causes[0]?.facts['leaveLine']}) and is the only receiver of ${name(link, 'channel')}, which has no buffer: the send at line ${link.causes[0]?.facts['sendLine']} then waits for ever`,
  requires: [waitsIn('chan send'), sourceIsBound((link) => citedFrames(link.effect, ['send']))],
  confirms: [leakedByRuntime],
  supports: [
    {
      id: 'started-by-the-receiver',
      title: 'the function that may leave started these goroutines',
      test(link) {
        const by = String(link.effect.facts['createdBy'] ?? '');
        const receiver = String(link.causes[0]?.facts['receiver'] ?? '');
        return by !== '' && by === receiver ? holds(`${by} started them`, link.effect.places) : fails('they were started elsewhere', link.effect.places);
      },
    },
  ],
  refutes: [
    shrinksAgain,
    {
      id: 'receivers-pile-up-too',
      title: 'the receivers are still there, and pile up as well',
      decisive: true,
      test(link, ask) {
        const receiver = String(link.causes[0]?.facts['receiver'] ?? '');
        const senders = growthOfBucket(link.effect);
        const growing = ask.look(bucketGrowing);
        if (senders === null || growing.state !== 'observed') return fails('no growth of receivers is seen', link.effect.places);
        // whoever stands in the receiver itself, not in a goroutine that it started
        const receivers = growing.conditions.filter(
          (b) => !sameEntity(b.entity, link.effect.entity) && tiedWithin(link.effect, b, ask, ['process']) !== null && b.facts.stack.some((f) => f.startsWith(`${receiver} `)),
        );
        const grown = receivers.reduce((n, b) => n + Math.max(0, growthOfBucket(b) ?? 0), 0);
        const still = receivers[0];
        // one receiver may have started several senders
        return still !== undefined && grown >= senders * RECEIVERS_SHARE
          ? holds(`${shortGoSymbol(receiver)} has not left: ${still.says}`, still.places)
          : fails('no receivers pile up beside the senders', link.effect.places);
      },
    },
    decisive(
      fact('channel-buffered', 'the channel has room for the value', (link) => ({
        holds: link.causes[0]?.facts['buffered'] === true,
        says: `${name(link, 'channel')} is made at line ${link.causes[0]?.facts['madeLine']}`,
      })),
    ),
  ],
  rivals: ['go/dead-consumer', 'go/missing-ctx-done'],
  // one goroutine a call; only full counts of the same process can be compared
  accounts(link, ask) {
    const grown = growthOfBucket(link.effect);
    const calls = link.causes[1];
    if (grown === null || grown <= 0 || calls == null || calls.facts['sampled'] === true || typeof calls.facts['count'] !== 'number') return null;
    if (calls.quantity !== undefined && calls.quantity.known !== 'counted') return null;
    if (tiedWithin(link.effect, calls, ask, ['process', 'container']) === null) return null;
    return Math.min(1, calls.facts['count'] / grown);
  },
  leastShare: 0.2,
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    return [
      { kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['sendLine']) },
      { kind: 'code', function: String(f['receiver']), file: String(f['file']), line: Number(f['leaveLine']) },
    ];
  },
  mitigation: (link) => (link.causes[1] == null ? null : 'a longer deadline, or the version before it, makes fewer calls end early'),
  experiment: {
    predicts: 'the number of these goroutines never falls while the process lives',
    test: (link, ask) => {
      const f = shrinksAgain.test(link, ask);
      return f.state === 'fails' ? holds(f.says, f.places) : f.state === 'holds' ? fails(f.says, f.places) : f;
    },
  },
  acceptedFalsePositives: ['a receiver that comes back to the channel through code the rule could not follow; its crowd shrinks again'],
});
