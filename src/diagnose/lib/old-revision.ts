/** Whether instances without the change did the same calls well. */
import { deadlineExceeded } from '../../model/conditions/calls.ts';
import { deadlineTooShort } from '../../model/conditions/config.ts';
import { type Ask, type Check, type Condition, fails, holds, isKind, type Link, unknown } from '../../model/index.ts';

type Failed = Condition<NonNullable<(typeof deadlineExceeded)['facts']>>;
/** Fewer answers say nothing. */
const LEAST = 10;

function failedOf(link: Link, ask: Ask): Failed | null {
  if (isKind(link.effect, deadlineExceeded)) return link.effect;
  if (!isKind(link.effect, deadlineTooShort)) return null;
  const { caller, callee } = link.effect.facts;
  const answer = ask.look(deadlineExceeded);
  return answer.state === 'observed' ? (answer.conditions.find((c) => c.facts.caller === caller && c.facts.callee === callee) ?? null) : null;
}

export const oldRevisionWell: Check = {
  id: 'old-revision-well',
  title: 'instances of the old revision did the same calls well',
  test(link, ask) {
    const c = failedOf(link, ask);
    if (c === null) return unknown('the failed calls were not captured', deadlineExceeded.next);
    const well = c.facts.instances.filter((i) => i['failed'] === 0 && Number(i['answered']) >= LEAST);
    const ill = c.facts.instances.filter((i) => Number(i['failed']) > 0);
    if (well.length > 0) return holds(`${well.map((i) => i['name']).join(', ')} answered ${well.reduce((n, i) => n + Number(i['answered']), 0)} requests without one`, c.places);
    // one log over the change: what was before the onset was the old setting
    if (c.onset.lastWell !== null && c.quantity?.baseline === 0) return holds('none before the onset', c.places);
    if (ill.length > 0 && c.onset.lastWell !== null) return fails('they were missed before, too', c.places);
    return unknown('no log of an instance of the old revision is at hand', 'kubectl logs of a pod of the old ReplicaSet, or the log from before the rollout');
  },
};
