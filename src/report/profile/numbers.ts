/** Values of profiles as people read them, and names cut to what fits. */
import type { ProfileHead } from '../../model/index.ts';
import { shortGoSymbol } from '../../model/index.ts';
import { columnsOf, cut, oneLine } from '../lib/safe-text.ts';

const TIME: readonly (readonly [string, number])[] = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['min', 6e10],
  ['h', 3.6e12],
];
const SIZE: readonly (readonly [string, number])[] = [
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
  ['TiB', 1024 ** 4],
];
const COUNT: readonly (readonly [string, number])[] = [
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
];

const NANOSECONDS: Readonly<Record<string, number>> = { nanoseconds: 1, microseconds: 1e3, milliseconds: 1e6, seconds: 1e9 };

/** Three digits and a unit: 1.26 s, 38.5 MiB, 4711. */
export const amount = (value: number, unit: string): string => (value < 0 ? `−${plain(-value, unit)}` : plain(value, unit));

function plain(value: number, unit: string): string {
  const inTime = NANOSECONDS[unit];
  if (inTime !== undefined) return scaled(value * inTime, TIME);
  if (unit === 'bytes') return scaled(value, SIZE);
  const text = Math.abs(value) < 100_000 ? trimmed(value) : scaled(value, COUNT);
  return unit === '' || unit === 'count' ? text : `${text} ${unit}`;
}

/** The same with its sign always. */
export const change = (value: number, unit: string): string => (value > 0 ? `+${amount(value, unit)}` : amount(value, unit));

function scaled(value: number, units: readonly (readonly [string, number])[]): string {
  let [unit, by] = units[0] as readonly [string, number];
  for (const [name, size] of units) {
    // 999.6 of one unit are 1.00 of the next
    if (Math.abs(value) < size * 0.9995) break;
    unit = name;
    by = size;
  }
  return `${trimmed(value / by)} ${unit}`.trimEnd();
}

function trimmed(value: number): string {
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e6) return String(value);
  return magnitude >= 100 ? value.toFixed(0) : magnitude >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export const percent = (share: number): string =>
  !Number.isFinite(share)
    ? ''
    : Math.abs(share) >= 0.0995
      ? `${(share * 100).toFixed(0)} %`
      : Math.abs(share) >= 0.0005
        ? `${(share * 100).toFixed(1)} %`
        : share === 0
          ? '0 %'
          : '<0.1 %';

/** A name in so many columns: in full, else without the import path, else cut. */
export function fitted(name: string, columns: number): string {
  const full = oneLine(name);
  if (columnsOf(full) <= columns) return full;
  const short = oneLine(shortGoSymbol(name));
  return columnsOf(short) <= columns ? short : cut(short, columns);
}

/** `main.go:12`, without the folders. */
export const lineOf = (file: string, line: number): string => (file === '' ? '' : `${file.slice(file.lastIndexOf('/') + 1)}${line > 0 ? `:${line}` : ''}`);

/** What a profile is, in a line or two. */
export function headLines(p: ProfileHead): string[] {
  const parts = [amount(p.total, p.unit)];
  if (p.delta) parts[0] = `a difference: ${change(p.total, p.unit)} in all, ${amount(p.magnitude, p.unit)} without the signs`;
  if (p.seconds > 0 && p.unit === 'nanoseconds' && p.type === 'cpu') parts.push(`in ${amount(p.seconds * 1e9, 'nanoseconds')} (${trimmed(p.total / p.seconds / 1e9)} processors)`);
  else if (p.seconds > 0) parts.push(`over ${amount(p.seconds * 1e9, 'nanoseconds')}`);
  if (p.samples !== p.allSamples) parts.push(`${p.samples} of ${p.allSamples} stacks selected`);
  if (p.taken !== null) parts.push(`${p.taken.slice(0, 19).replace('T', ' ')} UTC`);
  const others = p.types.filter((t) => t !== p.type);
  return [
    `${p.file === '-' ? 'standard input' : oneLine(p.file)}${p.program === '' ? '' : `, ${oneLine(p.program)}`}`,
    `${p.type}: ${parts.join(' · ')}`,
    ...(others.length === 0 ? [] : [`also in it (--sample-type): ${others.map(oneLine).join(', ')}`]),
    ...p.comments.slice(0, 3).map((c) => `comment: ${oneLine(c)}`),
  ];
}

/** What the numbers are worth. */
export function worth(sampling: string): string {
  switch (sampling) {
    case 'ticks':
      return 'an estimate from ticks of the clock: ± is one standard error';
    case 'by-size':
      return 'an estimate from objects sampled by size: ± is one standard error';
    case 'contention':
      return 'counted where contention was sampled; the rate is not in the profile, so the error is at least this';
    case 'counted':
      return 'counted, not sampled';
    default:
      return 'how this was sampled is not known';
  }
}
