/** Crashes that only say that nothing went on: what stood still is in the goroutines of the same text. */
import { lockCycle } from '../../model/conditions/goroutines.ts';
import { type Condition, fails, holds, type Refuter } from '../../model/index.ts';

/** `fatal error: all goroutines are asleep`, or the alarm of package testing, which asks for the dump and is no defect. */
export const endedByStandstill = (crash: Condition): boolean => crash.facts['class'] === 'all-asleep' || String(crash.facts['message']).startsWith('test timed out after ');

/** A circle of locks in the same text says more than the first goroutine that waits. */
export const circleIsKnown: Refuter = {
  id: 'circle-is-known',
  title: 'the same text shows a circle of locks',
  decisive: true,
  test(link, ask) {
    const answer = ask.look(lockCycle);
    const circle = answer.state === 'observed' ? answer.conditions.find((c) => c.places.some((p) => link.effect.places.some((q) => q.artifact === p.artifact))) : undefined;
    return circle === undefined ? fails('no circle of locks is seen in it', link.effect.places) : holds(circle.says, circle.places);
  },
};
