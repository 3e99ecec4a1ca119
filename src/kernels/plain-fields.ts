/** The plain twin of src/kernels/assembly/fields.ts: one line into spans of its fields. */
export const STRING = 0;
export const NUMBER = 1;
export const BOOLEAN = 2;
export const NULL = 3;
export const OPAQUE = 4;
export const OBJECT = 5;
export const ESCAPED_VALUE = 0x100;
export const ESCAPED_KEY = 0x200;
export const NO_PARENT = 0xffffffff;
/** u32 of one field: key offset, key length, value offset, value end, bits, parent. */
export const FIELD_WORDS = 6;
export const FIELDS_CAP = 1024;
const DEPTH_CAP = 16;

const QUOTE = 34;
const BACKSLASH = 92;
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;

/** Reads lines of one buffer. Results of the last call stand in the public fields. */
export class PlainFields {
  readonly fields = new Uint32Array(FIELDS_CAP * FIELD_WORDS);
  /** After the JSON object of the last line. */
  objectEnd = 0;
  /** Words between the pairs of the last logfmt line. */
  words = 0;
  #escaped = false;

  /** The closing quote; -1 when a control byte or the end comes first. */
  #stringEnd(b: Uint8Array, from: number, end: number): number {
    this.#escaped = false;
    for (let p = from; p < end; p++) {
      const c = b[p] as number;
      if (c === QUOTE) return p;
      if (c === BACKSLASH) {
        // a line that is cut behind a backslash ends there
        if ((b[p + 1] as number) < 32) return -1;
        this.#escaped = true;
        p++;
      } else if (c < 32) return -1;
    }
    return -1;
  }

  #nestedEnd(b: Uint8Array, from: number, end: number): number {
    let depth = 0;
    for (let p = from; p < end; p++) {
      const c = b[p] as number;
      if (c === QUOTE) {
        p = this.#stringEnd(b, p + 1, end);
        if (p < 0) return -1;
      } else if (c === 91 || c === 123) depth++;
      else if (c === 93 || c === 125) {
        if (--depth === 0) return p + 1;
      } else if (c === 10) return -1;
    }
    return -1;
  }

  #put(n: number, keyAt: number, keyLength: number, valueAt: number, valueEnd: number, bits: number, parent: number): void {
    this.fields.set([keyAt, keyLength, valueAt, valueEnd, bits, parent], n * FIELD_WORDS);
  }

  /** Count of the fields of the object that begins at `from`, or -1 when it is no whole object. */
  json(b: Uint8Array, from: number, end: number): number {
    let n = 0;
    let parent = NO_PARENT;
    let depth = 0;
    let p = skipBlank(b, from + 1, end);
    if (b[p] === 125 && p < end) {
      this.objectEnd = p + 1;
      return 0;
    }
    for (;;) {
      if (p >= end || b[p] !== QUOTE) return -1;
      const keyAt = p + 1;
      const keyEnd = this.#stringEnd(b, keyAt, end);
      if (keyEnd < 0) return -1;
      let bits = (this.#escaped ? ESCAPED_KEY : 0) | (depth << 16);
      p = skipBlank(b, keyEnd + 1, end);
      if (p >= end || b[p] !== 58) return -1;
      p = skipBlank(b, p + 1, end);
      if (p >= end || n >= FIELDS_CAP) return -1;
      const c = b[p] as number;
      let valueAt = p;
      let valueEnd: number;
      if (c === QUOTE) {
        valueAt = p + 1;
        valueEnd = this.#stringEnd(b, valueAt, end);
        if (this.#escaped) bits |= ESCAPED_VALUE;
        p = valueEnd + 1;
      } else if (c === 123 && depth < DEPTH_CAP) {
        const inside = skipBlank(b, p + 1, end);
        if (b[inside] !== 125 || inside >= end) {
          this.#put(n, keyAt, keyEnd - keyAt, valueAt, 0, bits | OBJECT, parent);
          parent = n;
          n++;
          depth++;
          p = inside;
          continue;
        }
        valueEnd = inside + 1;
        bits |= OPAQUE;
        p = valueEnd;
      } else if (c === 91 || c === 123) {
        valueEnd = this.#nestedEnd(b, p, end);
        bits |= OPAQUE;
        p = valueEnd;
      } else {
        const word = scalar(b, p, end);
        valueEnd = word.end;
        bits |= word.kind;
        p = valueEnd;
      }
      if (valueEnd < 0) return -1;
      this.#put(n, keyAt, keyEnd - keyAt, valueAt, valueEnd, bits, parent);
      n++;
      for (;;) {
        p = skipBlank(b, p, end);
        if (p >= end) return -1;
        const d = b[p];
        if (d === 44) {
          p = skipBlank(b, p + 1, end);
          break;
        }
        if (d !== 125) return -1;
        p++;
        if (depth === 0) {
          this.objectEnd = p;
          return n;
        }
        this.fields[parent * FIELD_WORDS + 3] = p;
        parent = this.fields[parent * FIELD_WORDS + 5] as number;
        depth--;
      }
    }
  }

  /** Count of the fields of a logfmt line [from, end), or -1 where a reader of the whole grammar must decide. */
  logfmt(b: Uint8Array, from: number, end: number): number {
    let p = from;
    let n = 0;
    this.words = 0;
    for (;;) {
      while (p < end && isSpace(b[p])) p++;
      if (p >= end) return n;
      const keyAt = p;
      if (b[p] === QUOTE) return -1;
      while (p < end && isKeyByte(b[p] as number)) p++;
      if (p === keyAt || p >= end || b[p] !== 61) {
        while (p < end && !isSpace(b[p])) p++;
        this.words++;
        continue;
      }
      const keyEnd = p++;
      if (n >= FIELDS_CAP) return -1;
      let bits = STRING;
      let valueAt = p;
      let valueEnd: number;
      const c = p < end ? b[p] : 32;
      if (c === QUOTE) {
        valueAt = p + 1;
        valueEnd = this.#quotedEnd(b, valueAt, end);
        if (valueEnd < 0) return -1;
        if (this.#escaped) bits |= ESCAPED_VALUE;
        p = valueEnd + 1;
      } else if (c === 60 || c === 123 || c === 91) return -1;
      else {
        while (p < end && !isSpace(b[p])) p++;
        valueEnd = p;
      }
      this.#put(n, keyAt, keyEnd - keyAt, valueAt, valueEnd, bits, NO_PARENT);
      n++;
    }
  }

  #quotedEnd(b: Uint8Array, from: number, end: number): number {
    this.#escaped = false;
    for (let p = from; p < end; p++) {
      if (b[p] === QUOTE) return p;
      if (b[p] === BACKSLASH) {
        this.#escaped = true;
        p++;
      }
    }
    return -1;
  }
}

function skipBlank(b: Uint8Array, from: number, end: number): number {
  let p = from;
  while (p < end && (b[p] === 32 || b[p] === 9 || b[p] === 13)) p++;
  return p;
}

const isSpace = (c: number | undefined): boolean => c === 32 || c === 9 || c === 13;
const isKeyByte = (c: number): boolean => c > 32 && c !== 34 && c !== 38 && c !== 40 && c !== 41 && c !== 44 && c !== 61 && c !== 63 && c !== 123 && c !== 125 && c !== 127;

const WORDS: readonly (readonly [string, number])[] = [
  ['true', BOOLEAN],
  ['false', BOOLEAN],
  ['null', NULL],
];

function scalar(b: Uint8Array, from: number, end: number): { end: number; kind: number } {
  for (const [word, kind] of WORDS) {
    let i = 0;
    while (i < word.length && b[from + i] === word.charCodeAt(i)) i++;
    if (i === word.length) return { end: from + i, kind };
  }
  return { end: numberEnd(b, from, end), kind: NUMBER };
}

function numberEnd(b: Uint8Array, from: number, end: number): number {
  let p = from;
  if (b[p] === 45) p++;
  if (b[p] === 48) p++;
  else if (isDigit(b[p])) {
    while (isDigit(b[p])) p++;
  } else return -1;
  if (b[p] === 46) {
    if (!isDigit(b[++p])) return -1;
    while (isDigit(b[p])) p++;
  }
  if (b[p] === 101 || b[p] === 69) {
    p++;
    if (b[p] === 43 || b[p] === 45) p++;
    if (!isDigit(b[p])) return -1;
    while (isDigit(b[p])) p++;
  }
  return p <= end ? p : -1;
}
