import { imageReferenceWrong } from '../../../../model/conditions/config.ts';
import { imageNotPulled } from '../../../../model/conditions/container.ts';
import { type Condition, defineMechanism, fails, holds, isKind, unknown } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';
import { changedFields, type FieldTest, triggeredByRollout, undo } from '../../../lib/rollout-trigger.ts';

const imageField: FieldTest = (f, effect) => isKind(effect, imageNotPulled) && f.path === `containers[${effect.facts.container}].image` && f.after === effect.facts.image;
const sameImage = (effect: Condition, image: string): boolean => isKind(effect, imageNotPulled) && effect.facts.image === image;

export const imageReference = defineMechanism({
  id: 'kubernetes/image-reference',
  title: (link) => link.causes[0]?.says ?? 'the image reference names nothing',
  to: imageNotPulled,
  from: [
    {
      kind: imageReferenceWrong,
      role: 'defect',
      join: (effect, ask) => joinBy(imageReferenceWrong, ask, (c) => (sameImage(effect, c.facts.image) ? partOf(effect.entity, c.entity, ask) : null)),
    },
    triggeredByRollout(imageNotPulled, imageField),
  ],
  because: 'the registry answered that it has no such repository, tag or platform',
  requires: [],
  confirms: [
    {
      id: 'registry-says-so',
      title: 'the registry itself answers "not found"',
      test: (link) =>
        isKind(link.effect, imageNotPulled) && ['not-found', 'name', 'platform'].includes(link.effect.facts.class)
          ? holds(link.effect.facts.message, link.effect.places)
          : fails('the message is of another class', link.effect.places),
    },
  ],
  refutes: [
    {
      id: 'pulled-elsewhere',
      title: 'another pod pulled the same reference in the same window',
      test(link, ask) {
        // a node that has the image cached proves nothing; only a pull that failed elsewhere for another reason would speak against it
        const answer = ask.look(imageNotPulled);
        if (answer.state !== 'observed') return unknown('no other pulls were captured', imageNotPulled.next);
        const other = answer.conditions.find(
          (c) => c.id !== link.effect.id && sameImage(link.effect, c.facts.image) && ['unauthorized', 'x509', 'timeout', 'unreachable', 'rate-limit'].includes(c.facts.class),
        );
        return other === undefined ? fails('no pull of it failed for another reason', link.effect.places) : holds(other.says, other.places);
      },
    },
  ],
  rivals: ['kubernetes/registry-refuses'],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const c = link.causes[0];
    const changed = changedFields(link.causes[1], imageField, link.effect);
    if (changed.length > 0) return changed.map((ref) => ({ kind: 'config' as const, ref }));
    return c != null && isKind(c, imageReferenceWrong) ? [{ kind: 'config', ref: `${c.facts.referencedBy}=${c.facts.image}` }] : [];
  },
  mitigation: (link) => undo(link.causes[1]),
  acceptedFalsePositives: ['registries that answer "not found" for what the caller may not see'],
});
