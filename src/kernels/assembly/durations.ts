/**
 * How long what a line reports took, as src/read/logs/roles.ts reads it: the first field with a name for it whose value says so. What a number
 * without a unit means depends on who wrote the line, and that on which names and values it has, for which the plan has a table.
 *
 * A plan is u32 words, all addresses absolute:
 *   0 names (bare, lower case)   4 their number   8 endings of names that are units   12 their number   16 names of messages   20 their number
 *  24 clues   28 their number   32 units by the set of clues that hold (a byte each: 0 not known here, 1 s, 2 ms, 3 ns, 4 none)   36 scratch (64 bytes)
 *  40 first letters of names, 44 last letters of names and of endings (a bit each, from a on)
 * A name: address, length. An ending: address, length, f64 seconds. A clue: kind, address of a key, its length, address of what is compared, its length
 * (of OF_THESE how many texts), 1 where a sign and digits may follow. Kinds: 0 the key is there, 1 its value begins with a date and time, 2 its value is
 * one of these texts, 3 it stands before the other key.
 */
import { sameBytes } from './bytes';
import { ESCAPED_VALUE, FIELD, NO_PARENT, NULL, NUMBER, OBJECT, STRING } from './fields';

/** What is known of the duration of a line: none, how long, or that a reader must say. */
export const NO_DURATION: u32 = 0;
export const HAS_DURATION: u32 = 1;
export const MAYBE_DURATION: u32 = 2;
/** Of the last line, in seconds. */
export let seconds: f64 = 0;

const BARE_CAP: u32 = 40;
const NO_UNIT: f64 = 0;
const NOT_NAMED: f64 = -1;
const UNIT_S: u32 = 1;
const UNIT_MS: u32 = 2;
const UNIT_NS: u32 = 3;
const UNIT_NONE: u32 = 4;
const IS_THERE: u32 = 0;
const IS_DATED: u32 = 1;
const OF_THESE: u32 = 2;

/** A letter of either case that is in the set; - and _ may stand anywhere. */
@inline
function isAmong(letters: u32, c: u8): bool {
  if (c === 45 || c === 95) return true;
  const i = <u32>(c | 32) - 97;
  return i < 26 && ((letters >> i) & 1) !== 0;
}

/** The unit that a name gives: NO_UNIT where the value must say it, NOT_NAMED where it is no name for a duration. */
function unitOf(plan: usize, key: usize, keyLength: u32): f64 {
  const end = key + keyLength;
  if (!isAmong(load<u32>(plan, 44), load<u8>(end - 1))) return NOT_NAMED;
  let start = key;
  for (let p = end; p > key; p--) {
    if (load<u8>(p - 1) === 46) {
      start = p;
      break;
    }
  }
  if (start === end || !isAmong(load<u32>(plan, 40), load<u8>(start))) return NOT_NAMED;
  const scratch: usize = load<u32>(plan, 36);
  let n: u32 = 0;
  for (let p = start; p < end; p++) {
    let c = load<u8>(p);
    if (c === 95 || c === 45) continue;
    if (c >= 65 && c <= 90) c |= 32;
    if (n >= BARE_CAP) return NOT_NAMED;
    store<u8>(scratch + n, c);
    n++;
  }
  const names = load<u32>(plan, 4);
  let name: usize = load<u32>(plan);
  for (let i: u32 = 0; i < names; i++, name += 8) {
    const length = load<u32>(name, 4);
    if (n < length || load<u8>(load<u32>(name)) !== load<u8>(scratch) || !sameBytes(scratch, load<u32>(name), length)) continue;
    if (n === length) return NO_UNIT;
    const endings = load<u32>(plan, 12);
    let ending: usize = load<u32>(plan, 8);
    for (let k: u32 = 0; k < endings; k++, ending += 16) {
      if (load<u32>(ending, 4) === n - length && sameBytes(scratch + length, load<u32>(ending), n - length)) return load<f64>(ending, 8);
    }
  }
  return NOT_NAMED;
}

const NO: u32 = 0;
const WHOLE: u32 = 1;
const FRACTION: u32 = 2;
/** More digits than a float holds exactly. */
const MAYBE: u32 = 3;
const DIGITS: u32 = 15;
const TENS: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

let number: f64 = 0;
let behind: usize = 0;

/** Digits, with a point among them or not; where they end is `behind`. */
function readDigits(from: usize, end: usize): u32 {
  let p = from;
  let digits: i64 = 0;
  let whole: u32 = 0;
  let count: u32 = 0;
  while (p < end && <u32>load<u8>(p) - 48 <= 9) {
    if (count < DIGITS) digits = digits * 10 + load<u8>(p) - 48;
    count++;
    p++;
  }
  whole = count;
  if (whole === 0) return NO;
  const point = p < end && load<u8>(p) === 46;
  if (point) {
    p++;
    while (p < end && <u32>load<u8>(p) - 48 <= 9) {
      if (count < DIGITS) digits = digits * 10 + load<u8>(p) - 48;
      count++;
      p++;
    }
  }
  behind = p;
  if (count > DIGITS) return MAYBE;
  if (point && count === whole) return NO;
  number = <f64>digits / TENS[count - whole];
  return point ? FRACTION : WHOLE;
}

/** "1h2m3.5s": HAS_DURATION and `seconds`, NO_DURATION where it is none, MAYBE_DURATION where a reader must say. */
function goDuration(from: usize, end: usize): u32 {
  let p = from;
  let total: f64 = 0;
  let parts: u32 = 0;
  if (p < end && (load<u8>(p) === 43 || load<u8>(p) === 45)) return MAYBE_DURATION;
  while (p < end) {
    const read = readDigits(p, end);
    if (read === NO) return NO_DURATION;
    if (read === MAYBE) return MAYBE_DURATION;
    p = behind;
    if (p >= end) return NO_DURATION;
    const c = load<u8>(p);
    const next: u8 = p + 1 < end ? load<u8>(p + 1) : 0;
    let unit: f64 = 0;
    if (c === 110 && next === 115) {
      unit = 1e-9;
      p += 2;
    } else if (c === 117 && next === 115) {
      unit = 1e-6;
      p += 2;
    } else if (c === 109 && next === 115) {
      unit = 1e-3;
      p += 2;
    } else if (c === 115) {
      unit = 1;
      p++;
    } else if (c === 109) {
      unit = 60;
      p++;
    } else if (c === 104) {
      unit = 3600;
      p++;
    } else if (p + 3 <= end && load<u8>(p + 2) === 115 && ((c === 0xc2 && next === 0xb5) || (c === 0xce && next === 0xbc))) {
      unit = 1e-6;
      p += 3;
    } else return NO_DURATION;
    total += number * unit;
    parts++;
    if (parts > 6) return NO_DURATION;
  }
  if (parts === 0) return NO_DURATION;
  seconds = total;
  return HAS_DURATION;
}

/** What one field says. */
function ofField(plan: usize, fields: usize, count: u32, field: usize, unit: f64, json: bool): u32 {
  const bits = load<u32>(field, 16);
  const kind = bits & 0xff;
  if ((bits & ESCAPED_VALUE) !== 0) return MAYBE_DURATION;
  if (kind !== STRING && kind !== NUMBER) return kind === NULL || unit === NO_UNIT ? NO_DURATION : MAYBE_DURATION;
  const at: usize = load<u32>(field, 8);
  const end: usize = load<u32>(field, 12);
  if (at === end) return NO_DURATION;
  const read = readDigits(at, end);
  if (read === MAYBE) return MAYBE_DURATION;
  if (read === NO || behind !== end) {
    const go = goDuration(at, end);
    // a number that JavaScript reads and this does not
    return go === NO_DURATION && unit !== NO_UNIT ? MAYBE_DURATION : go;
  }
  if (unit !== NO_UNIT) {
    seconds = number * unit;
    return HAS_DURATION;
  }
  if (read === WHOLE && number === 0) {
    seconds = 0;
    return HAS_DURATION;
  }
  const n = number;
  const by = json ? unitOfLine(plan, fields, count) : UNIT_NONE;
  if (by === UNIT_NONE) return NO_DURATION;
  if (by === UNIT_MS) seconds = n * 1e-3;
  else if (by === UNIT_NS) {
    if (read === FRACTION) seconds = n;
    else if (n >= 10_000) seconds = n * 1e-9;
    else return NO_DURATION;
  } else if (by === UNIT_S) {
    if (read === FRACTION || n < 60) seconds = n;
    else if (n >= 1_000_000) seconds = n * 1e-9;
    else return NO_DURATION;
  } else return MAYBE_DURATION;
  return HAS_DURATION;
}

/** The first top-level field of a name, or 0. */
function named(fields: usize, count: u32, name: usize, length: u32): usize {
  let field = fields;
  for (let i: u32 = 0; i < count; i++, field += FIELD) {
    if ((load<u32>(field, 16) & 0xff) === OBJECT) continue;
    if (load<u32>(field, 4) === length && load<u32>(field, 20) === NO_PARENT && sameBytes(load<u32>(field), name, length)) return field;
  }
  return 0;
}

function unitOfLine(plan: usize, fields: usize, count: u32): u32 {
  const clues = load<u32>(plan, 28);
  let clue: usize = load<u32>(plan, 24);
  let held: u32 = 0;
  for (let i: u32 = 0; i < clues; i++, clue += 24) {
    const field = named(fields, count, load<u32>(clue, 4), load<u32>(clue, 8));
    if (field === 0) continue;
    const kind = load<u32>(clue);
    const at: usize = load<u32>(field, 8);
    const length = load<u32>(field, 12) - load<u32>(field, 8);
    let holds = kind === IS_THERE;
    if (kind === IS_DATED || kind === OF_THESE) {
      if ((load<u32>(field, 16) & ESCAPED_VALUE) !== 0) return 0;
      holds = kind === IS_DATED ? isDated(at, length) : isOneOf(load<u32>(clue, 12), load<u32>(clue, 16), at, load<u32>(clue, 20) !== 0 ? withoutOffset(at, length) : length);
    } else if (!holds) {
      const other = named(fields, count, load<u32>(clue, 12), load<u32>(clue, 16));
      holds = other !== 0 && other > field;
    }
    if (holds) held |= 1 << i;
  }
  return load<u8>(load<u32>(plan, 32) + held);
}

/** 2026-11-22T19:26:17 and whatever follows. */
function isDated(at: usize, length: u32): bool {
  if (length < 19) return false;
  for (let i: u32 = 0; i < 19; i++) {
    const c = load<u8>(at + i);
    const wanted: u8 = i === 4 || i === 7 ? 45 : i === 10 ? 84 : i === 13 || i === 16 ? 58 : 0;
    if (wanted === 0 ? <u32>c - 48 > 9 : c !== wanted) return false;
  }
  return true;
}

/** The length of a text without a sign and up to four digits at its end. */
function withoutOffset(at: usize, length: u32): u32 {
  let n = length;
  while (n > 0 && <u32>load<u8>(at + n - 1) - 48 <= 9) n--;
  if (n === length || length - n > 4 || n === 0) return length;
  const sign = load<u8>(at + n - 1);
  return sign === 43 || sign === 45 ? n - 1 : length;
}

function isOneOf(texts: usize, count: u32, at: usize, length: u32): bool {
  let text = texts;
  for (let i: u32 = 0; i < count; i++, text += 8) {
    if (load<u32>(text, 4) === length && sameBytes(load<u32>(text), at, length)) return true;
  }
  return false;
}

/** A digit behind a blank, = or : may begin a duration in a sentence. */
function maySay(field: usize): bool {
  if ((load<u32>(field, 16) & ESCAPED_VALUE) !== 0) return true;
  const end: usize = load<u32>(field, 12);
  for (let p: usize = load<u32>(field, 8) + 1; p < end; p++) {
    if (<u32>load<u8>(p) - 48 > 9) continue;
    const c = load<u8>(p - 1);
    if (c === 32 || c === 61 || c === 58) return true;
  }
  return false;
}

/** The duration of a line whose fields were read. */
export function durationOf(plan: usize, fields: usize, count: u32): u32 {
  if (count === 0) return NO_DURATION;
  const json = load<u8>(load<u32>(fields) + load<u32>(fields, 4)) === 34;
  let field = fields;
  for (let i: u32 = 0; i < count; i++, field += FIELD) {
    if (load<u32>(field, 4) === 0 || (load<u32>(field, 16) & 0xff) === OBJECT) continue;
    const unit = unitOf(plan, load<u32>(field), load<u32>(field, 4));
    if (unit === NOT_NAMED) continue;
    const said = ofField(plan, fields, count, field, unit, json);
    if (said !== NO_DURATION) return said;
  }
  const messages = load<u32>(plan, 20);
  let name: usize = load<u32>(plan, 16);
  for (let i: u32 = 0; i < messages; i++, name += 8) {
    field = fields;
    for (let k: u32 = 0; k < count; k++, field += FIELD) {
      if (load<u32>(field, 4) !== load<u32>(name, 4) || !sameBytes(load<u32>(field), load<u32>(name), load<u32>(name, 4))) continue;
      if ((load<u32>(field, 16) & 0xff) === OBJECT) continue;
      if (maySay(field)) return MAYBE_DURATION;
    }
  }
  return NO_DURATION;
}
