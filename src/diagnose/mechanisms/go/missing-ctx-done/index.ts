import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { channelNeverClosed, noDoneCase, slotSection } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { leakedByRuntime, shrinksAgain, waitsIn } from '../../../lib/buckets.ts';
import { citedFrames, joinSource, SHOWS, sourceAt, sourceIsBound, waitingFrame } from '../../../lib/source-frames.ts';

/** Goroutines that wait on a channel and cannot be told that their request or session is over. */
export const missingCtxDone = defineMechanism({
  id: 'go/missing-ctx-done',
  title: 'goroutines outlive the context they were started under',
  to: bucketGrowing,
  from: [
    {
      kind: noDoneCase,
      role: 'defect',
      join: (effect, ask) =>
        joinSource(noDoneCase, ask, [waitingFrame(effect)], (c, frame) => c.facts.line <= frame.line && frame.line <= c.facts.endLine && effect.facts['wait'] === c.facts.wait),
    },
  ],
  because: (link) => `it waits for ${link.causes[0]?.facts['waitsOn']} and has no case on the context in scope: when nothing comes any more, nothing ends it`,
  requires: [waitsIn('chan receive', 'chan send', 'select'), sourceIsBound((link) => citedFrames(link.effect, SHOWS[String(link.effect.facts['wait'])] ?? []))],
  confirms: [leakedByRuntime],
  refutes: [
    shrinksAgain,
    {
      id: 'waits-for-a-slot',
      title: 'it queues for a slot that others have: why they keep it is the cause',
      decisive: true,
      test(link, ask) {
        const frame = waitingFrame(link.effect);
        const bound = sourceAt(frame, ask);
        if (bound.state !== 'agrees') return unknown(bound.why, bound.next);
        const answer = ask.look(slotSection);
        const slots =
          answer.state === 'observed'
            ? answer.conditions.find((c) =>
                bound.sites.some(
                  (s) => s.facts.artifact === c.facts.artifact && c.facts.waits.some((w) => w.file === s.facts.file && w.line <= frame.line && frame.line <= w.last),
                ),
              )
            : undefined;
        return slots === undefined ? fails('no slot is taken at that line', bound.sites[0]?.places ?? []) : holds(slots.says, slots.places);
      },
    },
    {
      id: 'has-a-done-case',
      title: 'the select has a case on Done',
      decisive: true,
      test(link, ask) {
        const bound = sourceAt(waitingFrame(link.effect), ask);
        if (bound.state !== 'agrees') return unknown(bound.why, bound.next);
        const done = bound.sites.find((s) => s.facts.class === 'select' && s.facts.cases.some((c) => c.startsWith('done')));
        return done === undefined ? fails('no case on Done stands at that line', bound.sites[0]?.places ?? []) : holds('the select has a case on Done', done.places);
      },
    },
    {
      id: 'ends-by-closing',
      title: 'it ranges over a channel, and that nobody closes it is the fault',
      decisive: true,
      test(link, ask) {
        const f = link.causes[0]?.facts;
        const answer = ask.look(channelNeverClosed);
        const same = answer.state === 'observed' ? answer.conditions.find((c) => c.facts.file === f?.['file'] && c.facts.line === f['line']) : undefined;
        return same === undefined ? fails('it does not range over a channel that nothing closes', link.causes[0]?.places ?? []) : holds(same.says, same.places);
      },
    },
  ],
  rivals: ['go/abandoned-sender', 'go/dead-consumer', 'go/loop-never-stopped', 'go/slots-pile-up'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart frees what has piled up, until the next time',
  acceptedFalsePositives: ['a channel that is closed by code outside the package in time; its crowd shrinks again'],
});
