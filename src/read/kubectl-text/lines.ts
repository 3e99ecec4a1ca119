import { decodeText, type Span } from '../../model/index.ts';

/** A line with its bytes' span (line end excluded) and its own indentation. */
export interface TextLine {
  readonly text: string;
  readonly span: Span;
  /** Column of the first character that is no blank; a tab reaches to the next multiple of eight. */
  readonly indent: number;
  /** How many characters of blanks that is. */
  readonly lead: number;
}

export function textLines(bytes: Uint8Array, most = Number.POSITIVE_INFINITY): TextLine[] {
  const out: TextLine[] = [];
  let start = 0;
  while (start < bytes.length && out.length < most) {
    let end = bytes.indexOf(0x0a, start);
    if (end < 0) end = bytes.length;
    const stop = end > start && bytes[end - 1] === 0x0d ? end - 1 : end;
    const text = decodeText(bytes.subarray(start, stop));
    let indent = 0;
    let lead = 0;
    for (; lead < text.length && (text[lead] === ' ' || text[lead] === '\t'); lead++) indent = text[lead] === ' ' ? indent + 1 : (Math.floor(indent / 8) + 1) * 8;
    out.push({ text, span: { offset: start, length: stop - start }, indent, lead });
    start = end + 1;
  }
  return out;
}

/** From the first to the last of some lines. */
export const spanning = (first: Span, last: Span): Span => ({ offset: first.offset, length: Math.max(0, last.offset + last.length - first.offset) });
