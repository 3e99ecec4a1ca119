/** What is going to be taken and what it costs, in two columns; where they are too wide for the page, one below the other. */
import type { PlanLine } from '../collect/pprof/index.ts';
import { columnsOf, padTo, wrap } from '../report/lib/safe-text.ts';

const INDENT = 2;
/** A column narrower than this breaks every few words. */
const LEAST = 28;
const NARROWEST = 60;
const MOST = 120;

export function planPage(lines: readonly PlanLine[], columns: number): string[] {
  const page = Math.min(MOST, Math.max(NARROWEST, columns));
  const wide = Math.max(...lines.map((l) => (l.what === null ? 0 : columnsOf(l.what)))) + INDENT;
  const room = page - INDENT - wide;
  return lines.flatMap((l, i) => {
    if (l.what === null) return wrap(l.says, page - (i === 0 ? 0 : INDENT)).map((text, k) => (i === 0 && k === 0 ? text : `${' '.repeat(INDENT)}${text}`));
    if (room >= LEAST) return wrap(l.says, room).map((text, k) => `${' '.repeat(INDENT)}${padTo(k === 0 ? (l.what as string) : '', wide)}${text}`);
    return [...wrap(l.what, page - INDENT), ...wrap(l.says, page - 3 * INDENT).map((text) => `${' '.repeat(2 * INDENT)}${text}`)].map((text) => `${' '.repeat(INDENT)}${text}`);
  });
}
