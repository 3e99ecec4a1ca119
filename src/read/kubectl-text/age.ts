/**
 * Ages as kubectl prints them (k8s.io/apimachinery/pkg/util/duration HumanDuration): 4s, 117s, 5m12s, 43m, 3h25m, 12h, 3d4h, 40d, 2y30d.
 * The last unit printed is the precision: 3h means between 3 h and 4 h.
 */
import { addSeconds, type Instant } from '../../model/index.ts';

export interface Age {
  readonly seconds: number;
  readonly precisionSeconds: number;
}

const UNIT: { readonly [unit: string]: number } = { y: 365 * 86400, d: 86400, h: 3600, m: 60, s: 1 };

export function parseAge(text: string): Age | null {
  const t = text.trim();
  if (t.length === 0 || t.length > 20) return null;
  let seconds = 0;
  let precision = 0;
  let rest = t;
  while (rest !== '') {
    const m = /^(\d{1,9})([ydhms])/.exec(rest);
    if (m === null) return null;
    precision = UNIT[m[2] ?? 's'] ?? 1;
    seconds += Number(m[1]) * precision;
    rest = rest.slice(m[0].length);
  }
  return { seconds, precisionSeconds: precision };
}

export interface EventAge {
  readonly last: Age;
  /** Of the first occurrence. */
  readonly first: Age | null;
  readonly count: number;
}

/** "5m12s", "28s (x2 over 33s)", "2m (x14 over 7m)". */
export function parseEventAge(text: string): EventAge | null {
  const m = /^(\S{1,20})(?: \(x(\d{1,9}) over (\S{1,20})\))?$/.exec(text.trim());
  if (m === null) return null;
  const last = parseAge(m[1] ?? '');
  if (last === null) return null;
  const first = m[3] === undefined ? null : parseAge(m[3]);
  return { last, first, count: m[2] === undefined ? 1 : Number(m[2]) };
}

export const before = (takenAt: Instant | null, age: Age | null): Instant | null => (takenAt === null || age === null ? null : addSeconds(takenAt, -age.seconds));

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** describe prints RFC 1123 with a numeric zone: "Tue, 24 Nov 2026 02:22:24 +0000"; as RFC 3339 text, or null. */
export function rfc3339OfDescribe(text: string): string | null {
  const m = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text.trim());
  if (m === null) return null;
  const month = MONTHS.indexOf(m[2] ?? '') + 1;
  return month === 0 ? null : `${m[3]}-${String(month).padStart(2, '0')}-${m[1]}T${m[4]}${m[5]}`;
}
