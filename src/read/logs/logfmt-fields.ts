/**
 * key=value pairs as slog's TextHandler, logrus, go-kit, klog and hclog write them, as spans. Linear: an unclosed quote is met once.
 *
 * slog, logrus: values quoted with strconv.Quote where needed; go-kit writes an empty value as nothing, slog as "".
 * klog: a value with newlines stands between `<` and ` >`, each line after a tab; a struct is JSON.
 * hclog: a value with newlines follows `key=` on lines that begin with `  | `.
 */
import { decodeText } from '../../model/index.ts';
import { type Coding, endOfValue, type FieldSpan } from './json-fields.ts';
import type { FieldType } from './log-source.ts';

const PAIR_CAP = 4096;
const isSpace = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9;

export interface Pairs {
  readonly fields: FieldSpan[];
  /** Where the last unbroken run of pairs begins; the end of the text when it does not end in pairs. */
  readonly tailStart: number;
  /** Fields from `tailStart` on. */
  readonly tailFrom: number;
  /** Tokens that are no pair. */
  readonly words: number;
}

/** Reads tokens from `at` to `end`. Words between pairs are passed over and counted. */
export function logfmtPairs(text: string, bytes: Uint8Array, at: number, end: number): Pairs {
  const fields: FieldSpan[] = [];
  let tailStart = -1;
  let tailFrom = 0;
  let words = 0;
  let quotesEnd = true;
  let i = at;
  while (i < end && fields.length < PAIR_CAP) {
    while (i < end && isSpace(text.charCodeAt(i))) i++;
    if (i >= end) break;
    const start = i;
    let name: string | null = null;
    if (text.charCodeAt(i) === 34) {
      const close = quotesEnd ? endOfQuoted(text, i, end) : -1;
      if (close < 0) quotesEnd = false;
      else if (text.charCodeAt(close) === 61 && close < end) {
        name = goText(bytes, i + 1, close - 1);
        i = close + 1;
      }
    } else {
      let k = i;
      while (k < end && isKeyByte(text.charCodeAt(k))) k++;
      if (k > i && k < end && text.charCodeAt(k) === 61) {
        name = decodeText(bytes.subarray(i, k));
        i = k + 1;
      }
    }
    if (name === null) {
      while (i < end && !isSpace(text.charCodeAt(i))) i++;
      words++;
      tailStart = -1;
      continue;
    }
    const value = readValue(text, i, end, quotesEnd);
    if (value.unclosed) quotesEnd = false;
    if (tailStart < 0) {
      tailStart = start;
      tailFrom = fields.length;
    }
    fields.push({ name, type: value.type, start: value.start, end: value.end, coding: value.coding });
    i = value.next;
  }
  if (tailStart < 0) return { fields, tailStart: end, tailFrom: fields.length, words };
  return { fields, tailStart, tailFrom, words };
}

/** A key holds no space, quote, = or control byte; brackets and commas belong to prose, ? and & to a URL's query. */
const isKeyByte = (c: number): boolean => c > 32 && c !== 34 && c !== 38 && c !== 40 && c !== 41 && c !== 44 && c !== 61 && c !== 63 && c !== 123 && c !== 125 && c !== 127;

interface Value {
  start: number;
  end: number;
  next: number;
  type: FieldType;
  coding: Coding;
  unclosed?: boolean;
}

function readValue(text: string, at: number, end: number, quotesEnd: boolean): Value {
  const c = at < end ? text.charCodeAt(at) : 32;
  if (c === 34 && quotesEnd) {
    const close = endOfQuoted(text, at, end);
    if (close >= 0) return { start: at + 1, end: close - 1, next: close, type: 'string', coding: 'go' };
    return { ...bare(text, at, end), unclosed: true };
  }
  if (c === 60 && text.charCodeAt(at + 1) === 10) {
    const close = text.indexOf('\n >', at + 1);
    if (close >= 0 && close < end) return { start: at + 2, end: Math.max(at + 2, close), next: close + 3, type: 'string', coding: 'klog-lines' };
  }
  if (c === 10 && text.startsWith('\n  | ', at)) {
    let i = at;
    while (i < end && text.startsWith('\n  | ', i)) {
      const next = text.indexOf('\n', i + 1);
      i = next < 0 || next > end ? end : next;
    }
    return { start: at + 1, end: i, next: i, type: 'string', coding: 'hclog-lines' };
  }
  if (c === 123 || c === 91) {
    const close = endOfValue(text, at);
    if (close >= 0 && close <= end && (close === end || isSpace(text.charCodeAt(close)))) return { start: at, end: close, next: close, type: 'json', coding: 'raw' };
  }
  return bare(text, at, end);
}

const NUMBER = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?$/;

function bare(text: string, at: number, end: number): Value {
  let i = at;
  while (i < end && !isSpace(text.charCodeAt(i))) i++;
  const word = text.slice(at, Math.min(i, at + 512));
  const type = NUMBER.test(word) ? 'number' : word === 'true' || word === 'false' ? 'boolean' : word === 'null' || word === '<nil>' ? 'null' : 'string';
  return { start: at, end: i, next: i, type, coding: 'raw' };
}

/** Offset after the closing quote; a quoted value holds no raw newline. */
function endOfQuoted(text: string, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 92) i++;
    else if (c === 34) return i + 1;
    else if (c === 10) return -1;
  }
  return -1;
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs;
const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** What strconv.Quote made, undone. A quoted byte that is no UTF-8 (\xff) becomes U+FFFD. */
export function goText(bytes: Uint8Array, start: number, end: number): string {
  const raw = decodeText(bytes.subarray(start, end));
  if (!raw.includes('\\')) return raw;
  return raw.replace(ESCAPE, (_all, x: string | undefined, u: string | undefined, long: string | undefined, one: string | undefined) => {
    if (x !== undefined) {
      const code = Number.parseInt(x, 16);
      return code < 0x80 ? String.fromCharCode(code) : '\ufffd';
    }
    if (u !== undefined) return String.fromCharCode(Number.parseInt(u, 16));
    if (long !== undefined) {
      const code = Number.parseInt(long, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    }
    return SIMPLE[one ?? ''] ?? one ?? '';
  });
}

const HCLOG_LINE = /^ {2}\| /gm;
const KLOG_LINE = /^\t/gm;

export function codedText(bytes: Uint8Array, start: number, end: number, coding: Coding): string {
  switch (coding) {
    case 'go':
      return goText(bytes, start, end);
    case 'klog-lines':
      return decodeText(bytes.subarray(start, end)).replace(KLOG_LINE, '');
    case 'hclog-lines':
      return decodeText(bytes.subarray(start, end)).replace(HCLOG_LINE, '');
    default:
      return decodeText(bytes.subarray(start, end));
  }
}
