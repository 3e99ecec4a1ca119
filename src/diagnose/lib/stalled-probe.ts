/** A probe that runs into its timeout because its handler waits for a lock: the same story whatever keeps the lock. */
import { probeFailing } from '../../model/conditions/container.ts';
import { type Condition, type Culprit, type Facts, fails, holds, type Kind, type Mechanism } from '../../model/index.ts';
import { decisive, withinSame } from './join.ts';
import { handlersWait } from './lock-edges.ts';

/** `kind`: what keeps the lock. */
export const stallsProbe = <F extends Facts>(kind: Kind<F>, culprits: (cause: Condition) => readonly Culprit[]) =>
  ({
    to: probeFailing,
    from: [
      {
        kind: kind as unknown as Kind,
        role: 'amplifier',
        join(effect, ask) {
          const found = withinSame(kind, 'process', 'container')(effect, ask);
          // a dump nobody took matters only where the process accepts and does not answer
          return 'state' in found && effect.facts['how'] !== 'timeout' ? [] : found;
        },
      },
    ],
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
          effect.facts['how'] === 'refused'
            ? holds('nothing listens: a process that stands still still accepts', effect.places)
            : fails('the connection is accepted', effect.places),
      }),
    ],
    rivals: [],
    // a dump is taken long after the lock was lost: its time says nothing about the order
    order: 'same-record',
    status: 'trial',
    culprits: (link) => culprits(link.causes[0] ?? link.effect),
    acceptedFalsePositives: ['the probe has a handler that needs none of the locks, and is late for another reason'],
  }) satisfies Partial<Mechanism>;
