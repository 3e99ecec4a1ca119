import { processCrashed } from '../../../../model/conditions/crash.ts';
import { errorBurst } from '../../../../model/conditions/logs.ts';
import { defineMechanism, fails, holds, isKind, type Link } from '../../../../model/index.ts';
import { joinNear, tiedWithin } from '../../../lib/join.ts';

const message = (link: Link): string => (link.causes[0] != null && isKind(link.causes[0], processCrashed) ? link.causes[0].facts.message : '');

/** A recovered panic is logged as an error by whoever recovered it. */
export const errorsFromCrash = defineMechanism({
  id: 'logs/errors-from-crash',
  title: 'the surging error text reports a panic',
  to: errorBurst,
  from: [
    {
      kind: processCrashed,
      role: 'amplifier',
      join: (effect, ask) =>
        joinNear(processCrashed, effect, ask, ['process', 'container', 'workload', 'service'], (c) => tiedWithin(effect, c, ask, ['process', 'container', 'workload', 'service'])),
    },
  ],
  because: 'the handler or middleware that recovers a panic logs it as an error',
  requires: [
    {
      id: 'same-words',
      title: 'the error text holds the panic’s message',
      test(link) {
        const text = isKind(link.effect, errorBurst) ? link.effect.facts.example : '';
        const said = firstWords(message(link));
        const same = said !== '' && text.includes(said);
        return same ? holds(`both say "${said}"`, link.effect.places) : fails('the error text says something else than the panic', link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: () => [],
  acceptedFalsePositives: ['an unrelated error that quotes the same runtime text'],
});

/** The message up to its first variable part: addresses and indices differ from crash to crash. */
function firstWords(text: string): string {
  const line = text.split('\n')[0] ?? '';
  const said = line.replace(/^(?:panic|fatal error): /, '');
  const cut = said.search(/ 0x|\[\d/);
  return (cut > 12 ? said.slice(0, cut) : said).slice(0, 80).trim();
}
