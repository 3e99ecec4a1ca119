/**
 * Instants, intervals and onsets.
 * An Instant is nanoseconds since the Unix epoch as a bigint: float64 cannot hold today's nanoseconds exactly.
 */
declare const instantBrand: unique symbol;
export type Instant = bigint & { readonly [instantBrand]: true };

/** Half-open knowledge of a stretch of time; null = not known on that side. */
export interface Interval {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/**
 * When a state began: after `lastWell` (last seen without it) and not later than `firstIll` (first seen with it).
 * lastWell null = "already so at the first sample". Widened by scrape step, rate window, rule `for`, dump spacing, clock offset.
 */
export interface Onset {
  readonly lastWell: Instant | null;
  readonly firstIll: Instant | null;
  /** The clock it was read from (host, "prometheus", …); order between different clocks is weaker. */
  readonly clock?: string;
}

export const NS_PER_MS = 1_000_000n;
export const NS_PER_SECOND = 1_000_000_000n;

export const instant = (ns: bigint): Instant => ns as Instant;
/** From Unix seconds as Prometheus prints them (float, millisecond precision). */
export const instantFromSeconds = (seconds: number): Instant => (BigInt(Math.round(seconds * 1000)) * NS_PER_MS) as Instant;
export const instantFromMs = (ms: number): Instant => (BigInt(Math.round(ms)) * NS_PER_MS) as Instant;
export const secondsOf = (at: Instant): number => Number(at / NS_PER_MS) / 1000;
export const secondsBetween = (a: Instant, b: Instant): number => Number((b - a) / NS_PER_MS) / 1000;
export const addSeconds = (at: Instant, seconds: number): Instant => (at + BigInt(Math.round(seconds * 1e9))) as Instant;

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?\s?([Zz]|[+-]\d\d:?\d\d)?$/;

/** The second of the last instant read: records that follow one another mostly share it. */
let lastSecond = '';
let lastSecondNs = 0n;

/** RFC 3339 with up to nanoseconds ("T" or a space, zone optional = UTC); null when it is not one. */
export function parseInstant(text: string): Instant | null {
  const m = RFC3339.exec(text);
  if (m === null) return null;
  const upToSecond = text.slice(0, 19);
  if (upToSecond !== lastSecond) {
    const second = secondNs(m);
    if (second === null) return null;
    lastSecond = upToSecond;
    lastSecondNs = second;
  }
  let ns = lastSecondNs;
  if (m[7] !== undefined) ns += BigInt(m[7].padEnd(9, '0'));
  const zone = m[8];
  if (zone !== undefined && zone !== 'Z' && zone !== 'z') {
    const digits = zone.replace(':', '');
    const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
    ns -= BigInt(digits.startsWith('-') ? -minutes : minutes) * 60n * NS_PER_SECOND;
  }
  return ns as Instant;
}

function secondNs(m: RegExpExecArray): bigint | null {
  const year = Number(m[1]);
  const month = Number(m[2]);
  const day = Number(m[3]);
  const hour = Number(m[4]);
  const minute = Number(m[5]);
  const second = Number(m[6]);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null;
  // years below 100 would be read as 19xx; Go's zero time (0001-01-01) means "unset" wherever Go programs print it
  if (year < 1900) return null;
  return BigInt(Date.UTC(year, month - 1, day, hour, minute, second)) * NS_PER_MS;
}

/** RFC 3339 in UTC; nanoseconds only where they are not zero. */
export function formatInstant(at: Instant): string {
  const floorSeconds = at >= 0n ? at / NS_PER_SECOND : -((-at + NS_PER_SECOND - 1n) / NS_PER_SECOND);
  const fraction = at - floorSeconds * NS_PER_SECOND;
  const date = new Date(Number(floorSeconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${at}ns`;
  const base = date.toISOString().slice(0, 19);
  if (fraction === 0n) return `${base}Z`;
  return `${base}.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}Z`;
}

/** hh:mm:ss in UTC, for a chain line. */
export const clockTime = (at: Instant): string => formatInstant(at).slice(11, 19);

export const interval = (from: Instant | null, to: Instant | null): Interval => ({ from, to });
export const ALWAYS: Interval = { from: null, to: null };

/** Unknown sides count as "may overlap". */
export function mayOverlap(a: Interval, b: Interval): boolean {
  if (a.from !== null && b.to !== null && a.from > b.to) return false;
  if (b.from !== null && a.to !== null && b.from > a.to) return false;
  return true;
}

/** The stretch both hold; null where they surely never met. */
export function intersect(a: Interval, b: Interval): Interval | null {
  if (!mayOverlap(a, b)) return null;
  const from = a.from === null ? b.from : b.from === null || a.from > b.from ? a.from : b.from;
  const to = a.to === null ? b.to : b.to === null || a.to < b.to ? a.to : b.to;
  return { from, to };
}

export type Order = 'before' | 'after' | 'unknown';

/** What b's clock shows more than a's, seconds; either side may be infinite. */
export interface Ahead {
  readonly low: number;
  readonly high: number;
}

const ONE_CLOCK: Ahead = { low: 0, high: 0 };

/**
 * Order of two onsets: only intervals that are disjoint whatever their clocks are off by have one. `slackSeconds` covers what is not known of
 * clocks that agree; `ahead` is what b's clock shows more than a's.
 */
export function orderOf(a: Onset, b: Onset, slackSeconds = 0, ahead: Ahead = ONE_CLOCK): Order {
  const ns = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));
  if (a.firstIll !== null && b.lastWell !== null && Number.isFinite(ahead.high) && a.firstIll + ns(slackSeconds + ahead.high) < b.lastWell) return 'before';
  if (b.firstIll !== null && a.lastWell !== null && Number.isFinite(ahead.low) && b.firstIll + ns(slackSeconds - ahead.low) < a.lastWell) return 'after';
  return 'unknown';
}
