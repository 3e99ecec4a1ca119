/**
 * JSON with the byte span of every value: a tape of nodes in document order, one column each, no objects.
 * Written by: anything that writes RFC 8259. Several documents one after another (NDJSON, appended bodies) become several roots.
 * Sketch:   {"a":[1,"x"]}   →   0 object [0,13) · 1 key "a" · 2 array [5,12) · 3 number 1 · 4 string "x"
 * Linear time, no recursion, depth and node caps. What stands before a fault stays usable: open containers end at the fault,
 * a scalar or key that was cut is dropped, `broken` says where and what.
 * Numbers keep their text. Duplicate keys all stay.
 * Answers hold millions of samples that are all decoded, and a cut one must say where; what is only cited is found by ../lib/json-scan.ts.
 */
import { decodeText, type Span } from '../../model/index.ts';

export type NodeIndex = number;

export const OBJECT = 1;
export const ARRAY = 2;
export const STRING = 3;
export const NUMBER = 4;
export const TRUE = 5;
export const FALSE = 6;
export const NULL = 7;
/** The name of a member; its value is the next node. */
export const KEY = 8;

export interface JsonSpans {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** OBJECT … KEY. */
  readonly kinds: Uint8Array;
  /** First byte; strings with their quote. */
  readonly starts: Uint32Array;
  /** Behind the last byte. */
  readonly ends: Uint32Array;
  /** Index behind the whole subtree: the next sibling, where there is one. */
  readonly nexts: Uint32Array;
  readonly roots: readonly NodeIndex[];
  readonly broken: { readonly offset: number; readonly what: string } | null;
}

export interface JsonLimits {
  readonly depth?: number;
  readonly nodes?: number;
  /** Stop behind the first document. */
  readonly one?: boolean;
}

const DEPTH = 512;
const NODES = 48_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const EXPECT_VALUE = 0;
const EXPECT_KEY_OR_END = 1;
const EXPECT_KEY = 2;
const EXPECT_VALUE_OR_END = 3;
const EXPECT_COMMA_OR_END = 4;

/** Tape of `bytes`; offsets are relative to `bytes`. Never throws. */
export function jsonSpans(bytes: Uint8Array, limits: JsonLimits = {}): JsonSpans {
  const most = limits.nodes ?? NODES;
  const depthCap = limits.depth ?? DEPTH;
  let room = Math.min(most, Math.max(64, bytes.length >> 3));
  let kinds = new Uint8Array(room);
  let starts = new Uint32Array(room);
  let ends = new Uint32Array(room);
  let nexts = new Uint32Array(room);
  let count = 0;
  const open = new Uint32Array(depthCap);
  let depth = 0;
  const roots: NodeIndex[] = [];
  let broken: { offset: number; what: string } | null = null;
  const size = bytes.length;
  let at = size >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let state = EXPECT_VALUE;

  for (;;) {
    while (at < size && isSpace(bytes[at]!)) at++;
    if (at >= size) {
      if (depth > 0) broken = { offset: size, what: 'the text ends inside a value' };
      break;
    }
    const c = bytes[at]!;
    if (state === EXPECT_COMMA_OR_END) {
      const inObject = kinds[open[depth - 1]!] === OBJECT;
      if (c === 0x2c) {
        at++;
        state = inObject ? EXPECT_KEY : EXPECT_VALUE;
        continue;
      }
      if (c !== (inObject ? 0x7d : 0x5d)) {
        broken = { offset: at, what: inObject ? "expected ',' or '}'" : "expected ',' or ']'" };
        break;
      }
    }
    if ((c === 0x7d && (state === EXPECT_KEY_OR_END || state === EXPECT_COMMA_OR_END)) || (c === 0x5d && (state === EXPECT_VALUE_OR_END || state === EXPECT_COMMA_OR_END))) {
      at++;
      const closed = open[--depth]!;
      ends[closed] = at;
      nexts[closed] = count;
      if (depth > 0) state = EXPECT_COMMA_OR_END;
      else {
        if (limits.one === true) break;
        state = EXPECT_VALUE;
      }
      continue;
    }
    if (count === room) {
      if (room >= most) {
        broken = { offset: at, what: `more than ${most} values` };
        break;
      }
      room = Math.min(most, room * 2);
      kinds = grown(kinds, new Uint8Array(room));
      starts = grown(starts, new Uint32Array(room));
      ends = grown(ends, new Uint32Array(room));
      nexts = grown(nexts, new Uint32Array(room));
    }
    if (state === EXPECT_KEY || state === EXPECT_KEY_OR_END) {
      if (c !== QUOTE) {
        broken = { offset: at, what: 'expected the name of a member' };
        break;
      }
      const end = stringEnd(bytes, at);
      let colon = end;
      while (colon >= 0 && colon < size && isSpace(bytes[colon]!)) colon++;
      if (end < 0 || colon >= size) {
        broken = { offset: size, what: 'the text ends inside a member' };
        break;
      }
      if (bytes[colon] !== 0x3a) {
        broken = { offset: colon, what: "expected ':'" };
        break;
      }
      kinds[count] = KEY;
      starts[count] = at;
      ends[count] = end;
      nexts[count] = ++count;
      at = colon + 1;
      state = EXPECT_VALUE;
      continue;
    }
    let kind = 0;
    let end = at + 1;
    if (c === 0x7b) kind = OBJECT;
    else if (c === 0x5b) kind = ARRAY;
    else if (c === QUOTE) {
      kind = STRING;
      end = stringEnd(bytes, at);
    } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      kind = NUMBER;
      end = numberEnd(bytes, at);
    } else {
      kind = c === 0x74 ? TRUE : c === 0x66 ? FALSE : c === 0x6e ? NULL : 0;
      if (kind !== 0) end = literalEnd(bytes, at, kind);
    }
    if (kind === 0 || end === BAD) {
      broken = { offset: at, what: 'no JSON value begins here' };
      break;
    }
    // a number that touches the end of a cut document may lack digits
    if (end === CUT || (kind === NUMBER && end === size && depth > 0)) {
      broken = { offset: size, what: 'the text ends inside a value' };
      break;
    }
    if (depth === 0) roots.push(count);
    kinds[count] = kind;
    starts[count] = at;
    ends[count] = end;
    nexts[count] = count + 1;
    at = end;
    if (kind <= ARRAY) {
      if (depth === depthCap) {
        broken = { offset: at - 1, what: `nested deeper than ${depthCap}` };
        nexts[count] = count + 1;
        count++;
        break;
      }
      open[depth++] = count++;
      state = kind === OBJECT ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
      continue;
    }
    count++;
    if (depth > 0) state = EXPECT_COMMA_OR_END;
    else if (limits.one === true) break;
  }

  if (broken !== null) {
    if (count > 0 && kinds[count - 1] === KEY) count--;
    while (depth > 0) {
      const closed = open[--depth]!;
      ends[closed] = broken.offset;
      nexts[closed] = count;
    }
  }
  return { bytes, count, kinds, starts, ends, nexts, roots, broken };
}

const CUT = -1;
const BAD = -2;

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39;

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function stringEnd(bytes: Uint8Array, start: number): number {
  for (let i = start + 1; i < bytes.length; i++) {
    const c = bytes[i]!;
    if (c === QUOTE) return i + 1;
    if (c === BACKSLASH) i++;
  }
  return CUT;
}

function numberEnd(bytes: Uint8Array, start: number): number {
  let i = start;
  if (bytes[i] === 0x2d) i++;
  if (!isDigit(bytes[i])) return i >= bytes.length ? CUT : BAD;
  if (bytes[i] === 0x30) i++;
  else while (isDigit(bytes[i])) i++;
  if (bytes[i] === 0x2e) {
    i++;
    if (!isDigit(bytes[i])) return i >= bytes.length ? CUT : BAD;
    while (isDigit(bytes[i])) i++;
  }
  if (bytes[i] === 0x65 || bytes[i] === 0x45) {
    i++;
    if (bytes[i] === 0x2b || bytes[i] === 0x2d) i++;
    if (!isDigit(bytes[i])) return i >= bytes.length ? CUT : BAD;
    while (isDigit(bytes[i])) i++;
  }
  return i;
}

const LITERALS: readonly Uint8Array[] = ['true', 'false', 'null'].map((t) => new TextEncoder().encode(t));

function literalEnd(bytes: Uint8Array, start: number, kind: number): number {
  const text = LITERALS[kind - TRUE]!;
  for (let i = 0; i < text.length; i++) {
    if (start + i >= bytes.length) return CUT;
    if (bytes[start + i] !== text[i]) return BAD;
  }
  return start + text.length;
}

export const spanOf = (j: JsonSpans, node: NodeIndex): Span => ({ offset: j.starts[node]!, length: j.ends[node]! - j.starts[node]! });
export const kindOf = (j: JsonSpans, node: NodeIndex): number => (node < 0 ? 0 : (j.kinds[node] ?? 0));

/** Text of a string or key, escapes resolved; the raw text of any other node. '' for -1. */
export function textOf(j: JsonSpans, node: NodeIndex): string {
  if (node < 0) return '';
  const kind = j.kinds[node];
  const quoted = kind === STRING || kind === KEY;
  const start = j.starts[node]! + (quoted ? 1 : 0);
  const end = j.ends[node]! - (quoted ? 1 : 0);
  if (end - start <= 32) {
    let text = '';
    let i = start;
    for (; i < end; i++) {
      const c = j.bytes[i]!;
      if (c >= 0x80 || c === BACKSLASH) break;
      text += String.fromCharCode(c);
    }
    if (i === end) return text;
  }
  const raw = j.bytes.subarray(start, end);
  const text = decodeText(raw);
  return quoted && raw.includes(BACKSLASH) ? unescaped(text) : text;
}

const ESCAPES: { readonly [letter: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' };

/** Unknown escapes stay as they are written. */
function unescaped(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
    out += text.slice(from, at);
    const letter = text[at + 1] ?? '';
    const plain = ESCAPES[letter];
    if (plain !== undefined) {
      out += plain;
      from = at + 2;
    } else if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) {
      out += String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16));
      from = at + 6;
    } else {
      out += `\\${letter}`;
      from = at + 1 + Math.max(1, letter.length);
    }
  }
  return out + text.slice(from);
}

/** Children of an array, or the values of an object. */
export function* items(j: JsonSpans, node: NodeIndex): Generator<NodeIndex> {
  const kind = kindOf(j, node);
  if (kind !== ARRAY && kind !== OBJECT) return;
  const end = j.nexts[node]!;
  for (let i = node + 1; i < end; i = j.nexts[i]!) if (j.kinds[i] !== KEY) yield i;
}

/** Key and value nodes of an object, duplicates included. */
export function* members(j: JsonSpans, node: NodeIndex): Generator<readonly [key: NodeIndex, value: NodeIndex]> {
  if (kindOf(j, node) !== OBJECT) return;
  const end = j.nexts[node]!;
  for (let key = node + 1; key < end; ) {
    const value = key + 1;
    if (value >= end) return;
    yield [key, value];
    key = j.nexts[value]!;
  }
}
