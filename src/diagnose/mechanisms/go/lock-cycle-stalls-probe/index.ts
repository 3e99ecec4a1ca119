import { probeFailing } from '../../../../model/conditions/container.ts';
import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { decisive, withinSame } from '../../../lib/join.ts';
import { edgesOf, handlersWait } from '../../../lib/lock-edges.ts';

/** A deadlocked part of the process takes its health endpoint along. */
export const lockCycleStallsProbe = defineMechanism({
  id: 'go/lock-cycle-stalls-probe',
  title: 'the probe waits behind goroutines that wait for each other',
  to: probeFailing,
  from: [
    {
      kind: lockCycle,
      role: 'amplifier',
      join(effect, ask) {
        const found = withinSame(lockCycle, 'process', 'container')(effect, ask);
        // a dump nobody took matters only where the process accepts and does not answer
        return 'state' in found && effect.facts['how'] !== 'timeout' ? [] : found;
      },
    },
  ],
  because: 'the handler of the probe needs a lock of the circle and never answers',
  requires: [
    {
      id: 'probe-times-out',
      title: 'the probe runs into its timeout',
      test: ({ effect }) =>
        effect.facts['how'] === 'timeout'
          ? holds('the process took the connection and did not answer in time', effect.places)
          : fails(`the probe fails otherwise: ${effect.facts['how']}`, effect.places),
    },
    handlersWait,
  ],
  refutes: [
    decisive({
      id: 'nothing-listens',
      title: 'the connection is refused',
      test: ({ effect }) =>
        effect.facts['how'] === 'refused' ? holds('nothing listens: a process that stands still still accepts', effect.places) : fails('the connection is accepted', effect.places),
    }),
  ],
  rivals: [],
  // a dump is taken long after a circle closed: its time says nothing about the order
  order: 'same-record',
  status: 'trial',
  culprits: (link) => edgesOf(link.causes[0] ?? link.effect).map((e) => ({ kind: 'code', function: e.function, file: e.file, line: e.line })),
  acceptedFalsePositives: ['the probe has a handler that needs none of the locks, and is late for another reason'],
});
