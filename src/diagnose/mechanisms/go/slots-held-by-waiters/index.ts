import { slotsExhausted } from '../../../../model/conditions/goroutines.ts';
import { slotSection } from '../../../../model/conditions/source.ts';
import { type Condition, type Culprit, defineMechanism, fails, holds } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { SHOWS, sourceIsBound } from '../../../lib/source-frames.ts';

type At = NonNullable<NonNullable<(typeof slotsExhausted)['facts']>['holds']>;

const short = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const at = (effect: Condition, which: 'holds' | 'asks'): At | null => (effect.facts as unknown as NonNullable<(typeof slotsExhausted)['facts']>)[which];

/** Work that has a slot asks for another one of the same channel: with enough of it at a time, all are had and none is left to ask for. */
export const slotsHeldByWaiters = defineMechanism({
  id: 'go/slots-held-by-waiters',
  title: 'work that has a slot waits for another one of the same channel',
  to: slotsExhausted,
  from: [{ kind: slotSection, role: 'defect', join: (effect, ask) => joinBy(slotSection, ask, (c) => (c.facts.channel === effect.facts['channel'] ? 'derived' : null)) }],
  because: ({ effect }) => {
    const has = at(effect, 'holds');
    const asks = at(effect, 'asks');
    const object = String(effect.facts['object']);
    if (has === null || asks === null) return `everybody who has a slot of ${object} waits for another one`;
    return `${short(has.function)} waits at line ${has.line} with a slot of ${object} for what ${short(asks.function)} does, which asks for another one at line ${asks.line}: all ${effect.facts['holders']} who have one do, and nobody gives one back`;
  },
  requires: [
    sourceIsBound(({ effect: { facts } }) => [
      {
        frame: { function: String(facts['waitFunction']), file: String(facts['file']), line: Number(facts['line']) },
        shows: [...(SHOWS['chan send'] ?? []), ...(SHOWS['chan receive'] ?? [])],
      },
    ]),
    {
      id: 'holders-wait',
      title: 'everybody who has a slot waits for another one',
      test: ({ effect }) => (effect.facts['how'] === 'held-by-waiters' ? holds(effect.says, effect.places, 'derived') : fails('slots were lost, not kept', effect.places)),
    },
  ],
  refutes: [],
  rivals: ['go/slot-not-returned'],
  order: 'standing',
  status: 'trial',
  culprits: ({ effect }): Culprit[] =>
    [at(effect, 'asks'), at(effect, 'holds')].flatMap((f) => (f === null ? [] : [{ kind: 'code', function: f.function, file: f.file, line: f.line }])),
  mitigation: () => 'a restart ends it until as many come at a time again; more slots only put it off',
  acceptedFalsePositives: ['goroutines of one type wait for slots of different channels of that type, and none of these is exhausted'],
});
