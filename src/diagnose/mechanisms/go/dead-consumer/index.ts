import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { consumerMayStop } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, sameEntity, unknown } from '../../../../model/index.ts';
import { bucketsBeside, leakedByRuntime, placesOf, seenBeside, shrinksAgain, stackHolds, thereAtTheEnd, waitsIn } from '../../../lib/buckets.ts';
import { citedFrames, joinSource, sourceIsBound, waitingFrame } from '../../../lib/source-frames.ts';

/** Senders pile up because the only goroutine that took from the channel is gone. */
export const deadConsumer = defineMechanism({
  id: 'go/dead-consumer',
  title: 'senders wait for a consumer that has ended',
  to: bucketGrowing,
  from: [
    {
      kind: consumerMayStop,
      role: 'defect',
      join: (effect, ask) =>
        joinSource(
          consumerMayStop,
          ask,
          [waitingFrame(effect)],
          (c, frame) => c.facts.sendLine <= frame.line && frame.line <= c.facts.sendEndLine && effect.facts['wait'] === 'chan send',
        ),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the only consumer of ${f?.['channel']} ${f?.['why']} (line ${f?.['line']}) without closing or draining the channel; every later send waits for ever`;
  },
  requires: [waitsIn('chan send'), sourceIsBound((link) => citedFrames(link.effect, ['send']).slice(0, 1))],
  confirms: [leakedByRuntime],
  refutes: [
    shrinksAgain,
    {
      id: 'consumer-alive',
      title: 'the consumer still stands in the dump',
      decisive: true,
      test(link, ask) {
        const consumer = String(link.causes[0]?.facts['function']);
        // one that is at work changes its stack from dump to dump: every stack counts, not only those that stand still
        const others = [...bucketsBeside(link.effect, ask), ...seenBeside(link.effect, ask)].filter((b) => !sameEntity(b.entity, link.effect.entity));
        const alive = others.filter((b) => stackHolds(b, consumer) && thereAtTheEnd(b));
        if (alive.length > 0) return holds(`${consumer} still runs: ${alive[0]?.says}`, placesOf(alive));
        if (others.length === 0) return unknown('no other goroutine of the process is at hand', bucketGrowing.next);
        return fails('no goroutine of the process stands in the consumer', link.effect.places);
      },
    },
  ],
  rivals: ['go/abandoned-sender', 'go/missing-ctx-done', 'go/slow-consumer'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    return [
      { kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) },
      { kind: 'code', function: String(f['sendFunction']), file: String(f['sendFile']), line: Number(f['sendLine']) },
    ];
  },
  mitigation: () => 'a restart brings the consumer back until the next time',
  acceptedFalsePositives: ['a consumer that is restarted by a supervisor outside the package and is between two lives in every dump'],
});
