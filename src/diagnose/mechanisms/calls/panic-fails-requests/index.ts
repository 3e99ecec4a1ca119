import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { processCrashed } from '../../../../model/conditions/crash.ts';
import { defineMechanism, fails, holds, isKind, type Link, service } from '../../../../model/index.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { joinBy } from '../../../lib/join.ts';

const panics = (link: Link) => (link.causes[0] != null && isKind(link.causes[0], processCrashed) ? link.causes[0] : null);

/** Records of one request are written within this of each other. */
const TOGETHER_NS = 2_000_000_000n;

/** A middleware that recovers turns each panic into one answer of 500. */
export const panicFailsRequests = defineMechanism({
  id: 'calls/panic-fails-requests',
  title: 'requests fail because their handler panics, and a middleware recovers it',
  to: requestsFailing,
  from: [
    {
      kind: processCrashed,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(processCrashed, ask, (c) => (isKind(effect, requestsFailing) && c.facts.recovered ? ask.identity.within(c.entity, service(effect.facts.service), 'service') : null)),
    },
  ],
  because: 'the handler that panics has no answer to give: whoever recovers the panic answers with an error in its place',
  requires: [
    {
      id: 'as-many',
      title: 'about as many requests fail as panics were recovered, and not from another moment on',
      test(link) {
        const failing = isKind(link.effect, requestsFailing) ? link.effect : null;
        const crash = panics(link);
        const failed = failing?.facts.count ?? 0;
        const count = crash?.facts.count ?? 0;
        const began = failing?.onset.firstIll ?? null;
        const first = crash?.onset.firstIll ?? null;
        const untimed = began === null || first === null ? '; that they began together is not known: no time stands beside one of them' : '';
        const says = `${failed} failed requests, ${count} recovered panics${untimed}`;
        const apart = began === null || first === null ? 0n : began > first ? began - first : first - began;
        const alike = failed > 0 && count >= 0.5 * failed && apart <= TOGETHER_NS;
        return alike
          ? holds(says, [...link.effect.places, ...(crash?.places ?? [])])
          : fails(apart > TOGETHER_NS ? `${says}, which began at other times` : says, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  accounts: countedShare(requestsFailing, (link) => panics(link)?.facts.count),
  leastShare: 0.5,
  order: 'same-record',
  status: 'trial',
  culprits: () => [],
  acceptedFalsePositives: ['requests of another route that fail as often, from the same second on, for a reason they do not log'],
});
