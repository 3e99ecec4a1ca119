import { settingMissing as missing } from '../../../../model/conditions/config.ts';
import { containerExited } from '../../../../model/conditions/container.ts';
import { type Condition, defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { changedFields, type FieldTest, triggeredByRollout, undo } from '../../../lib/rollout-trigger.ts';

/** Where a setting comes from: its own entry, or all that a ConfigMap, a Secret or the command line hand over. */
const handsOver: FieldTest = (f, effect) => {
  const name = String(effect.facts['container']).replaceAll(/[^a-z0-9-]/g, '');
  return (
    new RegExp(`^(?:initC|c)ontainers\\[${name}\\]\\.(?:env|envFrom|args|command|image)(?:[.[]|$)`).test(f.path) &&
    (f.path.includes('.image') || f.after === null || f.path.includes('envFrom'))
  );
};
const same = (effect: Condition, c: Condition): boolean => isKind(c, missing) && c.facts.container === effect.facts['container'];

export const settingMissing = defineMechanism({
  id: 'kubernetes/setting-missing',
  title: (link) => link.causes[0]?.says ?? 'a setting the program needs is not there',
  to: containerExited,
  from: [
    { kind: missing, role: 'defect', join: (effect, ask) => joinBy(missing, ask, (c) => (same(effect, c) ? partOf(effect.entity, c.entity, ask) : null)) },
    triggeredByRollout(containerExited, handsOver),
  ],
  because: 'the program checks its settings first and ends itself where one is missing',
  requires: [
    {
      id: 'ended-by-itself',
      title: 'the program ended by itself',
      test({ effect }) {
        const code = effect.facts['exitCode'];
        return typeof code === 'number' && code > 0 && code < 128 ? holds(`exit code ${code}`, effect.places) : fails(`exit code ${String(code ?? '?')}`, effect.places);
      },
    },
  ],
  confirms: [
    {
      id: 'program-says-so',
      title: 'the last the program says names the setting',
      test: ({ effect, causes }) => {
        const c = causes[0];
        return c != null && isKind(c, missing) ? holds(c.facts.message, c.places) : fails('it does not', effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    const changed = changedFields(link.causes[1], handsOver, link.effect);
    const own = c != null && isKind(c, missing) ? [{ kind: 'config' as const, ref: `${c.facts.owner} containers[${c.facts.container}]: ${c.facts.setting} is not set` }] : [];
    return [...own, ...changed.map((ref) => ({ kind: 'config' as const, ref }))];
  },
  mitigation: (link) => undo(link.causes[1]),
  acceptedFalsePositives: ['a setting that is set but refused as empty or malformed in the same words'],
});
