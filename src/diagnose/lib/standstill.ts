/** Crashes that only say that nothing went on: what stood still is in the goroutines of the same text. */
import { processCrashed } from '../../model/conditions/crash.ts';
import { lockCycle, lockKept, slotsExhausted, wakerGone } from '../../model/conditions/goroutines.ts';
import { type Condition, type Facts, fails, holds, type Kind, type Link, type Mechanism, type Refuter } from '../../model/index.ts';
import { joinBy, tiedWithin } from './join.ts';

/** `fatal error: all goroutines are asleep`, or the alarm of package testing, which asks for the dump and is no defect. */
export const endedByStandstill = (crash: Condition): boolean => crash.facts['class'] === 'all-asleep' || String(crash.facts['message']).startsWith('test timed out after ');

const inOneText = (a: Condition, b: Condition): boolean => a.places.some((p) => b.places.some((q) => p.artifact === q.artifact));

/** What stands still in the same text says more than the first goroutine that waits. */
export const standstillIsKnown: Refuter = {
  id: 'standstill-is-known',
  title: 'the same text shows who waits for whom',
  decisive: true,
  test({ effect }, ask) {
    for (const kind of [lockCycle, lockKept, slotsExhausted, wakerGone] as unknown as Kind[]) {
      const answer = ask.look(kind);
      const known = answer.state === 'observed' ? answer.conditions.find((c) => inOneText(c, effect)) : undefined;
      if (known !== undefined) return holds(known.says, known.places);
    }
    return fails('nothing else in it tells who waits for whom', effect.places);
  },
};

/** The runtime ends a process in which nothing can run any more, package testing one that takes too long: both print who waits for whom. */
export const endsProcess = <F extends Facts>(kind: Kind<F>) =>
  ({
    to: processCrashed,
    from: [
      {
        kind: kind as unknown as Kind,
        role: 'amplifier',
        join: (effect, ask) =>
          endedByStandstill(effect)
            ? joinBy(kind, ask, (cause) => (inOneText(cause, effect) ? tiedWithin(effect, cause, ask, ['process']) : null))
            : fails('the text is of another class than a standstill', effect.places),
      },
    ],
    because: (link: Link) => `${link.causes[0]?.says ?? kind.title}: the same text shows it`,
    requires: [],
    refutes: [],
    rivals: [],
    order: 'same-record',
    status: 'established',
    culprits: () => [],
    acceptedFalsePositives: ['a test that was slow for another reason while two of its goroutines also stood still'],
  }) satisfies Partial<Mechanism>;
