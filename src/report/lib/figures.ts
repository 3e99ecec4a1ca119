/** Numbers, times and bars as pages print them. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_BARS = ['.', ':', '-', '=', '+', '*', '#', '@'];

/** 2,754,362: a blank could end a line. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** Heights relative to the highest; a blank where there is nothing. */
export function bars(counts: readonly number[], ascii: boolean): string {
  const most = Math.max(...counts, 1);
  const glyphs = ascii ? ASCII_BARS : BARS;
  return counts.map((n) => (n === 0 ? ' ' : (glyphs[Math.min(7, Math.floor((n / most) * 7.999))] ?? ' '))).join('');
}

export const percent = (share: number): string =>
  share >= 0.0995 ? `${(share * 100).toFixed(0)} %` : share >= 0.0005 ? `${(share * 100).toFixed(1)} %` : share > 0 ? '<0.1 %' : '0 %';

export function bytes(n: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = n;
  let unit = 0;
  while (value >= 1000 && unit < 4) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${n} ${n === 1 ? 'byte' : 'bytes'}` : `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${units[unit]}`;
}

export const rate = (perSecond: number): string =>
  perSecond >= 1
    ? `${Number(perSecond.toPrecision(3))}/s`
    : perSecond * 60 >= 1
      ? `${Number((perSecond * 60).toPrecision(2))}/min`
      : `${Number((perSecond * 3600).toPrecision(2))}/h`;

/** Times of one day lose their date, but for the first. */
export function stretch(from: string | null, to: string | null, day: string | null = null): string {
  if (from === null || to === null) return 'without a time';
  const clock = (t: string): string => t.slice(11, 19);
  const a = from.slice(0, 10) === day ? clock(from) : `${from.slice(0, 10)} ${clock(from)}`;
  if (from.slice(0, 19) === to.slice(0, 19)) return a;
  return `${a} to ${from.slice(0, 10) === to.slice(0, 10) ? clock(to) : `${to.slice(0, 10)} ${clock(to)}`}`;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

export function seconds(n: number): string {
  if (n < 1) return `${Math.round(n * 1000)} ms`;
  if (n < 60) return `${Number(n.toPrecision(2))} s`;
  if (n < 3600) return `${Math.floor(n / 60)} min ${Math.round(n % 60)} s`.replace(' 0 s', '');
  if (n < 86_400) return `${Math.floor(n / 3600)} h ${Math.round((n % 3600) / 60)} min`.replace(' 0 min', '');
  return `${Number((n / 86_400).toPrecision(3))} days`;
}
