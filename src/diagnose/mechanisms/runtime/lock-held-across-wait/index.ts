import { heldAcrossWait, lockQueue } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism, fails, holds, shortGoSymbol } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** Everybody queues for a lock, and the trace has what its holders did meanwhile: they waited for somebody else. */
export const lockHeldAcrossWait = defineMechanism({
  id: 'runtime/lock-held-across-wait',
  title: 'a lock is held while its holder waits for something else',
  to: lockQueue,
  from: [
    {
      kind: heldAcrossWait,
      role: 'defect',
      // the same lock: it is waited for at this line, and given back by that function, in one event
      join: (effect, ask) =>
        joinBy(heldAcrossWait, ask, (c) =>
          c.facts.waitFunction === effect.facts['function'] && c.facts.waitLine === effect.facts['line'] ? tiedWithin(effect, c, ask, ['process', 'container']) : null,
        ),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${shortGoSymbol(String(f?.['lockFunction'] ?? ''))} holds the lock ${f?.['heldMs']} ms at a time, ${Math.round(Number(f?.['share'] ?? 0) * 100)} % of it in [${f?.['reason']}] at ${shortGoSymbol(String(f?.['function'] ?? ''))}:${f?.['line']}: the next one waits for that call too`;
  },
  requires: [
    {
      id: 'turns-make-the-wait',
      title: 'the waits are as long as the turns of those before',
      test({ effect, causes }) {
        const [cause] = causes;
        const turn = Number(cause?.facts['heldMs'] ?? 0);
        const mean = Number(effect.facts['meanMs']);
        const waiting = Number(effect.facts['waiting']);
        // with n waiting each waits for about n turns; far more would be another lock's, or the scheduler's, doing
        const says = `it is held ${turn} ms at a time, ${waiting} wait on average and each waits ${mean} ms`;
        return turn * (waiting + 1) >= mean / 2 ? holds(says, effect.places) : fails(says, effect.places);
      },
    },
  ],
  confirms: [
    {
      id: 'trace-has-both',
      title: 'one goroutine waited under the lock and then gave it back',
      test: ({ causes }) => {
        const [cause] = causes;
        return cause == null ? fails('no holder is seen', []) : holds('the event that lets the next one on stands on the stack that waited', cause.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  sameFaultAs: ['go/lock-across-io'],
  accounts: (link) => Number(link.causes[0]?.facts['share'] ?? 0),
  leastShare: 0.5,
  order: 'same-record',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    const call = { kind: 'code' as const, function: String(f['function']), file: String(f['file']), line: Number(f['line']) };
    const lock = { kind: 'code' as const, function: String(f['lockFunction']), file: String(f['lockFile']), line: Number(f['releasedLine']) };
    return call.function === lock.function ? [call] : [call, lock];
  },
  mitigation: () => 'the queue shortens as soon as the call under the lock is quick again',
  acceptedFalsePositives: ['a lock that has to be held across the call, as one that guards a connection: then the queue is what one connection can do'],
});
