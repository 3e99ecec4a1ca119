import { slotsExhausted } from '../../../../model/conditions/goroutines.ts';
import { slotNotReturned } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { SHOWS, sourceIsBound } from '../../../lib/source-frames.ts';

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);

/** With each run of the path one slot fewer is left; after the last one nobody is let in any more. */
export const slotNeverReturned = defineMechanism({
  id: 'go/slot-not-returned',
  title: 'a function leaves without giving its slot back',
  to: slotsExhausted,
  from: [{ kind: slotNotReturned, role: 'defect', join: (effect, ask) => joinBy(slotNotReturned, ask, (c) => (c.facts.channel === effect.facts['channel'] ? 'derived' : null)) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const how = f?.['how'] === 'goes on' ? 'goes into the next turn of its loop' : String(f?.['how'] ?? 'returns');
    return `${short(f?.['function'])} takes a slot of ${f?.['object']} at line ${f?.['takeLine']} and ${how} at line ${f?.['line']} without giving it back: each time there is one fewer`;
  },
  requires: [
    sourceIsBound(({ effect: { facts } }) => [
      {
        frame: { function: String(facts['waitFunction']), file: String(facts['file']), line: Number(facts['line']) },
        shows: [...(SHOWS['chan send'] ?? []), ...(SHOWS['chan receive'] ?? [])],
      },
    ]),
    {
      id: 'slots-are-lost',
      title: 'fewer goroutines have a slot than there are, and others wait',
      test: ({ effect }) => (effect.facts['how'] === 'lost' ? holds(effect.says, effect.places, 'derived') : fails('goroutines stand where all of them can be had', effect.places)),
    },
  ],
  refutes: [],
  rivals: ['go/slots-held-by-waiters'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart brings all slots back, until the same path has been taken as often again',
  acceptedFalsePositives: ['the slots were lost with goroutines that panicked and were recovered, while the path named here was never run'],
});
