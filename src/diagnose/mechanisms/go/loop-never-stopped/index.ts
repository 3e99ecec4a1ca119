import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { loopWithoutExit } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { shrinksAgain, waitsIn } from '../../../lib/buckets.ts';
import { creatingFrame, joinSource, ownFrames, siteAndStarter, sourceIsBound } from '../../../lib/source-frames.ts';

/** One endless loop per process is a worker; one per request, session or object is a leak. The growth of the bucket tells them apart. */
export const loopNeverStopped = defineMechanism({
  id: 'go/loop-never-stopped',
  title: (link) =>
    link.causes[0]?.facts['ticker'] === true ? 'a ticker loop is started again and again and never stopped' : 'a goroutine that loops for ever is started again and again',
  to: bucketGrowing,
  from: [
    {
      kind: loopWithoutExit,
      role: 'defect',
      join: (effect, ask) => joinSource(loopWithoutExit, ask, ownFrames(effect), (c, frame) => c.facts.line <= frame.line && frame.line <= c.facts.endLine),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const stop =
      f?.['ticker'] !== true || f['stopCalled'] !== true
        ? ''
        : f['stopDeferred'] === true
          ? '; the deferred Stop behind it is never reached'
          : '; Stop ends the ticks, it does not close the channel the loop waits on';
    return `the loop at line ${f?.['line']} has no return, break or stop case${stop}`;
  },
  requires: [
    waitsIn('chan receive', 'select', 'sleep', 'IO wait', 'chan send', 'runnable', 'running', 'sync.Mutex.Lock'),
    sourceIsBound((link) => {
      const f = link.causes[0]?.facts;
      const inLoop = ownFrames(link.effect).find((x) => f !== undefined && Number(f['line']) <= x.line && x.line <= Number(f['endLine']));
      const by = creatingFrame(link.effect);
      const any = ['receive', 'range', 'select', 'sleep', 'send', 'call', 'lock', 'loop'];
      return [...(inLoop === undefined ? [] : [{ frame: inLoop, shows: any }]), ...(by === null || f?.['startedIn'] !== by.function ? [] : [{ frame: by, shows: ['go', 'call'] }])];
    }),
  ],
  supports: [
    {
      id: 'started-there',
      title: 'the goroutines were started where the source starts them',
      test(link) {
        const by = creatingFrame(link.effect);
        const f = link.causes[0]?.facts;
        return by !== null && by.function === f?.['startedIn']
          ? holds(`${by.function} started them`, link.effect.places)
          : fails('they were started elsewhere', link.effect.places);
      },
    },
  ],
  refutes: [shrinksAgain],
  rivals: ['go/missing-ctx-done'],
  order: 'standing',
  status: 'established',
  culprits: siteAndStarter,
  mitigation: () => 'a restart frees what has piled up, until the next time',
  acceptedFalsePositives: ['workers that are started once each for a growing but bounded set (shards, partitions)'],
});
