import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { lockTakenAgain } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, type Link } from '../../../../model/index.ts';
import { edgesOf, heldIn, takenTwice } from '../../../lib/lock-edges.ts';
import { type Frame, sourceIsBound } from '../../../lib/source-frames.ts';

const file = (path: unknown): string => String(path ?? '').slice(String(path ?? '').lastIndexOf('/') + 1);
const short = (name: unknown): string => file(name);

const lineOf = (link: Link): string => {
  const e = edgesOf(link.effect)[0];
  return `${file(e?.file)}:${e?.line}`;
};

/** A Go mutex knows no owner: who locks it twice waits for himself, for ever, and everybody else queues behind. */
export const doubleLock = defineMechanism({
  id: 'go/double-lock',
  title: 'a goroutine takes a lock again that it already holds',
  to: lockCycle,
  from: [
    {
      kind: lockTakenAgain,
      role: 'defect',
      join: takenTwice,
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    if (f?.['sections'] != null)
      return `${short(f['outer'])} locks ${f['lock']} at line ${f['outerLine']} in each turn of its loop and gives it back only when it returns: the second turn waits for the first`;
    const direct = f?.['outer'] === f?.['innerFunction'];
    return `${short(f?.['outer'])} holds ${f?.['lock']} since line ${f?.['outerLine']} and ${direct ? 'locks it again' : `calls on to ${short(f?.['innerFunction'])}, which locks it again`} at ${lineOf(link)}: nobody else can give it back`;
  },
  requires: [
    sourceIsBound((link) => {
      const holding = heldIn(link.effect);
      const inner = edgesOf(link.effect).map((e) => ({ frame: e as Frame, shows: ['lock', 'rlock'] }));
      return holding === null ? inner : [...inner, { frame: holding, shows: ['call', 'lock', 'rlock'] }];
    }),
    {
      id: 'waits-for-itself',
      title: 'the goroutine that waits is the one that holds',
      test(link) {
        const holding = heldIn(link.effect);
        return holding === null
          ? fails('the goroutines of the circle wait for each other', link.effect.places)
          : holds(`its own stack stands in ${short(holding.function)}, which holds the lock at line ${holding.line}`, link.effect.places, 'derived');
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    return [
      { kind: 'code', function: String(f['outer']), file: String(f['file']), line: Number(f['line']) },
      { kind: 'code', function: String(f['innerFunction']), file: String(f['innerFile']), line: Number(f['innerLine']) },
    ];
  },
  mitigation: () => 'a restart ends the standstill until the same path is taken again',
  acceptedFalsePositives: ['a lock that other code gives back on the holder’s behalf, which the source at hand does not show'],
});
