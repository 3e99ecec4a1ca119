import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { errorBurst } from '../../../../model/conditions/logs.ts';
import { defineMechanism, fails, holds, isKind, type Link, type Strength, service } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const callee = (link: Link) => (link.causes[0] != null && isKind(link.causes[0], requestsFailing) ? link.causes[0] : null);

/** A caller logs the errors its callee answers. */
export const errorsFromFailingCallee = defineMechanism({
  id: 'logs/errors-from-failing-callee',
  title: (link) => `the surging error text reports answers of ${callee(link)?.facts.service ?? 'a callee'}`,
  to: errorBurst,
  from: [
    {
      kind: requestsFailing,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(requestsFailing, ask, (c): Strength | null => {
          if (!isKind(effect, errorBurst) || c.facts.service === effect.facts.service) return null;
          if (effect.facts.callee === c.facts.service) return 'stated';
          return ask.identity.neighbours(service(effect.facts.service), 'calls').find((r) => r.entity.kind === 'service' && r.entity.key === c.facts.service)?.strength ?? null;
        }),
    },
  ],
  because: 'the caller logs an error for each failed answer of the service it calls',
  requires: [
    {
      id: 'names-it',
      title: 'the error text names the callee or the code it answered',
      test(link) {
        const c = callee(link)?.facts;
        const text = isKind(link.effect, errorBurst) ? link.effect.facts.example : '';
        const named = c !== undefined && (new RegExp(`\\b${c.code.replaceAll(/\W/g, '')}\\b`).test(text) || text.includes(c.service));
        return named
          ? holds(`it names ${text.includes(c?.service ?? ' ') ? c?.service : `code ${c?.code}`}`, link.effect.places)
          : fails('the error text names neither the callee nor its code', link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['logs/errors-from-deadline'],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => {
    const c = callee(link);
    return c === null ? [] : [{ kind: 'endpoint', ref: `${c.facts.service}${c.facts.route === null ? '' : ` ${c.facts.route}`}` }];
  },
  acceptedFalsePositives: ['a text that holds the same number for another reason'],
});
