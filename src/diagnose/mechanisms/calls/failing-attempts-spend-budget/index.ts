import { requestsFailing } from '../../../../model/conditions/calls.ts';
import { deadlineExhausted } from '../../../../model/conditions/error-texts.ts';
import { type Condition, defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { spent } from '../../../lib/spent-deadline.ts';

const failing = (c: Condition | null | undefined) => (c != null && isKind(c, requestsFailing) ? c.facts : null);

/** Each attempt that is turned away is followed by a longer pause: the last one finds the deadline used up. */
export const failingAttemptsSpendBudget = defineMechanism({
  id: 'calls/failing-attempts-spend-budget',
  title: (link) => `${failing(link.causes[0])?.service ?? 'the callee'} turns the first attempts away`,
  to: deadlineExhausted,
  from: [
    {
      kind: requestsFailing,
      role: 'amplifier',
      join: (effect, ask) => joinBy(requestsFailing, ask, (f) => (spent(effect)?.how === 'retries' && f.facts.service === spent(effect)?.callee ? 'stated' : null)),
    },
  ],
  because: 'the callee answers the first attempts with a failure, the caller waits before each next one, and all of them share one deadline',
  requires: [
    {
      id: 'as-many-failures',
      title: 'the callee logged a failure for each attempt before the last',
      test({ effect, causes }) {
        const [s, f] = [spent(effect), failing(causes[0])];
        if (s === null || f === null) return fails('no attempts were made before', effect.places);
        const attempts = ((s.attempts ?? 2) - 1) * s.count;
        const says = `${s.callee} answered ${f.count} times with ${f.code}; ${s.service} made about ${attempts} attempts before the last ones`;
        return f.count >= 0.8 * attempts ? holds(says, causes[0]?.places ?? []) : fails(says, causes[0]?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'trial',
  culprits(link) {
    const [s, f] = [spent(link.effect), failing(link.causes[0])];
    if (s === null || f === null) return [];
    return [
      { kind: 'endpoint', ref: `${f.service}${f.route === null ? '' : ` ${f.route}`} answers ${f.code}` },
      { kind: 'endpoint', ref: `${s.service}: ${(s.attempts ?? 2) - 1} attempts and their pauses within one deadline` },
    ];
  },
  acceptedFalsePositives: ['failures that the callee answered to somebody else, while the attempts failed on the way'],
});
