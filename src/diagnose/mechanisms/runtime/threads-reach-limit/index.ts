import { processCrashed } from '../../../../model/conditions/crash.ts';
import { threadsGrowing } from '../../../../model/conditions/threads.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';

/** runtime/proc.go checkmcount: more threads than debug.SetMaxThreads (10 000) end the process. */
export const threadsReachLimit = defineMechanism({
  id: 'runtime/threads-reach-limit',
  title: 'threads grow until the runtime ends the process',
  to: processCrashed,
  from: [{ kind: threadsGrowing, role: 'amplifier', join: withinSame(threadsGrowing, 'process', 'container', 'pod') }],
  because: 'a program with more threads than debug.SetMaxThreads allows (10 000 by default) is ended by the runtime, or by the kernel when it refuses another thread',
  requires: [
    {
      id: 'thread-exhaustion',
      title: 'the runtime says that it ran out of threads',
      test: (link) =>
        link.effect.facts['class'] === 'thread-exhaustion'
          ? holds(String(link.effect.facts['message']), link.effect.places)
          : fails(`it ended otherwise: ${String(link.effect.facts['message'])}`, link.effect.places),
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['a limit of the kernel (pids.max of the cgroup) that other processes of the container have used up'],
});
