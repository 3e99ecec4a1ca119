import { calleeLatency, requestsSlow } from '../../../../model/conditions/calls.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { becameSlower, latencyOf } from '../../../lib/slow-callee.ts';

/** The same slowness as its users see it: what made those requests slow made the callee slow. */
export const slowRequestsSlowCallee = defineMechanism({
  id: 'calls/slow-requests-slow-callee',
  title: (link) => `requests of ${latencyOf(link.effect)?.facts.service ?? 'the callee'} are slow for all who ask`,
  to: calleeLatency,
  from: [
    {
      kind: requestsSlow,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(requestsSlow, ask, (c) => {
          const l = latencyOf(effect);
          return l !== null && c.facts.service === l.facts.service && (c.facts.route === null || l.facts.route === null || bare(c.facts.route) === bare(l.facts.route))
            ? 'stated'
            : null;
        }),
    },
  ],
  because: 'its latency and its request durations are two measures of one thing',
  requires: [becameSlower],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => {
    const c = link.causes[0];
    return c != null && isKind(c, requestsSlow) ? [{ kind: 'endpoint', ref: `${c.facts.service}${c.facts.route === null ? '' : ` ${c.facts.route}`}` }] : [];
  },
  acceptedFalsePositives: ['two measures of one service that rise at different times'],
});

/** Logs and metrics name a route with and without its method. */
const bare = (route: string): string => route.replace(/^[A-Z]{3,7} /, '');
