import { commandWrong as wrong } from '../../../../model/conditions/config.ts';
import { containerNotStarting } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { changedFields, type FieldTest, triggeredByRollout, undo } from '../../../lib/rollout-trigger.ts';

const commandField: FieldTest = (f, effect) =>
  new RegExp(`^(?:initC|c)ontainers\\[${String(effect.facts['container']).replaceAll(/[^a-z0-9-]/g, '')}\\]\\.(?:command|args|image)`).test(f.path);

export const commandWrong = defineMechanism({
  id: 'kubernetes/command-wrong',
  title: (link) => link.causes[0]?.says ?? 'the container is started with a wrong command',
  to: containerNotStarting,
  from: [
    {
      kind: wrong,
      role: 'defect',
      join: (effect, ask) => joinBy(wrong, ask, (c) => (c.facts.container === String(effect.facts['container']) ? partOf(effect.entity, c.entity, ask) : null)),
    },
    triggeredByRollout(containerNotStarting, commandField),
  ],
  because: 'the runtime could not find or execute what the template names as command',
  requires: [],
  confirms: [
    {
      id: 'runtime-says-so',
      title: 'the runtime names the command',
      test(link) {
        const c = link.causes[0];
        return c != null && isKind(c, wrong) && c.facts.message === String(link.effect.facts['message'])
          ? holds(c.facts.message, link.effect.places)
          : fails('it does not', link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const changed = changedFields(link.causes[1], commandField, link.effect);
    const c = link.causes[0];
    return changed.length > 0
      ? changed.map((ref) => ({ kind: 'config' as const, ref }))
      : [{ kind: 'config', ref: `${c?.entity.key ?? ''} containers[${String(link.effect.facts['container'])}].command` }];
  },
  mitigation: (link) => undo(link.causes[1]),
  acceptedFalsePositives: ['a right command and an image that lacks it: then the image is the defect'],
});
