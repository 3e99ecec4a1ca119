/**
 * Field-anchored search over whole lines: a literal finds candidates, the line's own grammar decides. What this grammar cannot decide
 * (escapes in a key or value, text that is neither JSON nor logfmt, a level or time of unknown form) is handed out as UNSURE.
 *
 * A plan is u32 words, all offsets absolute:
 *   0 needles (0: every line is a candidate)   4 their address   8 Teddy table
 *  12 key slots (64 × u32: entry number + 1; linear probing)   16 key entries   20 terms   24 truth table (one byte for each set of terms)
 *  28 field scratch   32 level table   36 its count   40 the byte that nearly all lines begin with: others are looked at whatever they hold (0: no)   44 shapes: 1 JSON | 2 logfmt
 *  48 number of bare entries   52 their address   56 scratch for a bare name (64 bytes)   60 how many of the key entries, the first ones, have a dot in their names   64 first letters, 96 last letters of bare names (256 bits each)
 * 128 how durations are read (./durations.ts; 0: none is asked for)   132 conditions on them   136 their number   140 how needles are sought: 0 findNeedle, 1 findPairs, 2 findMany, 3 findSome
 * Keys are names of top-level fields; a dotted one is also that of a member of an object. A key entry: address, length, first term, number of terms. A bare entry is met by the last part of a name at any depth, without case, _ and -.
 * A term: bit, kind, a, b (u32), then two i64: for EQUAL a = value's address, b = its length; for LEVEL a = accepted ranks; for TIME the two i64, inclusive; for NUMBER
 * a = how to compare, and an f64 instead of the first i64. A condition on a duration: bit, how to compare, f64 seconds.
 */
import { findByte, lineStart, sameBytes } from './bytes';
import { durationOf, HAS_DURATION, MAYBE_DURATION, seconds } from './durations';
import { ESCAPED_KEY, ESCAPED_VALUE, FIELD, jsonFields, logfmtFields, NO_PARENT, OBJECT, objectEnd, words } from './fields';
import { levelRank, NO_LEVEL } from './levels';
import { findMany, findNeedle, findPairs, findSome } from './needles';
import { compares, IS_NUMBER, MAYBE_NUMBER, number, readNumber } from './numbers';
import { anyTime, NO_TIME } from './times';
import { bareEntryIn, slotOf } from './names';

const NO: u32 = 0;
const YES: u32 = 1;
const UNSURE: u32 = 2;

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

/** Bytes of one line in the output. */
const ROW: u32 = 24;
const KEY: u32 = 16;
const TERM: u32 = 32;

const BY_PAIRS: u32 = 1;
const BY_TEDDY: u32 = 2;
const BY_ROUGH_TEDDY: u32 = 3;

const JSON_LINES: u32 = 1;
const LOGFMT_LINES: u32 = 2;

/** The bare entry that the name meets, or 0. */
@inline
function bareEntry(plan: usize, key: usize, keyLength: u32): usize {
  return bareEntryIn(plan + 64, load<u32>(plan, 56), load<u32>(plan, 48), load<u32>(plan, 52), key, keyLength);
}

/** Bits of the terms that hold, and of those that are not decided, for the line judged last. */
export let yes: u32 = 0;
export let unsure: u32 = 0;
/** Of the line judged last: rank of the level and time that decided their terms. */
export let rankSeen: u32 = 0;
export let timeSeen: i64 = 0;
let decided: u32 = 0;
let maybe: u32 = 0;
/** How many fields of the last line are a time, and the first of them. */
let stamped: u32 = 0;
let stamp: i64 = 0;

/** Where the last call of search stopped: the next line to look at, because the output was full. */
let resumed: usize = 0;
export function resumeAt(): u32 {
  return <u32>resumed;
}

/** Lines looked at closely since resetCounts. */
let looked: u32 = 0;
export function linesLooked(): u32 {
  return looked;
}
export function resetCounts(): void {
  looked = 0;
}

/**
 * Lines of [from, end) that match or may: (start, end without its line feed, verdict, 0) as u32 and the time as i64 (NO_TIME: not known
 * here) at `out`, ROW bytes each, at most `cap` of them.
 * `from` begins a line; the line at `end` is complete.
 */
export function search(plan: usize, from: usize, end: usize, out: usize, cap: u32): u32 {
  const needleCount = load<u32>(plan);
  const needles: usize = load<u32>(plan, 4);
  const other = <u8>load<u32>(plan, 40);
  let n: u32 = 0;
  let p = from;
  while (p < end) {
    let start = p;
    if (needleCount !== 0) {
      // what begins the stretch has no line feed before it
      const at = other !== 0 && load<u8>(p) !== other ? p : candidate(plan, needles, needleCount, p, end, other);
      if (at === 0) break;
      start = lineStart(p, at);
    }
    let stop: usize = 0;
    let verdict: u32;
    looked++;
    stamped = 0;
    if (load<u8>(start) === 123 && (load<u32>(plan, 44) & JSON_LINES) !== 0) {
      const count = jsonFields(start, end, load<u32>(plan, 28));
      if (count >= 0) {
        stop = objectEnd;
        if (load<u8>(stop) === 13) stop++;
        if (stop >= end || load<u8>(stop) === 10) verdict = judge(plan, <u32>count);
        else {
          stop = findByte(stop, end, 10);
          verdict = UNSURE;
        }
      } else {
        stop = findByte(start, end, 10);
        verdict = UNSURE;
      }
    } else {
      stop = findByte(start, end, 10);
      verdict = UNSURE;
      if ((load<u32>(plan, 44) & LOGFMT_LINES) !== 0 && load<u8>(start) > 32) {
        const count = logfmtFields(start, stop, load<u32>(plan, 28));
        const fields: usize = load<u32>(plan, 28);
        if (count > 0 && words <= <u32>count && load<u32>(fields) === <u32>start) verdict = judge(plan, <u32>count);
      }
    }
    if (verdict !== NO) {
      if (n >= cap) {
        resumed = start;
        return n;
      }
      const to = out + n * ROW;
      store<u32>(to, <u32>start);
      store<u32>(to, <u32>(stop > end ? end : stop), 4);
      store<u32>(to, verdict, 8);
      store<i64>(to, stamped === 1 ? stamp : NO_TIME, 16);
      n++;
    }
    p = stop + 1;
  }
  resumed = end;
  return n;
}

@inline
function candidate(plan: usize, needles: usize, count: u32, from: usize, end: usize, opening: u8): usize {
  const by = load<u32>(plan, 140);
  if (by === BY_ROUGH_TEDDY) return findSome(load<u32>(plan, 8), needles, from, end, opening);
  if (by === BY_TEDDY) return findMany(load<u32>(plan, 8), needles, from, end, opening);
  return by === BY_PAIRS ? findPairs(needles, count, from, end) : findNeedle(needles, count, from, end);
}

export function judge(plan: usize, count: u32): u32 {
  const slots: usize = load<u32>(plan, 12);
  const entries: usize = load<u32>(plan, 16);
  const bare = load<u32>(plan, 48) !== 0;
  const dotted = load<u32>(plan, 60);
  let field: usize = load<u32>(plan, 28);
  yes = 0;
  unsure = 0;
  decided = 0;
  maybe = 0;
  for (let i: u32 = 0; i < count; i++, field += FIELD) {
    const bits = load<u32>(field, 16);
    const key: usize = load<u32>(field);
    const keyLength = load<u32>(field, 4);
    if ((bits & ESCAPED_KEY) !== 0) {
      unsure = 0xffffffff;
      return UNSURE;
    }
    if (keyLength === 0) continue;
    if (load<u32>(field, 20) === NO_PARENT) {
      let slot = slotOf(key, keyLength);
      while (true) {
        const number = load<u32>(slots + (slot << 2));
        if (number === 0) break;
        const entry = entries + (number - 1) * KEY;
        if (load<u32>(entry, 4) === keyLength && sameBytes(key, load<u32>(entry), keyLength)) {
          weigh(plan, entry, field, bits);
          break;
        }
        slot = (slot + 1) & 63;
      }
    } else {
      for (let k: u32 = 0; k < dotted; k++) {
        const entry = entries + k * KEY;
        if (isNamed(load<u32>(plan, 28), field, load<u32>(entry), load<u32>(entry, 4))) weigh(plan, entry, field, bits);
      }
    }
    if (bare) {
      const entry = bareEntry(plan, key, keyLength);
      if (entry !== 0) weigh(plan, entry, field, bits);
    }
  }
  if (load<u32>(plan, 128) !== 0) weighDuration(plan, count);
  unsure |= maybe & ~decided;
  if (unsure !== 0) return UNSURE;
  return load<u8>(load<u32>(plan, 24) + yes);
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

/** What one field says to the terms of its name. */
function weigh(plan: usize, entry: usize, field: usize, bits: u32): void {
  const terms: usize = load<u32>(plan, 20);
  const first = load<u32>(entry, 8);
  const last = first + load<u32>(entry, 12);
  const value: usize = load<u32>(field, 8);
  const length = load<u32>(field, 12) - load<u32>(field, 8);
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
      const rank = levelRank(load<u32>(plan, 32), load<u32>(plan, 36), value, length);
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
      if (load<u32>(field, 20) !== NO_PARENT) continue;
      stamped++;
      stamp = anyTime(value, length);
    }
  }
}
