/**
 * Byte search, 16 bytes a step. Buffers end in at least PAD readable bytes, so a step may look past `end`; what it sees there is masked out.
 */

/** Position of the first `b` in [p, end), or `end`. */
@inline
export function findByte(from: usize, end: usize, b: u8): usize {
  const wanted = i8x16.splat(b);
  let p = from;
  while (p < end) {
    const m = i8x16.bitmask(i8x16.eq(v128.load(p), wanted));
    if (m !== 0) {
      const at = p + ctz(m);
      return at < end ? at : end;
    }
    p += 16;
  }
  return end;
}

/** Position after the last `b` in [start, p), or `start`: where the line that holds `p` begins. */
export function lineStart(start: usize, from: usize): usize {
  const wanted = i8x16.splat(10);
  let p = from;
  while (p - start >= 16) {
    p -= 16;
    const m = i8x16.bitmask(i8x16.eq(v128.load(p), wanted));
    if (m !== 0) return p + 32 - clz(m);
  }
  while (p > start) {
    if (load<u8>(p - 1) === 10) return p;
    p--;
  }
  return start;
}

export function sameBytes(a: usize, b: usize, length: u32): bool {
  let i: u32 = 0;
  while (i + 8 <= length) {
    if (load<u64>(a + i) !== load<u64>(b + i)) return false;
    i += 8;
  }
  while (i < length) {
    if (load<u8>(a + i) !== load<u8>(b + i)) return false;
    i++;
  }
  return true;
}

/** The same with ASCII letters of `a` folded; `b` is folded already. */
export function sameFolded(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    let c = load<u8>(a + i);
    if (c >= 65 && c <= 90) c |= 32;
    if (c !== load<u8>(b + i)) return false;
  }
  return true;
}

/** Offsets of line feeds in [from, to), relative to `from`, as u32 at `out`; stops at `cap`. */
export function newlines(from: usize, to: usize, out: usize, cap: u32): u32 {
  const wanted = i8x16.splat(10);
  let n: u32 = 0;
  let p = from;
  while (p < to) {
    let m = i8x16.bitmask(i8x16.eq(v128.load(p), wanted));
    if (p + 16 > to) m &= (1 << (<i32>(to - p))) - 1;
    while (m !== 0) {
      if (n >= cap) return n;
      store<u32>(out + (<usize>n << 2), <u32>(p - from) + <u32>ctz(m));
      n++;
      m &= m - 1;
    }
    p += 16;
  }
  return n;
}
