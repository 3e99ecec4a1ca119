import { bucketSeen } from '../../../../model/conditions/goroutines.ts';
import { threadHeld } from '../../../../model/conditions/source-memory.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { codeCulprit } from '../../../lib/site-source.ts';
import { joinSource, ownFrames } from '../../../lib/source-frames.ts';
import { grownIn, holdsThread } from '../../../lib/threads.ts';

/** Where the waiting call stands in the source. */
export const callHoldsThread = defineMechanism({
  id: 'runtime/call-holds-thread',
  title: (link) => `${String(link.causes[0]?.facts['call'] ?? 'a call')} waits without end, and holds a thread each time`,
  to: bucketSeen,
  from: [
    {
      kind: threadHeld,
      role: 'defect',
      join: (effect, ask) =>
        joinSource(threadHeld, ask, ownFrames(effect), (c, frame) => c.facts.function === frame.function && c.facts.line <= frame.line && frame.line <= c.facts.endLine),
    },
  ],
  because: (link) =>
    `${String(link.causes[0]?.facts['call'] ?? 'it')} ${String(link.causes[0]?.facts['why'] ?? 'waits')}; without a deadline, a flag not to wait, or a bound on how many may wait, each caller keeps a goroutine and a thread`,
  requires: [
    {
      id: 'they-pile-up',
      title: 'goroutines in system calls or C pile up there',
      test: (link) =>
        holdsThread(link.effect) && grownIn(link.effect) > 0
          ? holds(`${grownIn(link.effect)} more from the first dump to the last`, link.effect.places)
          : fails('they do not grow in number, or do not stand in a call that holds a thread', link.effect.places),
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['what the call waits for is the fault of another process, and would have come had that been well'],
});
