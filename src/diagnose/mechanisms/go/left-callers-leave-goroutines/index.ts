import { callersGone } from '../../../../model/conditions/error-texts.ts';
import { bucketGrowing } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, fails, holds, isKind } from '../../../../model/index.ts';
import { leftBy } from '../../../lib/error-texts.ts';

/** For each caller that leaves, one goroutine waits for somebody who is no longer there. */
export const leftCallersLeaveGoroutines = defineMechanism({
  id: 'go/left-callers-leave-goroutines',
  title: 'each caller that goes away leaves a goroutine behind',
  to: bucketGrowing,
  from: [
    {
      kind: callersGone,
      role: 'trigger',
      join: leftBy,
    },
  ],
  because: 'the handler returns when its caller leaves; the goroutine it started waits for it on a channel and never ends',
  requires: [
    {
      id: 'waits-on-a-channel',
      title: 'the goroutines wait for another goroutine',
      test(link) {
        const wait = isKind(link.effect, bucketGrowing) ? link.effect.facts.wait : '';
        return /^(?:chan|select|sync|semacquire)/.test(wait)
          ? holds(`they wait in [${wait}]`, link.effect.places)
          : fails(`they wait in [${wait}], for no goroutine`, link.effect.places);
      },
    },
    {
      id: 'no-more-than-left',
      title: 'there are not more of them than callers left',
      test(link) {
        const counts = isKind(link.effect, bucketGrowing) ? link.effect.facts.counts : [];
        const grown = (counts.at(-1) ?? 0) - (counts[0] ?? 0);
        const gone = link.causes[0];
        const left = gone != null && isKind(gone, callersGone) ? gone.facts.count : 0;
        const says = `${grown} goroutines more, ${left} callers left`;
        return grown <= 1.1 * left ? holds(says, [...link.effect.places, ...(gone?.places ?? [])]) : fails(says, link.effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['go/abandoned-sender', 'go/missing-ctx-done'],
  sameFaultAs: ['go/abandoned-sender', 'go/missing-ctx-done'],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) =>
    isKind(link.effect, bucketGrowing) ? [{ kind: 'code', function: link.effect.facts.function, file: link.effect.facts.file, line: link.effect.facts.line }] : [],
  acceptedFalsePositives: ['goroutines of another kind that grow by chance no faster than callers leave'],
});
