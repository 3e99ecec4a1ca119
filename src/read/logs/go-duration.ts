/** time.Duration as Go prints it: "1h2m3.5s", "12.3ms", "850µs", "0s". Seconds, or null when it is not one. */
const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const WHOLE = /^([+-]?)((?:\d{1,18}(?:\.\d{1,18})?(?:ns|us|µs|μs|ms|s|m|h))(?:\d{1,18}(?:\.\d{1,18})?(?:ns|us|µs|μs|ms|s|m|h)){0,5})$/;
const PART = /(\d{1,18}(?:\.\d{1,18})?)(ns|us|µs|μs|ms|s|m|h)/g;

export function goDurationSeconds(text: string): number | null {
  if (text === '0') return 0;
  const m = WHOLE.exec(text);
  if (m === null) return null;
  let seconds = 0;
  for (const part of m[2]!.matchAll(PART)) seconds += Number(part[1]) * (UNITS[part[2]!] ?? 0);
  return m[1] === '-' ? -seconds : seconds;
}

/** A duration inside a sentence: "slow query, took 300.412ms". Only after a word that announces one. */
const IN_TEXT = /\b(?:took|after|in|elapsed|duration|latency|dur)[ =:]{1,3}(\d{1,18}(?:\.\d{1,18})?(?:ns|us|µs|ms|s|m(?:\d{1,2}(?:\.\d{1,9})?s)?))(?![\w])/;

export function durationInText(text: string): number | null {
  const m = IN_TEXT.exec(text.length > 4096 ? text.slice(0, 4096) : text);
  return m === null ? null : goDurationSeconds(m[1]!);
}
