import type { Span } from '../../model/index.ts';
import type { TextLine } from './lines.ts';

export interface Row {
  /** By column name; columns beyond the line are ''. */
  readonly cells: { readonly [column: string]: string };
  readonly span: Span;
}

export interface Table {
  readonly columns: readonly string[];
  readonly header: Span;
  readonly rows: readonly Row[];
  /** Index of the line after the table. */
  readonly next: number;
}

interface Column {
  readonly name: string;
  readonly start: number;
}

/** Words of a header separated by at least two blanks: "LAST SEEN" is one column. */
export function columnsOf(header: string): Column[] {
  const out: Column[] = [];
  for (const m of header.matchAll(/\S+(?: \S+)*/g)) out.push({ name: m[0], start: m.index });
  return out;
}

/**
 * Cuts a row at the header's columns. Rows of a watch are padded on their own: where a column start falls into a word the row is
 * cut at its gaps instead.
 */
export function cutRow(line: string, columns: readonly Column[]): { readonly [column: string]: string } {
  const cells: Record<string, string> = {};
  const aligned = columns.every((c, i) => i === 0 || c.start >= line.length || line[c.start - 1] === ' ');
  if (aligned) {
    for (const [i, c] of columns.entries()) cells[c.name] = line.slice(c.start, columns[i + 1]?.start ?? line.length).trim();
    return cells;
  }
  const words = [...line.matchAll(/\S+(?: \S+)*/g)].map((m) => m[0]);
  for (const [i, c] of columns.entries()) cells[c.name] = (i === columns.length - 1 ? words.slice(i).join('  ') : words[i]) ?? '';
  return cells;
}

/** Rows below a header line, up to an empty line, a line that starts another block, or lesser indentation. */
export function readTable(lines: readonly TextLine[], at: number, stop: (line: TextLine) => boolean): Table | null {
  const header = lines[at];
  if (header === undefined) return null;
  const columns = columnsOf(header.text);
  if (columns.length < 2) return null;
  const rows: Row[] = [];
  let i = at + 1;
  for (; i < lines.length; i++) {
    const line = lines[i] as TextLine;
    if (line.text.trim() === '' || line.indent < header.indent || stop(line)) break;
    // describe underlines its headers
    if (/^[\s-]+$/.test(line.text)) continue;
    rows.push({ cells: cutRow(line.text, columns), span: line.span });
  }
  return { columns: columns.map((c) => c.name), header: header.span, rows, next: i };
}
