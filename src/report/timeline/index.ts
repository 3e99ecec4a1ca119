/** Many logs for a person at a terminal: how much each service logged when, and the records in one order. */
import type { Timeline, TimelineRecord, TimelineService } from '../../model/index.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { columnsOf, cut, oneLine, padTo } from '../lib/safe-text.ts';

const HEIGHTS = ' ▁▂▃▄▅▆▇█';
const ASCII_HEIGHTS = ' .:-=+*#@';
/** Levels with a row of their own, below all records of the service. */
const ROWS = ['fatal', 'error', 'warn'];
const LABEL = 15;
const MOST_SERVICES = 20;
const MOST_NOTES = 12;

export function renderTimeline(t: Timeline, options: TerminalOptions = {}): string {
  const page = new Page(options);
  const columns = Math.max(60, options.columns ?? 80);
  if (t.services.length === 0 || t.from === null || t.to === null) {
    page.row('NOTHING', 'no record matches');
    for (const [i, n] of t.notes.entries()) page.row(i === 0 ? 'NOTE' : '', n);
    return page.text();
  }
  const many = Math.max(...t.services.flatMap((s) => Object.values(s.counts).map((c) => c.length)));
  const from = clock(t.from, t.columnSeconds);
  const to = clock(t.to, t.columnSeconds);
  page.line(`${t.from.slice(0, 10).padEnd(LABEL)}${from}${' '.repeat(Math.max(1, many - columnsOf(from) - columnsOf(to)))}${to}   records`, '1');
  for (const s of t.services.slice(0, MOST_SERVICES)) rows(s, many, page, options.ascii === true ? ASCII_HEIGHTS : HEIGHTS);
  if (t.services.length > MOST_SERVICES) page.row('', `and ${t.services.length - MOST_SERVICES} more services (--json shows all)`);
  page.line(`${' '.repeat(LABEL)}a column is ${width(t.columnSeconds)}${t.reference === null ? '' : `, times as on the clock of ${t.reference}`}`, '2');
  page.blank();
  for (const [i, c] of t.clocks.entries()) page.row(i === 0 ? 'CLOCKS' : '', c.says);
  for (const [i, n] of t.notes.slice(0, MOST_NOTES).entries()) page.row(i === 0 ? 'NOTE' : '', n);
  if (t.notes.length > MOST_NOTES) page.row('', `and ${t.notes.length - MOST_NOTES} more notes (--json shows all)`);
  page.blank();
  page.line(`  ${padTo('corrected', 18)}${padTo('as printed', 16)}record`, '1');
  for (const r of t.records) page.line(recordLine(r, columns), colourOf(r));
  if (t.records.length > 0 && t.records.length < t.matched)
    page.row('', `and ${t.matched - t.records.length} more records (--first n, --all; --since, --until and --level narrow)`);
  if (t.records.some((r) => r.orderUnknown && r.time.corrected !== null)) page.line('≈ which of this and the line above was first is unknown', '2');
  if (t.records.some((r) => r.time.corrected === null)) page.line('? its clock cannot be compared with the others: placed by what it printed', '2');
  if (t.records.some((r) => r.time.known === 'last-record')) page.line('^ no time of its own: that of the record above it in its file', '2');
  return page.text();
}

/** One record, for a listing that is printed as it comes. */
export function timelineLine(r: TimelineRecord, options: TerminalOptions = {}): string {
  const text = recordLine(r, Math.max(60, options.columns ?? 80));
  const code = colourOf(r);
  return options.colour === true && code !== '' ? `\u001b[${code}m${text}\u001b[0m\n` : `${text}\n`;
}

const colourOf = (r: TimelineRecord): string => (r.level === 'error' || r.level === 'fatal' ? '31' : r.level === 'warn' ? '33' : '');

function rows(s: TimelineService, many: number, page: Page, heights: string): void {
  const all = new Array<number>(many).fill(0);
  for (const counts of Object.values(s.counts)) for (const [i, n] of counts.entries()) all[i] = (all[i] as number) + n;
  const label = (text: string): string => padTo(cut(oneLine(text), LABEL - 1), LABEL);
  page.line(`${label(s.service)}${bars(all, heights)}${' '.repeat(many - all.length)} ${String(s.total).padStart(9)}${s.sampled ? ' or more: sampled' : ''}`);
  for (const level of ROWS) {
    const counts = s.counts[level];
    if (counts === undefined) continue;
    page.line(
      `${label(`  ${level}`)}${bars(counts, heights)}${' '.repeat(many - counts.length)} ${String(counts.reduce((a, b) => a + b, 0)).padStart(9)}`,
      level === 'warn' ? '33' : '31',
    );
  }
}

/** Each row has its own scale; one record is never invisible. */
function bars(counts: readonly number[], heights: string): string {
  const most = Math.max(...counts, 1);
  return counts.map((n) => heights[n === 0 ? 0 : Math.max(1, Math.round((n / most) * (heights.length - 1)))]).join('');
}

function recordLine(r: TimelineRecord, columns: number): string {
  const mark = r.time.known === 'last-record' ? '^' : r.time.corrected === null ? '?' : r.orderUnknown ? '≈' : ' ';
  const corrected = r.time.corrected === null ? '' : `${millis(r.time.corrected)}${loose(r)}`;
  const raw = r.time.raw.slice(11, 26).replace('Z', '');
  const where = `${oneLine(r.file.slice(r.file.lastIndexOf('/') + 1))}${r.line === null ? '' : `:${r.line}`}`;
  const head = `${mark} ${padTo(corrected, 18)}${padTo(raw, 16)}${padTo(cut(oneLine(r.service), 9), 9)} ${r.level === null ? ' ' : r.level.charAt(0).toUpperCase()} `;
  const room = Math.max(20, columns - columnsOf(head));
  const most = Math.floor(room * 0.55);
  // the line number is the part that nothing else says
  const short = columnsOf(where) <= most ? where : `…${where.slice(where.length - most + 1)}`;
  const left = room - columnsOf(short) - 1;
  return `${head}${padTo(cut(oneLine(r.message), left), left)} ${short}`;
}

/** hh:mm:ss.mmm, zeros kept so that columns line up. */
const millis = (time: string): string => `${time.slice(11, 19)}.${(/\.(\d{1,9})Z$/.exec(time)?.[1] ?? '').padEnd(3, '0').slice(0, 3)}`;

/** ±3 in milliseconds, where it is worth saying. */
function loose(r: TimelineRecord): string {
  const ms = ((r.time.earlySeconds + r.time.lateSeconds) / 2) * 1000;
  return ms < 0.5 ? '' : ` ±${Math.round(ms)}`;
}

const clock = (time: string, column: number): string => time.slice(11, column < 1 ? 23 : 19).replace('Z', '');

function width(seconds: number): string {
  if (seconds >= 3600) return `${Number((seconds / 3600).toPrecision(3))} h`;
  if (seconds >= 60) return `${Number((seconds / 60).toPrecision(3))} min`;
  return seconds >= 1 ? `${Number(seconds.toPrecision(3))} s` : `${Number((seconds * 1000).toPrecision(3))} ms`;
}
