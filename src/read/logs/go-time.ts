/**
 * Times as a Go reference layout prints them: "0102 15:04:05.000000" (klog), "3:04PM" (zerolog's console), "Jan _2 15:04:05", whatever a
 * program chose. A layout becomes a linear expression and a reading of what it captured; what it does not print (year, date, zone) is
 * supplied from an instant nearby and said to be assumed.
 */
import { type Instant, parseInstant } from '../../model/index.ts';

export interface ReadTime {
  readonly at: Instant;
  readonly stepNs: bigint;
  readonly assumed: readonly Assumed[];
}

/** What a text does not say of its time: the year (klog), the whole date (a time of day), the zone (read as UTC). */
export type Assumed = 'year' | 'date' | 'zone';

export interface TimeForm {
  /** A linear expression without anchors and captures. */
  readonly pattern: string;
  /** What it does not print and `read` supplies. */
  readonly assumes: readonly Assumed[];
  /** `near` is an instant that the records are not after: when the file was taken or made, or when a driver received the line. */
  read(text: string, near: Instant | null): ReadTime | null;
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'half' | 'fraction' | 'zone' | 'name';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const ZONE = '(?:Z|[+-]\\d\\d:?\\d\\d)';

/** What a Go layout names, the longer spelling first (time/format.go, nextStdChunk). */
const CHUNKS: readonly (readonly [string, Part, string])[] = [
  ['2006', 'year', '\\d{4}'],
  ['January', 'month', `${MONTH}[a-z]{0,6}`],
  ['Jan', 'month', MONTH],
  ['Monday', 'name', '[A-Z][a-z]{5,8}'],
  ['Mon', 'name', '[A-Z][a-z]{2}'],
  ['MST', 'name', '[A-Z]{3,5}'],
  ['Z07:00', 'zone', ZONE],
  ['Z0700', 'zone', ZONE],
  ['-07:00', 'zone', ZONE],
  ['-0700', 'zone', ZONE],
  ['01', 'month', '\\d\\d'],
  ['02', 'day', '\\d\\d'],
  ['03', 'hour', '\\d\\d'],
  ['04', 'minute', '\\d\\d'],
  ['05', 'second', '\\d\\d'],
  ['06', 'year', '\\d\\d'],
  ['15', 'hour', '\\d\\d'],
  ['_2', 'day', '[ \\d]\\d'],
  ['PM', 'half', '[AP]M'],
  ['pm', 'half', '[ap]m'],
  ['1', 'month', '\\d{1,2}'],
  ['2', 'day', '\\d{1,2}'],
  ['3', 'hour', '\\d{1,2}'],
  ['4', 'minute', '\\d{1,2}'],
  ['5', 'second', '\\d{1,2}'],
];
/** ".000" prints so many digits, ".999" as many as are not zero; a comma stands for the point in some layouts. */
const FRACTION = /^[.,](0{1,9}|9{1,9})(?!\d)/;

export const escapeLiteral = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll('\t', '\\t');

/** The form of a Go reference layout; a sentence where it is none. */
export function goTime(layout: string): TimeForm | string {
  const parts: Part[] = [];
  let pattern = '';
  let captured = '^';
  let step = 86_400_000_000_000n;
  let dropsZeros = false;
  let i = 0;
  while (i < layout.length) {
    const rest = layout.slice(i);
    const fraction = parts.includes('second') ? FRACTION.exec(rest) : null;
    if (fraction !== null) {
      const digits = fraction[1]!;
      dropsZeros = digits.startsWith('9');
      // zeros that were dropped take the point with them
      pattern += dropsZeros ? `(?:[.,]\\d{1,${digits.length}})?` : `[.,]\\d{${digits.length}}`;
      captured += dropsZeros ? `([.,]\\d{1,${digits.length}})?` : `([.,]\\d{${digits.length}})`;
      parts.push('fraction');
      step = 10n ** BigInt(9 - digits.length);
      i += fraction[0].length;
      continue;
    }
    const chunk = CHUNKS.find(([text]) => rest.startsWith(text));
    if (chunk === undefined) {
      const literal = escapeLiteral(layout[i]!);
      pattern += literal;
      captured += literal;
      i++;
      continue;
    }
    const [text, part, expression] = chunk;
    if (part !== 'name' && parts.includes(part)) return `"${layout}" names the ${part} twice`;
    pattern += expression;
    captured += `(${expression})`;
    parts.push(part);
    if (part === 'second' && step > 1_000_000_000n) step = 1_000_000_000n;
    else if (part === 'minute' && step > 60_000_000_000n) step = 60_000_000_000n;
    i += text.length;
  }
  if (!parts.includes('hour') || !parts.includes('minute')) return `"${layout}" is no Go time layout: it names no hour and minute (15:04 or 3:04)`;
  const dated = parts.includes('day') && parts.includes('month');
  if (parts.includes('day') !== parts.includes('month') || (parts.includes('year') && !dated)) return `"${layout}" names a date only in part`;
  const expression = new RegExp(`${captured}$`);
  const assumed: Assumed[] = [...(dated ? (parts.includes('year') ? [] : ['year' as const]) : ['date' as const]), ...(parts.includes('zone') ? [] : ['zone' as const])];
  const read = (text: string, near: Instant | null): ReadTime | null => {
    const m = expression.exec(text);
    if (m === null) return null;
    const of = (part: Part): string | null => {
      const at = parts.indexOf(part);
      return at < 0 ? null : (m[at + 1] ?? null);
    };
    const clock = clockOf(of('hour'), of('minute'), of('second'), of('half'), of('fraction'), of('zone'));
    if (clock === null) return null;
    const at = dated ? onDate(of('year'), of('month')!, of('day')!, clock, near) : onDay(clock, near);
    return at === null ? null : { at, stepNs: step, assumed };
  };
  return { pattern, assumes: assumed, read };
}

const two = (n: number): string => String(n).padStart(2, '0');

/** "15:04:05.123+02:00"; null when it is no time of day. */
function clockOf(hour: string | null, minute: string | null, second: string | null, half: string | null, fraction: string | null, zone: string | null): string | null {
  let h = Number(hour);
  if (half !== null) {
    if (h < 1 || h > 12) return null;
    h = (h % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  if (h > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return null;
  return `${two(h)}:${two(Number(minute))}:${two(Number(second ?? 0))}${(fraction ?? '').replace(',', '.')}${zone ?? 'Z'}`;
}

function onDate(year: string | null, month: string, day: string, clock: string, near: Instant | null): Instant | null {
  const m = /^[A-Za-z]/.test(month) ? MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1 : Number(month);
  const d = Number(day.trim());
  const on = (y: number): Instant | null => (isDate(y, m, d) ? parseInstant(`${String(y).padStart(4, '0')}-${two(m)}-${two(d)}T${clock}`) : null);
  // Go reads two digits as 1969 to 2068
  if (year !== null) return on(year.length === 2 ? Number(year) + (Number(year) >= 69 ? 1900 : 2000) : Number(year));
  if (near === null) return null;
  const about = new Date(Number(near / 1_000_000n)).getUTCFullYear();
  let best: Instant | null = null;
  // February 29 is there in one year of four
  for (let y = about - 4; y <= about + 1; y++) {
    const at = on(y);
    if (at !== null && (best === null || distance(at, near) < distance(best, near))) best = at;
  }
  return best;
}

const DAY = 86_400_000_000_000n;
/** Clocks of who logs and who captures differ a little. */
const AFTER = 300_000_000_000n;

/** The last such time of day that is not after `near`. */
function onDay(clock: string, near: Instant | null): Instant | null {
  if (near === null) return null;
  const today = new Date(Number(near / 1_000_000n)).toISOString().slice(0, 10);
  const at = parseInstant(`${today}T${clock}`);
  if (at === null) return null;
  if (at > near + AFTER) return (at - DAY) as Instant;
  return at + DAY <= near + AFTER ? ((at + DAY) as Instant) : at;
}

const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);

function isDate(year: number, month: number, day: number): boolean {
  const d = new Date(Date.UTC(year, month - 1, day));
  return d.getUTCMonth() === month - 1 && d.getUTCDate() === day;
}
