/** Names of fields as queries and outlines look them up. The plans that hold them differ; how a name is met does not. */
import { sameBytes } from './bytes';

/** Longest name that is compared as a bare name. */
const BARE_CAP: u32 = 40;
/** Bytes of an entry: address and length of the name first. */
const ENTRY: u32 = 16;

/** The same for names in wasm and in its twin: length, first and last byte. */
@inline
export function slotOf(key: usize, length: u32): u32 {
  return (length * 7 + load<u8>(key) * 31 + load<u8>(key + length - 1)) & 63;
}

@inline
export function inSet(set: usize, c: u8): bool {
  return ((load<u8>(set + (c >> 3)) >> (c & 7)) & 1) !== 0;
}

/**
 * The entry that the last part of the name meets, in lower case and without separators, or 0. `sets`: which bytes such names begin with, and 32
 * bytes behind it which they end with.
 */
export function bareEntryIn(sets: usize, scratch: usize, count: u32, entries: usize, key: usize, keyLength: u32): usize {
  if (!inSet(sets + 32, load<u8>(key + keyLength - 1))) return 0;
  let start = key;
  let p = key + keyLength;
  while (p > key) {
    p--;
    if (load<u8>(p) === 46) {
      start = p + 1;
      break;
    }
  }
  if (!inSet(sets, load<u8>(start))) return 0;
  let n: u32 = 0;
  const end = key + keyLength;
  for (p = start; p < end; p++) {
    let c = load<u8>(p);
    if (c === 95 || c === 45) continue;
    if (c >= 65 && c <= 90) c |= 32;
    if (n >= BARE_CAP) return 0;
    store<u8>(scratch + n, c);
    n++;
  }
  let entry = entries;
  for (let i: u32 = 0; i < count; i++, entry += ENTRY) {
    if (load<u32>(entry, 4) === n && sameBytes(scratch, load<u32>(entry), n)) return entry;
  }
  return 0;
}
