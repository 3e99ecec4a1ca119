/** Goroutines of one dump for a person at a terminal. */
import type { GoroutineSummary } from '../../model/index.ts';
import { grouped, percent, plural } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { oneLine, wrap } from '../lib/safe-text.ts';
import { dumpName, type GroupStyle, putGroup, putHead, shareText, waitColumns } from './groups.ts';
import { putTree } from './tree.ts';

export interface SummaryStyle extends TerminalOptions {
  readonly stacks?: boolean;
  /** The runtime's own goroutines too. */
  readonly system?: boolean;
}

const WAITS = 6;
const UNKNOWN = 'unknown';
const DEBUG2 = "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2'";

export function renderGoroutineSummary(summary: GoroutineSummary, options: SummaryStyle = {}): string {
  const page = new Page(options);
  const style: GroupStyle = { columns: Math.max(60, options.columns ?? 80), ascii: options.ascii === true, stacks: options.stacks === true };
  for (const d of summary.dumps) {
    page.blank();
    for (const line of wrap(oneLine(`${d.complete ? '' : 'at least '}${plural(d.goroutines, 'goroutine')} in ${dumpName(d)}: ${plural(d.stacks, 'stack')}`), style.columns))
      page.line(line, '1');
    const waits = d.waits.map((w) => `${w.wait} ${percent(w.count / Math.max(1, d.goroutines))}`);
    const said = waits.length > WAITS ? [...waits.slice(0, WAITS), `${waits.length - WAITS} more`] : waits;
    // what belongs together stays on one line
    for (const line of wrap(oneLine(said.map((w) => w.replaceAll(' ', '\u00a0')).join(' · ')), style.columns - 2)) page.line(`  ${line.replaceAll('\u00a0', ' ')}`);
    // what the remaining frames do not tell is not known: another form of the same endpoint says it
    if (d.form === 'debug1' && d.waits.some((w) => w.wait === UNKNOWN))
      for (const line of [...wrap('this form leaves out why a goroutine waits, and the frames of the runtime that would tell; another one has them:', style.columns - 2), DEBUG2])
        page.line(`  ${line}`, '2');
    if (!d.complete) page.line('  the dump is cut: all counts are lower bounds', '33');
    page.blank();
    if (d.tree !== undefined) {
      putTree(page, d.tree, style.columns, style.ascii);
      continue;
    }
    if (d.groups.length > 0) {
      const columns = waitColumns(d.groups, style);
      putHead(page, columns, '    COUNT  SHARE');
      for (const g of d.groups) putGroup(page, g, shareText(g.count, g.share), columns, style);
    }
    const notes: string[] = [];
    if (d.left.groups > 0) notes.push(`${plural(d.left.groups, 'more group')} with ${plural(d.left.goroutines, 'goroutine')} (--first)`);
    if (d.withoutStack > 0 && options.system !== true) notes.push(`${grouped(d.withoutStack)} whose stack was not printed, for they ran on another thread`);
    if (d.system > 0 && options.system !== true) notes.push(`${grouped(d.system)} of the runtime itself (--system)`);
    if (notes.length > 0) for (const line of wrap(`and ${notes.join(', ')}`, style.columns)) page.line(line, '2');
  }
  return page.text();
}
