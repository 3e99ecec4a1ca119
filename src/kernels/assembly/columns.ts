/**
 * Lines of JSON and logfmt into columns: when, at which level, and the values of wanted fields, put into groups. Lines whose shape is known
 * (./shapes.ts) are read value by value; others whole, by ./fields.ts, which also says what is no line of the kind.
 *
 * A plan is u32 words, all addresses absolute:
 *   0 key slots (64 × u32: entry number + 1; linear probing)   4 key entries   8 number of bare entries   12 bare entries
 *  16 field scratch   20 level table   24 its count   28 number of entries by whole name   32 those entries   36 scratch for a name (1024 bytes)
 *  40 shapes: 1 JSON | 2 logfmt   44 number of slots   48 slots of the level   52 slots of the message   56 width of a bucket in ns (i64; 0: none)
 *  64 first letters, 96 last letters of bare names (256 bits each)   128 memory of ./shapes.ts   132 memory of ./groups.ts
 * 136 cells (0: none are wanted): of each column, for CELL_ROWS rows, where its first value begins and length | kind << 24 | escapes << 27 | 1 << 31; 0 where it has none
 * An entry: address, length, role, slots. Keys are top-level names, whole names are dotted, bare ones the last part of any.
 *
 * A row is ROW bytes: start, end (without the line feed), verdict (0 known, 1 odd JSON, 2 odd logfmt, 3 text), level rank (255: none), group, 1 if a field stands twice (u32; only with cells), time (i64).
 */
import { findByte, sameBytes } from './bytes';
import { CELL_ROWS, PRESENT, wordKind } from './cells';
import { BOOLEAN, ESCAPED_KEY, ESCAPED_VALUE, FIELD, jsonFields, logfmtFields, nestedEnd, NO_PARENT, NULL, NUMBER, numberEnd, OBJECT, objectEnd, OPAQUE, STRING, words } from './fields';
import { groupOf, isTooLong, NO_ROOM, NOT_THERE, openGroups } from './groups';
import { levelRankOf, NO_LEVEL } from './levels';
import {
  BARE_VALUE,
  beginning,
  columnCount,
  columnOf,
  contextOf,
  END_OF_LINE,
  IN_PAIRS,
  learn,
  NO_COLUMN,
  nodeAt,
  OBJECT_BEGINS,
  openShapes,
  PAIRS_BEGIN,
  standsAt,
  STRING_VALUE,
} from './shapes';
import { anyTime, NO_TIME } from './times';
import { bareEntryIn, slotOf } from './names';

const KNOWN: u32 = 0;
const ODD_JSON: u32 = 1;
const ODD_LOGFMT: u32 = 2;
const TEXT: u32 = 3;

const MESSAGE: u32 = 1;
const LEVEL: u32 = 2;
const TIME: u32 = 3;

const ROW: u32 = 32;
const ENTRY: u32 = 16;
const NAME_CAP: u32 = 1000;
const NO_RANK: u32 = 255;

let resumed: usize = 0;
let full = false;
export function columnsResume(): u32 {
  return <u32>resumed;
}
/** Whether the last call ended because a group had no room. */
export function columnsFull(): bool {
  return full;
}

/** Before the first line: nothing is known, no group is there. */
export function openColumns(plan: usize): void {
  openShapes(load<u32>(plan, 128));
  openGroups(load<u32>(plan, 132));
}

/** Of the line at hand. */
const slots = memory.data(32);
let filled: u32 = 0;
let seen: u32 = 0;
let odd = false;
let twice = false;
let rank: u32 = NO_RANK;
let time: i64 = 0;

@inline
function begin(): void {
  filled = 0;
  seen = 0;
  odd = false;
  twice = false;
  rank = NO_RANK;
}

/** What a value is to the line. flags as in ./shapes.ts; coding: 0, 1 with escapes of JSON, 2 of Go. */
function take(plan: usize, flags: u32, kind: u32, at: usize, end: usize, coding: u32): void {
  const role = (flags >> 4) & 15;
  const length = <u32>(end - at);
  let wanted = ((flags >> 8) & 255) | (kind === OPAQUE ? 0 : (flags >> 16) & 255);
  if (role !== 0) {
    const bit: u32 = 1 << role;
    if ((seen & bit) !== 0) odd = true;
    seen |= bit;
    if (role === MESSAGE) {
      if (kind !== STRING) odd = true;
      wanted |= load<u32>(plan, 52);
    } else if (role === LEVEL) {
      if (kind !== STRING || coding !== 0) odd = true;
      else {
        rank = levelRankOf(load<u32>(plan, 20), load<u32>(plan, 24), at, length);
        if (rank === NO_LEVEL) odd = true;
      }
    } else if (role === TIME) {
      if ((kind !== STRING && kind !== NUMBER) || coding !== 0) odd = true;
      else {
        time = anyTime(at, length);
        if (time === NO_TIME) odd = true;
      }
    } else odd = true;
  }
  wanted &= ~filled;
  if (wanted === 0) return;
  if (isTooLong(length)) odd = true;
  filled |= wanted;
  do {
    const slot = slots + (<usize>ctz(wanted) << 3);
    store<u32>(slot, <u32>at);
    store<u32>(slot, length | (coding << 30), 4);
    wanted &= wanted - 1;
  } while (wanted !== 0);
}

/** The verdict of a whole line; its group stands in `group`. */
@inline
function finish(plan: usize, oddly: u32): u32 {
  if (odd || (seen & ((1 << MESSAGE) | (1 << TIME))) !== ((1 << MESSAGE) | (1 << TIME))) return oddly;
  const count = load<u32>(plan, 44);
  for (let i: u32 = 0; i < count; i++) {
    if (((filled >> i) & 1) !== 0) continue;
    const slot = slots + (<usize>i << 3);
    store<u32>(slot, ((load<u32>(plan, 48) >> i) & 1) !== 0 ? rank : 0xffffffff);
    store<u32>(slot, NOT_THERE, 4);
  }
  const width = load<i64>(plan, 56);
  let bucket: i64 = 0;
  if (width !== 0) {
    bucket = time / width;
    if (time % width < 0) bucket--;
  }
  group = groupOf(bucket, slots, count);
  return KNOWN;
}
let group: u32 = 0;

/** Lines of [from, end) as rows at `out`, at most `cap`, or up to the first whose group has no room. `from` begins a line; a line feed stands at `end` - 1. */
export function columns(plan: usize, from: usize, end: usize, base: usize, out: usize, cap: u32): u32 {
  const shapes = load<u32>(plan, 40);
  const cells: usize = load<u32>(plan, 136);
  if (cells !== 0) memory.fill(cells, 0, columnCount() * CELL_ROWS * 8);
  full = false;
  let n: u32 = 0;
  let p = from;
  while (p < end) {
    if (n >= cap) {
      resumed = p;
      return n;
    }
    const start = p;
    const c = load<u8>(start);
    const json = c === 123 && (shapes & 1) !== 0;
    let verdict = TEXT;
    let stop: usize = 0;
    if (json || ((shapes & 2) !== 0 && c > 32)) {
      begin();
      stop = known(plan, start, end, json, base, cells === 0 ? 0 : cells + (n << 3));
    }
    if (stop !== 0) verdict = finish(plan, json ? ODD_JSON : ODD_LOGFMT);
    else {
      verdict = whole(plan, start, end, json);
      stop = lineStop;
      // what was not learnt has no columns
      if (cells !== 0 && verdict === KNOWN) {
        begin();
        clearCells(cells + (n << 3));
        if (known(plan, start, end, json, base, cells + (n << 3)) === 0) verdict = json ? ODD_JSON : ODD_LOGFMT;
      }
    }
    if (verdict === KNOWN && group === NO_ROOM) {
      full = true;
      resumed = start;
      return n;
    }
    const row = out + n * ROW;
    store<u32>(row, <u32>(start - base));
    store<u32>(row, <u32>(stop - base), 4);
    store<u32>(row, verdict, 8);
    store<u32>(row, rank, 12);
    store<u32>(row, group, 16);
    store<u32>(row, twice ? 1 : 0, 20);
    store<i64>(row, time, 24);
    n++;
    p = stop + 1;
  }
  resumed = end;
  return n;
}

/** What was found of a line before it turned out that its shape was not known. */
function clearCells(cells: usize): void {
  for (let i: u32 = 0; i < columnCount(); i++) store<u64>(cells + i * (CELL_ROWS * 8), 0);
}

/** Reads a line whose shape is known; where it ends, or 0. */
function known(plan: usize, start: usize, end: usize, json: bool, base: usize, cells: usize): usize {
  let node = beginning(json);
  let context: u32 = json ? OBJECT_BEGINS : PAIRS_BEGIN;
  let p = start;
  const quote = i8x16.splat(34);
  const slash = i8x16.splat(92);
  const control = i8x16.splat(31);
  const blank = i8x16.splat(32);
  while (true) {
    let next: usize = load<u32>(node, 52);
    if (!standsAt(next, p, context)) {
      next = load<u32>(node, 56);
      if (!standsAt(next, p, context)) {
        next = nodeAt(node, p, context);
        if (next === 0) return 0;
      }
    }
    node = next;
    p += load<u32>(node, 32);
    if (p > end) return 0;
    const flags = load<u32>(node, 48);
    const at = p;
    const form = flags & 3;
    let kind = STRING;
    let typed = STRING;
    let coding: u32 = 0;
    if (form === STRING_VALUE) {
      while (true) {
        const v = v128.load(p);
        const w = v128.load(p, 16);
        const m =
          <u32>i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quote), i8x16.eq(v, slash)), i8x16.le_u(v, control))) |
          (<u32>i8x16.bitmask(v128.or(v128.or(i8x16.eq(w, quote), i8x16.eq(w, slash)), i8x16.le_u(w, control))) << 16);
        if (m === 0) {
          p += 32;
          continue;
        }
        p += ctz(m);
        const c = load<u8>(p);
        if (c === 34) break;
        if (c !== 92 || load<u8>(p + 1) < 32) return 0;
        coding = json ? 1 : 2;
        p += 2;
      }
    } else if (form === BARE_VALUE) {
      if (json) {
        const c = load<u8>(p);
        if (<u32>c - 48 <= 9 || c === 45) {
          kind = NUMBER;
          p = numberEnd(p, end);
        } else if (c === 116 && load<u32>(p) === 0x65757274) {
          kind = BOOLEAN;
          p += 4;
        } else if (c === 102 && load<u32>(p + 1) === 0x65736c61) {
          kind = BOOLEAN;
          p += 5;
        } else if (c === 110 && load<u32>(p) === 0x6c6c756e) {
          kind = NULL;
          p += 4;
        } else if (c === 91 || c === 123) {
          kind = OPAQUE;
          p = nestedEnd(p, end);
        } else return 0;
        if (p === 0) return 0;
      } else {
        const c = load<u8>(p);
        if (c === 60 || c === 123 || c === 91) return 0;
        while (true) {
          const m = i8x16.bitmask(i8x16.le_u(v128.load(p), blank));
          if (m === 0) {
            p += 16;
            continue;
          }
          p += ctz(m);
          const d = load<u8>(p);
          if (d !== 32 && (d < 9 || d === 11 || d === 12 || d > 13)) return 0;
          break;
        }
        if (cells !== 0) typed = wordKind(at, p);
      }
    } else return p - 1;
    if (cells !== 0) {
      const cell = cells + (flags >> 24) * (CELL_ROWS * 8);
      if (load<u32>(cell, 4) !== 0) twice = true;
      else {
        store<u32>(cell, <u32>(at - base));
        store<u32>(cell, <u32>(p - at) | ((json ? kind : typed) << 24) | (coding << 27) | PRESENT, 4);
      }
    }
    if ((flags & 0xfffff0) !== 0) take(plan, flags, kind, at, p, coding);
    context = load<u32>(node, 44);
  }
}

let lineStop: usize = 0;

/** Reads a line as a whole, and learns its shape. The verdict; lineStop is where it ends. */
function whole(plan: usize, start: usize, end: usize, json: bool): u32 {
  const fields: usize = load<u32>(plan, 16);
  let stop: usize = 0;
  let verdict = TEXT;
  begin();
  if (json) {
    verdict = ODD_JSON;
    const count = jsonFields(start, end, fields);
    if (count >= 0) {
      stop = objectEnd;
      if (load<u8>(stop) === 13) stop++;
      if (stop >= end || load<u8>(stop) === 10) {
        if (weigh(plan, <u32>count, 1)) verdict = finish(plan, ODD_JSON);
        if (count > 0 && stop < end) learnLine(plan, <u32>count, start, stop, true);
      } else stop = findByte(stop, end, 10);
    } else stop = findByte(start, end, 10);
  } else {
    stop = findByte(start, end, 10);
    if ((load<u32>(plan, 40) & 2) !== 0 && load<u8>(start) > 32) {
      const count = logfmtFields(start, stop, fields);
      if (count > 0 && load<u32>(fields) === <u32>start) {
        verdict = ODD_LOGFMT;
        // colours are taken out before a line is read
        if (words <= <u32>count && findByte(start, stop, 27) === stop) {
          if (weigh(plan, <u32>count, 2)) verdict = finish(plan, ODD_LOGFMT);
          if (words === 0 && stop < end) learnLine(plan, <u32>count, start, stop, false);
        }
      }
    }
  }
  lineStop = stop > end ? end : stop;
  return verdict;
}

/** Takes the fields of a line; false where a name has escapes. */
function weigh(plan: usize, count: u32, coding: u32): bool {
  let field: usize = load<u32>(plan, 16);
  for (let i: u32 = 0; i < count; i++, field += FIELD) {
    const bits = load<u32>(field, 16);
    if ((bits & ESCAPED_KEY) !== 0) return false;
    if ((bits & 0xff) === OBJECT) {
      // an object is no value, but its name may say that more must be known
      if (((flagsOf(plan, field) >> 4) & 15) !== 0) odd = true;
      continue;
    }
    const flags = flagsOf(plan, field);
    if (flags !== 0) take(plan, flags, bits & 0xff, load<u32>(field, 8), load<u32>(field, 12), (bits & ESCAPED_VALUE) !== 0 ? coding : 0);
  }
  return true;
}

/** Role and slots of a field, by its names. */
function flagsOf(plan: usize, field: usize): u32 {
  const key: usize = load<u32>(field);
  const keyLength = load<u32>(field, 4);
  if (keyLength === 0) return 0;
  let flags: u32 = 0;
  const top = load<u32>(field, 20) === NO_PARENT;
  if (top) {
    const keySlots: usize = load<u32>(plan);
    const entries: usize = load<u32>(plan, 4);
    let slot = slotOf(key, keyLength);
    while (true) {
      const number = load<u32>(keySlots + (slot << 2));
      if (number === 0) break;
      const entry = entries + (number - 1) * ENTRY;
      if (load<u32>(entry, 4) === keyLength && sameBytes(key, load<u32>(entry), keyLength)) {
        flags |= load<u32>(entry, 8) << 4;
        break;
      }
      slot = (slot + 1) & 63;
    }
  }
  const named = load<u32>(plan, 28);
  if (named !== 0) {
    let name = key;
    let length = keyLength;
    if (!top) {
      name = load<u32>(plan, 36);
      length = wholeName(load<u32>(plan, 16), field, name);
    }
    let entry: usize = load<u32>(plan, 32);
    for (let i: u32 = 0; i < named; i++, entry += ENTRY) {
      if (load<u32>(entry, 4) === length && sameBytes(name, load<u32>(entry), length)) flags |= (load<u32>(entry, 8) << 4) | (load<u32>(entry, 12) << 8);
    }
  }
  if (load<u32>(plan, 8) !== 0) {
    const entry = bareEntry(plan, key, keyLength);
    if (entry !== 0) flags |= (load<u32>(entry, 8) << 4) | (load<u32>(entry, 12) << 16);
  }
  return flags;
}

/** Writes the dotted name of a member; its length, 0 where it is too long to be anyone's. */
function wholeName(fields: usize, field: usize, to: usize): u32 {
  const parent = load<u32>(field, 20);
  let length: u32 = 0;
  if (parent !== NO_PARENT) {
    length = wholeName(fields, fields + parent * FIELD, to);
    if (length === 0) return 0;
    store<u8>(to + length, 46);
    length++;
  }
  const keyLength = load<u32>(field, 4);
  if (length + keyLength > NAME_CAP || keyLength === 0) return 0;
  memory.copy(to + length, load<u32>(field), keyLength);
  return length + keyLength;
}

@inline
function bareEntry(plan: usize, key: usize, keyLength: u32): usize {
  return bareEntryIn(plan + 64, load<u32>(plan, 36), load<u32>(plan, 8), load<u32>(plan, 12), key, keyLength);
}

/** Learns what stands between the values of a line whose fields were read; as far as there is room, and nothing out of the ordinary. */
function learnLine(plan: usize, count: u32, start: usize, stop: usize, json: bool): void {
  const fields: usize = load<u32>(plan, 16);
  let context: u32 = json ? OBJECT_BEGINS : PAIRS_BEGIN;
  let from = start;
  let node = beginning(json);
  // a name that asks for more than its value, of an object that is open
  let asks: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const field = fields + i * FIELD;
    const bits = load<u32>(field, 16);
    const kind = bits & 0xff;
    if ((bits & ESCAPED_KEY) !== 0 || load<u32>(field, 4) === 0) return;
    if (kind === OBJECT) {
      asks |= (flagsOf(plan, field) >> 4) & 15;
      continue;
    }
    const at: usize = load<u32>(field, 8);
    const end: usize = load<u32>(field, 12);
    let inside = IN_PAIRS;
    if (json) {
      inside = contextOf(fields, load<u32>(field, 20));
      if (inside === 0) return;
      // an object that is too deep: members of it are not told apart
      if (kind === OPAQUE && load<u8>(at) === 123 && end > at + 2) return;
    }
    const quoted = kind === STRING && load<u8>(at - 1) === 34;
    let flags = flagsOf(plan, field);
    if (asks !== 0) flags |= 15 << 4;
    asks = 0;
    const behind = quoted ? inside | 1 : inside;
    if (load<u32>(plan, 136) !== 0) {
      const column = columnOf(inside, load<u32>(field), load<u32>(field, 4));
      if (column === NO_COLUMN) return;
      flags |= column << 24;
    }
    node = learn(from, at, context, behind, (quoted ? STRING_VALUE : BARE_VALUE) | flags);
    if (node === 0) return;
    context = behind;
    from = end;
  }
  learn(from, stop + 1, context, 0, END_OF_LINE);
}
