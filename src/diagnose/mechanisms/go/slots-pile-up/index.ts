import { bucketGrowing, slotsExhausted } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** Each call that needs a slot adds one goroutine. */
export const slotsPileUp = defineMechanism({
  id: 'go/slots-pile-up',
  title: 'goroutines queue for slots that nobody gives back',
  to: bucketGrowing,
  from: [
    {
      kind: slotsExhausted,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(slotsExhausted, ask, (c) =>
          c.facts.waitFunction === effect.facts['function'] && c.facts.line === effect.facts['line'] ? tiedWithin(effect, c, ask, ['process']) : null,
        ),
    },
  ],
  because: 'no slot comes free any more: none of them ever gets one',
  requires: [],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'code', function: String(link.effect.facts['function']), file: String(link.effect.facts['file']), line: Number(link.effect.facts['line']) }],
  acceptedFalsePositives: ['some of the crowd wait for a slot of another channel of the same type'],
});
