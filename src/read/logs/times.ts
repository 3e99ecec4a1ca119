/** Times as loggers print them: RFC 3339 with any fraction, Go's std layout, klog's, epoch numbers by magnitude. */
import { type Instant, parseInstant } from '../../model/index.ts';

export interface ReadTime {
  readonly at: Instant;
  readonly stepNs: bigint;
  readonly assumed: readonly ('year' | 'zone')[];
}

const SECOND = 1_000_000_000n;
const STEPS: readonly bigint[] = Array.from({ length: 10 }, (_none, digits) => 10n ** BigInt(9 - digits));
const stepOfFraction = (digits: number): bigint => STEPS[Math.min(9, digits)] as bigint;

const ISO = /^\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,](\d{1,9}))?\s?(Z|z|[+-]\d\d:?\d\d)?$/;

/**
 * "2026-11-22T19:26:17.327Z", "2026/11/22 19:26:17". `stepNs`, where the layout always prints the same fraction, is the caller's to say:
 * RFC3339Nano drops trailing zeros, so one record's digits say less than the logger knows.
 */
export function readIso(text: string, stepNs?: bigint): ReadTime | null {
  const m = ISO.exec(text);
  if (m === null) return null;
  const at = parseInstant(text.includes('/') ? text.replaceAll('/', '-') : text);
  if (at === null) return null;
  return { at, stepNs: stepNs ?? stepOfFraction((m[1] ?? '').length), assumed: m[2] === undefined ? ['zone'] : [] };
}

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

const KLOG = /^(\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d{6})$/;

/** "1122 19:09:01.447394": no year and no zone. `near` is any instant known to be about then and not before it by more than a day. */
export function readKlog(text: string, near: Instant | null): ReadTime | null {
  const m = KLOG.exec(text);
  if (m === null || near === null) return null;
  const year = new Date(Number(near / 1_000_000n)).getUTCFullYear();
  let best: Instant | null = null;
  for (const y of [year - 1, year, year + 1]) {
    const at = parseInstant(`${y}-${m[1]}-${m[2]}T${m[3]}Z`);
    if (at !== null && (best === null || abs(at - near) < abs(best - near))) best = at;
  }
  return best === null ? null : { at: best, stepNs: 1000n, assumed: ['year', 'zone'] };
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);
