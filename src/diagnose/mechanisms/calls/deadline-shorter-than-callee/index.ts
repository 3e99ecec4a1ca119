import { deadlineExceeded } from '../../../../model/conditions/calls.ts';
import { deadlineTooShort } from '../../../../model/conditions/config.ts';
import { defineMechanism, fails, holds, isKind, unknown } from '../../../../model/index.ts';
import { calleeIsIll, endedAtTheLimit, failedCall } from '../../../lib/callee.ts';
import { durationText } from '../../../lib/durations.ts';
import { decisive, joinBy } from '../../../lib/join.ts';

/** The caller gives up before an answer that comes when it always came. */
export const deadlineShorterThanCallee = defineMechanism({
  id: 'calls/deadline-shorter-than-callee',
  title: (link) => {
    const d = link.causes[0];
    return d !== undefined && d !== null && isKind(d, deadlineTooShort)
      ? `${d.facts.caller} gives up on ${d.facts.callee} after ${durationText(d.facts.seconds)}, before it can answer`
      : 'a deadline is shorter than the callee needs';
  },
  to: deadlineExceeded,
  from: [
    {
      kind: deadlineTooShort,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(deadlineTooShort, ask, (d) =>
          isKind(effect, deadlineExceeded) && d.facts.caller === effect.facts.caller && d.facts.callee === effect.facts.callee && d.facts.operation === effect.facts.operation
            ? 'stated'
            : null,
        ),
    },
  ],
  because: 'the context of the call ends while the callee, which is well, still works on the answer',
  requires: [endedAtTheLimit],
  confirms: [
    {
      id: 'callee-answered-later',
      title: 'the callee answered those very calls, after the caller had given up',
      test(link) {
        const { calleeAnswered, calleeAnsweredSeconds, deadlineSeconds, callee, count } = failedCall(link).facts;
        if (calleeAnswered === null || calleeAnsweredSeconds === null || deadlineSeconds === null)
          return unknown('no record of the callee shares a trace id with a failed call', `the log of ${callee ?? 'the callee'} with trace ids`);
        const says = `${calleeAnswered} of ${count} failed calls were answered by ${callee} without an error, in ${durationText(calleeAnsweredSeconds)} (median)`;
        return calleeAnswered >= 3 && calleeAnsweredSeconds > deadlineSeconds ? holds(says, failedCall(link).places) : fails(says, failedCall(link).places);
      },
    },
  ],
  refutes: [decisive(calleeIsIll)],
  rivals: ['calls/callee-slow'],
  order: 'standing',
  status: 'established',
  culprits(link) {
    const d = link.causes[0];
    if (d === undefined || d === null || !isKind(d, deadlineTooShort)) return [];
    const config = { kind: 'config', ref: `${d.facts.setting ?? 'deadline'} of ${d.facts.caller} = ${durationText(d.facts.seconds)}` } as const;
    if (d.facts.file === null || d.facts.line === null) return [config];
    return [config, { kind: 'code', ...(d.facts.function === null ? {} : { function: d.facts.function }), file: d.facts.file, line: d.facts.line }];
  },
  mitigation(link) {
    const d = link.causes[0];
    return d !== undefined && d !== null && isKind(d, deadlineTooShort) && d.facts.setting !== null
      ? `raise ${d.facts.setting} of ${d.facts.caller} above ${durationText(d.facts.neededSeconds)}, or go back to the value before`
      : null;
  },
  acceptedFalsePositives: ['a deadline that is meant to cut off the slowest answers, and whose share of failures is accepted'],
});
