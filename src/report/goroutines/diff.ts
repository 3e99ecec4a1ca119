/** Dumps beside each other, for a person at a terminal. */
import type { GoroutineChange, GoroutineDiff } from '../../model/index.ts';
import { grouped, plural, seconds } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { oneLine, wrap } from '../lib/safe-text.ts';
import { dumpName, type GroupStyle, ORDERS, putGroup, putHead, waitColumns } from './groups.ts';

export interface DiffStyle extends TerminalOptions {
  readonly stacks?: boolean;
}

export function renderGoroutineDiff(d: GoroutineDiff, options: DiffStyle = {}): string {
  const page = new Page(options);
  const style: GroupStyle = { columns: Math.max(60, options.columns ?? 80), ascii: options.ascii === true, stacks: options.stacks === true };
  const arrow = style.ascii ? ' -> ' : ' → ';
  const totals = d.dumps.map((s) => `${s.complete ? '' : style.ascii ? '>=' : '≥'}${grouped(s.goroutines)}`);
  const change = (d.dumps.at(-1)?.goroutines ?? 0) - (d.dumps[0]?.goroutines ?? 0);
  const pace = d.seconds === null || d.seconds <= 0 ? '' : ` in ${seconds(d.seconds)}, ${signed(Math.round((change * 600) / d.seconds) / 10)} a minute`;
  for (const line of wrap(`${totals.join(arrow)} goroutines (${signed(change)}${pace})`, style.columns)) page.line(line, '1');
  for (const [i, s] of d.dumps.entries()) for (const line of wrap(oneLine(`${i + 1}. ${dumpName(s)}`), style.columns - 2)) page.line(`  ${line}`);
  const notes = [`compared ${ORDERS[d.order]}`];
  if (d.sameProcess === false) notes.push('goroutine ids say that they are of different processes');
  if (d.sameProcess === null) notes.push('without goroutine ids: whether the same ones stand there is not known');
  if (d.dumps.some((s) => !s.complete)) notes.push('of a dump that is cut the counts are lower bounds: what came may have been there');
  if (d.by === 'function') notes.push('compared by function, for another build has other lines');
  if (d.by === 'line alone') notes.push('of different forms: by the line they stand at alone');
  for (const line of wrap(notes.join('; '), style.columns - 2)) page.line(`  ${line}`, d.sameProcess === false ? '33' : '2');
  page.blank();
  if (d.changes.length === 0) page.line('nothing changed');
  else {
    const waits = waitColumns(
      d.changes.map((c) => c.group),
      style,
    );
    putHead(page, waits, 'CHANGE     NOW');
    for (const c of d.changes) put(page, c, waits, style, arrow, d.dumps.length);
  }
  const rest: string[] = [];
  if (d.left.groups > 0) rest.push(`${plural(d.left.groups, 'more group')} that changed, with ${plural(d.left.goroutines, 'goroutine')} (--first)`);
  if (d.unchanged.groups > 0) rest.push(`${plural(d.unchanged.groups, 'group')} with ${plural(d.unchanged.goroutines, 'goroutine')} in which nothing changed`);
  if (rest.length > 0) for (const line of wrap(`and ${rest.join(', ')}`, style.columns)) page.line(line, '2');
  return page.text();
}

function put(page: Page, c: GoroutineChange, waits: number, style: GroupStyle, arrow: string, dumps: number): void {
  const now = c.counts.at(-1) ?? 0;
  const facts: string[] = [];
  if (dumps > 2) facts.push(c.counts.map(grouped).join(arrow));
  const before = c.counts[0] ?? 0;
  if (c.stayed !== null && before > 0) facts.push(stayedText(c.stayed, before));
  putGroup(page, c.group, `${signed(c.change).padStart(8)} ${grouped(now).padStart(7)}`, waits, style, facts);
}

function stayedText(stayed: number, before: number): string {
  if (before === 1) return stayed === 1 ? 'the one of before is still there' : 'the one of before is gone';
  if (stayed === 0) return `none of the ${grouped(before)} of before is still there`;
  return stayed === before ? `all ${grouped(before)} of before are still there` : `${grouped(stayed)} of the ${grouped(before)} of before are still there`;
}

const signed = (n: number): string => (n > 0 ? `+${grouped(n)}` : n < 0 ? `-${grouped(-n)}` : '0');
