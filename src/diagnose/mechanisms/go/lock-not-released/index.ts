import { lockKept } from '../../../../model/conditions/goroutines.ts';
import { lockNotReleased } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { lockWantedAt } from '../../../lib/lock-edges.ts';
import { type Frame, sourceIsBound } from '../../../lib/source-frames.ts';

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);

/** A return, or the next turn of a loop, on a path that does not unlock: the lock stays taken when nobody is there any more. */
export const lockNeverReleased = defineMechanism({
  id: 'go/lock-not-released',
  title: 'a function leaves without giving its lock back',
  to: lockKept,
  from: [
    {
      kind: lockNotReleased,
      role: 'defect',
      join(effect, ask) {
        const frame: Frame = { function: String(effect.facts['waitFunction']), file: String(effect.facts['file']), line: Number(effect.facts['line']) };
        const wanted = lockWantedAt(frame, ask);
        if (wanted === null) return unknown(`which lock is taken at line ${frame.line} of ${short(frame.function)} is not known`, lockNotReleased.next);
        return joinBy(lockNotReleased, ask, (c) => (c.facts.lock === wanted ? 'derived' : null));
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const how = f?.['how'] === 'goes on' ? 'goes into the next turn of its loop' : String(f?.['how'] ?? 'returns');
    return `${short(f?.['function'])} takes ${f?.['lock']} at line ${f?.['lockLine']} and ${how} at line ${f?.['line']} without giving it back; from then on nobody gets it`;
  },
  requires: [
    sourceIsBound(({ effect }) => [
      { frame: { function: String(effect.facts['waitFunction']), file: String(effect.facts['file']), line: Number(effect.facts['line']) }, shows: ['lock', 'rlock'] },
    ]),
    {
      id: 'nobody-holds-it',
      title: 'no goroutine of the dump stands where the lock can be held',
      test({ effect }) {
        const orphaned = effect.facts['orphaned'];
        if (orphaned === true) return holds('nobody stands where it can be held', effect.places);
        return orphaned === false
          ? fails('a goroutine stands where it can be held', effect.places)
          : unknown('whether a goroutine stands where the lock can be held is not known of this dump', lockKept.next);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart frees the lock until the same path is taken again',
  acceptedFalsePositives: ['the lock was taken by a goroutine that panicked with it held and was recovered, while the path named here was never run'],
});
