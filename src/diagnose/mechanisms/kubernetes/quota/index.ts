import { scaled } from '../../../../model/conditions/change.ts';
import { quotaExhausted } from '../../../../model/conditions/config.ts';
import { podsNotCreated } from '../../../../model/conditions/workload.ts';
import { defineMechanism, entityId, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const namespaceOf = (key: string): string => key.slice(0, key.indexOf('/'));

export const quota = defineMechanism({
  id: 'kubernetes/quota',
  title: (link) => link.causes[0]?.says ?? 'a quota leaves no room',
  to: podsNotCreated,
  from: [
    {
      kind: quotaExhausted,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(quotaExhausted, ask, (c) =>
          isKind(effect, podsNotCreated) && effect.facts.quota === c.facts.quota && namespaceOf(c.entity.key) === namespaceOf(effect.entity.key) ? 'stated' : null,
        ),
    },
    {
      kind: scaled,
      role: 'trigger',
      optional: true,
      join: (effect, ask) =>
        joinBy(scaled, ask, (c) =>
          c.facts.to > c.facts.from ? (ask.identity.lift(effect.entity, 'workload').find((r) => entityId(r.entity) === entityId(c.entity))?.strength ?? null) : null,
        ),
    },
  ],
  because: 'the quota plugin refuses a pod whose requests or limits would take the namespace past its quota',
  requires: [],
  confirms: [
    {
      id: 'refusal-names-it',
      title: 'the refusal names the quota with requested, used and limited amounts',
      test: (link) => {
        const c = link.causes[0];
        return c != null && isKind(c, quotaExhausted) && c.facts.limited !== ''
          ? holds(`${c.facts.resource}: ${c.facts.requested} asked, ${c.facts.used} of ${c.facts.limited} used`, c.places)
          : fails('the refusal carries no amounts', link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    return c != null && isKind(c, quotaExhausted) ? [{ kind: 'config', ref: `resourcequota/${c.facts.quota} spec.hard[${c.facts.resource}]=${c.facts.limited}` }] : [];
  },
  mitigation: () => 'raise the quota, lower requests and limits of the pods, or ask for fewer replicas',
  acceptedFalsePositives: ['a quota that is meant to stop exactly this: then the number of replicas is wrong, not the quota'],
});
