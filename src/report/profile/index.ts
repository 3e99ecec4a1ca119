/** What `gorca profile` says, for a person at a terminal. Data in, pages out; every text of an input is made harmless. */
import type { ProfileChange, ProfileDifference, ProfileHead, ProfileLabels, ProfileLedger, ProfilePath, ProfileTop } from '../../model/index.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { oneLine, padTo } from '../lib/safe-text.ts';
import { amount, change, fitted, headLines, lineOf, percent, worth } from './numbers.ts';

const columnsIn = (options: TerminalOptions): number => Math.max(60, options.columns ?? 80);
const share = (value: number, p: ProfileHead): string => (p.magnitude === 0 ? '' : percent(value / p.magnitude));

function head(page: Page, p: ProfileHead): void {
  const [first, ...rest] = headLines(p);
  page.heading(first as string);
  for (const line of rest) page.row('', line);
}

export function renderTop(t: ProfileTop, options: TerminalOptions = {}): string {
  const page = new Page(options);
  const p = t.profile;
  head(page, p);
  page.blank();
  const right = columnsIn(options) - 42;
  page.line(`${'flat'.padStart(10)} ${''.padStart(7)} ${'±'.padStart(7)} ${'cum'.padStart(10)} ${''.padStart(6)} ${t.by}`, '2');
  for (const r of t.rows) {
    const error = r.error > 0 && p.magnitude > 0 ? percent(r.error / p.magnitude) : '';
    page.line(
      `${(r.flat === 0 ? '' : amount(r.flat, p.unit)).padStart(10)} ${(r.flat === 0 ? '' : share(r.flat, p)).padStart(7)} ${error.padStart(7)} ${amount(r.cum, p.unit).padStart(10)} ${share(r.cum, p).padStart(6)} ${fitted(r.name, right)}`.trimEnd(),
    );
  }
  if (t.left.rows > 0) page.line(`${amount(t.left.flat, p.unit).padStart(10)} ${share(t.left.flat, p).padStart(7)} ${' '.repeat(25)} in ${t.left.rows} more rows (-n)`, '2');
  page.blank();
  page.row('', `flat: it was the innermost call; cum: it was on the stack; ${worth(p.sampling)}`);
  return page.text();
}

const PAYERS: Readonly<Record<string, string>> = { nobody: 'nobody: idle, or the observer', program: 'the program as a whole', caller: '' };
const CHARGES = 3;
const USERS = 8;

export function renderLedger(l: ProfileLedger, options: TerminalOptions & { readonly all?: boolean } = {}): string {
  const page = new Page(options);
  const p = l.profile;
  const columns = columnsIn(options);
  head(page, p);
  page.blank();
  const most = options.all === true ? Number.POSITIVE_INFINITY : CHARGES;
  for (const r of l.rows) {
    page.line(`${amount(r.value, p.unit).padStart(10)} ${`±${amount(r.error, p.unit)}`.padStart(9)} ${percent(r.share).padStart(6)}  ${r.title}`, r.payer === 'nobody' ? '2' : '1');
    if (r.payer !== 'caller') page.line(`${' '.repeat(29)}${PAYERS[r.payer] ?? ''}`, '2');
    // what nobody pays for is nobody's, whoever stood below it
    const named = r.payer === 'nobody' ? [] : r.charges.filter((c) => c.function !== '');
    for (const c of named.slice(0, most)) page.line(`${' '.repeat(18)}${amount(c.value, p.unit).padStart(9)}  ${withLine(c.function, lineOf(c.file, c.line), columns - 29)}`);
    if (named.length > most) page.line(`${' '.repeat(29)}and ${named.length - most} more`, '2');
    const unnamed = r.charges.find((c) => c.function === '');
    if (unnamed !== undefined && r.payer === 'caller') page.line(`${' '.repeat(18)}${amount(unnamed.value, p.unit).padStart(9)}  on stacks without a frame of the program`, '2');
  }
  page.line(
    `${amount(
      l.rows.reduce((n, r) => n + r.value, 0),
      p.unit,
    ).padStart(10)} ${''.padStart(9)} ${'100 %'.padStart(6)}  in all${l.ticks > 0 ? `, ${l.ticks} ticks` : ''}`,
  );
  page.blank();
  const users = l.users.filter((u) => u.function !== '');
  if (users.length > 0) {
    page.line('charged to the innermost frame of the program or its modules:', '1');
    for (const u of users.slice(0, options.all === true ? users.length : USERS)) {
      page.line(`${amount(u.value, p.unit).padStart(10)} ${percent(u.share).padStart(16)}  ${withLine(u.function, lineOf(u.file, u.line), columns - 29)}`);
      page.line(
        `${' '.repeat(29)}${fitted(
          u.classes
            .slice(0, 4)
            .map((c) => `${c.class} ${percent(u.value === 0 ? 0 : c.value / u.value)}`)
            .join(', '),
          columns - 29,
        )}`,
        '2',
      );
    }
    page.blank();
  }
  page.row(
    '',
    `${worth(p.sampling)}; charged to nobody: ${amount(l.unblamed, p.unit)}, ${share(l.unblamed, p)}; what a class means: gorca explain cost/${l.rows[0]?.class ?? 'allocation'}`,
  );
  return page.text();
}

function withLine(name: string, line: string, columns: number): string {
  const room = line === '' ? columns : columns - line.length - 2;
  return line === '' ? fitted(name, columns) : `${fitted(name, Math.max(12, room))}  ${oneLine(line)}`;
}

const NORMALISED: Readonly<Record<string, string>> = {
  time: 'to the same length of capture',
  total: 'to the same total: shares are compared',
  none: '',
};

export function renderDifference(d: ProfileDifference, options: TerminalOptions & { readonly all?: boolean } = {}): string {
  const page = new Page(options);
  const { unit } = d.now;
  const columns = columnsIn(options);
  if (d.base !== null) {
    page.row('BASE', headLines(d.base).slice(0, 2).join('; '));
    page.row('NOW', headLines(d.now).slice(0, 2).join('; '));
  } else page.row('DELTA', headLines(d.now).slice(0, 2).join('; '));
  if (Math.abs(d.scale - 1) > 0.0005) page.row('', `the newer one is multiplied by ${Number(d.scale.toPrecision(4))}, ${NORMALISED[d.normalisation]}`);
  if (d.base !== null && d.base.buildId !== '' && d.now.buildId !== '' && d.base.buildId !== d.now.buildId)
    page.row('', 'the two are of different builds; functions are compared by their names, which are made alike over versions of Go');
  const between = (c: { readonly base: number; readonly now: number }): string => (d.base === null ? '' : `${amount(c.base, unit)} → ${amount(c.now, unit)}`);
  page.row('TOTAL', `${d.base === null ? '' : `${between(d.total)}, `}${change(d.total.delta, unit)} ± ${amount(d.total.error, unit)}: ${beyond(d.total)}`);
  if (d.allocated !== null)
    page.row(
      '',
      `allocated in between: ${amount(d.allocated.delta, 'bytes')}; of it ${change(d.total.delta, unit)} is in use more than before: ${d.allocated.delta > 0 ? percent(Math.max(0, d.total.delta) / d.allocated.delta) : 'nothing'} stayed`,
    );
  page.blank();
  paths(page, 'GREW', d.grew, unit, columns, options.all === true, between);
  paths(page, 'SHRANK', d.shrank, unit, columns, options.all === true, between);
  if (d.rows.length === 0) page.line(`no ${d.by} changed by more than sampling shows by itself`, '1');
  else {
    page.line(`${'cum'.padStart(10)} ${'±'.padStart(9)} ${'flat'.padStart(10)}  ${(d.base === null ? '' : 'cum, base → now').padEnd(21)} ${d.by}`, '2');
    for (const r of d.rows) {
      const sure = r.flat.significant || r.cum.significant;
      const mark = sure ? '' : ' ?';
      const flat = r.flat.delta === 0 ? '' : change(r.flat.delta, unit);
      page.line(
        `${change(r.cum.delta, unit).padStart(10)} ${`±${amount(r.cum.error, unit)}`.padStart(9)} ${flat.padStart(10)}  ${padTo(between(r.cum), 21)} ${fitted(r.name, columns - 55 - mark.length)}${mark}`,
        sure ? (r.cum.delta > 0 ? '31' : '32') : '2',
      );
    }
    if (d.left > 0) page.line(`${' '.repeat(33)}and ${d.left} more changed (-n)`, '2');
  }
  page.blank();
  const more = d.unsure > 0 ? `${d.unsure} more changed by no more than sampling may change them (--all); ` : '';
  page.row(
    '',
    `${more}${d.now.sampling === 'counted' ? 'counted, not sampled: every change is one' : 'significant: a change this large in any row has a chance of less than 1 % by sampling alone'}. It does not say that the load was the same.`,
  );
  return page.text();
}

const beyond = (c: ProfileChange): string => (c.significant ? 'more than sampling' : c.delta === 0 ? 'no change' : 'no more than sampling may show');

const SHOWN_FRAMES = 10;

function paths(page: Page, label: string, list: readonly ProfilePath[], unit: string, columns: number, all: boolean, between: (p: ProfilePath) => string): void {
  for (const [i, path] of list.entries()) {
    page.row(
      i === 0 ? label : '',
      `${change(path.delta, unit)} ± ${amount(path.error, unit)}${between(path) === '' ? '' : ` (${between(path)})`}, ${percent(path.share)} of what ${label.toLowerCase()}, along`,
    );
    // the inner end tells, the outer one is the same for all
    const cutOff = all ? 0 : Math.max(0, path.frames.length - SHOWN_FRAMES);
    if (cutOff > 0) page.line(`${' '.repeat(10)}… ${cutOff} frames further out (--all)`, '2');
    path.frames.slice(cutOff).forEach((f, n) => {
      page.line(`${' '.repeat(10)}${n === 0 && cutOff === 0 ? '' : '└ '}${fitted(f, columns - 12)}`);
    });
    page.blank();
  }
}

export function renderLabels(l: ProfileLabels, options: TerminalOptions = {}): string {
  const page = new Page(options);
  const p = l.profile;
  head(page, p);
  page.blank();
  if (l.keys.length === 0) {
    page.line('no sample has a label', '1');
    page.row('', 'labels are set with runtime/pprof.Do or SetGoroutineLabels; they are on CPU and goroutine profiles only');
  }
  for (const k of l.keys) {
    page.line(`${oneLine(k.key)}: on ${percent(p.magnitude === 0 ? 0 : k.value / p.magnitude)} of ${p.type}`, '1');
    for (const v of k.values) page.line(`${amount(v.value, p.unit).padStart(10)} ${share(v.value, p).padStart(7)}  ${fitted(v.text, columnsIn(options) - 21)}`);
    if (k.left > 0) page.line(`${' '.repeat(20)}and ${k.left} more values (-n)`, '2');
    if (k.without !== 0) page.line(`${amount(k.without, p.unit).padStart(10)} ${share(k.without, p).padStart(7)}  without it`, '2');
    page.blank();
  }
  return page.text();
}
