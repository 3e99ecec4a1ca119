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
  // the first eight bytes at once, whatever their case: most are not alike
  const unlike = (load<u64>(p) ^ load<u64>(load<u32>(needle))) & 0xdfdfdfdfdfdfdfdf;
  if ((length < 8 ? unlike << (<u64>(8 - length) << 3) : unlike) !== 0) return false;
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

/** Places of 16 where a bucket fits, as 16 vectors of bits; the window ends there. */
@inline
function fits(low: v128, high: v128, nibbles: v128, rest: v128): v128 {
  return v128.and(i8x16.swizzle(low, nibbles), i8x16.swizzle(high, rest));
}

/** `now` moved by one place, or two, the end of `before` in front of it. */
@inline
function moved1(before: v128, now: v128): v128 {
  return i8x16.shuffle(before, now, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}
@inline
function moved2(before: v128, now: v128): v128 {
  return i8x16.shuffle(before, now, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
}

/**
 * Hundreds of literals at once (Teddy): of each literal three neighbouring bytes are its window. Their nibbles are looked up in eight buckets
 * for 16 places a step, each byte once: what fits as the first or the second byte of a window is moved to where the window ends. Where a bucket fits,
 * the window's hash names the literals to compare. Where `opening` is not 0, a line that begins with
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
  const nibble = i8x16.splat(15);
  const zero = i8x16.splat(0);
  const feed = i8x16.splat(opening !== 0 ? 10 : -1);
  const begins = i8x16.splat(<i8>opening);
  // byte -1 stands in no UTF-8 text; where it does, its line is looked at and that is all
  let first = zero;
  let second = zero;
  let p = from;
  while (p < end) {
    const x = v128.load(p);
    const xl = v128.and(x, nibble);
    const xh = i8x16.shr_u(x, 4);
    const x0 = fits(low0, high0, xl, xh);
    const x1 = fits(low1, high1, xl, xh);
    const found = v128.and(v128.and(moved2(first, x0), moved1(second, x1)), fits(low2, high2, xl, xh));
    const other = v128.andnot(i8x16.eq(x, feed), i8x16.eq(v128.load(p, 1), begins));
    first = x0;
    second = x1;
    // a bucket may be the highest bit alone: what is not 0 counts
    let m: u32 = i8x16.bitmask(i8x16.ne(v128.or(found, other), zero));
    if (m !== 0) {
      const others: u32 = i8x16.bitmask(other);
      while (m !== 0) {
        const place = ctz(m);
        const at = p + place;
        // the window ends here; where it would begin before `from`, `first` and `second` were 0
        const start = needleOf(table, needles, at - 2, from, end);
        if (start !== 0) return start;
        // last: a literal may end in the line feed
        if (((others >> place) & 1) !== 0 && at + 1 < end) {
          hit = OTHER_LINE;
          return at + 1;
        }
        m &= m - 1;
      }
    }
    p += 16;
  }
  return 0;
}

/** The needle whose window begins at `window`, and where; 0 when none does. */
@inline
function needleOf(table: usize, needles: usize, window: usize, from: usize, end: usize): usize {
  let number: u32 = load<u16>(table + 96 + (windowSlot(window) << 1));
  while (number !== 0) {
    const needle = needles + (number - 1) * NEEDLE;
    const start = window - load<u8>(needle, 26);
    if (start >= from && standsAt(needle, start, end)) {
      hit = number - 1;
      return start;
    }
    number = load<u16>(table + 96 + 4096 + ((number - 1) << 1));
  }
  return 0;
}

/**
 * A few literals, whose windows may be told by less: of the first byte of each only the high nibble is looked up, and lines that begin otherwise are
 * two buckets of the table, the first vector of which is a mask of nibbles. 32 places a step. The same answers as findMany.
 */
export function findSome(table: usize, needles: usize, from: usize, end: usize, opening: u8): usize {
  for (let p = fitting(table, from, end); p < end; p = fitting(table, p + 32, end)) {
    const found = amongPlaces(table, needles, places, p, from, end, opening);
    if (found !== 0) return found;
  }
  return 0;
}

/** Which of the 32 places behind what `fitting` returned last fit a bucket. */
let places: u32 = 0;

/** The first of the steps from `from` on in which a window ends that fits a bucket, or `end`. Nothing but this is done in its loop: all of it stays in registers. */
function fitting(table: usize, from: usize, end: usize): usize {
  // a constant would be made anew for each use, a shift of bytes would make one
  const nibble = v128.load(table);
  const high0 = v128.load(table, 16);
  const low1 = v128.load(table, 32);
  const high1 = v128.load(table, 48);
  const low2 = v128.load(table, 64);
  const high2 = v128.load(table, 80);
  const zero = i8x16.splat(0);
  // what stands before may be another line's: whoever compares the literal sees it
  let y = v128.load(from - 16);
  let yl = v128.and(y, nibble);
  let yh = v128.and(i16x8.shr_u(y, 4), nibble);
  let first = i8x16.swizzle(high0, yh);
  let second = fits(low1, high1, yl, yh);
  for (let p = from; p < end; p += 32) {
    const x = v128.load(p);
    const xl = v128.and(x, nibble);
    const xh = v128.and(i16x8.shr_u(x, 4), nibble);
    const x0 = i8x16.swizzle(high0, xh);
    const x1 = fits(low1, high1, xl, xh);
    const fx = v128.and(v128.and(moved2(first, x0), moved1(second, x1)), fits(low2, high2, xl, xh));
    y = v128.load(p, 16);
    yl = v128.and(y, nibble);
    yh = v128.and(i16x8.shr_u(y, 4), nibble);
    first = i8x16.swizzle(high0, yh);
    second = fits(low1, high1, yl, yh);
    const fy = v128.and(v128.and(moved2(x0, first), moved1(x1, second)), fits(low2, high2, yl, yh));
    if (v128.any_true(v128.or(fx, fy))) {
      // a bucket may be the highest bit alone: what is not 0 counts
      places = <u32>i8x16.bitmask(i8x16.ne(fx, zero)) | (<u32>i8x16.bitmask(i8x16.ne(fy, zero)) << 16);
      return p;
    }
  }
  return end;
}

/** The first hit whose window ends in one of the places from `p` on. */
function amongPlaces(table: usize, needles: usize, places: u32, p: usize, from: usize, end: usize, opening: u8): usize {
  let m = places;
  while (m !== 0) {
    const place = p + <usize>ctz(m);
    const start = needleOf(table, needles, place - 2, from, end);
    if (start !== 0) return start;
    if (opening !== 0 && load<u8>(place - 1) === 10 && load<u8>(place) !== opening && place < end) {
      hit = OTHER_LINE;
      return place;
    }
    m &= m - 1;
  }
  return 0;
}

/** Where the two bytes of either literal stand side by side. */
@inline
function pairsAt(p: usize, a0: v128, b0: v128, a1: v128, b1: v128): v128 {
  const x = v128.load(p);
  const y = v128.load(p, 1);
  return v128.or(v128.and(i8x16.eq(x, a0), i8x16.eq(y, b0)), v128.and(i8x16.eq(x, a1), i8x16.eq(y, b1)));
}

/** One or two literals of which case counts, by two neighbouring bytes each: 64 places a step. Address of the first that stands in [from, end), or 0. */
export function findPairs(needles: usize, count: u32, from: usize, end: usize): usize {
  const other = count > 1 ? needles + NEEDLE : needles;
  const window0: usize = load<u8>(needles, 26);
  const window1: usize = load<u8>(other, 26);
  const a0 = i8x16.splat(<i8>load<u8>(load<u32>(needles) + window0));
  const b0 = i8x16.splat(<i8>load<u8>(load<u32>(needles) + window0, 1));
  const a1 = i8x16.splat(<i8>load<u8>(load<u32>(other) + window1));
  const b1 = i8x16.splat(<i8>load<u8>(load<u32>(other) + window1, 1));
  let p = from;
  while (p < end) {
    const x0 = pairsAt(p, a0, b0, a1, b1);
    const x1 = pairsAt(p + 16, a0, b0, a1, b1);
    const x2 = pairsAt(p + 32, a0, b0, a1, b1);
    const x3 = pairsAt(p + 48, a0, b0, a1, b1);
    if (i8x16.bitmask(v128.or(v128.or(x0, x1), v128.or(x2, x3))) !== 0) {
      let m: u64 = <u64>(<u32>i8x16.bitmask(x0) | (<u32>i8x16.bitmask(x1) << 16)) | (<u64>(<u32>i8x16.bitmask(x2) | (<u32>i8x16.bitmask(x3) << 16)) << 32);
      while (m !== 0) {
        const at = p + <usize>ctz(m);
        if (at - window0 >= from && standsAt(needles, at - window0, end)) {
          hit = 0;
          return at - window0;
        }
        if (at - window1 >= from && standsAt(other, at - window1, end)) {
          hit = 1;
          return at - window1;
        }
        m &= m - 1;
      }
    }
    p += 64;
  }
  return 0;
}
