import { type Instant, parseInstant, type Span } from '../../model/index.ts';
import { rfc3339OfDescribe } from './age.ts';
import type { TextLine } from './lines.ts';
import { spanning } from './lines.ts';

/** One "Key:  value" of describe with what is indented below it. */
export interface Field {
  readonly key: string;
  /** Text behind the colon; continuation lines are joined by '\n'. */
  value: string;
  readonly indent: number;
  /** First line to the last line that belongs to it. */
  span: Span;
  readonly line: Span;
  readonly children: Field[];
  /** Index of its line. */
  readonly at: number;
  /** Lines below that are no "Key: value" (tables, list items). */
  readonly loose: number[];
}

const KEY = /^([^\s:][^:]{0,200}?):(?:[ \t]+(\S.*)|[ \t]*)$/;

/** Lines [from, to) as a tree by indentation. Lines that are no "Key: value" belong to the field above them. */
export function describeTree(lines: readonly TextLine[], from: number, to: number): Field {
  const start = lines[from]?.span ?? { offset: 0, length: 0 };
  const root: Field = { key: '', value: '', indent: -1, span: start, line: start, children: [], at: from, loose: [] };
  const open: Field[] = [root];
  let valueColumn = -1;
  for (let i = from; i < to; i++) {
    const line = lines[i] as TextLine;
    const text = line.text.slice(line.lead);
    if (text === '') continue;
    const last = open[open.length - 1] as Field;
    // a label or a long message goes on below the value it began with
    if (last !== root && line.indent === valueColumn && line.indent > last.indent + 2 && last.value !== '') {
      last.value += `\n${text}`;
      extend(open, line.span);
      continue;
    }
    while (open.length > 1 && (open[open.length - 1] as Field).indent >= line.indent) open.pop();
    const parent = open[open.length - 1] as Field;
    const m = KEY.exec(text);
    if (m === null) {
      parent.loose.push(i);
      extend(open, line.span);
      continue;
    }
    const field: Field = { key: m[1] ?? '', value: m[2]?.trim() ?? '', indent: line.indent, span: line.span, line: line.span, children: [], at: i, loose: [] };
    parent.children.push(field);
    open.push(field);
    extend(open, line.span);
    valueColumn = m[2] === undefined ? -1 : line.text.indexOf(m[2], line.lead + (m[1] ?? '').length);
  }
  return root;
}

function extend(open: readonly Field[], span: Span): void {
  for (const f of open) f.span = spanning(f.span, span);
}

export const childOf = (f: Field | null, key: string): Field | null => f?.children.find((c) => c.key === key) ?? null;
/** Value of a child; "<none>" and "<unset>" read as absent. */
export const textOf = (f: Field | null, key: string): string | null => {
  const v = childOf(f, key)?.value ?? null;
  return v === null || v === '' || v === '<none>' || v === '<unset>' ? null : v;
};
export const numberOf = (f: Field | null, key: string): number | null => {
  const v = textOf(f, key);
  return v !== null && /^-?\d{1,12}$/.test(v) ? Number(v) : null;
};
export const dateOf = (f: Field | null, key: string): Instant | null => {
  const v = textOf(f, key);
  const iso = v === null ? null : rfc3339OfDescribe(v);
  return iso === null ? null : parseInstant(iso);
};
/** "a=b" lines of Labels, Selector. */
export function pairsOf(f: Field | null, key: string): { readonly [name: string]: string } {
  const out: Record<string, string> = {};
  for (const part of (textOf(f, key) ?? '').split(/[\n,]/)) {
    const cut = part.indexOf('=');
    if (cut > 0) out[part.slice(0, cut).trim()] = part.slice(cut + 1).trim();
  }
  return out;
}
