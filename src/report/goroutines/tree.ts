/** Who started whom, as an indented tree. */
import { type GoroutineTree, shortGoSymbol } from '../../model/index.ts';
import { grouped, plural } from '../lib/figures.ts';
import type { Page } from '../lib/page.ts';
import { columnsOf, oneLine, padTo, wrap } from '../lib/safe-text.ts';
import { fileLine } from './groups.ts';

const LINES = 60;
/** Below this share of what their parent has they are counted together. */
const SMALL = 0.01;

export function putTree(page: Page, roots: readonly GoroutineTree[], columns: number, ascii: boolean): void {
  let left = LINES;
  const put = (t: GoroutineTree, depth: number): void => {
    if (left-- <= 0) return;
    const indent = '  '.repeat(Math.min(depth, 12));
    const number = t.ended ? '' : grouped(t.count);
    const head = `${number.padStart(9)}  ${indent}`;
    const facts: string[] = [];
    if (t.by !== null) facts.push(fileLine(t.by));
    if (t.ended) facts.push('(has ended, or is not there)');
    if (t.waits.length > 0) facts.push(`[${t.waits.map((w) => (t.waits.length > 1 ? `${grouped(w.count)} ${w.wait}` : w.wait)).join(', ')}]`);
    if (t.longestMinutes !== null) facts.push(`${ascii ? '>=' : '≥'}${t.longestMinutes} min`);
    if (t.leaked > 0) facts.push(`${grouped(t.leaked)} leaked`);
    if (t.below > 0) facts.push(`${grouped(t.below)} below`);
    const text = oneLine(`${shortGoSymbol(t.entry)} ${facts.join(' ')}`.trimEnd());
    const room = columns - columnsOf(head);
    const lines = columnsOf(text) <= room ? [text] : wrap(text, Math.max(24, room - 2));
    for (const [i, line] of lines.entries()) page.line(i === 0 ? `${head}${line}` : `${padTo('', columnsOf(head) + 2)}${line}`, t.leaked > 0 && i === 0 ? '31' : '');
    const all = t.count + t.below;
    const shown = t.children.filter((c, i) => i < 3 || c.count + c.below >= all * SMALL);
    for (const c of shown) put(c, depth + 1);
    const rest = t.children.slice(shown.length);
    if (rest.length > 0 && left > 0)
      page.line(
        `${' '.repeat(11)}${indent}  and ${plural(rest.length, 'more place')} with ${plural(
          rest.reduce((n, c) => n + c.count + c.below, 0),
          'goroutine',
        )}`,
        '2',
      );
  };
  page.line(`${padTo('    COUNT', 11)}RUNS, STARTED AT`, '2');
  for (const t of roots) put(t, 0);
  if (left < 0) page.line(`and ${plural(-left, 'more node')} (--json)`, '2');
}
