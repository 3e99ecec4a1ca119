import { processCrashed } from '../../../../model/conditions/crash.ts';
import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, fails } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { endedByStandstill } from '../../../lib/standstill.ts';

/** The runtime ends a process in which nothing can run any more, package testing one that takes too long: both print who waits for whom. */
export const standstillEndsProcess = defineMechanism({
  id: 'go/standstill-ends-process',
  title: 'nothing goes on behind a lock that is never given back',
  to: processCrashed,
  from: [
    {
      kind: lockCycle,
      role: 'amplifier',
      join: (effect, ask) =>
        endedByStandstill(effect)
          ? joinBy(lockCycle, ask, (cause) => (cause.places.some((p) => effect.places.some((q) => q.artifact === p.artifact)) ? tiedWithin(effect, cause, ask, ['process']) : null))
          : fails('the text is of another class than a standstill', effect.places),
    },
  ],
  because: (link) => `${link.causes[0]?.says ?? 'goroutines wait for a lock'}: the same text shows it`,
  requires: [],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: () => [],
  acceptedFalsePositives: ['a test that was slow for another reason while two of its goroutines also stood still'],
});
