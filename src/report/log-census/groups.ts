/** Records by what their fields say, for a person at a terminal. */
import type { FieldGroups } from '../../model/index.ts';
import { bytes, grouped, percent, plural, seconds } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { columnsOf, cut, oneLine, padTo, wrap } from '../lib/safe-text.ts';

const COLOURS: Readonly<Record<string, string>> = { error: '31', fatal: '31', warn: '33' };
const WIDEST = 40;
const NONE = '-';

export function renderGroups(of: FieldGroups, options: TerminalOptions = {}): string {
  const page = new Page(options);
  const columns = Math.max(60, options.columns ?? 80);
  page.line(
    `${plural(of.records, 'record')} in ${plural(of.logs, 'log')}, ${bytes(of.bytes)}, by ${oneLine(of.by.join(', '))}${of.everySeconds === null ? '' : ` and ${seconds(of.everySeconds)}`}`,
    '1',
  );
  page.blank();
  const rows = of.groups.map((g) => g.values.map((v) => (v === null ? NONE : v === '' ? '""' : oneLine(v))));
  const widths = of.by.map((name, i) => Math.min(WIDEST, Math.max(columnsOf(oneLine(name)), ...rows.map((r) => columnsOf(r[i]!)))));
  // times of one length, as fine as their width asks for
  const fine = of.everySeconds !== null && of.everySeconds % 1 !== 0 ? 23 : of.everySeconds !== null && of.everySeconds % 60 === 0 ? 16 : 19;
  const time = (from: string | null): string => (of.everySeconds === null ? '' : `${padTo(from === null ? NONE : from.slice(0, fine).replace('T', ' '), fine)} `);
  const row = (from: string, count: string, share: string, values: readonly string[], colour: string): void => {
    const head = `  ${from}${count.padStart(12)} ${share.padStart(6)}  `;
    const text = values.map((v, i) => (i === values.length - 1 ? v : padTo(cut(v, widths[i]!), widths[i]!))).join('  ');
    page.line(`${head}${cut(text, Math.max(10, columns - head.length))}`.trimEnd(), colour);
  };
  row(of.everySeconds === null ? '' : padTo('from, UTC', fine + 1), 'records', '', of.by.map(oneLine), '2');
  for (const [i, g] of of.groups.entries()) {
    const level = of.by.indexOf('level');
    row(time(g.from), grouped(g.count), percent(g.count / Math.max(1, of.records)), rows[i]!, level < 0 ? '' : (COLOURS[g.values[level] ?? ''] ?? ''));
  }
  const notes: string[] = [];
  if (of.left.groups > 0) notes.push(`${plural(of.left.groups, 'more group')} with ${plural(of.left.records, 'record')}: not asked for (--first)`);
  if (of.beyond > 0) notes.push(`${plural(of.beyond, 'record')} of values that came when no more groups could be kept: in no group`);
  if (of.rejected > 0) notes.push(`${plural(of.rejected, 'stretch', 'stretches')} of text that no known logger wrote: in no group (gorca logs stats shows where)`);
  if (notes.length > 0) page.blank();
  for (const n of notes) for (const line of wrap(oneLine(n), columns)) page.line(line);
  return page.text();
}
