/** Aligned lines below a label in the gutter. */
import type { Page, TerminalOptions } from '../lib/page.ts';
import { columnsOf, padTo, wrap } from '../lib/safe-text.ts';

const GUTTER = 8;

/**
 * `label` stands before the first line only. What is too wide is broken at its last tab, so that a function with its file and line is never cut;
 * where that does not do, at a blank.
 */
export function lines(page: Page, label: string, of: readonly string[], options: TerminalOptions): void {
  const width = Math.max(60, options.columns ?? 80) - GUTTER;
  let first = true;
  const put = (text: string): void => {
    page.line(`${padTo(first ? label : '', GUTTER)}${text}`.trimEnd());
    first = false;
  };
  for (const text of of) {
    const indent = text.length - text.trimStart().length;
    let rest = text;
    while (columnsOf(spread(rest)) > width) {
      const tab = lastTab(rest, width);
      if (tab < 0) break;
      put(spread(rest.slice(0, tab)));
      rest = `${' '.repeat(Math.min(20, Math.max(10, indent + 2)))}${rest.slice(tab + 1).trimStart()}`;
    }
    if (columnsOf(spread(rest)) <= width) put(spread(rest));
    else {
      const margin = ' '.repeat(Math.min(20, rest.length - rest.trimStart().length));
      wrap(spread(rest).trim(), width - margin.length).forEach((line, i) => {
        put(`${i === 0 ? margin : `${margin}  `}${line}`);
      });
    }
  }
}

const spread = (text: string): string => text.replaceAll('\t', '  ');

/** The last tab up to which it fits. */
function lastTab(text: string, width: number): number {
  for (let at = text.lastIndexOf('\t'); at > 0; at = text.lastIndexOf('\t', at - 1)) if (columnsOf(spread(text.slice(0, at))) <= width) return at;
  return -1;
}

/** Cells padded to the widest of their column; a column of figures is set to the right. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, columnsOf(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] as number;
        return right.includes(i) ? ' '.repeat(width - columnsOf(cell)) + cell : i === row.length - 1 ? cell : padTo(cell, width);
      })
      .join('  ')
      .trimEnd(),
  );
}
