import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { errorBurst } from '../../../../model/conditions/logs.ts';
import { defineMechanism, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

/** The records that surge are those that report the missed deadlines: one harm, told twice. */
export const errorsFromDeadline = defineMechanism({
  id: 'logs/errors-from-deadline',
  title: 'the surging error text reports calls over their deadline',
  to: errorBurst,
  from: [
    {
      kind: deadlineExceeded,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(deadlineExceeded, ask, (c) => {
          if (!isKind(effect, errorBurst) || effect.facts.service !== c.facts.caller || effect.facts.ends === null || effect.facts.ends === 'canceled') return null;
          // another callee's timeouts at the same time are another matter
          return effect.facts.callee === null || c.facts.callee === null || effect.facts.callee === c.facts.callee ? 'stated' : null;
        }),
    },
  ],
  because: 'the caller logs an error for each call that ends at its deadline',
  requires: [],
  refutes: [],
  rivals: [],
  accounts: (link) => {
    const a = link.effect.quantity;
    const c = link.causes[0];
    if (a?.known !== 'counted' || c == null || !isKind(c, deadlineExceeded) || c.quantity?.known !== 'counted') return null;
    return Math.min(1, c.facts.count / Math.max(1, a.value));
  },
  leastShare: 0.3,
  order: 'same-record',
  status: 'established',
  culprits: () => [],
  acceptedFalsePositives: ['two callees behind one error text that names neither'],
});
