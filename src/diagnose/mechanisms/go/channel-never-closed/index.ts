import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { channelNeverClosed } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { shrinksAgain, waitsIn } from '../../../lib/buckets.ts';
import { creatingFrame, joinSource, ownFrames, siteAndStarter, sourceIsBound } from '../../../lib/source-frames.ts';

/** `for task := range p.tasks` ends when tasks is closed: where nobody does, whoever is dropped leaves its goroutine behind. */
export const channelNeverClosedLeak = defineMechanism({
  id: 'go/channel-never-closed',
  title: 'a goroutine is started again and again for a channel that nobody closes',
  to: bucketGrowing,
  from: [
    {
      kind: channelNeverClosed,
      role: 'defect',
      // the wait of a range stands at the line of its for; a goroutine at work in the loop is no leak yet
      join: (effect, ask) => joinSource(channelNeverClosed, ask, ownFrames(effect), (c, frame) => c.facts.line === frame.line),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the loop at line ${f?.['line']} ends when ${f?.['channel']} is closed, and no function of the package closes it: when nobody sends any more, the goroutine waits for ever`;
  },
  requires: [
    waitsIn('chan receive'),
    sourceIsBound((link) => {
      const f = link.causes[0]?.facts;
      const inLoop = ownFrames(link.effect).find((x) => f !== undefined && Number(f['line']) === x.line);
      const by = creatingFrame(link.effect);
      return [
        ...(inLoop === undefined ? [] : [{ frame: inLoop, shows: ['range', 'receive'] }]),
        ...(by === null || f?.['startedIn'] !== by.function ? [] : [{ frame: by, shows: ['go', 'call'] }]),
      ];
    }),
  ],
  supports: [
    {
      id: 'started-there',
      title: 'the goroutines were started where the source starts them',
      test(link) {
        const by = creatingFrame(link.effect);
        return by !== null && by.function === link.causes[0]?.facts['startedIn']
          ? holds(`${by.function} started them`, link.effect.places)
          : fails('they were started elsewhere', link.effect.places);
      },
    },
  ],
  refutes: [shrinksAgain],
  rivals: ['go/loop-never-stopped', 'go/waker-gone-piles-up'],
  order: 'standing',
  status: 'trial',
  culprits: siteAndStarter,
  mitigation: () => 'a restart frees what has piled up, until the next time',
  acceptedFalsePositives: ['a pool for each of a growing but bounded set (tenants, shards), all of which stay in use'],
});
