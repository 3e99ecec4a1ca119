/** What allocating costs those who allocate. */
import { assistsHeavy } from '../../model/conditions/execution-trace.ts';
import type { Condition } from '../../model/index.ts';
import { eventPlace, ms, msText, percentText, type Seen, share, siteText, tell } from './seen.ts';

const ASSISTS = 0.1;
const HALF = 0.5;

export function assistConditions(seen: Seen): Condition[] {
  const { processors } = seen.summary;
  const of = (id: string): number => processors.rows.find((r) => r.id === id)?.ns ?? 0;
  const total = of('gc-assist');
  const ran = of('user') + total;
  const collecting = total + of('gc-background') + of('gc-sweep');
  const nobody = processors.rows.filter((r) => r.id === 'gc-idle' || r.id.startsWith('idle') || r.id.startsWith('undetermined')).reduce((n, r) => n + r.ns, 0);
  if (ran === 0 || total / ran < ASSISTS) return [];
  const bySite = new Map<string, { ns: number; offset: number; most: number; at: NonNullable<(typeof processors.assists)[number]['stack']['user']> }>();
  for (const a of processors.assists) {
    const at = a.stack.user;
    if (at === null) continue;
    const key = `${at.function} ${at.file}:${at.line}`;
    const sum = bySite.get(key) ?? { ns: 0, offset: a.mostOffset, most: a.mostNs, at };
    bySite.set(key, sum);
    sum.ns += a.runningNs;
    if (a.mostNs > sum.most) {
      sum.most = a.mostNs;
      sum.offset = a.mostOffset;
    }
  }
  const [first] = [...bySite.values()].sort((a, b) => b.ns - a.ns);
  if (first === undefined || first.ns / total < HALF) return [];
  return [
    tell(assistsHeavy, seen, {
      discriminator: `${first.at.function}:${first.at.line}`,
      quantity: { value: ms(total), unit: 'milliseconds', known: 'counted' },
      facts: {
        share: share(total / ran),
        function: first.at.function,
        file: first.at.file,
        line: first.at.line,
        ofAssists: share(first.ns / total),
        ms: ms(total),
        collecting: share(collecting / Math.max(1, processors.capacityNs - nobody)),
      },
      says: `${percentText(total / ran)} of the time that goroutines ran went into mark assists, ${percentText(first.ns / total)} of that for ${siteText(first.at)}`,
      places: [eventPlace(seen, first.offset, `the longest assist ends after ${msText(first.most)}`)],
    }),
  ];
}
