/** One trace for a person at a terminal: who called whom on a time axis, what was waited for, what each record says and where it stands. */
import type { ShownTime, TraceRecord, TraceSpan, TraceTree } from '../../model/index.ts';
import { parseInstant } from '../../model/index.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { columnsOf, cut, oneLine, padTo } from '../lib/safe-text.ts';

const MOST = { errors: 5, records: 60, notes: 8 };
const TOOK = 8;
const CODE = 4;

export function renderTrace(tree: TraceTree, options: TerminalOptions & { readonly all?: boolean } = {}): string {
  const page = new Page(options);
  const columns = Math.max(60, options.columns ?? 80);
  page.row('TRACE', `${tree.id}${tree.nonConforming === null ? '' : ` (no W3C trace id: ${tree.nonConforming})`}`);
  page.row('', summary(tree));
  page.blank();
  if (tree.spans.length > 0) {
    for (const line of drawing(tree, columns, options.ascii === true)) page.line(line.text, line.colour);
    for (const s of new Set(tree.spans.map((x) => x.linked))) if (s === 'guessed') page.row('', '~ parent inferred, not logged');
    if (tree.spans.some((s) => s.kind === 'client')) page.row('', '? called, and no record of it at hand');
    if (tree.spans.some((s) => s.placed === 'unknown')) page.row('', 'without a bar: its clock cannot be compared with the others');
  }
  page.blank();
  list(
    tree.clocks.map((c) => c.says),
    'CLOCKS',
    page,
  );
  page.blank();
  list(
    tree.waits.slice(0, 4).map((w) => w.says),
    'WAITS',
    page,
  );
  list(
    tree.gaps.map((g) => g.says),
    'GAPS',
    page,
  );
  errors(tree, page);
  page.blank();
  records(tree, page, columns, options.all === true);
  if (tree.notes.length > 0) page.blank();
  list(tree.notes.slice(0, MOST.notes), 'NOTE', page);
  return page.text();
}

const list = (texts: readonly string[], label: string, page: Page): void => {
  for (const [i, t] of texts.entries()) page.row(i === 0 ? label : '', t);
};
const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function summary(tree: TraceTree): string {
  const services = new Set(tree.spans.filter((s) => s.kind !== 'client').map((s) => s.service)).size;
  const files = new Set(tree.records.map((r) => r.file)).size;
  const parts = [plural(services, 'service'), `${plural(tree.records.length, 'record')} in ${plural(files, 'file')}`];
  if (tree.seconds !== null && tree.seconds > 0) parts.push(span(tree.seconds));
  if (tree.reference !== null) parts.push(`times as on the clock of ${tree.reference}`);
  return parts.join(' · ');
}

/** 62.3 ms, 2.41 s */
export function span(seconds: number): string {
  if (seconds >= 100) return `${Math.round(seconds)} s`;
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  const ms = seconds * 1000;
  return ms >= 99.95 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

function drawing(tree: TraceTree, columns: number, ascii: boolean): { text: string; colour: string }[] {
  const total = Math.max(tree.seconds ?? 0, 1e-9);
  const label = Math.floor(columns * 0.45);
  const axis = columns - label - CODE - TOOK - 2;
  const [bar, loose, edge] = ascii ? ['=', '-', '|'] : ['━', '┄', '│'];
  const end = span(total);
  const out = [{ text: `${' '.repeat(label + CODE)}${edge}0${' '.repeat(Math.max(1, axis - 1 - end.length))}${end}${edge}`, colour: '2' }];
  const depth = (s: TraceSpan): number => (s.parent === null ? 0 : 1 + depth(tree.spans[s.parent] as TraceSpan));
  const last = (i: number, s: TraceSpan): boolean => !tree.spans.slice(i + 1).some((o) => o.parent === s.parent);
  for (const [i, s] of tree.spans.entries()) {
    const mark = s.kind === 'client' ? '?' : s.linked === 'guessed' ? '~' : ' ';
    const level = Math.min(depth(s), 8);
    const head = `${level === 0 ? '' : `${'  '.repeat(level - 1)}${ascii ? (last(i, s) ? '`-' : '+-') : last(i, s) ? '└╴' : '├╴'}`}${oneLine(s.service)} `;
    const name = cut(oneLine(s.name), label - columnsOf(head) - 2);
    const state = s.code !== null ? String(s.code) : s.failed === 'late' ? 'late' : s.failed === 'canceled' ? 'gone' : s.failed === 'error' ? 'err' : '';
    let line = ' '.repeat(axis);
    if (s.fromSeconds !== null && s.toSeconds !== null) {
      const from = Math.max(0, Math.min(axis - 1, Math.floor((s.fromSeconds / total) * axis)));
      const to = Math.max(from + 1, Math.min(axis, Math.ceil((s.toSeconds / total) * axis)));
      line = ' '.repeat(from) + (s.placed === 'measured' ? bar : loose).repeat(to - from) + ' '.repeat(axis - to);
    }
    const took = s.seconds === null ? '–' : span(s.seconds);
    out.push({
      text: `${padTo(`${head}${name}`, label - 2)}${mark} ${padTo(state, CODE)}${edge}${line}${edge}${took.padStart(TOOK)}`,
      colour: s.failed !== null || (s.code ?? 0) >= 500 ? '31' : '',
    });
  }
  if (tree.spans.some((s) => s.placed === 'within-parent'))
    out.push({ text: `        ${loose.repeat(3)} too coarse or uncertain a clock: drawn in the middle of its call`, colour: '2' });
  return out;
}

const place = (r: TraceRecord): string => `${oneLine(r.file)}${r.line === null ? '' : `:${r.line}`}`;

function errors(tree: TraceTree, page: Page): void {
  const same = new Map<string, { says: string; at: string[] }>();
  for (const r of tree.records) {
    if (r.level !== 'error' && r.level !== 'fatal' && r.level !== 'panic') continue;
    const says = `${r.service}: ${r.message}${r.error === null || r.message.includes(r.error) ? '' : `: ${r.error}`}`;
    const known = same.get(says) ?? { says, at: [] };
    same.set(says, known);
    known.at.push(place(r));
  }
  const distinct = [...same.values()];
  for (const [i, e] of distinct.slice(0, MOST.errors).entries())
    page.row(i === 0 ? 'ERRORS' : '', `${e.says} (${e.at.slice(0, 3).join(', ')}${e.at.length > 3 ? ` and ${e.at.length - 3} more` : ''})`);
  if (distinct.length > MOST.errors) page.row('', `and ${distinct.length - MOST.errors} more errors`);
}

/** The time its clock printed; the time on the reference clock since the trace began, and what that may be off by. */
function records(tree: TraceTree, page: Page, columns: number, all: boolean): void {
  const zero = start(tree);
  const services = Math.min(12, Math.max(...tree.records.map((r) => columnsOf(r.service)), 7));
  const shown = all ? tree.records : tree.records.slice(0, MOST.records);
  page.line(`${padTo('as printed', 17)}${padTo('corrected', 18)}record`, '1');
  for (const r of shown) {
    const head = `${padTo(rawClock(r.time), 17)}${padTo(corrected(r.time, zero), 18)}${padTo(cut(oneLine(r.service), services), services)} `;
    const where = place(r);
    const room = columns - columnsOf(head);
    const text = `${r.found === 'only' ? '' : r.found === 'text' ? '(id in its text) ' : `(id is the ${r.found} of several) `}${oneLine(r.message)}`;
    const short = where.length > room - 14 ? `…${where.slice(where.length - Math.max(8, room - 15))}` : where;
    const left = room - columnsOf(short) - 1;
    page.line(`${head}${padTo(cut(text, left), left)} ${short}`, r.level === 'error' || r.level === 'fatal' ? '31' : '');
  }
  if (shown.length < tree.records.length) page.row('', `and ${tree.records.length - shown.length} more records (--all shows them)`);
  if (new Set(shown.map((r) => r.clock)).size > 1) page.line('two services within their ±: which was first is unknown', '2');
}

function start(tree: TraceTree): bigint | null {
  const root = tree.spans.find((s) => s.fromSeconds === 0) ?? tree.spans[0];
  return root === undefined || root.start.corrected === null ? null : parseInstant(root.start.corrected);
}

const rawClock = (t: ShownTime | null): string => {
  if (t === null) return 'no time';
  const text = t.raw.slice(11).replace(/Z$/, '');
  // no more than microseconds; a clock of whole seconds shows none
  return text.length > 15 ? text.slice(0, 15) : text;
};

/** "+68.9 ±0.6 ms" */
function corrected(t: ShownTime | null, zero: bigint | null): string {
  if (t === null) return '';
  const at = t.corrected === null ? null : parseInstant(t.corrected);
  if (at === null || zero === null) return 'not comparable';
  const after = Number(at - zero) / 1e6;
  const half = ((t.lateSeconds + t.earlySeconds) / 2) * 1000;
  const digits = (ms: number): string => (Math.abs(ms) >= 1000 ? ms.toFixed(0) : ms.toFixed(1));
  return `${after < 0 ? '−' : '+'}${digits(Math.abs(after))}${half < 0.05 ? '' : ` ±${digits(half)}`} ms`;
}
