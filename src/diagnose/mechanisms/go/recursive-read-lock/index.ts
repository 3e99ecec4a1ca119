import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { recursiveReadLock } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { bucketsBeside, placesOf } from '../../../lib/buckets.ts';
import { edgesOf, overNoLock } from '../../../lib/lock-edges.ts';
import { joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

/** sync.RWMutex lets no new reader in once a writer waits: a reader that locks again waits for the writer, the writer for the reader. */
export const recursiveReadLockStall = defineMechanism({
  id: 'go/recursive-read-lock',
  title: 'a goroutine takes a read lock again while it holds it',
  to: lockCycle,
  from: [
    {
      kind: recursiveReadLock,
      role: 'defect',
      join: (effect, ask) => overNoLock(effect) ?? joinSource(recursiveReadLock, ask, edgesOf(effect), (c, frame) => c.facts.innerLine === frame.line),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the reader holds ${f?.['lock']} since line ${f?.['outerLine']} and asks for it again at line ${f?.['innerLine']}; a writer that came between lets no reader in`;
  },
  requires: [
    sourceIsBound((link) => edgesOf(link.effect).map((e) => ({ frame: e, shows: ['lock', 'rlock'] }))),
    {
      id: 'writer-waits',
      title: 'a writer waits for the same lock',
      test(link, ask) {
        const edges = edgesOf(link.effect);
        const inner = Number(link.causes[0]?.facts['innerLine']);
        const reader = edges.find((e) => e.line === inner);
        // in the circle itself: another edge waits for what the reader holds
        const writer = edges.find((e) => e !== reader && reader !== undefined && e.waitsFor === reader.waitsFor);
        if (writer !== undefined) return holds(`${writer.function} waits to write at line ${writer.line}`, link.effect.places);
        const waiting = bucketsBeside(link.effect, ask).filter((b) => b.facts['wait'] === 'sync.RWMutex.Lock');
        if (waiting.length > 0) return holds(waiting[0]?.says ?? 'a writer waits', placesOf(waiting));
        return edges.length > 1
          ? fails('no goroutine waits to write: readers alone do not stop each other', link.effect.places)
          : unknown('the other goroutines of the circle are not known', lockCycle.next);
      },
    },
  ],
  refutes: [],
  rivals: ['go/lock-cycle'],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    return [
      { kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) },
      { kind: 'code', function: String(f['innerFunction']), file: String(f['innerFile']), line: Number(f['innerLine']) },
    ];
  },
  mitigation: () => 'a restart ends the standstill until a writer comes between again',
  acceptedFalsePositives: ['a third goroutine that holds the read lock for long for reasons of its own'],
});
