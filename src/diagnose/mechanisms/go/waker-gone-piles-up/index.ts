import { bucketGrowing, wakerGone } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** Each call that waits for ever leaves one goroutine. */
export const wakerGonePilesUp = defineMechanism({
  id: 'go/waker-gone-piles-up',
  title: 'each call that waits for ended goroutines leaves one behind',
  to: bucketGrowing,
  from: [
    {
      kind: wakerGone,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(wakerGone, ask, (c) => (c.facts.function === effect.facts['function'] && c.facts.line === effect.facts['line'] ? tiedWithin(effect, c, ask, ['process']) : null)),
    },
  ],
  because: 'nobody is left who could end their wait',
  requires: [],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'code', function: String(link.effect.facts['function']), file: String(link.effect.facts['file']), line: Number(link.effect.facts['line']) }],
  acceptedFalsePositives: ['some of the crowd wait for goroutines that are still at work'],
});
