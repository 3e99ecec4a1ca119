import { referenceMissing } from '../../../../model/conditions/config.ts';
import { podUnschedulable } from '../../../../model/conditions/workload.ts';
import { type Condition, defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';

const names = (effect: Condition, c: Condition): boolean =>
  isKind(c, referenceMissing) && isKind(effect, podUnschedulable) && effect.facts.message.includes(`"${c.facts.object.slice(c.facts.object.indexOf('/') + 1)}" not found`);

/** The scheduler looks for the claims of a pod before it looks at nodes. */
export const missingClaim = defineMechanism({
  id: 'kubernetes/missing-claim',
  title: (link) => link.causes[0]?.says ?? 'the pod names a claim that does not exist',
  to: podUnschedulable,
  from: [{ kind: referenceMissing, role: 'defect', join: (effect, ask) => joinBy(referenceMissing, ask, (c) => (names(effect, c) ? partOf(effect.entity, c.entity, ask) : null)) }],
  because: 'the scheduler places no pod whose claims do not exist',
  requires: [],
  confirms: [
    {
      id: 'scheduler-names-it',
      title: 'the scheduler names the missing claim',
      test: ({ effect, causes }) => {
        const c = causes[0];
        return c != null && names(effect, c) ? holds(String(effect.facts['message']), effect.places) : fails('it names another', effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    return c != null && isKind(c, referenceMissing)
      ? [{ kind: 'config', ref: `${c.facts.referencedBy}${c.facts.field === '' ? '' : ` spec.template.spec.${c.facts.field}`} → ${c.facts.object}` }]
      : [];
  },
  mitigation: () => 'create the missing claim: the scheduler tries again by itself',
  acceptedFalsePositives: ['a claim created moments later: then the state heals by itself'],
});
