/**
 * What the fields of one line say to the terms of a plan. The plan is that of ./search.ts.
 */
import { sameBytes } from './bytes';
import { durationOf, HAS_DURATION, MAYBE_DURATION, seconds } from './durations';
import { ESCAPED_KEY, ESCAPED_VALUE, FIELD, NO_PARENT, OBJECT } from './fields';
import { levelRankOf, NO_LEVEL } from './levels';
import { bareEntryIn, slotOf } from './names';
import { compares, IS_NUMBER, MAYBE_NUMBER, number, readNumber } from './numbers';
import { anyTime, NO_TIME } from './times';

export const NO: u32 = 0;
export const UNSURE: u32 = 2;

const EQUAL: u32 = 0;
const LEVEL: u32 = 1;
const EXISTS: u32 = 2;
/** Decides only where nothing better is present: UNSURE then. */
const MAYBE: u32 = 3;
const UNDECIDABLE: u32 = 4;
const TIME: u32 = 5;
/** Decides nothing: the time is handed out. */
const STAMP: u32 = 6;
const NUMBER: u32 = 7;

const KEY: u32 = 16;
const TERM: u32 = 32;

/** Bits of the terms that hold, and of those that are not decided, for the line judged last. */
export let yes: u32 = 0;
export let unsure: u32 = 0;
/** Of the line judged last: rank of the level and time that decided their terms. */
export let rankSeen: u32 = 0;
export let timeSeen: i64 = 0;
let decided: u32 = 0;
let maybe: u32 = 0;
/** How many fields of the last line are a time, and where the last of them stands. */
let stamped: u32 = 0;
let stampAt: usize = 0;
let stampLength: u32 = 0;

/** The time of the line judged last; NO_TIME when it has none or several. It is read only where it is asked for. */
export function stampOf(): i64 {
  return stamped === 1 ? anyTime(stampAt, stampLength) : NO_TIME;
}

/** Before the fields of a line. */
@inline
export function beginJudging(): void {
  yes = 0;
  unsure = 0;
  decided = 0;
  maybe = 0;
  stamped = 0;
}

/** Behind the fields of a line. */
@inline
export function verdictOf(plan: usize): u32 {
  unsure |= maybe & ~decided;
  return unsure !== 0 ? UNSURE : load<u8>(load<u32>(plan, 24) + yes);
}

/** The number of the entry, from 1, that the name of a field meets exactly, dotted where it is a member; 0 when there is none. */
export function exactEntry(plan: usize, field: usize): u32 {
  const entries: usize = load<u32>(plan, 16);
  const key: usize = load<u32>(field);
  const keyLength = load<u32>(field, 4);
  if (load<u32>(field, 20) === NO_PARENT) {
    const slots: usize = load<u32>(plan, 12);
    let slot = slotOf(key, keyLength);
    while (true) {
      const number = load<u32>(slots + (slot << 2));
      if (number === 0) return 0;
      const entry = entries + (number - 1) * KEY;
      if (load<u32>(entry, 4) === keyLength && sameBytes(key, load<u32>(entry), keyLength)) return number;
      slot = (slot + 1) & 63;
    }
  }
  for (let k: u32 = load<u32>(plan, 60); k > 0; k--) {
    const entry = entries + (k - 1) * KEY;
    if (isNamed(load<u32>(plan, 28), field, load<u32>(entry), load<u32>(entry, 4))) return k;
  }
  return 0;
}

/** The same for the last part of the name. */
@inline
export function bareEntryOf(plan: usize, field: usize): u32 {
  const count = load<u32>(plan, 48);
  if (count === 0) return 0;
  const entries: usize = load<u32>(plan, 52);
  const entry = bareEntryIn(plan + 64, load<u32>(plan, 56), count, entries, load<u32>(field), load<u32>(field, 4));
  return entry === 0 ? 0 : <u32>(entry - entries) / KEY + 1;
}

/** Judges the fields that stand in the plan's scratch. */
export function judge(plan: usize, count: u32): u32 {
  let field: usize = load<u32>(plan, 28);
  beginJudging();
  for (let i: u32 = 0; i < count; i++, field += FIELD) {
    const bits = load<u32>(field, 16);
    if ((bits & ESCAPED_KEY) !== 0) {
      unsure = 0xffffffff;
      return UNSURE;
    }
    if (load<u32>(field, 4) === 0) continue;
    const exact = exactEntry(plan, field);
    const bare = bareEntryOf(plan, field);
    if ((exact | bare) === 0) continue;
    const value: usize = load<u32>(field, 8);
    weighField(plan, exact, bare, value, load<u32>(field, 12) - <u32>value, bits, load<u32>(field, 20) === NO_PARENT);
  }
  if (load<u32>(plan, 128) !== 0) weighDuration(plan, count);
  return verdictOf(plan);
}

/** What one field says to the terms of its names, given by their entries (0: none). bits as in ./fields.ts. */
export function weighField(plan: usize, exact: u32, bare: u32, value: usize, length: u32, bits: u32, top: bool): void {
  if (exact !== 0) weigh(plan, load<u32>(plan, 16) + (exact - 1) * KEY, value, length, bits, top);
  if (bare !== 0) weigh(plan, load<u32>(plan, 52) + (bare - 1) * KEY, value, length, bits, top);
}

/** What the line's duration says to the conditions on it. */
function weighDuration(plan: usize, count: u32): void {
  const found = durationOf(load<u32>(plan, 128), load<u32>(plan, 28), count);
  let condition: usize = load<u32>(plan, 132);
  for (let i: u32 = load<u32>(plan, 136); i > 0; i--, condition += 16) {
    const bit = load<u32>(condition);
    if (found === MAYBE_DURATION) unsure |= bit;
    else if (found === HAS_DURATION && compares(load<u32>(condition, 4), seconds, load<f64>(condition, 8))) yes |= bit;
  }
}

/** Whether the keys of a field and of the objects around it are the dotted name. */
function isNamed(fields: usize, field: usize, name: usize, length: u32): bool {
  const keyLength = load<u32>(field, 4);
  const parent = load<u32>(field, 20);
  if (parent === NO_PARENT) return length === keyLength && sameBytes(load<u32>(field), name, length);
  if (length < keyLength + 2) return false;
  const at = length - keyLength;
  if (load<u8>(name + at - 1) !== 46 || !sameBytes(load<u32>(field), name + at, keyLength)) return false;
  return isNamed(fields, fields + parent * FIELD, name, at - 1);
}

/** What one field says to the terms of one of its names. */
function weigh(plan: usize, entry: usize, value: usize, length: u32, bits: u32, top: bool): void {
  const terms: usize = load<u32>(plan, 20);
  const first = load<u32>(entry, 8);
  const last = first + load<u32>(entry, 12);
  const isObject = (bits & 0xff) === OBJECT;
  for (let t = first; t < last; t++) {
    const term = terms + t * TERM;
    const bit = load<u32>(term);
    const kind = load<u32>(term, 4);
    if (kind === EQUAL) {
      if (isObject) continue;
      if ((bits & ESCAPED_VALUE) !== 0) unsure |= bit;
      else if (length === load<u32>(term, 12) && sameBytes(value, load<u32>(term, 8), length)) yes |= bit;
    } else if (kind === LEVEL) {
      if ((decided & bit) !== 0) continue;
      decided |= bit;
      const rank = levelRankOf(load<u32>(plan, 32), load<u32>(plan, 36), value, length);
      rankSeen = rank;
      if (rank === NO_LEVEL) unsure |= bit;
      else if (((load<u32>(term, 8) >> rank) & 1) !== 0) yes |= bit;
    } else if (kind === EXISTS) {
      if (!isObject) yes |= bit;
    } else if (kind === MAYBE) {
      maybe |= bit;
    } else if (kind === UNDECIDABLE) {
      unsure |= bit;
    } else if (kind === TIME) {
      if ((decided & bit) !== 0) {
        unsure |= bit;
        continue;
      }
      decided |= bit;
      const at = anyTime(value, length);
      timeSeen = at;
      if (at === NO_TIME) unsure |= bit;
      else if (at >= load<i64>(term, 16) && at <= load<i64>(term, 24)) yes |= bit;
    } else if (kind === NUMBER) {
      if (isObject) continue;
      const read = (bits & ESCAPED_VALUE) !== 0 ? MAYBE_NUMBER : readNumber(value, length);
      if (read === MAYBE_NUMBER) unsure |= bit;
      else if (read === IS_NUMBER && compares(load<u32>(term, 8), number, load<f64>(term, 16))) yes |= bit;
    } else if (kind === STAMP) {
      if (!top) continue;
      stamped++;
      stampAt = value;
      stampLength = length;
    }
  }
}
