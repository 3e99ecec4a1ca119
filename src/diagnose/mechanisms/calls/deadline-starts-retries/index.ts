import { GO_ERRORS } from '../../../../knowledge/go-errors/index.ts';
import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { retryStorm } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

/** A call that was given up is made again, while the callee may still work on the first. */
export const deadlineStartsRetries = defineMechanism({
  id: 'calls/deadline-starts-retries',
  title: 'calls that miss their deadline are made again and again',
  to: retryStorm,
  from: [
    {
      kind: deadlineExceeded,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(deadlineExceeded, ask, (c) => (isKind(effect, retryStorm) && effect.facts.service === c.facts.caller && effect.facts.callee === c.facts.callee ? 'stated' : null)),
    },
  ],
  because: 'each try has a deadline of its own, shorter than what the callee now takes: none can succeed, and each adds a request',
  requires: [
    {
      id: 'tries-end-at-the-deadline',
      title: 'the tries end at a deadline',
      test(link) {
        const id = isKind(link.effect, retryStorm) ? link.effect.facts.error : '';
        const known = GO_ERRORS.find((e) => e.id === id);
        return known?.class === 'deadline' ? holds(`the tries end with ${id}`, link.effect.places) : fails(`the tries end with ${id}, which is no deadline`, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'trial',
  culprits: (link) =>
    isKind(link.effect, retryStorm) ? [{ kind: 'endpoint', ref: `${link.effect.facts.service} → ${link.effect.facts.callee}: ${link.effect.facts.attempts} tries` }] : [],
  mitigation: (link) => (isKind(link.effect, retryStorm) ? `let ${link.effect.facts.service} try once, or with a pause and one deadline for all tries` : null),
  acceptedFalsePositives: ['several calls to one service that belong together, each of which fails once'],
});
