import { registryRefuses as refuses } from '../../../../model/conditions/config.ts';
import { imageNotPulled } from '../../../../model/conditions/container.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { partOf } from '../../../lib/part-joins.ts';

export const registryRefuses = defineMechanism({
  id: 'kubernetes/registry-refuses',
  title: (link) => link.causes[0]?.says ?? 'the registry refuses the pull',
  to: imageNotPulled,
  from: [
    {
      kind: refuses,
      role: 'trigger',
      join: (effect, ask) =>
        joinBy(refuses, ask, (c) =>
          isKind(effect, imageNotPulled) && effect.facts.image === c.facts.image && effect.facts.class === c.facts.class ? partOf(effect.entity, c.entity, ask) : null,
        ),
    },
  ],
  because: 'the registry, its token server or the network on the way answered with a refusal or not at all; the reference may be right',
  requires: [],
  confirms: [
    {
      id: 'runtime-says-so',
      title: 'the runtime names the refusal',
      test: (link) =>
        isKind(link.effect, imageNotPulled) && link.effect.facts.class !== 'unknown'
          ? holds(link.effect.facts.message, link.effect.places)
          : fails('the message has no class', link.effect.places),
    },
  ],
  refutes: [],
  rivals: ['kubernetes/image-reference'],
  order: 'standing',
  status: 'established',
  culprits: (link) => [{ kind: 'endpoint', ref: isKind(link.effect, imageNotPulled) ? `registry of ${link.effect.facts.image}` : '' }],
  acceptedFalsePositives: ['"pull access denied … or may require authorization": Docker Hub says it for repositories that do not exist, too'],
});
