import { cpuSpentAt } from '../../../../model/conditions/cpu.ts';
import { formattedForNothing } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { bySpent, onItsLines, shareOf, spentBy } from '../../../lib/cpu.ts';

const where = {
  kind: formattedForNothing,
  accept: (site: { readonly calls: string | null }): boolean => /^fmt\.Sprint/.test(site.calls ?? ''),
  tie: (cause: Parameters<typeof onItsLines>[0], frame: Parameters<typeof onItsLines>[1]): boolean => onItsLines(cause, frame),
  shows: ['call'],
};
/** A logger that writes takes at least this much of what the formatting for it takes. */
const WRITES = 0.1;

/** Text is made for a log level that is off, and thrown away. */
export const formattedForNothingTakesCpu = defineMechanism({
  ...bySpent(where),
  id: 'runtime/formatted-for-nothing',
  title: 'text is formatted for log calls that do not write it',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the arguments of ${f?.['log']} are evaluated before it can say that its level is off: ${f?.['format']} at line ${f?.['line']} makes the text each time`;
  },
  refutes: [
    {
      id: 'log-writes',
      title: 'the log call writes what was formatted',
      decisive: true,
      test(link, ask) {
        const [cause] = link.causes;
        if (cause == null) return unknown('the call is not known', cpuSpentAt.next);
        const formatting = shareOf(link, ask, where.accept, where.tie);
        const logging = spentBy(link.effect, ask, (site) => site.calls !== null && !where.accept(site) && site.function === cause.facts['function'] && onItsLines(cause, site));
        const share = 'state' in logging ? 0 : logging.reduce((n, s) => n + s.facts.share, 0);
        return share > WRITES * formatting.share
          ? holds('the profile shows that the log call itself takes time: it writes', 'state' in logging ? link.effect.places : logging.flatMap((s) => s.places).slice(0, 2))
          : fails('the profile shows no time in the log call itself: it writes nothing', formatting.sites.flatMap((s) => s.places).slice(0, 2));
      },
    },
  ],
  rivals: [],
  acceptedFalsePositives: ['a log call that writes a few of very many records (sampling): the formatting is for nothing for most of them'],
});
