import { filesExhausted } from '../../../../model/conditions/error-texts.ts';
import { openFilesGrowing } from '../../../../model/conditions/files.ts';
import { type Condition, defineMechanism, fails, holds, isKind, type Link, service, unknown } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';

const growth = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, openFilesGrowing) ? c : null;
};

/** Close to the limit at the last sample: scrapes are seconds apart, and the limit is met between two of them. */
const NEAR = 0.8;

/** A leak of descriptors ends at the limit of the process. */
export const openFilesReachLimit = defineMechanism({
  id: 'go/open-files-reach-limit',
  title: 'open files grow until the process may open no more',
  to: filesExhausted,
  from: [
    {
      kind: openFilesGrowing,
      role: 'amplifier',
      join: (effect, ask) =>
        joinBy(openFilesGrowing, ask, (c) =>
          isKind(effect, filesExhausted)
            ? (ask.identity.within(c.entity, service(effect.facts.service), 'service') ?? ask.identity.same(c.entity, service(effect.facts.service)))
            : null,
        ),
    },
  ],
  because: 'files, sockets and pipes count alike against one limit; at it nothing can be opened or accepted',
  requires: [
    {
      id: 'reaches-the-limit',
      title: 'the count comes up to the limit',
      test(link) {
        const g = growth(link);
        if (g === null || g.facts.limit === null) return unknown('the limit of the process was not captured', 'process_max_fds of /metrics, or /proc/PID/limits');
        const says = `${g.facts.toCount} open files, the limit is ${g.facts.limit}`;
        return g.facts.toCount >= NEAR * g.facts.limit ? holds(says, g.places) : fails(says, g.places);
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'cause-first',
  status: 'trial',
  culprits: (link) => [{ kind: 'object', ref: growth(link)?.entity.key ?? '' }],
  mitigation: () => 'restart the process before it reaches the limit',
  acceptedFalsePositives: ['"too many open files in system", which is the limit of the node'],
});
