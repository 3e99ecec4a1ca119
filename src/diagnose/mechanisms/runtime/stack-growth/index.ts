import { recursiveGoroutine } from '../../../../model/conditions/source.ts';
import { defineMechanism, shortGoSymbol } from '../../../../model/index.ts';
import { bySpent, mostlyOn, spentBy } from '../../../lib/cpu.ts';

const grows = (site: Parameters<typeof mostlyOn>[0]): boolean => mostlyOn(site, 0.3, 'stack-growth');

/** Goroutines that are started for one deep recursion each copy their stack to a larger one again and again. */
export const stackGrowth = defineMechanism({
  ...bySpent({ kind: recursiveGoroutine, accept: grows, tie: () => true, shows: ['call'] }),
  id: 'runtime/stack-growth',
  title: 'new goroutines recurse deeply and copy their stacks',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `goroutines started at ${String(f?.['startFile']).replace(/^.*\//, '')}:${f?.['startLine']} call ${shortGoSymbol(String(f?.['function']))}, which calls itself: each begins with a small stack and copies it at each doubling; goroutines that live on, or a loop, would not`;
  },
  accounts: (link, ask) => {
    const sites = spentBy(link.effect, ask, grows);
    if ('state' in sites) return null;
    return Math.min(
      1,
      sites.reduce((n, s) => n + s.facts.share * (s.facts.on.find((o) => o.class === 'stack-growth')?.share ?? 0), 0),
    );
  },
  rivals: [],
  acceptedFalsePositives: ['a recursion that is as deep as its input, which somebody made very deep: the input is what changed'],
});
