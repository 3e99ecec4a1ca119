/** Durations as settings write them, in seconds: "300ms", "2s", "1m30s"; a bare number only with the unit its name states. */
const PART = /(\d{1,15}(?:\.\d{1,15})?)(ns|us|µs|ms|s|m|h)/g;
const WHOLE = /^(?:\d{1,15}(?:\.\d{1,15})?(?:ns|us|µs|ms|s|m|h)){1,6}$/;
const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
/** TIMEOUT_MS, requestTimeoutMillis, DEADLINE_SECONDS. */
const NAMED: readonly (readonly [RegExp, number])[] = [
  [/(?:_MS|MILLIS|MILLISECONDS|Ms)$/i, 1e-3],
  [/(?:_US|MICROS|MICROSECONDS)$/i, 1e-6],
  [/(?:_NS|NANOS|NANOSECONDS)$/i, 1e-9],
  [/(?:_S|_SEC|_SECS|SECONDS)$/i, 1],
];

export function settingSeconds(value: string, name: string): number | null {
  const text = value.trim();
  if (WHOLE.test(text)) {
    let seconds = 0;
    for (const m of text.matchAll(PART)) seconds += Number(m[1]) * (UNITS[m[2]!] ?? 0);
    return seconds;
  }
  if (!/^\d{1,15}(?:\.\d{1,15})?$/.test(text)) return null;
  const unit = NAMED.find(([pattern]) => pattern.test(name))?.[1];
  return unit === undefined ? null : Number(text) * unit;
}

/** containers[orders].env[RESERVE_TIMEOUT] → RESERVE_TIMEOUT; an argument -timeout=300ms is named by its flag. */
export function settingName(path: string): string {
  const bracket = /\.env\[([^\]]{1,253})\]$/.exec(path);
  if (bracket !== null) return bracket[1]!;
  const last = path.slice(Math.max(path.lastIndexOf('.'), path.lastIndexOf('/')) + 1);
  return last.replace(/\[\d+\]$/, '');
}

/** reserve_timeout and RESERVE_TIMEOUT are one name. */
export const bareSetting = (name: string): string =>
  name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll(/[_-]/g, '')
    .toLowerCase();

/** Within this of each other a configured value and what failed calls took are one limit: scheduling and logging add the rest. */
export const NEAR = 0.15;
export const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= NEAR * Math.max(a, b);

export const durationText = (seconds: number): string => (seconds >= 1 ? `${Number(seconds.toPrecision(3))} s` : `${Math.round(seconds * 1000)} ms`);
