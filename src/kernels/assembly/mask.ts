/**
 * What a message is without what varies from record to record, as a hash: two lanes of 32 bits over the bytes of the text, a word with a digit
 * in it counted as one byte. src/kernels/mask.ts is the same in plain terms and says which words are kept.
 */
const MASKED: u32 = 1;

let first: u32 = 0;
let second: u32 = 0;

@inline
function emit(c: u32): void {
  first = (first ^ c) * 0x01000193;
  second = (rotl(second, 5) ^ c) * 0x9e3779b1;
}

@inline
function isDigit(c: u8): bool {
  return c - 48 < 10;
}

@inline
function isWord(c: u8): bool {
  return isDigit(c) || (c | 32) - 97 < 26 || c === 95 || c >= 128;
}

@inline
function isHex(c: u8): bool {
  return isDigit(c) || (c | 32) - 97 < 6;
}

/** After "[fe80::1%eth0]:8080" and the like; `from` where nothing of the kind stands. */
function afterIpv6(from: usize, end: usize): usize {
  let p = from + 1;
  let colons = 0;
  const most = min(end, from + 42);
  while (p < most && (isHex(load<u8>(p)) || load<u8>(p) === 58)) {
    if (load<u8>(p) === 58) colons++;
    p++;
  }
  if (colons < 2 || p >= end || load<u8>(p) !== 93) return from;
  p++;
  if (p + 1 < end && load<u8>(p) === 58 && isDigit(load<u8>(p, 1))) {
    p++;
    while (p < end && isDigit(load<u8>(p))) p++;
  }
  return p;
}

/** v1, v2beta1: the version of an interface. */
function isVersion(p: usize, length: usize): bool {
  if (load<u8>(p) !== 118) return false;
  let i: usize = 1;
  while (i < length && i <= 2 && isDigit(load<u8>(p + i))) i++;
  if (i === 1) return false;
  if (i === length) return true;
  if (i + 5 <= length && load<u32>(p + i) === 0x68706c61 && load<u8>(p + i, 4) === 97) i += 5;
  else if (i + 4 <= length && load<u32>(p + i) === 0x61746562) i += 4;
  const most = i + 2;
  while (i < length && i < most && isDigit(load<u8>(p + i))) i++;
  return i === length;
}

/** `kept`: (name in lower case u64, length u32, 0 u32), `count` of them. */
function isKept(p: usize, length: usize, kept: usize, count: u32): bool {
  if (length > 8) return false;
  let name: u64 = 0;
  for (let i: usize = 0; i < length; i++) {
    let c = load<u8>(p + i);
    if (c >= 65 && c <= 90) c |= 32;
    name |= <u64>c << (<u64>i << 3);
  }
  for (let i: u32 = 0; i < count; i++) {
    const entry = kept + (i << 4);
    if (load<u64>(entry) === name && load<u32>(entry, 8) === <u32>length) return true;
  }
  return false;
}

/** Hash of the masked text [from, end); `escaped`: with the escapes of JSON or Go, of which a line feed ends the text. Never 0. */
export function maskHash(from: usize, end: usize, escaped: bool, kept: usize, count: u32): u64 {
  first = 0x811c9dc5;
  second = 0x2545f491;
  let p = from;
  while (p < end) {
    const c = load<u8>(p);
    if (isWord(c)) {
      let digits = false;
      let q = p;
      while (q < end) {
        const d = load<u8>(q);
        if (isWord(d)) {
          if (isDigit(d)) digits = true;
        } else if (q + 1 >= end) break;
        else if (d === 46 || d === 45) {
          if (!isWord(load<u8>(q, 1))) break;
        } else if (d !== 58 || !digits || !isDigit(load<u8>(q, 1))) break;
        q++;
      }
      if (!digits || isVersion(p, q - p) || isKept(p, q - p, kept, count)) while (p < q) emit(load<u8>(p++));
      else emit(MASKED);
      p = q;
      continue;
    }
    if (c === 10) break;
    if (c === 91) {
      const q = afterIpv6(p, end);
      if (q !== p) {
        emit(MASKED);
        p = q;
        continue;
      }
    } else if (c === 92 && escaped && p + 1 < end) {
      const d = load<u8>(p, 1);
      if (d === 110) break;
      p += 2;
      if (d === 34) {
        emit(34);
        continue;
      }
      emit(92);
      emit(d);
      // the digits of an escape are no number
      let most = d === 117 ? 4 : d === 120 ? 2 : d === 85 ? 8 : 0;
      while (most > 0 && p < end) {
        emit(load<u8>(p++));
        most--;
      }
      continue;
    }
    emit(c);
    p++;
  }
  const hash = (<u64>second << 32) | first;
  return hash === 0 ? 1 : hash;
}

/** The same lanes over bytes as they are. */
export function plainHash(from: usize, end: usize): u64 {
  first = 0x811c9dc5;
  second = 0x2545f491;
  for (let p = from; p < end; p++) emit(load<u8>(p));
  const hash = (<u64>second << 32) | first;
  return hash === 0 ? 1 : hash;
}
