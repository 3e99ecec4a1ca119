/**
 * What each line of a log says in outline: when, at which level, who, and hashes of its message and error without what varies. What this
 * grammar cannot decide comes out with a verdict that says what the line looks like, for a reader that knows loggers.
 *
 * A plan is u32 words, all addresses absolute:
 *   0 key slots (64 × u32: entry number + 1; linear probing)   4 key entries   8 number of bare entries   12 bare entries
 *  16 field scratch   20 level table   24 its count   28 kept words   32 their count   36 scratch for a bare name (64 bytes)
 *  40 shapes: 1 JSON | 2 logfmt   64 first letters, 96 last letters of bare names (256 bits each)
 * An entry: address, length, role, number of the name within its role.
 *
 * A row is ROW bytes: start, end (without the line feed), verdict, info (u32), time (i64), hashes of the masked message, of the masked error, of
 * the service and of the message as it stands (u64; 0: none), begin and end of message, error and service (u32). Offsets are relative to `base`.
 * info: level rank (255: none) | duplicate keys << 8 | logfmt << 9 | number of the time's name << 12 | of the level's << 16 | of the message's << 20 |
 * time is a number << 24 | level in capitals << 25 | message before time << 26; a name that is missing has number 15.
 */
import { findByte, sameBytes } from './bytes';
import { ESCAPED_KEY, ESCAPED_VALUE, FIELD, jsonFields, logfmtFields, NO_PARENT, NULL, NUMBER, OBJECT, objectEnd, OPAQUE, STRING, words } from './fields';
import { levelRank, NO_LEVEL } from './levels';
import { maskHash, plainHash } from './mask';
import { anyTime, NO_TIME } from './times';
import { bareEntryIn, slotOf } from './names';

const DECIDED: u32 = 0;
const ODD_JSON: u32 = 1;
const ODD_LOGFMT: u32 = 2;
const TEXT: u32 = 3;

const MESSAGE: u32 = 1;
const LEVEL: u32 = 2;
const TIME: u32 = 3;
const SERVICE_NAME: u32 = 4;
const ERROR: u32 = 5;
const SERVICE: u32 = 6;
const UNDECIDABLE: u32 = 7;

const ROW: u32 = 80;
const ENTRY: u32 = 16;
/** Longer messages are a reader's: their mask ends where that of the decoded text does. */
const TEXT_CAP: u32 = 1000;

let resumed: usize = 0;
export function outlineResume(): u32 {
  return <u32>resumed;
}

@inline
function bareEntry(plan: usize, key: usize, keyLength: u32): usize {
  return bareEntryIn(plan + 64, load<u32>(plan, 36), load<u32>(plan, 8), load<u32>(plan, 12), key, keyLength);
}

/** Lines of [from, end) as rows at `out`, at most `cap`. `from` begins a line; the line at `end` is complete. */
export function outline(plan: usize, from: usize, end: usize, base: usize, out: usize, cap: u32): u32 {
  const fields: usize = load<u32>(plan, 16);
  const shapes = load<u32>(plan, 40);
  let n: u32 = 0;
  let p = from;
  while (p < end) {
    if (n >= cap) {
      resumed = p;
      return n;
    }
    const start = p;
    const row = out + n * ROW;
    let stop: usize = 0;
    let verdict = TEXT;
    const c = load<u8>(start);
    if (c === 123 && (shapes & 1) !== 0) {
      verdict = ODD_JSON;
      const count = jsonFields(start, end, fields);
      if (count >= 0) {
        stop = objectEnd;
        if (load<u8>(stop) === 13) stop++;
        if (stop >= end || load<u8>(stop) === 10) verdict = weigh(plan, <u32>count, 0, ODD_JSON, base, row);
        else stop = findByte(stop, end, 10);
      } else stop = findByte(start, end, 10);
    } else {
      stop = findByte(start, end, 10);
      if ((shapes & 2) !== 0 && c > 32) {
        const count = logfmtFields(start, stop, fields);
        if (count > 0 && load<u32>(fields) === <u32>start) {
          verdict = ODD_LOGFMT;
          // colours are taken out before a line is read
          if (words <= <u32>count && findByte(start, stop, 27) === stop) verdict = weigh(plan, <u32>count, 1 << 9, ODD_LOGFMT, base, row);
        }
      }
    }
    if (stop > end) stop = end;
    store<u32>(row, <u32>(start - base));
    store<u32>(row, <u32>(stop - base), 4);
    store<u32>(row, verdict, 8);
    n++;
    p = stop + 1;
  }
  resumed = end;
  return n;
}

/** Fills the row of a line whose fields were read; the verdict. */
function weigh(plan: usize, count: u32, shape: u32, odd: u32, base: usize, row: usize): u32 {
  const slots: usize = load<u32>(plan);
  const entries: usize = load<u32>(plan, 4);
  const fields: usize = load<u32>(plan, 16);
  let message: usize = 0;
  let level: usize = 0;
  let time: usize = 0;
  let error: usize = 0;
  let service: usize = 0;
  let named = false;
  let messageName: u32 = 15;
  let levelName: u32 = 15;
  let timeName: u32 = 15;
  let duplicates: u32 = 0;
  let met: u64 = 0;
  let field = fields;
  for (let i: u32 = 0; i < count; i++, field += FIELD) {
    const bits = load<u32>(field, 16);
    const kind = bits & 0xff;
    const key: usize = load<u32>(field);
    const keyLength = load<u32>(field, 4);
    if ((bits & ESCAPED_KEY) !== 0) return odd;
    if (keyLength === 0) continue;
    if (load<u32>(field, 20) === NO_PARENT) {
      let slot = slotOf(key, keyLength);
      const bit: u64 = <u64>1 << <u64>slot;
      if ((met & bit) !== 0 && duplicates === 0 && metBefore(fields, i, key, keyLength)) duplicates = 1 << 8;
      met |= bit;
      while (true) {
        const number = load<u32>(slots + (slot << 2));
        if (number === 0) break;
        const entry = entries + (number - 1) * ENTRY;
        if (load<u32>(entry, 4) === keyLength && sameBytes(key, load<u32>(entry), keyLength)) {
          const role = load<u32>(entry, 8);
          const name = load<u32>(entry, 12);
          if (role === MESSAGE) {
            if (message !== 0 || kind !== STRING) return odd;
            message = field;
            messageName = name;
          } else if (role === LEVEL) {
            if (level !== 0 || kind !== STRING || (bits & ESCAPED_VALUE) !== 0) return odd;
            level = field;
            levelName = name;
          } else if (role === TIME) {
            if (time !== 0 || (kind !== STRING && kind !== NUMBER) || (bits & ESCAPED_VALUE) !== 0) return odd;
            time = field;
            timeName = name;
          } else if (role === SERVICE_NAME) {
            if (named || kind !== STRING) return odd;
            service = field;
            named = true;
          } else return odd;
          break;
        }
        slot = (slot + 1) & 63;
      }
    }
    const entry = bareEntry(plan, key, keyLength);
    if (entry === 0) continue;
    const role = load<u32>(entry, 8);
    if (role === UNDECIDABLE) return odd;
    if (kind === OBJECT) return odd;
    if (kind === NULL || kind === OPAQUE || load<u32>(field, 8) === load<u32>(field, 12)) continue;
    if (role === ERROR) {
      if (error === 0) error = field;
    } else if (role === SERVICE && service === 0) service = field;
  }
  // a name that only messages have, or none that any logger gives it
  if (message === 0 || time === 0) return odd;
  const timeAt: usize = load<u32>(time, 8);
  const at = anyTime(timeAt, load<u32>(time, 12) - <u32>timeAt);
  if (at === NO_TIME) return odd;
  let rank: u32 = 255;
  let capitals: u32 = 0;
  if (level !== 0) {
    const levelAt: usize = load<u32>(level, 8);
    rank = levelRank(load<u32>(plan, 20), load<u32>(plan, 24), levelAt, load<u32>(level, 12) - <u32>levelAt);
    if (rank === NO_LEVEL) return odd;
    if (load<u8>(levelAt) < 97) capitals = 1 << 25;
  }
  const kept: usize = load<u32>(plan, 28);
  const keptCount = load<u32>(plan, 32);
  const messageAt: usize = load<u32>(message, 8);
  const messageEnd: usize = load<u32>(message, 12);
  if (messageEnd - messageAt > TEXT_CAP) return odd;
  let errorAt: usize = base;
  let errorEnd: usize = base;
  let errorHash: u64 = 0;
  if (error !== 0) {
    errorAt = load<u32>(error, 8);
    errorEnd = load<u32>(error, 12);
    if (errorEnd - errorAt > TEXT_CAP) return odd;
    errorHash = maskHash(errorAt, errorEnd, (load<u32>(error, 16) & ESCAPED_VALUE) !== 0, kept, keptCount);
  }
  let serviceAt: usize = base;
  let serviceEnd: usize = base;
  let serviceHash: u64 = 0;
  if (service !== 0) {
    if ((load<u32>(service, 16) & ESCAPED_VALUE) !== 0) return odd;
    serviceAt = load<u32>(service, 8);
    serviceEnd = load<u32>(service, 12);
    serviceHash = plainHash(serviceAt, serviceEnd);
  }
  const number: u32 = (load<u32>(time, 16) & 0xff) === NUMBER ? 1 << 24 : 0;
  const before: u32 = message < time ? 1 << 26 : 0;
  store<u32>(row, rank | duplicates | shape | (timeName << 12) | (levelName << 16) | (messageName << 20) | number | capitals | before, 12);
  store<i64>(row, at, 16);
  store<u64>(row, maskHash(messageAt, messageEnd, (load<u32>(message, 16) & ESCAPED_VALUE) !== 0, kept, keptCount), 24);
  store<u64>(row, errorHash, 32);
  store<u64>(row, serviceHash, 40);
  store<u64>(row, plainHash(messageAt, messageEnd), 48);
  store<u32>(row, <u32>(messageAt - base), 56);
  store<u32>(row, <u32>(messageEnd - base), 60);
  store<u32>(row, <u32>(errorAt - base), 64);
  store<u32>(row, <u32>(errorEnd - base), 68);
  store<u32>(row, <u32>(serviceAt - base), 72);
  store<u32>(row, <u32>(serviceEnd - base), 76);
  return DECIDED;
}

/** Whether a top-level field before the i-th has its name. */
function metBefore(fields: usize, i: u32, key: usize, length: u32): bool {
  let field = fields;
  for (let k: u32 = 0; k < i; k++, field += FIELD) {
    if (load<u32>(field, 20) !== NO_PARENT || load<u32>(field, 4) !== length) continue;
    if (sameBytes(key, load<u32>(field), length)) return true;
  }
  return false;
}
