import { outsideLimitRange } from '../../../../model/conditions/config.ts';
import { podsNotCreated } from '../../../../model/conditions/workload.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { type FieldTest, triggeredByRollout, undo } from '../../../lib/rollout-trigger.ts';

const resources: FieldTest = (f) => /\.resources\.(?:limits|requests)\./.test(f.path);

export const limitRange = defineMechanism({
  id: 'kubernetes/limit-range',
  title: (link) => link.causes[0]?.says ?? 'the template is outside the LimitRange',
  to: podsNotCreated,
  from: [
    {
      kind: outsideLimitRange,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(outsideLimitRange, ask, (c) => (isKind(effect, podsNotCreated) && effect.facts.reason === 'limit-range' ? partOf(effect.entity, c.entity, ask) : null)),
    },
    triggeredByRollout(podsNotCreated, resources),
  ],
  because: 'the LimitRanger plugin refuses a pod whose requests or limits are outside the bounds of the namespace',
  requires: [],
  confirms: [
    {
      id: 'refusal-names-it',
      title: 'the refusal names the bound and what was asked',
      test: (link) => (/usage per/.test(String(link.effect.facts['message'])) ? holds(String(link.effect.facts['message']), link.effect.places) : fails('it does not', [])),
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => [{ kind: 'config', ref: `${link.causes[0]?.entity.key ?? ''} containers[].resources (or the LimitRange of the namespace)` }],
  mitigation: (link) => undo(link.causes[1]),
  acceptedFalsePositives: [],
});
