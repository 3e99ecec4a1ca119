/** Times as loggers print them: RFC 3339 with any fraction, Go's std layout, epoch numbers by magnitude, any Go layout by go-time.ts. */
import { type Instant, parseInstant } from '../../model/index.ts';
import { goTime, type ReadTime, type TimeForm } from './go-time.ts';

const SECOND = 1_000_000_000n;
const STEPS: readonly bigint[] = Array.from({ length: 10 }, (_none, digits) => 10n ** BigInt(9 - digits));
const stepOfFraction = (digits: number): bigint => STEPS[Math.min(9, digits)] as bigint;

const ISO = /^\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,](\d{1,9}))?\s?(Z|z|[+-]\d\d:?\d\d)?$/;

/**
 * "2026-11-22T19:26:17.327Z", "2026/11/22 19:26:17". `stepNs`, where the layout always prints the same fraction, is the caller's to say:
 * RFC3339Nano drops trailing zeros, so one record's digits say less than the logger knows.
 */
export function readIso(text: string, stepNs?: bigint): ReadTime | null {
  if (text.length > 20 && text.startsWith(lastSecond) && lastSecond !== '') {
    const next = sameSecond(text, stepNs);
    if (next !== null) return next;
  }
  const m = ISO.exec(text);
  if (m === null) return null;
  const at = parseInstant(text.includes('/') ? text.replaceAll('/', '-') : text);
  if (at === null) return null;
  if (text[10] === 'T' && text.endsWith('Z') && (m[1] ?? '') !== '') {
    lastSecond = text.slice(0, 20);
    lastSecondAt = at - BigInt((m[1] as string).padEnd(9, '0'));
  }
  return { at, stepNs: stepNs ?? stepOfFraction((m[1] ?? '').length), assumed: m[2] === undefined ? ['zone'] : [] };
}

/** "2026-11-22T19:26:17." of the last time in UTC: most records share their second with the one before. */
let lastSecond = '';
let lastSecondAt = 0n;

/** What follows the second and its dot: digits and Z. null: anything else, which is not decided here. */
function sameSecond(text: string, stepNs: bigint | undefined): ReadTime | null {
  const digits = text.length - 21;
  if (digits < 1 || digits > 9 || text.charCodeAt(text.length - 1) !== 90) return null;
  let fraction = 0;
  for (let i = 20; i < text.length - 1; i++) {
    const d = text.charCodeAt(i) - 48;
    if (d < 0 || d > 9) return null;
    fraction = fraction * 10 + d;
  }
  return { at: (lastSecondAt + BigInt(fraction * (TENS[9 - digits] as number))) as Instant, stepNs: stepNs ?? stepOfFraction(digits), assumed: [] };
}

const TENS: readonly number[] = Array.from({ length: 10 }, (_none, n) => 10 ** n);

const NUMBER = /^(\d{1,19})(?:\.(\d{1,20}))?(?:[eE]\+?(\d{1,2}))?$/;

/** Unix time in s, ms, µs or ns, integer or fraction, told apart by magnitude; digits are used as printed, never as a float64. */
export function readEpoch(text: string): ReadTime | null {
  const m = NUMBER.exec(text);
  if (m === null) return null;
  let whole = m[1]!;
  let fraction = m[2] ?? '';
  const exponent = Number(m[3] ?? 0);
  if (exponent > 0) {
    // zap and encoding/json print large floats as 1.7954867596710632e+09
    if (exponent > 19) return null;
    const moved = fraction.padEnd(exponent, '0');
    whole += moved.slice(0, exponent);
    fraction = moved.slice(exponent);
  }
  whole = whole.replace(/^0+(?=\d)/, '');
  const digits = whole.length;
  // 2001 to 2286 has ten digits of seconds
  const unit = digits >= 9 && digits <= 10 ? 9 : digits >= 12 && digits <= 13 ? 6 : digits >= 15 && digits <= 16 ? 3 : digits >= 18 && digits <= 19 ? 0 : -1;
  if (unit < 0) return null;
  const ns = BigInt(whole + fraction.slice(0, unit).padEnd(unit, '0'));
  // a float64 of seconds resolves about a quarter of a microsecond: more digits are noise
  const step = unit === 9 && fraction.length > 6 ? 1000n : 10n ** BigInt(Math.max(0, unit - fraction.length));
  return { at: ns as Instant, stepNs: step > SECOND ? SECOND : step, assumed: [] };
}

/** Any of the two, as a key of a record may hold either. */
export const anyTime: TimeForm = { pattern: '[^\\s]{1,64}', assumes: [], read: (text) => readIso(text) ?? readEpoch(text) };

/** Names that stand for a form; anything else is a Go reference layout. */
const NAMED: Readonly<Record<string, TimeForm>> = {
  any: anyTime,
  rfc3339: { pattern: '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)', assumes: [], read: (text) => readIso(text) },
  'go-log': { pattern: '\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?', assumes: ['zone'], read: (text) => readIso(text) },
  epoch: { pattern: '\\d{9,19}(?:\\.\\d{1,20})?(?:e\\+\\d\\d)?|\\d\\.\\d{1,20}e\\+\\d\\d', assumes: [], read: (text) => readEpoch(text) },
};

const made = new Map<string, TimeForm | string>();
const MADE_CAP = 1000;

/** The form of a name or of a Go layout; a sentence where it is neither. */
export function timeForm(name: string): TimeForm | string {
  const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (named !== undefined) return named;
  let form = made.get(name);
  if (form === undefined) {
    form = goTime(name);
    if (typeof form === 'string' && !/\d/.test(name)) form = `"${name}" is neither ${Object.keys(NAMED).join(', ')} nor a Go time layout such as 2006-01-02 15:04:05.000`;
    if (made.size < MADE_CAP) made.set(name, form);
  }
  return form;
}
