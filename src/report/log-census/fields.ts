/** The fields that records have, for a person at a terminal. */
import type { FieldsInUse } from '../../model/index.ts';
import { bytes, grouped, percent, plural } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { columnsOf, cut, oneLine, padTo, wrap } from '../lib/safe-text.ts';

const WIDEST = 28;

export function renderFields(of: FieldsInUse, options: TerminalOptions = {}): string {
  const page = new Page(options);
  const columns = Math.max(60, options.columns ?? 80);
  page.line(`${plural(of.records, 'record')} in ${plural(of.logs, 'log')}, ${bytes(of.bytes)}: ${plural(of.fields.length + of.left, 'field')}`, '1');
  page.blank();
  const width = Math.min(WIDEST, Math.max(5, ...of.fields.map((f) => columnsOf(oneLine(f.name)))));
  const row = (name: string, records: string, share: string, types: string, example: string, colour = ''): void => {
    const head = `  ${padTo(cut(name, width), width)} ${records.padStart(11)} ${share.padStart(6)}  ${padTo(cut(types, 8), 8)} `;
    page.line(`${head}${cut(example, Math.max(8, columns - columnsOf(head)))}`.trimEnd(), colour);
  };
  row('field', 'records', '', 'type', 'for example', '2');
  for (const f of of.fields) {
    const types = Object.entries(f.types).sort((a, b) => b[1] - a[1]);
    row(oneLine(f.name), grouped(f.records), percent(f.records / Math.max(1, of.records)), `${types[0]?.[0] ?? ''}${types.length > 1 ? ' …' : ''}`, oneLine(f.example ?? ''));
  }
  const notes: string[] = [];
  if (of.left > 0) notes.push(`${plural(of.left, 'more field')}: not asked for (--first)`);
  if (of.beyond > 0) notes.push(`fields came when no more could be kept: ${plural(of.beyond, 'use')} of them`);
  if (of.rejected > 0) notes.push(`${plural(of.rejected, 'stretch', 'stretches')} of text that no known logger wrote (gorca logs stats shows where)`);
  if (notes.length > 0) page.blank();
  for (const n of notes) for (const line of wrap(oneLine(n), columns)) page.line(line);
  return page.text();
}
