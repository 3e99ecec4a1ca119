/**
 * One line into spans of its fields: JSON as zap, slog, zerolog, logrus and hclog write it, logfmt as slog, logrus and go-kit write it.
 *
 * A field is six u32 at `out` (FIELD bytes): key offset, key length, value offset, value end, bits, parent.
 * Offsets are absolute. bits: kind (0 string, 1 number, 2 boolean, 3 null, 4 array or opaque object, 5 object) | ESCAPED_VALUE | ESCAPED_KEY | depth << 16.
 * The members of an object follow it, with its index as their parent; a top-level field's parent is NO_PARENT.
 * A string's span lies between its quotes. Duplicates are kept, in order.
 */
export const FIELD: u32 = 24;
export const FIELDS_CAP: u32 = 1024;
export const STRING: u32 = 0;
export const NUMBER: u32 = 1;
export const BOOLEAN: u32 = 2;
export const NULL: u32 = 3;
export const OPAQUE: u32 = 4;
export const OBJECT: u32 = 5;
export const ESCAPED_VALUE: u32 = 0x100;
export const ESCAPED_KEY: u32 = 0x200;
export const NO_PARENT: u32 = 0xffffffff;
const DEPTH_CAP: u32 = 16;

/** Where the last line read by jsonFields ended: after its object, before blanks and the line feed. */
export let objectEnd: usize = 0;
let escaped: bool = false;

/** The closing quote of a string whose first character is at `from`; 0 when a control byte or the end comes first. */
@inline
function stringEnd(from: usize, end: usize): usize {
  const quote = i8x16.splat(34);
  const slash = i8x16.splat(92);
  const control = i8x16.splat(31);
  let p = from;
  escaped = false;
  while (p < end) {
    const v = v128.load(p);
    const m = i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quote), i8x16.eq(v, slash)), i8x16.le_u(v, control)));
    if (m === 0) {
      p += 16;
      continue;
    }
    p += ctz(m);
    if (p >= end) return 0;
    const c = load<u8>(p);
    if (c === 34) return p;
    // a line that is cut behind a backslash ends there
    if (c !== 92 || load<u8>(p, 1) < 32) return 0;
    escaped = true;
    p += 2;
  }
  return 0;
}

@inline
function skipBlank(from: usize, end: usize): usize {
  let p = from;
  while (p < end) {
    const c = load<u8>(p);
    if (c !== 32 && c !== 9 && c !== 13) break;
    p++;
  }
  return p;
}

/** After the digits at `from`. */
@inline
function digitsEnd(from: usize): usize {
  let p = from;
  while (true) {
    const n = ctz(~(<u32>i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(p), i8x16.splat(48)), i8x16.splat(9)))));
    p += n;
    if (n < 16) return p;
  }
}

/** After the number at `from`, by the grammar of RFC 8259; 0 when it is none. */
export function numberEnd(from: usize, end: usize): usize {
  const first = load<u8>(from) === 45 ? from + 1 : from;
  let p = digitsEnd(first);
  if (p === first || (p > first + 1 && load<u8>(first) === 48)) return 0;
  let c = load<u8>(p);
  if (c === 46) {
    const fraction = p + 1;
    p = digitsEnd(fraction);
    if (p === fraction) return 0;
    c = load<u8>(p);
  }
  if ((c | 32) === 101) {
    p++;
    const s = load<u8>(p);
    if (s === 43 || s === 45) p++;
    const exponent = p;
    p = digitsEnd(exponent);
    if (p === exponent) return 0;
  }
  return p <= end ? p : 0;
}

/** After the array (or object too deep) at `from`; quotes and brackets are balanced, nothing else is checked. 0 when it does not end. */
export function nestedEnd(from: usize, end: usize): usize {
  let depth: i32 = 0;
  let p = from;
  while (p < end) {
    const c = load<u8>(p);
    if (c === 34) {
      p = stringEnd(p + 1, end);
      if (p === 0) return 0;
    } else if (c === 91 || c === 123) depth++;
    else if (c === 93 || c === 125) {
      depth--;
      if (depth === 0) return p + 1;
    } else if (c === 10) return 0;
    p++;
  }
  return 0;
}

/**
 * Fields of the JSON object that begins at `from`, in a line that ends before `end`; the count, or -1 when it is no whole object.
 * `depths` of nested objects are kept on a small stack in the field table itself: the parent chain.
 */
export function jsonFields(from: usize, end: usize, out: usize): i32 {
  let p = from + 1;
  let n: u32 = 0;
  let parent: u32 = NO_PARENT;
  let depth: u32 = 0;
  p = skipBlank(p, end);
  if (load<u8>(p) === 125) {
    objectEnd = p + 1;
    return p < end ? 0 : -1;
  }
  while (true) {
    if (p >= end || load<u8>(p) !== 34) return -1;
    const keyAt = p + 1;
    const keyEnd = stringEnd(keyAt, end);
    if (keyEnd === 0) return -1;
    let bits: u32 = (escaped ? ESCAPED_KEY : 0) | (depth << 16);
    p = keyEnd + 1;
    if (load<u8>(p) !== 58) {
      p = skipBlank(p, end);
      if (p >= end || load<u8>(p) !== 58) return -1;
    }
    p++;
    let c = load<u8>(p);
    if (c <= 32) {
      p = skipBlank(p, end);
      c = load<u8>(p);
    }
    if (p >= end) return -1;
    if (n >= FIELDS_CAP) return -1;
    const at = out + n * FIELD;
    store<u32>(at, <u32>keyAt);
    store<u32>(at, <u32>(keyEnd - keyAt), 4);
    store<u32>(at, parent, 20);
    let valueAt = p;
    let valueEnd: usize = 0;
    if (c === 34) {
      valueAt = p + 1;
      valueEnd = stringEnd(valueAt, end);
      if (valueEnd === 0) return -1;
      if (escaped) bits |= ESCAPED_VALUE;
      p = valueEnd + 1;
    } else if (c === 123 && depth < DEPTH_CAP) {
      const inside = skipBlank(p + 1, end);
      if (load<u8>(inside) === 125) {
        valueEnd = inside + 1;
        bits |= OPAQUE;
        p = valueEnd;
      } else {
        store<u32>(at, <u32>valueAt, 8);
        store<u32>(at, 0, 12);
        store<u32>(at, bits | OBJECT, 16);
        parent = n;
        n++;
        depth++;
        p = inside;
        continue;
      }
    } else if (c === 91 || c === 123) {
      valueEnd = nestedEnd(p, end);
      if (valueEnd === 0) return -1;
      bits |= OPAQUE;
      p = valueEnd;
    } else if (c === 116 && load<u32>(p) === 0x65757274) {
      valueEnd = p + 4;
      bits |= BOOLEAN;
      p = valueEnd;
    } else if (c === 102 && load<u32>(p + 1) === 0x65736c61) {
      valueEnd = p + 5;
      bits |= BOOLEAN;
      p = valueEnd;
    } else if (c === 110 && load<u32>(p) === 0x6c6c756e) {
      valueEnd = p + 4;
      bits |= NULL;
      p = valueEnd;
    } else {
      valueEnd = numberEnd(p, end);
      if (valueEnd === 0) return -1;
      bits |= NUMBER;
      p = valueEnd;
    }
    store<u32>(at, <u32>valueAt, 8);
    store<u32>(at, <u32>valueEnd, 12);
    store<u32>(at, bits, 16);
    n++;
    // behind a value: a comma, or the ends of objects
    while (true) {
      let d = load<u8>(p);
      if (d <= 32) {
        p = skipBlank(p, end);
        d = load<u8>(p);
      }
      if (p >= end) return -1;
      if (d === 44) {
        p++;
        if (load<u8>(p) <= 32) p = skipBlank(p, end);
        break;
      }
      if (d !== 125) return -1;
      p++;
      if (depth === 0) {
        objectEnd = p;
        return <i32>n;
      }
      store<u32>(out + parent * FIELD, <u32>p, 12);
      parent = load<u32>(out + parent * FIELD, 20);
      depth--;
    }
  }
}

@inline
function isSpace(c: u8): bool {
  return c === 32 || c === 9 || c === 13;
}

/** Within a bare key of logfmt: no space, quote, = or control byte; brackets and commas belong to prose, ? and & to a URL's query. */
const keyBytes = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
]);

@inline
function isKeyByte(c: u8): bool {
  return load<u8>(keyBytes + c) !== 0;
}

/** Words between the pairs of the last line read by logfmtFields. */
export let words: u32 = 0;

/** Fields of a logfmt line [from, end), its line feed excluded; the count, or -1 where a reader that knows more must decide. */
export function logfmtFields(from: usize, end: usize, out: usize): i32 {
  let p = from;
  let n: u32 = 0;
  words = 0;
  while (true) {
    while (p < end && isSpace(load<u8>(p))) p++;
    if (p >= end) return <i32>n;
    const keyAt = p;
    // a quoted key, or a value that only a reader of the whole grammar may judge
    if (load<u8>(p) === 34) return -1;
    while (p < end && isKeyByte(load<u8>(p))) p++;
    if (p === keyAt || p >= end || load<u8>(p) !== 61) {
      while (p < end && !isSpace(load<u8>(p))) p++;
      words++;
      continue;
    }
    const keyEnd = p;
    p++;
    if (n >= FIELDS_CAP) return -1;
    const at = out + n * FIELD;
    let bits: u32 = STRING;
    let valueAt = p;
    let valueEnd: usize;
    const c = p < end ? load<u8>(p) : 32;
    if (c === 34) {
      valueAt = p + 1;
      valueEnd = quotedEnd(valueAt, end);
      if (valueEnd === 0) return -1;
      if (escaped) bits |= ESCAPED_VALUE;
      p = valueEnd + 1;
    } else if (c === 60 || c === 123 || c === 91) return -1;
    else {
      valueEnd = bareEnd(p, end);
      p = valueEnd;
    }
    store<u32>(at, <u32>keyAt);
    store<u32>(at, <u32>(keyEnd - keyAt), 4);
    store<u32>(at, <u32>valueAt, 8);
    store<u32>(at, <u32>valueEnd, 12);
    store<u32>(at, bits, 16);
    store<u32>(at, NO_PARENT, 20);
    n++;
  }
}

/** The closing quote of a Go-quoted value; 0 when it does not end. */
@inline
function quotedEnd(from: usize, end: usize): usize {
  const quote = i8x16.splat(34);
  const slash = i8x16.splat(92);
  let p = from;
  escaped = false;
  while (p < end) {
    const v = v128.load(p);
    const m = i8x16.bitmask(v128.or(i8x16.eq(v, quote), i8x16.eq(v, slash)));
    if (m === 0) {
      p += 16;
      continue;
    }
    p += ctz(m);
    if (p >= end) return 0;
    if (load<u8>(p) === 34) return p;
    escaped = true;
    p += 2;
  }
  return 0;
}

@inline
function bareEnd(from: usize, end: usize): usize {
  const space = i8x16.splat(32);
  let p = from;
  while (p < end) {
    const m = i8x16.bitmask(i8x16.le_u(v128.load(p), space));
    if (m !== 0) {
      p += ctz(m);
      if (p >= end) return end;
      if (isSpace(load<u8>(p))) return p;
      p++;
      continue;
    }
    p += 16;
  }
  return end;
}
