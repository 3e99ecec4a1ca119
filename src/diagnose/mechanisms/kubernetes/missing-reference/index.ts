import { rollout } from '../../../../model/conditions/change.ts';
import { referenceMissing } from '../../../../model/conditions/config.ts';
import { containerNotStarting } from '../../../../model/conditions/container.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { changedFields, type FieldTest, joinRollout, undo } from '../../../lib/rollout-trigger.ts';

/** The kubelet names the object (or the key); the template names it in this field. */
const names = (effect: Condition, cause: Condition): boolean => {
  if (!isKind(cause, referenceMissing) || !isKind(effect, containerNotStarting)) return false;
  const name = cause.facts.object.slice(cause.facts.object.indexOf('/') + 1);
  return effect.facts.message.includes(cause.facts.key ?? name);
};

const sameField = (effect: Condition, ask: Ask): FieldTest => {
  const answer = ask.look(referenceMissing);
  const fields = answer.state === 'observed' ? answer.conditions.filter((c) => names(effect, c)).map((c) => c.facts.field) : [];
  // a volume's change is told below its name: volumes[cfg].configMap.name
  return (f) => f.after !== null && fields.some((x) => x !== '' && (f.path === x || f.path.startsWith(`${x}.`) || f.path.startsWith(`${x}[`)));
};

export const missingReference = defineMechanism({
  id: 'kubernetes/missing-reference',
  title: (link) => link.causes[0]?.says ?? 'the template names an object that does not exist',
  to: containerNotStarting,
  from: [
    { kind: referenceMissing, role: 'defect', join: (effect, ask) => joinBy(referenceMissing, ask, (c) => (names(effect, c) ? partOf(effect.entity, c.entity, ask) : null)) },
    { kind: rollout, role: 'trigger', optional: true, join: (effect, ask) => joinRollout(effect, containerNotStarting, sameField(effect, ask), ask) },
  ],
  because: 'the kubelet builds the environment and the volumes of a container before it creates it, and waits for what is missing',
  requires: [],
  confirms: [
    {
      id: 'kubelet-names-it',
      title: 'the message of the kubelet names the missing object or key',
      test(link) {
        const c = link.causes[0];
        return c != null && names(link.effect, c) ? holds(String(link.effect.facts['message']), link.effect.places) : fails('the message names another', link.effect.places);
      },
    },
  ],
  refutes: [
    {
      id: 'optional',
      title: 'the reference is optional',
      decisive: true,
      test(link) {
        const c = link.causes[0];
        return c != null && isKind(c, referenceMissing) && c.facts.optional
          ? holds('it is marked optional: the kubelet goes on without it', c.places)
          : fails('it is required', c?.places ?? []);
      },
    },
  ],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits(link, ask) {
    const c = link.causes[0];
    if (c == null || !isKind(c, referenceMissing)) return [];
    const changed = changedFields(link.causes[1], sameField(link.effect, ask), link.effect);
    const field = c.facts.field === '' ? '' : ` spec.template.spec.${c.facts.field}`;
    return [
      { kind: 'config', ref: `${c.facts.referencedBy}${field} → ${c.facts.object}${c.facts.key === null ? '' : ` key ${c.facts.key}`}` },
      ...changed.map((ref) => ({ kind: 'config' as const, ref })),
    ];
  },
  mitigation: (link) => undo(link.causes[1]) ?? 'create the missing object or key: the kubelet retries by itself',
  acceptedFalsePositives: ['an object created moments later: then the state heals by itself and only the order of creation was wrong'],
});
