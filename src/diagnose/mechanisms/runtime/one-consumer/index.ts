import { demand } from '../../../../model/conditions/calls.ts';
import { channelWaited } from '../../../../model/conditions/contention.ts';
import { consumerLoop } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, shortGoSymbol } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { codeCulprit } from '../../../lib/site-source.ts';
import { joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

/** One loop takes from a channel what many goroutines send: they wait for each other at it. */
export const oneConsumer = defineMechanism({
  id: 'runtime/one-consumer',
  title: 'one loop takes what many requests send',
  to: channelWaited,
  from: [
    {
      kind: consumerLoop,
      role: 'defect',
      join: (effect, ask) =>
        joinSource(
          consumerLoop,
          ask,
          [{ function: String(effect.facts['function']), file: String(effect.facts['file']), line: Number(effect.facts['line']) }],
          (c, frame) => c.facts.sendLine <= frame.line && frame.line <= c.facts.sendEndLine,
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
    return `${shortGoSymbol(String(f?.['function'] ?? ''))} takes one value of ${f?.['channel']} at a time (line ${f?.['line']}) and does its work before it takes the next: all who send wait for that`;
  },
  requires: [
    {
      id: 'waits-to-send',
      title: 'they wait to send',
      test: ({ effect }) => (effect.facts['op'] === 'send' ? holds('they wait to send', effect.places) : fails(`they wait in [${effect.facts['op']}]`, effect.places)),
    },
    sourceIsBound((link) => [
      { frame: { function: String(link.effect.facts['function']), file: String(link.effect.facts['file']), line: Number(link.effect.facts['line']) }, shows: ['send'] },
    ]),
  ],
  refutes: [],
  rivals: ['go/slow-consumer'],
  sameFaultAs: ['go/slow-consumer'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['a loop that is started several times, where syntax saw one start: then it is what each does that takes too long'],
});
