/**
 * Multi-line text inside a quoted string of a log line: a zap `stacktrace`, a slog attribute or a logrus `msg` that carries a panic.
 * JSON (RFC 8259 escapes) and Go's strconv.Quote (logfmt, slog text, logrus text) are read alike.
 * Sample: {"level":"error","msg":"recovered","stack":"goroutine 34 [running]:\nruntime/debug.Stack()\n\t/usr/local/go/…"}
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const EQUALS = 0x3d;
const SPACE = 0x20;
const LF = 0x0a;

export interface QuotedText {
  /** Name of the field: the JSON key, or the logfmt key before `="`; '' when there is none. */
  readonly key: string;
  /** Unescaped. */
  readonly text: Uint8Array;
  /** Of the quoted string without its quotes, within the line. */
  readonly offset: number;
  readonly length: number;
  /** The line ended inside the string. */
  readonly cut: boolean;
}

/** Whether the line holds an escaped line end with an escaped tab behind it: every Go stack does, hardly anything else. */
export function holdsEscapedStack(line: Uint8Array): boolean {
  let at = line.indexOf(BACKSLASH);
  while (at >= 0 && at + 3 < line.length) {
    if (line[at + 1] === 0x6e && line[at + 2] === BACKSLASH && line[at + 3] === 0x74) return true;
    at = line.indexOf(BACKSLASH, at + 2);
  }
  return false;
}

/** Quoted strings of a line, in order. With `multiLine`, only those that hold an escaped line end. */
export function quotedTexts(line: Uint8Array, multiLine = false): QuotedText[] {
  const out: QuotedText[] = [];
  let previous = '';
  let i = line.indexOf(QUOTE);
  while (i >= 0) {
    const start = i + 1;
    let end = start;
    let lines = false;
    while (end < line.length && line[end] !== QUOTE) {
      if (line[end] === BACKSLASH) {
        if (line[end + 1] === 0x6e) lines = true;
        end++;
      }
      end++;
    }
    const cut = end >= line.length;
    if (cut) end = line.length;
    const isKey = line[end + 1] === COLON;
    if (isKey) previous = ascii(line, start, end);
    else {
      if (!multiLine || lines) {
        const before = line[i - 1];
        const key = before === EQUALS ? wordBefore(line, i - 1) : before === COLON || before === SPACE ? previous : '';
        out.push({ key, text: unescapeQuoted(line, start, end), offset: start, length: end - start, cut });
      }
      previous = '';
    }
    i = line.indexOf(QUOTE, end + 1);
  }
  return out;
}

/** Spans of the lines of a text; a last line end closes the last line. */
export function* spansOfLines(text: Uint8Array): Generator<{ start: number; end: number }> {
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf(LF, start);
    if (end < 0) end = text.length;
    yield { start, end: end > start && text[end - 1] === 0x0d ? end - 1 : end };
    start = end + 1;
  }
}

/** Unescapes `bytes[start, end)`. Unknown escapes are kept as they stand; a cut escape at the end is dropped. */
export function unescapeQuoted(bytes: Uint8Array, start: number, end: number): Uint8Array {
  let i = bytes.subarray(start, end).indexOf(BACKSLASH);
  if (i < 0) return bytes.subarray(start, end);
  // no escape is longer decoded than written; bytes are copied one by one, for stretches between escapes are short in escaped JSON
  const out = new Uint8Array(end - start);
  let n = 0;
  i = start;
  while (i < end) {
    const b = bytes[i]!;
    if (b !== BACKSLASH) {
      out[n++] = b;
      i++;
      continue;
    }
    const c = bytes[i + 1];
    if (c === undefined || i + 1 >= end) break;
    const simple = SIMPLE[c]!;
    if (simple !== 0) {
      out[n++] = simple;
      i += 2;
    } else if (c === 0x75 || c === 0x55 || c === 0x78) {
      const digits = c === 0x75 ? 4 : c === 0x55 ? 8 : 2;
      let code = hex(bytes, i + 2, Math.min(end, i + 2 + digits), digits);
      let used = 2 + digits;
      if (code >= 0xd800 && code < 0xdc00 && bytes[i + 6] === BACKSLASH && bytes[i + 7] === 0x75) {
        const low = hex(bytes, i + 8, Math.min(end, i + 12), 4);
        if (low >= 0xdc00 && low < 0xe000) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          used = 12;
        }
      }
      if (code < 0) {
        out[n++] = BACKSLASH;
        used = 1;
      } else if (c === 0x78) out[n++] = code;
      else n = putUtf8(out, n, code);
      i += used;
    } else {
      out[n++] = BACKSLASH;
      out[n++] = c;
      i += 2;
    }
  }
  return out.subarray(0, n);
}

/** What a one-letter escape means; 0 = it is none. */
const SIMPLE = new Uint8Array(256);
for (const [letter, code] of Object.entries({ '"': 0x22, "'": 0x27, '\\': 0x5c, '/': 0x2f, a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 })) SIMPLE[letter.charCodeAt(0)] = code;

function hex(bytes: Uint8Array, start: number, end: number, digits: number): number {
  if (end - start < digits) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    const d = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : c >= 0x41 && c <= 0x46 ? c - 0x37 : -1;
    if (d < 0) return -1;
    value = value * 16 + d;
  }
  return value;
}

function putUtf8(out: Uint8Array, at: number, code: number): number {
  let n = at;
  if (code < 0x80) out[n++] = code;
  else if (code < 0x800) {
    out[n++] = 0xc0 | (code >> 6);
    out[n++] = 0x80 | (code & 63);
  } else if (code < 0x10000) {
    out[n++] = 0xe0 | (code >> 12);
    out[n++] = 0x80 | ((code >> 6) & 63);
    out[n++] = 0x80 | (code & 63);
  } else {
    out[n++] = 0xf0 | ((code >> 18) & 7);
    out[n++] = 0x80 | ((code >> 12) & 63);
    out[n++] = 0x80 | ((code >> 6) & 63);
    out[n++] = 0x80 | (code & 63);
  }
  return n;
}

const KEY_CAP = 200;

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let out = '';
  for (let i = start; i < Math.min(end, start + KEY_CAP); i++) out += String.fromCharCode(bytes[i]!);
  return out;
}

function wordBefore(bytes: Uint8Array, end: number): string {
  let start = end;
  while (start > 0 && end - start < KEY_CAP && bytes[start - 1]! > SPACE) start--;
  return ascii(bytes, start, end);
}
