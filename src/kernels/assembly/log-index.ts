/**
 * What an index keeps of a block of whole lines: how many, the first and last time, levels, where the rare levels stand, which ids occur.
 *
 * `plan` decides level (bit 0, any rank) and time (bit 1, any time) as a search would. At `out`, INDEX_WORDS u32:
 *   0 lines   1 times known   2 flags   3 opaque lines   4 postings   5 ids
 *   8 least time (i64)   10 greatest time (i64)   12 to 17 lines of each level, 18 lines without one
 * A line is opaque when its level can be told only by a reader that knows its logger.
 */
import { findByte, lineStart } from './bytes';
import { ESCAPED_VALUE, FIELD, jsonFields, logfmtFields, objectEnd, OBJECT, words } from './fields';
import { judge, rankSeen, timeSeen, unsure, yes } from './judge';
import { ID_LEAST, knownLineOf, learnShape, SPAN, SPAN_WITHIN, spanCount, spans } from './known-lines';
import { leadingTime, NO_TIME } from './times';

/** Times stand in order. */
const ORDERED: u32 = 1;
/** A line has a time that is not known here, or may have one: the bounds do not hold. */
const UNTIMED: u32 = 2;
/** More opaque lines, postings or ids than there is room for. */
const OPAQUE_FULL: u32 = 4;
const POSTINGS_FULL: u32 = 8;
const IDS_FULL: u32 = 16;
/** The first line is no JSON object, no pairs and begins with no clock: it may belong to a record of the block before. */
const INSIDE: u32 = 32;

/** A colour before a level. */
const ESC: u8 = 27;

const ID_MOST: u32 = 64;

/** Rows of `lists`: addresses and room. */
const OPAQUE_AT = 0;
const POSTINGS_AT = 8;
const SET_AT = 16;
const IDS_AT = 24;

let lists: usize = 0;
let target: usize = 0;

/** `table`: (address, room) for opaque line offsets (u32), postings (u32: offset << 3 | rank), the set of ids (u64, a power of two), ids (u64). */
export function indexBlock(plan: usize, from: usize, end: usize, out: usize, table: usize): void {
  lists = table;
  target = out;
  memory.fill(out, 0, 80);
  memory.fill(load<u32>(table, SET_AT), 0, load<u32>(table, SET_AT + 4) << 3);
  store<i64>(out, i64.MAX_VALUE, 32);
  store<i64>(out, i64.MIN_VALUE, 40);
  let flags: u32 = ORDERED;
  let last: i64 = i64.MIN_VALUE;
  let lines: u32 = 0;
  const fields: usize = load<u32>(plan, 28);
  const shapes = load<u32>(plan, 44);
  // lines from there on have no line feed
  const whole = lineStart(from, end);
  let p = from;
  while (p < end) {
    lines++;
    const json = load<u8>(p) === 123 && (shapes & 1) !== 0;
    const keyed = json || (load<u8>(p) > 32 && (shapes & 2) !== 0);
    // what is cut off at the end has no line feed that a shape would end with
    let stop: usize = keyed && p < whole ? knownLineOf(plan, p, whole, json) : 0;
    const known = stop !== 0;
    let count: i32 = known ? 0 : -1;
    if (!known) {
      if (json) {
        count = jsonFields(p, end, fields);
        if (count >= 0) {
          stop = objectEnd;
          if (load<u8>(stop) === 13) stop++;
          if (stop < end && load<u8>(stop) !== 10) count = -1;
        }
        if (count < 0) stop = findByte(p, end, 10);
      } else {
        stop = findByte(p, end, 10);
        if (keyed) {
          count = logfmtFields(p, stop, fields);
          if (count === 0 || words > <u32>count || load<u32>(fields) !== <u32>p) count = -1;
        }
      }
      if (count >= 0) {
        judge(plan, <u32>count);
        if (p < whole && count > 0 && (json || words === 0)) learnShape(plan, <u32>count, p, stop, json);
      }
    }
    let at: i64 = NO_TIME;
    let opaque = false;
    if (count < 0 && lines === 1 && !beginsRecord(p, stop)) flags |= INSIDE;
    if (count >= 0) {
      if ((unsure & 1) !== 0) opaque = true;
      else if ((yes & 1) !== 0) {
        addLevel(rankSeen);
        if (rankSeen >= 3) flags |= addPosting(<u32>(p - from), rankSeen);
      } else addLevel(6);
      if ((unsure & 2) !== 0) flags |= UNTIMED;
      else if ((yes & 2) !== 0) at = timeSeen;
      flags |= known ? spanIds() : fieldIds(fields, <u32>count);
    } else if (stop > p && (load<u8>(p) > 32 || load<u8>(p) === ESC)) {
      opaque = true;
      at = leadingTime(p, stop);
      if (at === NO_TIME) flags |= UNTIMED;
      flags |= textIds(p, stop);
    } else flags |= textIds(p, stop);
    if (opaque) {
      const n = load<u32>(out, 12);
      if (n >= load<u32>(table, OPAQUE_AT + 4)) flags |= OPAQUE_FULL;
      else {
        store<u32>(load<u32>(table, OPAQUE_AT) + (n << 2), <u32>(p - from));
        store<u32>(out, n + 1, 12);
      }
    }
    if (at !== NO_TIME) {
      store<u32>(out, load<u32>(out, 4) + 1, 4);
      if (at < load<i64>(out, 32)) store<i64>(out, at, 32);
      if (at > load<i64>(out, 40)) store<i64>(out, at, 40);
      if (at < last) flags &= ~ORDERED;
      last = at;
    }
    p = stop + 1;
  }
  store<u32>(out, lines);
  store<u32>(out, flags, 8);
}

/** An object, a clock, or klog's letter and date. */
function beginsRecord(p: usize, end: usize): bool {
  const c = load<u8>(p);
  if (c === 123 || leadingTime(p, end) !== NO_TIME) return true;
  if (c !== 73 && c !== 87 && c !== 69 && c !== 70) return false;
  if (p + 6 > end) return false;
  for (let i = 1; i < 5; i++) if (<u32>load<u8>(p + i) - 48 > 9) return false;
  return load<u8>(p, 5) === 32;
}

function addLevel(place: u32): void {
  const at = target + 48 + (<usize>place << 2);
  store<u32>(at, load<u32>(at) + 1);
}

function addPosting(offset: u32, rank: u32): u32 {
  const n = load<u32>(target, 16);
  if (n >= load<u32>(lists, POSTINGS_AT + 4) || offset >= 1 << 29) return POSTINGS_FULL;
  store<u32>(load<u32>(lists, POSTINGS_AT) + (n << 2), (offset << 3) | rank);
  store<u32>(target, n + 1, 16);
  return 0;
}

const isIdByte = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0,
  0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1,
  0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
]);

/** 0 no byte of an id, 1 letter or sign, 2 digit. */
@inline
function classOf(c: u8): u8 {
  return c < 128 ? load<u8>(isIdByte + c) : 0;
}

/** All of the value is an id's, and a digit is among it. 16 bytes a step; what lies behind the value is masked out. */
function wholeId(value: usize, length: u32): bool {
  let digits: u32 = 0;
  let n: u32 = 0;
  while (n < length) {
    const v = v128.load(value + n);
    const letter = i8x16.le_u(i8x16.sub(v128.or(v, i8x16.splat(32)), i8x16.splat(97)), i8x16.splat(25));
    const isDigit = i8x16.le_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(9));
    const sign = v128.or(i8x16.eq(v, i8x16.splat(45)), i8x16.eq(v, i8x16.splat(95)));
    let all: u32 = i8x16.bitmask(v128.or(v128.or(letter, isDigit), sign));
    let some: u32 = i8x16.bitmask(isDigit);
    const left = length - n;
    if (left < 16) {
      const inside: u32 = (1 << left) - 1;
      all |= ~inside;
      some &= inside;
    }
    if ((all & 0xffff) !== 0xffff) return false;
    digits |= some;
    n += 16;
  }
  return digits !== 0;
}

/** Whole values that look like ids: 12 to 64 letters, digits, - and _, a digit among them. */
function fieldIds(fields: usize, count: u32): u32 {
  let flags: u32 = 0;
  let field = fields;
  for (let i: u32 = 0; i < count; i++, field += FIELD) {
    const bits = load<u32>(field, 16);
    if ((bits & 0xff) === OBJECT) continue;
    const value: usize = load<u32>(field, 8);
    const length = load<u32>(field, 12) - load<u32>(field, 8);
    if (length >= ID_LEAST) flags |= valueIds(value, length, (bits & 0xff) > 1 || (bits & ESCAPED_VALUE) !== 0);
  }
  return flags;
}

/** The same of a line whose shape was known. */
function spanIds(): u32 {
  let flags: u32 = 0;
  for (let i: u32 = 0; i < spanCount; i++) {
    const span = spans + i * SPAN;
    const bits = load<u32>(span, 4);
    flags |= valueIds(load<u32>(span), bits & ~SPAN_WITHIN, (bits & SPAN_WITHIN) !== 0);
  }
  return flags;
}

/** Of an array, text with escapes and a long text ids stand somewhere in it. */
@inline
function valueIds(value: usize, length: u32, within: bool): u32 {
  if (within || length > ID_MOST) return textIds(value, value + length);
  return wholeId(value, length) ? addRun(value, length) : 0;
}

/** Every run of letters, digits, - and _ that is long enough. */
function textIds(from: usize, end: usize): u32 {
  let flags: u32 = 0;
  let p = from;
  while (p < end) {
    // a colour ends in a letter that is no part of what follows
    if (load<u8>(p) === ESC) {
      p = colourEnd(p, end);
      continue;
    }
    let kinds: u8 = 0;
    const start = p;
    while (p < end) {
      const k = classOf(load<u8>(p));
      if (k === 0) break;
      kinds |= k;
      p++;
    }
    const length = <u32>(p - start);
    if (length >= ID_LEAST && length <= ID_MOST && (kinds & 2) !== 0) flags |= addRun(start, length);
    if (p >= end || load<u8>(p) !== ESC) p++;
  }
  return flags;
}

/** After ESC [ digits ; letter; after the ESC where it begins nothing of the kind. */
function colourEnd(from: usize, end: usize): usize {
  let p = from + 1;
  if (p >= end || load<u8>(p) !== 91) return p;
  p++;
  while (p < end && p < from + 24 && (<u32>load<u8>(p) - 48 <= 9 || load<u8>(p) === 59)) p++;
  return p < end ? p + 1 : end;
}

/** A traceparent holds the trace id and the span id. */
function addRun(at: usize, length: u32): u32 {
  let flags = addId(idHash(at, length));
  if (length === 55 && load<u8>(at, 2) === 45 && load<u8>(at, 35) === 45 && load<u8>(at, 52) === 45) {
    flags |= addId(idHash(at + 3, 32));
    flags |= addId(idHash(at + 36, 16));
  }
  return flags;
}

/** 64 bits of an id, never 0. */
export function idHash(at: usize, length: u32): u64 {
  let h: u64 = 0x9e3779b97f4a7c15 ^ <u64>length;
  let i: u32 = 0;
  while (i < length) {
    let w: u64 = 0;
    const n = length - i;
    if (n >= 8) {
      w = load<u64>(at + i);
      i += 8;
    } else {
      for (let k: u32 = 0; k < n; k++) w |= <u64>load<u8>(at + i + k) << (<u64>k << 3);
      i = length;
    }
    h = (h ^ w) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  h *= 0xc4ceb9fe1a85ec53;
  h ^= h >> 29;
  return h === 0 ? 1 : h;
}

function addId(h: u64): u32 {
  const set: usize = load<u32>(lists, SET_AT);
  const mask = load<u32>(lists, SET_AT + 4) - 1;
  let slot = <u32>h & mask;
  while (true) {
    const at = set + (<usize>slot << 3);
    const known = load<u64>(at);
    if (known === h) return 0;
    if (known === 0) {
      const n = load<u32>(target, 20);
      if (n >= load<u32>(lists, IDS_AT + 4)) return IDS_FULL;
      store<u64>(at, h);
      store<u64>(load<u32>(lists, IDS_AT) + (<usize>n << 3), h);
      store<u32>(target, n + 1, 20);
      return 0;
    }
    slot = (slot + 1) & mask;
  }
}

const PROBES: u32 = 6;

/** Bytes of a line of the filter, and the bits of it that ids set: what is left holds the line's check. */
const LINE: usize = 64;
const LINE_BITS: u32 = 480;

/** Sets the bits of `count` ids in a filter of `lines` lines at `filter`, which is zeroed first: all of an id lie in one line. */
export function fillFilter(ids: usize, count: u32, filter: usize, lines: u32): void {
  memory.fill(filter, 0, <usize>lines * LINE);
  for (let i: u32 = 0; i < count; i++) {
    const h = load<u64>(ids + (<usize>i << 3));
    let a = <u32>h;
    const b = <u32>(h >> 32) | 1;
    const line = filter + <usize>((<u64>b * <u64>lines) >> 32) * LINE;
    for (let k: u32 = 0; k < PROBES; k++) {
      const bit = a % LINE_BITS;
      const at = line + (bit >> 3);
      store<u8>(at, <u8>(<u32>load<u8>(at) | (1 << (bit & 7))));
      a += b;
    }
  }
}

/** 64 bits of the bytes: whether a block is the one that was indexed. */
export function contentHash(from: usize, end: usize): u64 {
  let a: u64 = 0x9e3779b97f4a7c15;
  let b: u64 = 0xbf58476d1ce4e5b9;
  let c: u64 = 0x94d049bb133111eb;
  let d: u64 = 0xff51afd7ed558ccd;
  let p = from;
  while (p + 32 <= end) {
    a = rotl<u64>((a ^ load<u64>(p)) * 0xff51afd7ed558ccd, 29);
    b = rotl<u64>((b ^ load<u64>(p, 8)) * 0xc4ceb9fe1a85ec53, 31);
    c = rotl<u64>((c ^ load<u64>(p, 16)) * 0x9e3779b97f4a7c15, 27);
    d = rotl<u64>((d ^ load<u64>(p, 24)) * 0xbf58476d1ce4e5b9, 33);
    p += 32;
  }
  let h = a ^ rotl<u64>(b, 17) ^ rotl<u64>(c, 37) ^ rotl<u64>(d, 47) ^ <u64>(end - from);
  while (p < end) {
    h = (h ^ <u64>load<u8>(p)) * 0xff51afd7ed558ccd;
    p++;
  }
  h ^= h >> 32;
  h *= 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 29);
}
