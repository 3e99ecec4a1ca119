/** Numbers as loggers print them. */

export const NO_NUMBER: u32 = 0;
export const IS_NUMBER: u32 = 1;
/** May be one: an exponent, more digits than a float holds, a sign or a point in an unusual place. */
export const MAYBE_NUMBER: u32 = 2;

/** What is longer is a text, or a number that no float holds. */
const LONGEST: u32 = 32;
/** So many digits, and the power of ten below them, are floats without a loss: one division rounds as reading the text does. */
const DIGITS: u32 = 15;

/** The last number read. */
export let number: f64 = 0;

const TENS: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

@inline
function mayBelong(c: u8): bool {
  return <u32>c - 48 <= 9 || c === 46 || c === 45 || c === 43 || (c | 32) === 101;
}

/** Whether the text is a number, and in `number` which. */
export function readNumber(p: usize, length: u32): u32 {
  if (length === 0 || !mayBelong(load<u8>(p))) return NO_NUMBER;
  if (length > LONGEST) return MAYBE_NUMBER;
  const negative = load<u8>(p) === 45;
  let i: u32 = negative ? 1 : 0;
  let digits: i64 = 0;
  let count: u32 = 0;
  let whole: u32 = 0;
  let point = false;
  let usual = true;
  while (i < length) {
    const c = load<u8>(p + i);
    const d = <u32>c - 48;
    if (d <= 9) {
      if (count < DIGITS) digits = digits * 10 + d;
      count++;
      if (!point) whole++;
    } else if (c === 46 && !point) point = true;
    else if (mayBelong(c)) usual = false;
    else return NO_NUMBER;
    i++;
  }
  if (!usual || whole === 0 || count > DIGITS) return MAYBE_NUMBER;
  const value = <f64>digits / TENS[count - whole];
  number = negative ? -value : value;
  return IS_NUMBER;
}

/** op: 0 greater, 1 greater or equal, 2 less, 3 less or equal. */
export function compares(op: u32, value: f64, than: f64): bool {
  if (op === 0) return value > than;
  if (op === 1) return value >= than;
  return op === 2 ? value < than : value <= than;
}
