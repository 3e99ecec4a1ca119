import { commandWrong } from '../../../../model/conditions/config.ts';
import { containerExited } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds, isKind, unknown } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { changedFields, type FieldTest, triggeredByRollout, undo } from '../../../lib/rollout-trigger.ts';

const argsField: FieldTest = (f, effect) => new RegExp(`^containers\\[${String(effect.facts['container']).replaceAll(/[^a-z0-9-]/g, '')}\\]\\.(?:command|args|image)`).test(f.path);

/** Package flag prints what it does not know and ends the program with exit code 2, as a panic does. */
export const flagEndsProcess = defineMechanism({
  id: 'kubernetes/flag-ends-process',
  title: (link) => link.causes[0]?.says ?? 'the program refuses its command line',
  to: containerExited,
  from: [
    {
      kind: commandWrong,
      role: 'defect',
      join: (effect, ask) => joinBy(commandWrong, ask, (c) => (c.facts.container === String(effect.facts['container']) ? partOf(effect.entity, c.entity, ask) : null)),
    },
    triggeredByRollout(containerExited, argsField),
  ],
  because: 'flag.ExitOnError ends the program with exit code 2 before main has done anything',
  requires: [
    {
      id: 'exit-code-2',
      title: 'the container ended with exit code 2',
      test(link) {
        if (!isKind(link.effect, containerExited) || link.effect.facts.exitCode === null) return unknown('the exit code is not known', containerExited.next);
        return link.effect.facts.exitCode === 2 ? holds('exit code 2', link.effect.places) : fails(`exit code ${link.effect.facts.exitCode}`, link.effect.places);
      },
    },
  ],
  confirms: [{ id: 'program-says-so', title: 'the program names the flag', test: (link) => holds(String(link.causes[0]?.facts['message'] ?? ''), link.causes[0]?.places ?? []) }],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const changed = changedFields(link.causes[1], argsField, link.effect);
    return changed.length > 0
      ? changed.map((ref) => ({ kind: 'config' as const, ref }))
      : [{ kind: 'config', ref: `${link.causes[0]?.entity.key ?? ''} containers[${String(link.effect.facts['container'])}].args` }];
  },
  mitigation: (link) => undo(link.causes[1]),
  acceptedFalsePositives: ['a subcommand with its own flags that is run by the program itself'],
});
