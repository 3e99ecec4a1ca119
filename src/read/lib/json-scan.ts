/**
 * Finds spans in JSON text without building a tree: where a value ends, the members of an object, the elements of an array,
 * and the span a JSON pointer means. Citing is rare and lists are long, so values are parsed natively and spans are looked up
 * only when somebody cites them. Nothing here validates: JSON.parse of a found span does. Text that stops early yields what is whole.
 */
import { decodeText, type Span } from '../../model/index.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

export function skipSpace(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length) {
    const c = bytes[i]!;
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
    i++;
  }
  return i;
}

/** Offset after the closing quote; -1 when the text stops before it. */
function skipString(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  while (i < bytes.length) {
    const c = bytes[i]!;
    if (c === BACKSLASH) i += 2;
    else if (c === QUOTE) return i + 1;
    else i++;
  }
  return -1;
}

/** Offset after the value that starts at `at` (no space before it); -1 when the text stops before its end. Depth costs no stack. */
export function skipValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === undefined) return -1;
  if (first === QUOTE) return skipString(bytes, at);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
    let i = at;
    while (i < bytes.length) {
      const c = bytes[i]!;
      if (c === COMMA || c === CLOSE_OBJECT || c === CLOSE_ARRAY || c <= 0x20) return i;
      i++;
    }
    return i;
  }
  let depth = 0;
  let i = at;
  while (i < bytes.length) {
    const c = bytes[i]!;
    if (c === QUOTE) {
      i = skipString(bytes, i);
      if (i < 0) return -1;
      continue;
    }
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) depth++;
    else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) {
      depth--;
      if (depth === 0) return i + 1;
    }
    i++;
  }
  return -1;
}

export interface Member {
  readonly key: string;
  /** The value alone. `whole` is false when the text stops inside it: then it reaches to the end of the text. */
  readonly value: Span;
  /** From the key's quote to the end of the value. */
  readonly span: Span;
  readonly whole: boolean;
}

/** Members of the object that starts at `at`. The last one may be cut. */
export function* members(bytes: Uint8Array, at: number): Generator<Member> {
  if (bytes[at] !== OPEN_OBJECT) return;
  let i = skipSpace(bytes, at + 1);
  while (bytes[i] === QUOTE) {
    const keyEnd = skipString(bytes, i);
    if (keyEnd < 0) return;
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) return;
    const start = skipSpace(bytes, colon + 1);
    if (start >= bytes.length) return;
    const end = skipValue(bytes, start);
    const whole = end >= 0;
    const stop = whole ? end : bytes.length;
    yield { key: keyText(bytes, i, keyEnd), value: { offset: start, length: stop - start }, span: { offset: i, length: stop - i }, whole };
    if (!whole) return;
    i = skipSpace(bytes, stop);
    if (bytes[i] !== COMMA) return;
    i = skipSpace(bytes, i + 1);
  }
}

/** Elements of the array that starts at `at`, whole ones only; returns whether the array was closed. */
export function* elements(bytes: Uint8Array, at: number): Generator<Span, boolean> {
  if (bytes[at] !== OPEN_ARRAY) return false;
  let i = skipSpace(bytes, at + 1);
  while (i < bytes.length && bytes[i] !== CLOSE_ARRAY) {
    const end = skipValue(bytes, i);
    if (end <= i) return false;
    yield { offset: i, length: end - i };
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
    else if (bytes[i] !== CLOSE_ARRAY) return false;
  }
  return bytes[i] === CLOSE_ARRAY;
}

export const pointerParts = (pointer: string): string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The last of equal keys counts, as in JSON.parse. As `members` has it, without making what is not asked for. */
function memberNamed(bytes: Uint8Array, at: number, name: string): { readonly value: Span; readonly shown: Span } | null {
  let found: { readonly value: Span; readonly shown: Span } | null = null;
  if (bytes[at] !== OPEN_OBJECT) return found;
  let i = skipSpace(bytes, at + 1);
  while (bytes[i] === QUOTE) {
    const keyEnd = skipString(bytes, i);
    if (keyEnd < 0) break;
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) break;
    const start = skipSpace(bytes, colon + 1);
    if (start >= bytes.length) break;
    const end = skipValue(bytes, start);
    const stop = end >= 0 ? end : bytes.length;
    if (isKey(bytes, i, keyEnd, name)) found = { value: { offset: start, length: stop - start }, shown: { offset: i, length: stop - i } };
    if (end < 0) break;
    i = skipSpace(bytes, stop);
    if (bytes[i] !== COMMA) break;
    i = skipSpace(bytes, i + 1);
  }
  return found;
}

/** Whether the string from its quote at `start` to after its quote at `end` reads as `name`. */
function isKey(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  for (let i = start + 1, k = 0; i < end - 1; i++, k++) {
    const c = bytes[i]!;
    // what is escaped or not ASCII is decoded
    if (c === BACKSLASH || c >= 0x80) return keyText(bytes, start, end) === name;
    if (c !== name.charCodeAt(k)) return false;
  }
  return end - start - 2 === name.length;
}

/** The span a pointer means within the value at `at`: key and value of a member, the element of an array; null when there is none. */
export function spanAtPointer(bytes: Uint8Array, at: number, pointer: string): Span | null {
  // the whole value is measured only where it is what is meant
  if (pointer === '') return { offset: at, length: Math.max(0, skipValue(bytes, at) - at) };
  let value: Span = { offset: at, length: 0 };
  let shown = value;
  for (const part of pointerParts(pointer)) {
    let found: { value: Span; shown: Span } | null = null;
    if (bytes[value.offset] === OPEN_ARRAY) {
      const wanted = Number(part);
      let n = 0;
      for (const e of elements(bytes, value.offset)) {
        if (n === wanted) {
          found = { value: e, shown: e };
          break;
        }
        n++;
      }
    } else found = memberNamed(bytes, value.offset, part);
    if (found === null) return null;
    value = found.value;
    shown = found.shown;
  }
  return shown;
}

/** JSON.parse of a span; undefined when it is no JSON. */
export function parseSpan(bytes: Uint8Array, span: Span): unknown {
  try {
    return JSON.parse(decodeText(bytes.subarray(span.offset, span.offset + span.length)));
  } catch {
    return undefined;
  }
}

function keyText(bytes: Uint8Array, from: number, to: number): string {
  const raw = decodeText(bytes.subarray(from + 1, to - 1));
  if (!raw.includes('\\')) return raw;
  const parsed = parseSpan(bytes, { offset: from, length: to - from });
  return typeof parsed === 'string' ? parsed : raw;
}
