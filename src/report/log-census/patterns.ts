/** Patterns of a log for a person at a terminal. */
import type { CensusPattern, CensusPatterns } from '../../model/index.ts';
import { bars, bytes, grouped, percent, plural, rate, stretch } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { joined, oneLine, padTo, wrap } from '../lib/safe-text.ts';

const LINES = 3;
const SERVICES = 3;
const COLOURS: Readonly<Record<string, string>> = { error: '31', fatal: '31', warn: '33' };
const CHANGES = { new: 'new', gone: 'gone', surging: 'surges', fading: 'fades' } as const;

export function renderPatterns(report: CensusPatterns, options: TerminalOptions = {}): string {
  const page = new Page(options);
  const columns = Math.max(60, options.columns ?? 80);
  const ascii = options.ascii === true;
  const day = report.from?.slice(0, 10) ?? null;
  const total = report.patterns.length + report.left.patterns;
  page.line(`${plural(report.records, 'record')} in ${plural(report.files.length, 'log')}, ${stretch(report.from, report.to)} UTC: ${plural(total, 'pattern')}`, '1');
  if (report.services.length > 0) {
    const [first, ...rest] = wrap(
      oneLine(`of ${report.services.slice(0, 8).join(', ')}${report.services.length > 8 ? ` and ${report.services.length - 8} more services` : ''}`),
      columns - 2,
    );
    for (const line of [first!, ...rest]) page.line(`  ${line}`);
  }
  if (report.windows !== null) {
    page.line(`  window  ${stretch(report.windows.window.from, report.windows.window.to, day)}: ${plural(report.windows.window.records, 'record')}`);
    page.line(`  against ${stretch(report.windows.against.from, report.windows.against.to, day)}: ${plural(report.windows.against.records, 'record')}`);
  }
  page.blank();
  for (const p of report.patterns) print(p, report, page, columns, ascii, day);
  const notes: string[] = [];
  if (report.left.patterns > 0) notes.push(`${plural(report.left.patterns, 'more pattern')} with ${plural(report.left.records, 'record')}: not asked for (--first)`);
  if (report.beyond !== null) {
    const at = report.beyond.example;
    notes.push(`no pattern: cap reached: ${plural(report.beyond.count, 'record')} of texts that came when no more could be kept, the first at ${at.file}:${at.offset}`);
  }
  if (report.rejected.spans > 0)
    notes.push(
      `${plural(report.rejected.spans, 'stretch', 'stretches')} of text (${bytes(report.rejected.bytes)}) that no known logger wrote: under no pattern (gorca logs stats shows where)`,
    );
  if (report.sampled !== null) notes.push(`a sampled log (${report.sampled}): counts with ≥ are lower bounds, and there are neither shares nor rates of them`);
  if (report.windows !== null) notes.push(`changes: ${report.windows.test}`);
  if (notes.length > 0) page.blank();
  for (const n of notes) for (const line of wrap(oneLine(n), columns)) page.line(line);
  return page.text();
}

const HEAD = 28;

function print(p: CensusPattern, report: CensusPatterns, page: Page, columns: number, ascii: boolean, day: string | null): void {
  const count = `${p.lowerBound ? (ascii ? '>=' : '≥') : ''}${grouped(p.count)}`.padStart(10);
  const second =
    p.change === null
      ? `${(p.share === null ? '' : percent(p.share)).padStart(7)} ${padTo(bars(p.trend, ascii), 8)}`
      : `${padTo(p.change.how === null ? '' : CHANGES[p.change.how], 7)} ${padTo(bars(p.trend, ascii), 8)}`;
  const level = p.crash ? 'crash' : (p.level ?? '-');
  const lines = wrap(oneLine(p.pattern), columns - HEAD - 6);
  const cut = lines.length > LINES ? [...lines.slice(0, LINES - 1), `${lines[LINES - 1]!.slice(0, columns - HEAD - 7)}…`] : lines;
  for (const [i, line] of cut.entries()) {
    if (i === 0) page.line(`${count} ${second} ${padTo(level, 6)} ${line}`, COLOURS[p.crash ? 'fatal' : (p.level ?? '')] ?? '');
    else page.line(`${' '.repeat(HEAD + 6)}${line}`, COLOURS[p.crash ? 'fatal' : (p.level ?? '')] ?? '');
  }
  const said: string[] = [];
  if (p.change !== null) said.push(`${grouped(p.change.before)} before, ${grouped(p.change.after)} in the window`);
  // what is so of all of them needs no words
  if (p.services.length > 0 && p.services.length < Math.min(report.services.length, 16)) {
    const more = p.services.length - SERVICES;
    said.push(
      `${p.services
        .slice(0, SERVICES)
        .map((s) => s.name)
        .join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    );
  }
  if (!spansAll(p, report)) said.push(stretch(p.from, p.to, day));
  if (p.perSecond !== null) said.push(rate(p.perSecond));
  if (p.errors.length > 0) said.push(p.errors.join(' < '));
  said.push(report.files.length === 1 ? `first at byte ${p.example.offset}` : `${p.example.file}:${p.example.offset}`);
  for (const line of joined(said.map(oneLine), columns - 11)) page.line(`           ${line}`, '2');
}

const WHOLE = 0.98;
function spansAll(p: CensusPattern, report: CensusPatterns): boolean {
  if (p.from === null || p.to === null || report.from === null || report.to === null) return p.from === report.from;
  return Date.parse(p.to) - Date.parse(p.from) >= WHOLE * (Date.parse(report.to) - Date.parse(report.from));
}
