/**
 * Fields of one JSON log line as spans: nothing is parsed to a number (int64 stays exact) and duplicates are kept, both of which
 * JSON.parse loses. Works on one character per byte, so positions are byte positions. Linear; nesting deeper than the cap stays raw.
 */
import { decodeText } from '../../model/index.ts';
import type { FieldType } from './log-source.ts';

export interface FieldSpan {
  readonly name: string;
  readonly type: FieldType;
  /** Where the value stands; for a string without its quotes. */
  readonly start: number;
  readonly end: number;
  /** How the span becomes text. */
  readonly coding: Coding;
}

export type Coding = 'raw' | 'json' | 'go' | 'klog-lines' | 'hclog-lines';

const DEPTH_CAP = 16;
const FIELD_CAP = 4096;

/** Offset after the string that begins at `at` (a quote); -1 when it does not end. */
export function endOfString(text: string, at: number): number {
  let i = at + 1;
  for (;;) {
    const quote = text.indexOf('"', i);
    if (quote < 0) return -1;
    let slashes = 0;
    while (quote - 1 - slashes > at && text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    i = quote + 1;
  }
}

/** Offset after the value at `at`; -1 when it does not end. Quotes and brackets are balanced, nothing else is checked. */
export function endOfValue(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c === 34) return endOfString(text, at);
  if (c !== 123 && c !== 91) {
    let i = at;
    while (i < text.length) {
      const d = text.charCodeAt(i);
      if (d === 44 || d === 125 || d === 93 || d <= 32) break;
      i++;
    }
    return i > at ? i : -1;
  }
  let depth = 0;
  let i = at;
  while (i < text.length) {
    const d = text.charCodeAt(i);
    if (d === 34) {
      i = endOfString(text, i);
      if (i < 0) return -1;
      continue;
    }
    if (d === 123 || d === 91) depth++;
    else if (d === 125 || d === 93) {
      depth--;
      if (depth === 0) return i + 1;
    }
    i++;
  }
  return -1;
}

const skipBlank = (text: string, at: number): number => {
  let i = at;
  while (i < text.length && (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9 || text.charCodeAt(i) === 10 || text.charCodeAt(i) === 13)) i++;
  return i;
};

const SCALAR = /^(?:-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?|true|false|null)$/;

/** Names are remembered from lines up to this length, by place up to this count: what is kept alive stays small. */
const NAMED_LINE_CAP = 4096;
const NAMES_CAP = 64;

/**
 * The object at `at`, flattened with dots. null when it is not a whole JSON object. `end` is the offset after it.
 * `names`, where given, holds the names of the line before by their place, and is brought up to date: a logger writes the same keys
 * in the same order, so most names need no slicing, and as they are the same strings, looking them up later needs no hashing.
 */
export function jsonFields(text: string, bytes: Uint8Array, at: number, names: string[] | null = null): { fields: FieldSpan[]; end: number } | null {
  const fields: FieldSpan[] = [];
  const end = readObject(text, bytes, at, '', 0, fields, names);
  return end < 0 ? null : { fields, end };
}

/** A remembered name holds neither quotes nor escapes: where it stands between quotes, it is the whole key. */
function standsAt(text: string, at: number, name: string): boolean {
  return text.startsWith(name, at) && text.charCodeAt(at + name.length) === 34;
}

function readObject(text: string, bytes: Uint8Array, at: number, prefix: string, depth: number, out: FieldSpan[], names: string[] | null): number {
  if (text.charCodeAt(at) !== 123) return -1;
  let i = skipBlank(text, at + 1);
  if (text.charCodeAt(i) === 125) return i + 1;
  for (;;) {
    if (text.charCodeAt(i) !== 34) return -1;
    const remembered = names === null || prefix !== '' ? undefined : names[out.length];
    let name: string;
    if (remembered !== undefined && standsAt(text, i + 1, remembered)) {
      name = remembered;
      i += name.length + 2;
    } else {
      const nameEnd = endOfString(text, i);
      if (nameEnd < 0) return -1;
      const plain = plainSlice(text, i + 1, nameEnd - 1);
      name = prefix + (plain ?? jsonText(bytes, i + 1, nameEnd - 1));
      if (names !== null && prefix === '' && plain !== null && out.length < NAMES_CAP && text.length <= NAMED_LINE_CAP) names[out.length] = name;
      i = nameEnd;
    }
    i = skipBlank(text, i);
    if (text.charCodeAt(i) !== 58) return -1;
    i = skipBlank(text, i + 1);
    const first = text.charCodeAt(i);
    if (first === 123 && depth < DEPTH_CAP) {
      const before = out.length;
      const end = readObject(text, bytes, i, `${name}.`, depth + 1, out, names);
      if (end < 0) return -1;
      if (out.length === before && out.length < FIELD_CAP) out.push({ name, type: 'json', start: i, end, coding: 'raw' });
      i = end;
    } else {
      const end = endOfValue(text, i);
      if (end < 0) return -1;
      if (first !== 34 && first !== 123 && first !== 91 && !SCALAR.test(text.slice(i, Math.min(end, i + 1024)))) return -1;
      if (out.length < FIELD_CAP) out.push(valueSpan(name, first, i, end));
      i = end;
    }
    i = skipBlank(text, i);
    const next = text.charCodeAt(i);
    if (next === 125) return i + 1;
    if (next !== 44) return -1;
    i = skipBlank(text, i + 1);
  }
}

function valueSpan(name: string, first: number, start: number, end: number): FieldSpan {
  if (first === 34) return { name, type: 'string', start: start + 1, end: end - 1, coding: 'json' };
  if (first === 123 || first === 91) return { name, type: 'json', start, end, coding: 'raw' };
  return { name, type: first === 110 ? 'null' : first === 116 || first === 102 ? 'boolean' : 'number', start, end, coding: 'raw' };
}

/** The text of a span that needs no decoding: ASCII without escapes, which nearly all of a log is. Slicing costs a tenth of decoding. */
export function plainSlice(text: string, start: number, end: number): string | null {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c > 126 || c === 92) return null;
  }
  return text.slice(start, end);
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/gs;
const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Decoded text between the quotes. Unknown escapes keep their character, so a damaged line still shows its words. */
export function jsonText(bytes: Uint8Array, start: number, end: number): string {
  const raw = decodeText(bytes.subarray(start, end));
  if (!raw.includes('\\')) return raw;
  return raw.replace(ESCAPE, (_all, hex: string | undefined, one: string | undefined) =>
    hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (SIMPLE[one ?? ''] ?? one ?? ''),
  );
}
