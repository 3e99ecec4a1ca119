/**
 * Candidates: where one of several literals stands. Two rare bytes of each literal are compared 16 places a step, then the whole literal.
 *
 * A needle is eight u32 (NEEDLE bytes): address, length, place of rare byte a, place of rare byte b, byte a, byte b, folding of a | folding of b << 8
 * (0x20 or 0) | place of Teddy's window << 16, 1 where ASCII letters are folded. A folded needle is given in lower case.
 */
import { sameBytes, sameFolded } from './bytes';

export const NEEDLE: u32 = 32;
/** In `hit`: no needle, but a line of another kind. */
export const OTHER_LINE: u32 = 0xffffffff;

/** Which needle the last hit of findNeedle was. */
export let hit: u32 = 0;

@inline
function standsAt(needle: usize, p: usize, end: usize): bool {
  const length = load<u32>(needle, 4);
  if (p + length > end) return false;
  return load<u32>(needle, 28) !== 0 ? sameFolded(p, load<u32>(needle), length) : sameBytes(p, load<u32>(needle), length);
}

/** Address of the first place in [from, end) where one of `count` needles stands, or 0. */
export function findNeedle(needles: usize, count: u32, from: usize, end: usize): usize {
  return count === 1 ? findOne(needles, from, end) : findFew(needles, count, from, end);
}

function findOne(n: usize, from: usize, end: usize): usize {
  const offA: usize = load<u32>(n, 8);
  const offB: usize = load<u32>(n, 12);
  const a = i8x16.splat(<i8>load<u8>(n, 16));
  const b = i8x16.splat(<i8>load<u8>(n, 20));
  const foldA = i8x16.splat(<i8>load<u8>(n, 24));
  const foldB = i8x16.splat(<i8>load<u8>(n, 25));
  hit = 0;
  let p = from;
  if (load<u16>(n, 24) === 0) {
    while (p < end) {
      const x = v128.and(i8x16.eq(v128.load(p + offA), a), i8x16.eq(v128.load(p + offB), b));
      const y = v128.and(i8x16.eq(v128.load(p + offA, 16), a), i8x16.eq(v128.load(p + offB, 16), b));
      if (v128.any_true(v128.or(x, y))) {
        let m: u32 = i8x16.bitmask(x) | (i8x16.bitmask(y) << 16);
        while (m !== 0) {
          const at = p + ctz(m);
          if (standsAt(n, at, end)) return at;
          m &= m - 1;
        }
      }
      p += 32;
    }
    return 0;
  }
  while (p < end) {
    const x = v128.and(i8x16.eq(v128.or(v128.load(p + offA), foldA), a), i8x16.eq(v128.or(v128.load(p + offB), foldB), b));
    const y = v128.and(i8x16.eq(v128.or(v128.load(p + offA, 16), foldA), a), i8x16.eq(v128.or(v128.load(p + offB, 16), foldB), b));
    if (v128.any_true(v128.or(x, y))) {
      let m: u32 = i8x16.bitmask(x) | (i8x16.bitmask(y) << 16);
      while (m !== 0) {
        const at = p + ctz(m);
        if (standsAt(n, at, end)) return at;
        m &= m - 1;
      }
    }
    p += 32;
  }
  return 0;
}

@inline
function both(n: usize, p: usize): v128 {
  return v128.and(
    i8x16.eq(v128.or(v128.load(p + load<u32>(n, 8)), i8x16.splat(<i8>load<u8>(n, 24))), i8x16.splat(<i8>load<u8>(n, 16))),
    i8x16.eq(v128.or(v128.load(p + load<u32>(n, 12)), i8x16.splat(<i8>load<u8>(n, 25))), i8x16.splat(<i8>load<u8>(n, 20))),
  );
}

/** Literals too short for Teddy. */
function findFew(n: usize, count: u32, from: usize, end: usize): usize {
  let p = from;
  while (p < end) {
    let all = both(n, p);
    for (let i: u32 = 1; i < count; i++) all = v128.or(all, both(n + i * NEEDLE, p));
    let m: u32 = i8x16.bitmask(all);
    while (m !== 0) {
      const at = p + ctz(m);
      for (let i: u32 = 0; i < count; i++) {
        if (standsAt(n + i * NEEDLE, at, end)) {
          hit = i;
          return at;
        }
      }
      m &= m - 1;
    }
    p += 16;
  }
  return 0;
}

/** The same in TypeScript: src/kernels/teddy.ts windowSlot. */
@inline
function windowSlot(p: usize): u32 {
  return (((load<u32>(p) & 0xffffff) | 0x202020) * 2654435761) >> 21;
}

/**
 * Hundreds of literals at once (Teddy): of each literal three neighbouring bytes are its window. Their nibbles are looked up in eight buckets
 * for 16 places a step; where a bucket fits, the window's hash names the literals to compare. Where `opening` is not 0, a line that begins with
 * another byte is a hit, too (OTHER_LINE). `table` holds six vectors (low and high nibbles of the three bytes: 96 bytes), 2048 u16 (the first
 * needle of a hash + 1), then a u16 for each needle (the next one + 1). Address where the literal begins whose window comes first, or 0.
 */
export function findMany(table: usize, needles: usize, from: usize, end: usize, opening: u8): usize {
  const low0 = v128.load(table);
  const high0 = v128.load(table, 16);
  const low1 = v128.load(table, 32);
  const high1 = v128.load(table, 48);
  const low2 = v128.load(table, 64);
  const high2 = v128.load(table, 80);
  const slots = table + 96;
  const next = slots + 4096;
  const nibble = i8x16.splat(15);
  const zero = i8x16.splat(0);
  const feed = i8x16.splat(opening !== 0 ? 10 : -1);
  const begins = i8x16.splat(<i8>opening);
  // byte -1 stands in no UTF-8 text; where it does, its line is looked at and that is all
  let p = from;
  while (p < end) {
    const x = v128.load(p);
    const y = v128.load(p, 1);
    const z = v128.load(p, 2);
    const other = v128.andnot(i8x16.eq(x, feed), i8x16.eq(y, begins));
    const found = v128.and(
      v128.and(
        v128.and(i8x16.swizzle(low0, v128.and(x, nibble)), i8x16.swizzle(high0, i8x16.shr_u(x, 4))),
        v128.and(i8x16.swizzle(low1, v128.and(y, nibble)), i8x16.swizzle(high1, i8x16.shr_u(y, 4))),
      ),
      v128.and(i8x16.swizzle(low2, v128.and(z, nibble)), i8x16.swizzle(high2, i8x16.shr_u(z, 4))),
    );
    let m: u32 = i8x16.bitmask(v128.or(i8x16.ne(found, zero), other));
    if (m !== 0) {
      const others: u32 = i8x16.bitmask(other);
      while (m !== 0) {
        const place = ctz(m);
        const at = p + place;
        if (others !== 0 && ((others >> place) & 1) !== 0 && at + 1 < end) {
          hit = OTHER_LINE;
          return at + 1;
        }
        let number: u32 = load<u16>(slots + (windowSlot(at) << 1));
        while (number !== 0) {
          const needle = needles + (number - 1) * NEEDLE;
          const start = at - load<u8>(needle, 26);
          if (start >= from && standsAt(needle, start, end)) {
            hit = number - 1;
            return start;
          }
          number = load<u16>(next + ((number - 1) << 1));
        }
        m &= m - 1;
      }
    }
    p += 16;
  }
  return 0;
}
