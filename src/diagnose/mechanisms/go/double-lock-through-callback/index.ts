import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { callUnderLock } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { edgesOf, heldIn, lockWantedAt, takenTwice } from '../../../lib/lock-edges.ts';
import { type Frame, joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);

/** Listeners, visitors and interface methods that come back to the object which calls them with its lock held. */
export const doubleLockThroughCallback = defineMechanism({
  id: 'go/double-lock-through-callback',
  title: 'code called with a lock held comes back and takes the same lock',
  to: lockCycle,
  from: [
    {
      kind: callUnderLock,
      role: 'defect',
      join(effect, ask) {
        const edge = edgesOf(effect)[0];
        const holding = heldIn(effect);
        if (edge === undefined || holding === null) return fails('the goroutines of the circle wait for each other, none for itself', effect.places);
        const wanted = lockWantedAt(edge, ask);
        return joinSource(callUnderLock, ask, [holding], (c, frame) => c.facts.line <= frame.line && frame.line <= c.facts.endLine && c.facts.lock === wanted);
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const e = edgesOf(link.effect)[0];
    return `${short(f?.['function'])} calls ${f?.['call']} at line ${f?.['line']} with ${f?.['lock']} held; below it the same goroutine comes to ${short(e?.function)}, which locks it again at line ${e?.line}`;
  },
  requires: [
    sourceIsBound(({ effect }) => {
      const e = edgesOf(effect)[0];
      return e?.heldIn === undefined
        ? []
        : [
            { frame: e as Frame, shows: ['lock', 'rlock'] },
            { frame: e.heldIn, shows: ['call'] },
          ];
    }),
  ],
  refutes: [
    {
      id: 'direct-path',
      title: 'the source shows the way from one Lock to the other itself',
      decisive: true,
      test(link, ask) {
        const direct = takenTwice(link.effect, ask);
        if (!('state' in direct)) return holds(direct[0]?.cause.says ?? 'the lock is taken twice', direct[0]?.cause.places ?? []);
        return direct.state === 'unknown' ? direct : fails('the way leads through a call that syntax cannot follow', link.effect.places);
      },
    },
  ],
  rivals: ['go/double-lock'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    const e = edgesOf(link.effect)[0];
    if (f === undefined) return [];
    return [
      { kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) },
      ...(e === undefined ? [] : [{ kind: 'code' as const, function: e.function, file: e.file, line: e.line }]),
    ];
  },
  mitigation: () => 'a restart ends the standstill until the same path is taken again',
  acceptedFalsePositives: ['two objects of one type of which the outer begins where the inner lies'],
});
