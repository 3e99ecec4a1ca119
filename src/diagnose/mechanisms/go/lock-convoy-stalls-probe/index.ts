import { probeFailing } from '../../../../model/conditions/container.ts';
import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { decisive, withinSame } from '../../../lib/join.ts';
import { convoyFacts, handlersWait } from '../../../lib/lock-edges.ts';

/** A lock held for long makes the health endpoint late. */
export const lockConvoyStallsProbe = defineMechanism({
  id: 'go/lock-convoy-stalls-probe',
  title: 'the probe waits in the queue for a lock',
  to: probeFailing,
  from: [
    {
      kind: lockConvoy,
      role: 'amplifier',
      join(effect, ask) {
        const found = withinSame(lockConvoy, 'process', 'container')(effect, ask);
        // a dump nobody took matters only where the process accepts and does not answer
        return 'state' in found && effect.facts['how'] !== 'timeout' ? [] : found;
      },
    },
  ],
  because: 'the handler of the probe needs the lock and does not get it within the probe’s timeout',
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
  culprits: (link) => [{ kind: 'code', function: String(convoyFacts(link.causes[0] ?? link.effect).holderFunction ?? convoyFacts(link.causes[0] ?? link.effect).waitFunction) }],
  acceptedFalsePositives: ['the probe has a handler that needs none of the locks, and is late for another reason'],
});
