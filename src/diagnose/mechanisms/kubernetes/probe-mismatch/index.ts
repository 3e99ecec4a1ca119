import { probeMismatch as mismatch } from '../../../../model/conditions/config.ts';
import { probeFailing } from '../../../../model/conditions/container.ts';
import { type Condition, defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { changedFields, type FieldTest, triggeredByRollout, undo } from '../../../lib/rollout-trigger.ts';

/** What says where to listen or where to ask. */
const where: FieldTest = (f, effect) => {
  const name = String(effect.facts['container']).replaceAll(/[^a-z0-9-]/g, '');
  if (new RegExp(`^containers\\[${name}\\]\\.(?:livenessProbe|readinessProbe|startupProbe|ports)`).test(f.path)) return true;
  return (
    new RegExp(`^containers\\[${name}\\]\\.(?:env\\[[^\\]]*(?:ADDR|PORT|LISTEN|BIND|HOST)[^\\]]*\\]|args|command)`, 'i').test(f.path) &&
    /:\d{2,5}\b|\b\d{4,5}\b/.test(`${f.before ?? ''} ${f.after ?? ''}`)
  );
};
const same = (effect: Condition, c: Condition): boolean =>
  isKind(c, mismatch) && isKind(effect, probeFailing) && c.facts.container === effect.facts.container && c.facts.probe === effect.facts.probe;

/** The program itself says where it can be asked, and the probe asks elsewhere. */
export const probeMismatch = defineMechanism({
  id: 'kubernetes/probe-mismatch',
  title: (link) => link.causes[0]?.says ?? 'the probe asks what the program does not offer',
  to: probeFailing,
  from: [
    { kind: mismatch, role: 'defect', join: (effect, ask) => joinBy(mismatch, ask, (c) => (same(effect, c) ? partOf(effect.entity, c.entity, ask) : null)) },
    triggeredByRollout(probeFailing, where),
  ],
  because: 'the kubelet asks the address and path of the template, whatever the program does',
  requires: [
    {
      id: 'refused-or-404',
      title: 'nobody is there: refused, or 404',
      test({ effect, causes }) {
        const c = causes[0];
        const how = c != null && isKind(c, mismatch) ? c.facts.how : '';
        const fits = how === 'path' ? effect.facts['how'] === 'status' : effect.facts['how'] === 'refused';
        return fits ? holds(String(effect.facts['message']), effect.places) : fails(`the probe fails otherwise: ${String(effect.facts['how'])}`, effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    const changed = changedFields(link.causes[1], where, link.effect);
    if (changed.length > 0) return changed.map((ref) => ({ kind: 'config' as const, ref }));
    return c != null && isKind(c, mismatch) ? [{ kind: 'config', ref: `${c.facts.referencedBy} asks ${c.facts.asked}` }] : [];
  },
  mitigation: (link) => undo(link.causes[1]),
  acceptedFalsePositives: [
    'a program that announces one listener and fails before its second, whose ports the template does not declare',
    'a handler that answers 404 on purpose while the program is not ready',
  ],
});
