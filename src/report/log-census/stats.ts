/** What is to be known of logs before they are trusted, for a person at a terminal. */
import type { CensusFile, CensusPlace, CensusStats } from '../../model/index.ts';
import { bars, bytes, grouped, percent, plural, rate, seconds, stretch } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { oneLine, padTo } from '../lib/safe-text.ts';

const SERVICES = 12;
const LISTED = 5;
const COLOURS: Readonly<Record<string, string>> = { error: '31', fatal: '31', warn: '33' };

export function renderStats(s: CensusStats, options: TerminalOptions = {}): string {
  const page = new Page(options);
  const ascii = options.ascii === true;
  const day = s.from?.slice(0, 10) ?? null;
  page.line(`${plural(s.records, 'record')} in ${plural(s.files.length, 'log')}, ${bytes(s.bytes)}, ${stretch(s.from, s.to)}${s.from === null ? '' : ' UTC'}`, '1');
  page.blank();
  const row = (name: string, count: number, over: readonly number[], colour = ''): void =>
    page.line(
      `  ${padTo(oneLine(name).slice(0, 16), 16)} ${grouped(count).padStart(11)} ${percent(count / Math.max(1, s.records)).padStart(6)}  ${bars(over, ascii)}`.trimEnd(),
      colour,
    );
  for (const l of [...s.levels].reverse()) row(l.level ?? 'no level', l.count, l.over, COLOURS[l.level ?? ''] ?? '');
  if (s.columnSeconds > 0) page.line(`  ${' '.repeat(18)}a column is ${seconds(s.columnSeconds)}; each row is drawn to its own highest`, '2');
  page.blank();
  if (s.services.length > 1 || s.services[0]?.service !== null) {
    for (const of of s.services.slice(0, SERVICES)) row(of.service ?? '(unnamed)', of.count, of.over);
    if (s.services.length > SERVICES) page.line(`  and ${s.services.length - SERVICES} more services`);
    page.blank();
  }
  const span = s.from === null || s.to === null ? 0 : (Date.parse(s.to) - Date.parse(s.from)) / 1000;
  if (span > 0) {
    const counted = s.sampled === null ? rate(s.records / span) : 'not known, for the log is sampled';
    page.row(
      'RATE',
      `${counted}${s.busiest === null ? '' : `; a burst of ${plural(s.busiest.records, 'record')} in ${seconds(s.busiest.seconds)} at ${s.busiest.from.slice(11, 19)}, ${s.busiest.timesUsual} times the usual`}`,
    );
  }
  if (s.sampled !== null)
    page.row(
      'SAMPLED',
      `${s.sampled.how}, seen in ${plural(s.sampled.windows, 'second')} of ${plural(s.sampled.texts, 'text')}: counts are lower bounds, and a record that is not there may have been written`,
    );
  for (const [i, g] of s.gaps.slice(0, LISTED).entries())
    page.row(
      i === 0 ? 'GAPS' : '',
      `${g.service} is silent from ${stretch(g.from, g.to, day)} (${seconds(g.seconds)}; usually at most ${seconds(g.usualPause)}), where its pace makes ${plural(g.expected, 'record')} and others wrote ${grouped(g.others)}: missing, or it stood still`,
    );
  if (s.gaps.length > LISTED) page.row('', `and ${s.gaps.length - LISTED} more`);
  page.row('FORMATS', formats(s.files));
  account(s, page);
  files(s.files, page);
  return page.text();
}

function formats(of: readonly CensusFile[]): string {
  const all = new Map<string, number>();
  for (const f of of) for (const [name, n] of Object.entries(f.formats)) all.set(name, (all.get(name) ?? 0) + n);
  return (
    [...all]
      .sort((a, b) => b[1] - a[1])
      .map(([name, n]) => `${name} ${grouped(n)}`)
      .join(' · ') || 'none known'
  );
}

/** Every byte is in a record, in text that is none, or ends a line. */
function account(s: CensusStats, page: Page): void {
  const total = (of: (f: CensusFile) => number): number => s.files.reduce((n, f) => n + of(f), 0);
  const parts = [
    `${grouped(total((f) => f.recordBytes))} in records`,
    `${grouped(total((f) => f.rejected.bytes))} in ${plural(
      total((f) => f.rejected.spans),
      'rejected span',
    )}`,
  ];
  const blank = total((f) => f.blankBytes);
  if (blank > 0) parts.push(`${grouped(blank)} of blank lines`);
  parts.push(`${grouped(total((f) => f.lineEndBytes))} of line ends`);
  page.row('BYTES', `${grouped(s.bytes)} = ${parts.join(' + ')}`);
  const kinds: string[] = [
    `${plural(
      total((f) => f.lines),
      'line',
    )}`,
  ];
  const several = total((f) => f.severalLines);
  if (several > 0) kinds.push(`${plural(several, 'record')} of several`);
  const crashes = total((f) => f.crashes);
  if (crashes > 0) kinds.push(plural(crashes, 'crash', 'crashes'));
  const long = total((f) => f.longLines);
  if (long > 0) kinds.push(`${plural(long, 'line')} of over a megabyte, read by the head`);
  const undated = total((f) => f.undated);
  if (undated > 0) kinds.push(`${plural(undated, 'record')} without a time`);
  page.row('LINES', kinds.join(' · '));
}

const where = (p: CensusPlace | null): string => (p === null ? '' : `, first at ${p.file}:${p.offset}`);

function files(all: readonly CensusFile[], page: Page): void {
  const told = (label: string, lines: readonly string[]): void => {
    for (const [i, line] of lines.slice(0, LISTED).entries()) page.row(i === 0 ? label : '', oneLine(line));
    if (lines.length > LISTED) page.row('', `and ${lines.length - LISTED} more logs`);
  };
  const rejected = all.filter((f) => f.rejected.spans > 0);
  told(
    'TEXT',
    rejected.map((f) => `${plural(f.rejected.spans, 'span')} rejected: text that no known logger wrote${where(f.rejected.first)}`),
  );
  told(
    'KEYS',
    all.filter((f) => f.duplicateKeys.records > 0).map((f) => `${plural(f.duplicateKeys.records, 'record')} with a key twice${where(f.duplicateKeys.first)}`),
  );
  told(
    'CLOCKS',
    all.flatMap((f) => {
      const coarse = f.stepNs >= 1e9 ? [`${f.file}: whole seconds, the order within one is unknown`] : [];
      return f.stepsBack.count === 0
        ? coarse
        : [...coarse, `${f.file}: goes back by more than a second ${f.stepsBack.count} times, most by ${seconds(f.stepsBack.most)} at byte ${f.stepsBack.at?.offset ?? 0}`];
    }),
  );
  told(
    'SIGNS',
    all.flatMap((f) => f.signs.map((sign) => `${f.file}: ${sign}`)),
  );
}
