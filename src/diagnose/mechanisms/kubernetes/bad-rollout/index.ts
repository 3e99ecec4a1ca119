import { rollout } from '../../../../model/conditions/change.ts';
import { containerCrashLooping, containerExited } from '../../../../model/conditions/container.ts';
import { type Ask, defineMechanism, fails, holds, isKind, type Link, unknown } from '../../../../model/index.ts';
import { changedFields, type FieldTest, failsOnOld, joinRollout, undo } from '../../../lib/rollout-trigger.ts';

/** What the program is: another image, another command line. A changed setting needs a mechanism that ties it to the failure. */
const program: FieldTest = (f, effect) =>
  f.after !== null && new RegExp(`^containers\\[${String(effect.facts['container']).replaceAll(/[^a-z0-9-]/g, '')}\\]\\.(?:image|command|args)(?:\\[|$)`).test(f.path);

const old = (link: Link, ask: Ask): boolean | null => {
  const c = link.causes[0];
  if (c == null || !isKind(c, rollout) || c.facts.toName === null) return null;
  return failsOnOld(containerExited, c, ask).length > 0 || failsOnOld(containerCrashLooping, c, ask).length > 0;
};

export const badRollout = defineMechanism({
  id: 'kubernetes/bad-rollout',
  title: (link) => `${link.causes[0]?.says ?? 'a rollout'}: the new program ends, the old one did not`,
  to: containerExited,
  from: [{ kind: rollout, role: 'trigger', join: (effect, ask) => joinRollout(effect, containerExited, program, ask) }],
  because: 'only pods of the new template end; the old template under the same load did not',
  requires: [
    {
      id: 'old-template-well',
      title: 'pods of the old template do not end in this way',
      test(link, ask) {
        const sick = old(link, ask);
        if (sick === null) return unknown('the ReplicaSets were not captured', rollout.next);
        return sick
          ? fails('pods of both templates end: the environment or a dependency', link.causes[0]?.places ?? [])
          : holds('none of its pods is seen ending', link.causes[0]?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => changedFields(link.causes[0], program, link.effect).map((ref) => ({ kind: 'config' as const, ref })),
  mitigation: (link) => undo(link.causes[0]),
  acceptedFalsePositives: ['a dependency that failed at the very moment of the rollout, when no old pod was left to show it'],
});
