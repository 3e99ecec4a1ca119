/** Level names of every logger on one scale: 0 trace, 1 debug, 2 info, 3 warn, 4 error, 5 fatal; NO_LEVEL where the name is not known. */
export const NO_LEVEL: u32 = 255;

@inline
function folded(p: usize, length: u32): u64 {
  const mask: u64 = length >= 8 ? u64.MAX_VALUE : (<u64>1 << (<u64>length << 3)) - 1;
  return (load<u64>(p) | 0x2020202020202020) & mask;
}

/** Names met last, up to seven letters and the length, and their ranks; all of one table. */
const lastNames = memory.data(128);
const lastRanks = memory.data(16);
let lastTable: usize = 0;

/** The same, as levelRank says: a log has few names of levels. */
export function levelRankOf(table: usize, count: u32, p: usize, length: u32): u32 {
  if (length > 7 || length === 0) return levelRank(table, count, p, length);
  if (table !== lastTable) {
    memory.fill(lastNames, 0, 128);
    lastTable = table;
  }
  const name = (load<u64>(p) & (((<u64>1) << (<u64>length << 3)) - 1)) | (<u64>length << 56);
  const place = <usize>((name ^ (name >> 5)) & 15);
  if (load<u64>(lastNames + (place << 3)) === name) return load<u8>(lastRanks + place);
  const known = levelRank(table, count, p, length);
  if (known !== NO_LEVEL) {
    store<u64>(lastNames + (place << 3), name);
    store<u8>(lastRanks + place, <u8>known);
  }
  return known;
}

/** `table` holds (folded name u64, length u32, rank u32) entries, `count` of them: made from the names in src/read/logs/levels.ts. */
export function levelRank(table: usize, count: u32, p: usize, length: u32): u32 {
  if (length === 0) return NO_LEVEL;
  if (length > 11) return NO_LEVEL;
  // letters only, or the fold would take "E\x12ROR" for a level
  for (let i: u32 = 0; i < length; i++) {
    const c = load<u8>(p + i) | 32;
    if (c < 97 || c > 122) return NO_LEVEL;
  }
  const name = folded(p, length);
  for (let i: u32 = 0; i < count; i++) {
    const entry = table + (i << 4);
    if (load<u64>(entry) === name && load<u32>(entry, 8) === length) {
      // names over eight letters are not in the table by their whole: they are left to whoever knows them
      return length > 8 ? NO_LEVEL : load<u32>(entry, 12);
    }
  }
  return NO_LEVEL;
}
