import { calleeLatency } from '../../../../model/conditions/calls.ts';
import { deadlineExhausted } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

/** Who spent the time says so itself. */
export const slowCalleeSpendsBudget = defineMechanism({
  id: 'calls/slow-callee-spends-budget',
  title: 'an earlier call of the trace became slower',
  to: deadlineExhausted,
  from: [
    {
      kind: calleeLatency,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(calleeLatency, ask, (l) =>
          isKind(effect, deadlineExhausted) &&
          effect.facts.how === 'call' &&
          l.facts.service === effect.facts.spentOn &&
          !l.facts.steady &&
          (l.facts.route === null || effect.facts.spentRoute === null || l.facts.route.endsWith(effect.facts.spentRoute))
            ? 'stated'
            : null,
        ),
    },
  ],
  because: 'by its own measure it takes longer than before, in the very traces whose later call misses the deadline',
  requires: [],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => (isKind(link.effect, deadlineExhausted) ? [{ kind: 'endpoint', ref: link.effect.facts.spentOn }] : []),
  acceptedFalsePositives: ['a callee that became slower on another route as well'],
});
