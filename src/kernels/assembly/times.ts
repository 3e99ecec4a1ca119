/**
 * Times as loggers print them, to nanoseconds since 1970: RFC 3339 with any fraction and `/` or a space allowed, epoch numbers by magnitude.
 * NO_TIME where the text is neither, so that a reader that knows more may decide.
 */
export const NO_TIME: i64 = i64.MIN_VALUE;

let cachedDate: u64 = 0;
let cachedDay: u16 = 0;
let cachedNs: i64 = 0;

@inline
function digit(p: usize, at: usize): u32 {
  return <u32>load<u8>(p + at) - 48;
}

@inline
function two(p: usize, at: usize): u32 {
  const a = digit(p, at);
  const b = digit(p, at + 1);
  return a > 9 || b > 9 ? 255 : a * 10 + b;
}

/** Days since 1970 of a civil date (Howard Hinnant's algorithm, years 0 to 9999). */
function daysFromCivil(year: i32, month: u32, day: u32): i64 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yoe = <u32>(y - era * 400);
  const doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return <i64>era * 146097 + <i64>doe - 719468;
}

function isLeap(y: u32): bool {
  return y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
}

function daysIn(month: u32, year: u32): u32 {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Nanoseconds at midnight of the date at `p`; NO_TIME when it is none. Logs stay on one day for long: the last date is remembered. */
function dateNs(p: usize): i64 {
  const head = load<u64>(p);
  const tail = load<u16>(p, 8);
  if (head === cachedDate && tail === cachedDay) return cachedNs;
  const year = two(p, 0) * 100 + two(p, 2);
  const month = two(p, 5);
  const day = two(p, 8);
  const separator = load<u8>(p, 4);
  // nanoseconds of 64 bits reach from 1677 to 2262
  if (year < 1678 || year > 2261 || month - 1 > 11 || (separator !== 45 && separator !== 47) || load<u8>(p, 7) !== separator) return NO_TIME;
  if (day < 1 || day > daysIn(month, year)) return NO_TIME;
  const ns = daysFromCivil(year, month, day) * 86_400_000_000_000;
  cachedDate = head;
  cachedDay = tail;
  cachedNs = ns;
  return ns;
}

const POWERS: StaticArray<i64> = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/** Up to the minute, as it was printed last; no value holds line feeds. */
const cachedMinute = memory.data<u8>([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]);
let cachedMinuteNs: i64 = 0;

/** Nanoseconds of "2026-11-22T19:26"; NO_TIME when it is none. */
function minuteNs(p: usize): i64 {
  if (!v128.any_true(v128.xor(v128.load(p), v128.load(cachedMinute)))) return cachedMinuteNs;
  const t = load<u8>(p, 10);
  if ((t !== 84 && t !== 32) || load<u8>(p, 13) !== 58) return NO_TIME;
  const date = dateNs(p);
  if (date === NO_TIME) return NO_TIME;
  const h = two(p, 11);
  const m = two(p, 14);
  if (h > 23 || m > 59) return NO_TIME;
  v128.store(cachedMinute, v128.load(p));
  cachedMinuteNs = date + <i64>(h * 60 + m) * 60_000_000_000;
  return cachedMinuteNs;
}

/** How many of the 16 bytes at `p` are digits, before the first that is none. */
@inline
function digitsAt(p: usize): u32 {
  return ctz(~(<u32>i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(p), i8x16.splat(48)), i8x16.splat(9)))));
}

/** The number of `count` digits at `p`, 1 to 8: neighbours are put together, then pairs, then fours. */
@inline
function upToEight(p: usize, count: u32): i64 {
  let w = (load<u64>(p) & 0x0f0f0f0f0f0f0f0f) << (<u64>(8 - count) << 3);
  w = (w * 2561) >> 8;
  w = ((w & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return <i64>(((w & 0x0000ffff0000ffff) * 42949672960001) >> 32);
}

/** "2026-11-22T19:26:17.3278098Z", "2026/11/22 19:26:17", zone Z, ±hh:mm, ±hhmm or none (read as UTC). */
export function isoTime(p: usize, length: u32): i64 {
  if (length < 19 || load<u8>(p, 16) !== 58) return NO_TIME;
  const minute = minuteNs(p);
  if (minute === NO_TIME) return NO_TIME;
  const s = two(p, 17);
  if (s > 59) return NO_TIME;
  let ns = minute + <i64>s * 1_000_000_000;
  let i: u32 = 19;
  if (i < length && (load<u8>(p + i) === 46 || load<u8>(p + i) === 44)) {
    const digits = min<u32>(digitsAt(p + 20), length - 20);
    if (digits === 0 || digits > 9) return NO_TIME;
    const fraction = digits < 9 ? upToEight(p + 20, digits) : upToEight(p + 20, 8) * 10 + <i64>digit(p, 28);
    ns += fraction * POWERS[digits];
    i = 20 + digits;
  }
  if (i === length) return ns;
  if (load<u8>(p + i) === 32) i++;
  const z = load<u8>(p + i);
  if ((z === 90 || z === 122) && i + 1 === length) return ns;
  if (z !== 43 && z !== 45) return NO_TIME;
  const rest = length - i;
  if (rest !== 6 && rest !== 5) return NO_TIME;
  if (rest === 6 && load<u8>(p + i, 3) !== 58) return NO_TIME;
  const zh = two(p + i, 1);
  const zm = two(p + i, rest === 6 ? 4 : 3);
  if (zh > 23 || zm > 59) return NO_TIME;
  const shift = <i64>(zh * 60 + zm) * 60_000_000_000;
  return z === 43 ? ns - shift : ns + shift;
}

/** The most whole seconds whose nanoseconds are counted. */
const SECONDS_CAP: i64 = 9_223_372_035;

/** Unix time in s, ms, µs or ns, integer or fraction, told apart by magnitude; digits as printed, never through a float. */
export function epochTime(p: usize, length: u32): i64 {
  if (length > 64) return NO_TIME;
  // seconds, or seconds and a fraction: what loggers print
  if (length >= 10 && length < 20 && load<u8>(p) !== 48 && digitsAt(p) === 10) {
    const seconds = upToEight(p, 8) * 100 + upToEight(p + 8, 2);
    if (seconds <= SECONDS_CAP) {
      if (length === 10) return seconds * 1_000_000_000;
      const behind = length - 11;
      if (load<u8>(p, 10) === 46 && behind > 0 && digitsAt(p + 11) >= behind) return seconds * 1_000_000_000 + upToEight(p + 11, behind) * POWERS[behind];
    }
  }
  let digits: i64 = 0;
  let count: i32 = 0;
  let whole: i32 = -1;
  let exponent: i32 = 0;
  let i: u32 = 0;
  let leading = true;
  while (i < length) {
    const c = load<u8>(p + i);
    const d = <u32>c - 48;
    if (d <= 9) {
      if (leading && d === 0 && whole < 0) {
        i++;
        continue;
      }
      leading = false;
      // more than 18 digits are beyond nanoseconds of this age
      if (count < 18) {
        digits = digits * 10 + d;
        count++;
      } else if (whole < 0) {
        // the nineteenth digit of nanoseconds
        if (count > 18 || digits > 922_337_203_685_477_579) return NO_TIME;
        digits = digits * 10 + d;
        count++;
      }
    } else if (c === 46 && whole < 0) {
      whole = count;
      leading = false;
    } else if (c === 101 || c === 69) {
      i++;
      if (load<u8>(p + i) === 43) i++;
      if (i >= length || length - i > 2) return NO_TIME;
      while (i < length) {
        const e = digit(p, i);
        if (e > 9) return NO_TIME;
        exponent = exponent * 10 + e;
        i++;
      }
      if (exponent > 19) return NO_TIME;
      break;
    } else return NO_TIME;
    i++;
  }
  if (whole < 0) whole = count;
  whole += exponent;
  const unit = whole >= 9 && whole <= 10 ? 9 : whole >= 12 && whole <= 13 ? 6 : whole >= 15 && whole <= 16 ? 3 : whole >= 18 && whole <= 19 ? 0 : -1;
  if (unit < 0) return NO_TIME;
  // bring digits to nanoseconds: whole + unit digits in all
  let have = count;
  const want = whole + unit;
  while (have > want) {
    digits /= 10;
    have--;
  }
  while (have < want) {
    if (digits > i64.MAX_VALUE / 10) return NO_TIME;
    digits *= 10;
    have++;
  }
  return digits;
}

/** Either shape. */
export function anyTime(p: usize, length: u32): i64 {
  const iso = isoTime(p, length);
  return iso !== NO_TIME ? iso : epochTime(p, length);
}

/** The time that a line begins with, as console loggers and package log print it; NO_TIME when it begins otherwise. */
export function leadingTime(p: usize, end: usize): i64 {
  if (p + 19 > end || <u32>load<u8>(p) - 48 > 9) return NO_TIME;
  let q = p + 19;
  if (q < end && (load<u8>(q) === 46 || load<u8>(q) === 44)) {
    q++;
    while (q < end && <u32>load<u8>(q) - 48 <= 9) q++;
  }
  if (q < end) {
    const z = load<u8>(q);
    if (z === 90) q++;
    else if ((z === 43 || z === 45) && q + 5 <= end) q += q + 6 <= end && load<u8>(q, 3) === 58 ? 6 : 5;
  }
  return isoTime(p, <u32>(q - p));
}
