/** What is told of a call that the source makes under a lock, by whichever witness the holder was seen. */
import type { Mechanism } from '../../model/index.ts';

export const callUnderLockTold: Pick<Mechanism, 'because' | 'culprits' | 'mitigation' | 'acceptedFalsePositives'> = {
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${f?.['call']} is called at line ${f?.['line']} with ${f?.['lock']} held since line ${f?.['lockLine']}${f?.['deferred'] === true ? ', and its unlock is deferred' : ''}: as long as that takes, everybody else waits`;
  },
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['lockFunction']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'the queue shortens as soon as the call under the lock is quick again',
  acceptedFalsePositives: ['a call that was quick until its own callee became slow: then the callee is the trigger, the lock the amplifier'],
};
