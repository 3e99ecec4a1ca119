import { rollout } from '../../../../model/conditions/change.ts';
import { containerCrashLooping, containerOomKilled } from '../../../../model/conditions/container.ts';
import { type Condition, defineMechanism, fails, holds, isKind, unknown } from '../../../../model/index.ts';
import { bytesOf } from '../../../lib/byte-quantity.ts';
import { changedFields, type FieldTest, failsOnOld, joinRollout, undo } from '../../../lib/rollout-trigger.ts';

/** The limit of the killed container, smaller than before (or set where there was none). */
const lowered: FieldTest = (f, effect) => {
  if (f.path !== `containers[${String(effect.facts['container'])}].resources.limits.memory` || f.after === null) return false;
  const after = bytesOf(f.after);
  const before = f.before === null ? null : bytesOf(f.before);
  return after !== null && (f.before === null || (before !== null && after < before));
};
const inForce = (effect: Condition, c: Condition | null | undefined): boolean | null => {
  const limit = isKind(effect, containerOomKilled) ? effect.facts.limitBytes : null;
  if (limit === null || c == null || !isKind(c, rollout)) return null;
  return c.facts.fields.some((f) => lowered(f, effect) && bytesOf(f.after ?? '') === limit);
};

/** Less memory than the program needed all along: nothing has to grow. */
export const limitLowered = defineMechanism({
  id: 'kubernetes/limit-lowered',
  title: (link) => `${link.causes[0]?.says ?? 'a rollout lowers the memory limit'}, less than the program needs`,
  to: containerOomKilled,
  from: [{ kind: rollout, role: 'trigger', join: (effect, ask) => joinRollout(effect, containerOomKilled, lowered, ask) }],
  because: 'the same working set stood under the old limit and stands above the new one',
  requires: [
    {
      id: 'limit-in-force',
      title: 'the container was killed at the new limit',
      test(link) {
        const at = inForce(link.effect, link.causes[0]);
        if (at === null) return unknown('the limit of the killed container is not known', 'kubectl get pod POD -o json (resources.limits.memory)');
        return at ? holds('the limit in force is the lowered one', link.effect.places) : fails('the limit in force is another', link.effect.places);
      },
    },
  ],
  supports: [
    {
      id: 'old-template-well',
      title: 'pods of the old template were not killed',
      test(link, ask) {
        const c = link.causes[0];
        if (c == null || !isKind(c, rollout)) return unknown('no rollout', '');
        const old = failsOnOld(containerOomKilled, c, ask);
        return old.length === 0
          ? holds('none of its pods is seen killed', c.places)
          : fails(
              'they were killed, too',
              old.flatMap((x) => x.places),
            );
      },
    },
  ],
  refutes: [
    {
      id: 'old-template-loops',
      title: 'pods of the old template restarted again and again as well',
      decisive: true,
      test(link, ask) {
        const c = link.causes[0];
        if (c == null || !isKind(c, rollout)) return unknown('no rollout', rollout.next);
        const old = failsOnOld(containerCrashLooping, c, ask);
        return old.length > 0 ? holds(old[0]?.says ?? '', old.flatMap((x) => x.places).slice(0, 2)) : fails('none is seen', c.places);
      },
    },
  ],
  rivals: ['memory/growth-reaches-limit'],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => changedFields(link.causes[0], lowered, link.effect).map((ref) => ({ kind: 'config' as const, ref })),
  mitigation: (link) => undo(link.causes[0]),
  acceptedFalsePositives: ['a program that leaks and would have reached the old limit as well, later'],
});
