import { demand } from '../../../../model/conditions/calls.ts';
import { channelWaited } from '../../../../model/conditions/contention.ts';
import { bucketGrowing, bucketSeen } from '../../../../model/conditions/goroutines.ts';
import { consumerLoop } from '../../../../model/conditions/source.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, isKind, type Link, sameEntity, shortGoSymbol, unknown } from '../../../../model/index.ts';
import { bucketsBeside, countsOf, leakedByRuntime, placesOf, seenBeside, shrinksAgain, waitsIn } from '../../../lib/buckets.ts';
import { decisive, joinBy, tiedWithin } from '../../../lib/join.ts';
import { citedFrames, type Frame, framesOf, joinSource, sourceIsBound, waitingFrame } from '../../../lib/source-frames.ts';

interface AtWork {
  readonly bucket: Condition;
  /** Where in the loop. */
  readonly frame: Frame;
}

/** Stacks of the process that stand in the loop, behind its receive: a value was taken and is being worked on. */
function atWork(link: Link, ask: Ask): AtWork[] {
  const loop = link.causes[0]?.facts;
  if (loop === undefined) return [];
  const known = new Set<string>();
  return [...seenBeside(link.effect, ask), ...bucketsBeside(link.effect, ask)].flatMap((bucket) => {
    if (sameEntity(bucket.entity, link.effect.entity) || known.has(bucket.entity.key)) return [];
    known.add(bucket.entity.key);
    const frame = framesOf(bucket.facts['stack']).find((f) => f.function === loop['function'] && f.line > Number(loop['line']) && f.line <= Number(loop['loopEndLine']));
    return frame === undefined ? [] : [{ bucket, frame }];
  });
}

/** How many of the dumps with a queue show the loop at work. */
function busyDumps(link: Link, works: readonly AtWork[]): { busy: number; of: number } {
  const queue = countsOf(link.effect);
  const dumps = queue.flatMap((n, i) => (n > 0 ? [i] : []));
  return { busy: dumps.filter((i) => works.some((w) => (countsOf(w.bucket)[i] ?? 0) > 0)).length, of: dumps.length };
}

/** Senders queue because the loop that takes from the channel is at work all the time: it lives, and it is too slow for what comes. */
export const slowConsumer = defineMechanism({
  id: 'go/slow-consumer',
  title: 'senders queue for a consumer that is slower than they are',
  to: bucketGrowing,
  from: [
    {
      kind: consumerLoop,
      role: 'defect',
      join: (effect, ask) =>
        joinSource(
          consumerLoop,
          ask,
          [waitingFrame(effect)],
          (c, frame) => c.facts.sendLine <= frame.line && frame.line <= c.facts.sendEndLine && effect.facts['wait'] === 'chan send',
        ),
    },
    {
      kind: demand,
      role: 'trigger',
      optional: true,
      join: (effect, ask) => joinBy(demand, ask, (d) => (d.facts.toRate > d.facts.fromRate ? tiedWithin(effect, d, ask, ['process', 'service']) : null)),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${shortGoSymbol(String(f?.['function'] ?? ''))} takes one value of ${f?.['channel']} at a time (line ${f?.['line']}) and was at work on one whenever a dump was taken; values come faster than it is done with them`;
  },
  requires: [
    waitsIn('chan send'),
    sourceIsBound((link) => citedFrames(link.effect, ['send']).slice(0, 1)),
    {
      id: 'consumer-at-work',
      title: 'the consumer is at work on a value in every dump',
      test(link, ask) {
        const works = atWork(link, ask);
        const name = shortGoSymbol(String(link.causes[0]?.facts['function'] ?? ''));
        const { busy, of } = busyDumps(link, works);
        const places = placesOf(works.map((w) => w.bucket));
        if (of > 0 && busy === of) return holds(`${name}:${works[0]?.frame.line} is at work in ${of} of ${of} dumps`, places);
        if (busy > 0) return fails(`${name} is at work in ${busy} of ${of} dumps only`, places);
        if (seenBeside(link.effect, ask).length === 0) return unknown('no other goroutine of the process is at hand', bucketSeen.next);
        return fails(`no goroutine stands in the loop of ${name}`, link.effect.places);
      },
    },
    {
      id: 'senders-get-through',
      title: 'some of those that waited got through before the next dump',
      test({ effect }) {
        const stay = effect.facts['stay'];
        // a plain send cannot be given up: one that is gone was taken
        if (typeof stay !== 'number') return unknown('whether any sender got through needs the ids of goroutines in two dumps', bucketGrowing.next);
        return stay < 1
          ? holds(`up to ${Math.max(1, Math.round((1 - stay) * 100))} % of them were gone in the next dump`, effect.places)
          : fails('all of them were still there in the next dump: the consumer takes nothing', effect.places);
      },
    },
  ],
  supports: [
    {
      id: 'profile-shows-waits',
      title: 'a block profile shows requests that waited at this send, and went on',
      test({ effect }, ask) {
        const answer = ask.look(channelWaited);
        if (answer.state !== 'observed') return unknown('no block profile shows who waited for a channel', channelWaited.next);
        const own = answer.conditions.filter((c) => tiedWithin(effect, c, ask, ['process', 'container']) !== null);
        const here = own.find((c) => c.facts.op === 'send' && c.facts.function === effect.facts['function'] && c.facts.line === effect.facts['line']);
        if (here !== undefined) return holds(here.says, here.places);
        return own[0] === undefined ? unknown('no block profile of this process is at hand', channelWaited.next) : fails(own[0].says, own[0].places);
      },
    },
  ],
  refutes: [shrinksAgain, decisive({ ...leakedByRuntime, test: (link, ask) => notAsked(leakedByRuntime.test(link, ask), link) })],
  rivals: ['go/dead-consumer'],
  sameFaultAs: ['runtime/one-consumer'],
  order: 'standing',
  // how fast is fast enough no source says
  status: 'trial',
  culprits: (link, ask) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    const line = atWork(link, ask)[0]?.frame.line ?? Number(f['line']);
    return [{ kind: 'code', function: String(f['function']), file: String(f['file']), line }];
  },
  mitigation: (link) => (link.causes[1] != null && isKind(link.causes[1], demand) ? 'fewer requests, or more replicas to share them' : null),
  acceptedFalsePositives: ['a consumer that became slow because what it calls did: it is named, and what it calls is found from its own measure'],
});

/** Whether the runtime was asked at all does not matter here. */
const notAsked = (f: ReturnType<typeof leakedByRuntime.test>, link: Link): typeof f => (f.state === 'unknown' ? fails(f.why, link.effect.places) : f);
