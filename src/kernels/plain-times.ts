/** The plain twin of src/kernels/assembly/times.ts: times as loggers print them, ns since 1970; null where the text is neither shape. */
const digit = (b: Uint8Array, p: number): number => {
  const c = b[p];
  return c !== undefined && c >= 48 && c <= 57 ? c - 48 : 99;
};
const two = (b: Uint8Array, p: number): number => {
  const high = digit(b, p);
  const low = digit(b, p + 1);
  return high > 9 || low > 9 ? 255 : high * 10 + low;
};

export function plainTime(b: Uint8Array, at: number, length: number): bigint | null {
  return isoTime(b, at, length) ?? epochTime(b, at, length);
}

const daysIn = (month: number, year: number): number => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

function isoTime(b: Uint8Array, p: number, length: number): bigint | null {
  if (length < 19) return null;
  const t = b[p + 10];
  const separator = b[p + 4];
  if ((t !== 84 && t !== 32) || b[p + 13] !== 58 || b[p + 16] !== 58) return null;
  if ((separator !== 45 && separator !== 47) || b[p + 7] !== separator) return null;
  const year = two(b, p) * 100 + two(b, p + 2);
  const month = two(b, p + 5);
  const day = two(b, p + 8);
  // nanoseconds of 64 bits reach from 1677 to 2262
  if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > daysIn(month, year)) return null;
  const [h, m, s] = [two(b, p + 11), two(b, p + 14), two(b, p + 17)];
  if (h > 23 || m > 59 || s > 59) return null;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  let ns = BigInt(midnight.getTime() / 1000 + h * 3600 + m * 60 + s) * 1_000_000_000n;
  let i = 19;
  if (i < length && (b[p + i] === 46 || b[p + i] === 44)) {
    i++;
    let fraction = '';
    while (i < length && digit(b, p + i) <= 9) fraction += String(digit(b, p + i++));
    if (fraction === '' || fraction.length > 9) return null;
    ns += BigInt(fraction.padEnd(9, '0'));
  }
  if (i === length) return ns;
  if (b[p + i] === 32) i++;
  const z = b[p + i];
  if ((z === 90 || z === 122) && i + 1 === length) return ns;
  if (z !== 43 && z !== 45) return null;
  const rest = length - i;
  if ((rest !== 6 && rest !== 5) || (rest === 6 && b[p + i + 3] !== 58)) return null;
  const zh = two(b, p + i + 1);
  const zm = two(b, p + i + (rest === 6 ? 4 : 3));
  if (zh > 23 || zm > 59) return null;
  const shift = BigInt(zh * 60 + zm) * 60_000_000_000n;
  return z === 43 ? ns - shift : ns + shift;
}

const EPOCH = /^0*(\d*)(?:\.(\d*))?(?:[eE]\+?(\d{1,2}))?$/;
const DIGITS_CAP = 18;
/** The last whole ten below 2^63: the kernel looks before it takes the nineteenth digit. */
const MOST = 9_223_372_036_854_775_799n;

function epochTime(b: Uint8Array, p: number, length: number): bigint | null {
  if (length > 64) return null;
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(b[p + i] ?? 0);
  const m = EPOCH.exec(text);
  if (m === null) return null;
  const whole = m[1] as string;
  let digits = whole + (m[2] ?? '');
  const wholeDigits = whole.length + Number(m[3] ?? 0);
  if (whole.length > DIGITS_CAP + 1) return null;
  const unit =
    wholeDigits >= 9 && wholeDigits <= 10
      ? 9
      : wholeDigits >= 12 && wholeDigits <= 13
        ? 6
        : wholeDigits >= 15 && wholeDigits <= 16
          ? 3
          : wholeDigits >= 18 && wholeDigits <= 19
            ? 0
            : -1;
  if (unit < 0 || Number(m[3] ?? 0) > 19) return null;
  digits = digits
    .slice(0, Math.max(whole.length, DIGITS_CAP))
    .slice(0, wholeDigits + unit)
    .padEnd(wholeDigits + unit, '0');
  const ns = BigInt(digits);
  return ns > MOST ? null : ns;
}
