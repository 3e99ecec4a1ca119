import { deniedByPolicy } from '../../../../model/conditions/config.ts';
import { podsNotCreated } from '../../../../model/conditions/workload.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';

export const admissionDenied = defineMechanism({
  id: 'kubernetes/admission-denied',
  title: (link) => link.causes[0]?.says ?? 'an admission policy refuses the pod',
  to: podsNotCreated,
  from: [
    {
      kind: deniedByPolicy,
      role: 'trigger',
      join: (effect, ask) =>
        joinBy(deniedByPolicy, ask, (c) => (isKind(effect, podsNotCreated) && effect.facts.reason === 'admission' ? partOf(effect.entity, c.entity, ask) : null)),
    },
  ],
  because: 'the API server asks webhooks and policies before it stores a pod, and keeps to their answer',
  requires: [],
  confirms: [
    {
      id: 'refusal-names-it',
      title: 'the refusal names the webhook or policy',
      test(link) {
        const c = link.causes[0];
        return c != null && isKind(c, deniedByPolicy) && c.facts.by !== null ? holds(c.facts.message, link.effect.places) : fails('it names none', link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const c = link.causes[0];
    return c != null && isKind(c, deniedByPolicy) ? [{ kind: 'object', ref: c.facts.by ?? '' }] : [];
  },
  acceptedFalsePositives: ['a policy that is right: then the template is the defect'],
});
