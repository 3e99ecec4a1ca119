/**
 * Groups of lines by a bucket of time and up to SLOTS_CAP values, each numbered as it is first met. Values are as they stand in the line: what is
 * escaped is another value than what it says, for whoever puts groups together.
 *
 * A slot is two u32: address and length | coding << 30 (0: as it is, 1: escapes of JSON, 2: of Go; 3: none there, or a number in the address).
 * Memory of the groups: TABLE u32, then a group every GROUP bytes: hash (u64), bucket (i64), SLOTS_CAP slots; then bytes of the values.
 */
import { sameBytes } from './bytes';

export const SLOTS_CAP: u32 = 4;
export const NOT_THERE: u32 = 0xc0000000;
const LENGTH: u32 = 0x3fffffff;
const TABLE: u32 = 16 * 1024;
const GROUPS_CAP: u32 = 8 * 1024;
const GROUP: u32 = 48;
const BYTES_AT: u32 = TABLE * 4 + GROUPS_CAP * GROUP;
const BYTES_CAP: u32 = 1024 * 1024;
/** Longer values have no room in a group's bytes beside others. */
const VALUE_CAP: u32 = 64 * 1024;
export const NO_ROOM: u32 = 0xffffffff;

let at: usize = 0;
let groups: u32 = 0;
let used: u32 = 0;

export function openGroups(memoryAt: usize): void {
  at = memoryAt;
  memory.fill(at, 0, TABLE * 4);
  groups = 0;
  used = 0;
  lastOfBucket = NO_ROOM;
}

/** Where buckets alone make groups: the last one, and its number. */
let lastBucket: i64 = 0;
let lastOfBucket: u32 = NO_ROOM;

export function groupCount(): u32 {
  return groups;
}

@inline
function mixed(h: u64, w: u64): u64 {
  const x = (h ^ w) * 0x9e3779b97f4a7c15;
  return x ^ (x >> 32);
}

/** The number of the group of a bucket and of `count` slots, or NO_ROOM. */
@inline
export function groupOf(bucket: i64, slots: usize, count: u32): u32 {
  if (count !== 0) return groupOfSlots(bucket, slots, count);
  if (lastOfBucket === NO_ROOM || bucket !== lastBucket) {
    lastOfBucket = groupOfSlots(bucket, slots, 0);
    lastBucket = bucket;
  }
  return lastOfBucket;
}

function groupOfSlots(bucket: i64, slots: usize, count: u32): u32 {
  let h = mixed(0x2545f4914f6cdd1d, <u64>bucket);
  for (let i: u32 = 0; i < count; i++) {
    const slot = slots + (i << 3);
    const coded = load<u32>(slot, 4);
    h = mixed(h, coded);
    const p: usize = load<u32>(slot);
    if ((coded & NOT_THERE) === NOT_THERE) {
      h = mixed(h, p);
      continue;
    }
    const length = coded & LENGTH;
    let k: u32 = 0;
    while (k + 8 <= length) {
      h = mixed(h, load<u64>(p + k));
      k += 8;
    }
    if (k < length) h = mixed(h, load<u64>(p + k) & (((<u64>1) << (<u64>(length - k) << 3)) - 1));
  }
  let place = <u32>h & (TABLE - 1);
  while (true) {
    const number = load<u32>(at + (place << 2));
    if (number === 0) break;
    const group = at + TABLE * 4 + (number - 1) * GROUP;
    if (load<u64>(group) === h && load<i64>(group, 8) === bucket && sameSlots(group + 16, slots, count)) return number - 1;
    place = (place + 1) & (TABLE - 1);
  }
  if (groups >= GROUPS_CAP) return NO_ROOM;
  let wanted: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const coded = load<u32>(slots + (i << 3), 4);
    if ((coded & NOT_THERE) !== NOT_THERE) wanted += coded & LENGTH;
  }
  if (used + wanted > BYTES_CAP) return NO_ROOM;
  const group = at + TABLE * 4 + groups * GROUP;
  store<u64>(group, h);
  store<i64>(group, bucket, 8);
  for (let i: u32 = 0; i < count; i++) {
    const slot = slots + (i << 3);
    const coded = load<u32>(slot, 4);
    let p: usize = load<u32>(slot);
    if ((coded & NOT_THERE) !== NOT_THERE) {
      const to = at + BYTES_AT + used;
      memory.copy(to, p, coded & LENGTH);
      used += coded & LENGTH;
      p = to;
    }
    store<u32>(group + 16 + (i << 3), <u32>p);
    store<u32>(group + 16 + (i << 3), coded, 4);
  }
  groups++;
  store<u32>(at + (place << 2), groups);
  return groups - 1;
}

/** A value that no group has room for. */
@inline
export function isTooLong(length: u32): bool {
  return length > VALUE_CAP;
}

function sameSlots(a: usize, b: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const coded = load<u32>(a + (i << 3), 4);
    if (coded !== load<u32>(b + (i << 3), 4)) return false;
    if ((coded & NOT_THERE) === NOT_THERE) {
      if (load<u32>(a + (i << 3)) !== load<u32>(b + (i << 3))) return false;
    } else if (!sameBytes(load<u32>(a + (i << 3)), load<u32>(b + (i << 3)), coded & LENGTH)) return false;
  }
  return true;
}
